import { describe, expect, test } from 'vitest';
import { parseRuleLine } from '../../src/ipvsadm/rule-line.ts';
import { ModelError } from '../../src/model/error.ts';
import { SCHEDULERS } from '../../src/model/rules.ts';
import { checkSupported } from '../../src/model/supported.ts';

function check(line: string): void {
  const edits = parseRuleLine(line);
  expect(edits).toHaveLength(1);
  for (const edit of edits) checkSupported(edit);
}

const A = '-A -t 10.1.1.1:80';
const a = '-a -t 10.1.1.1:80 -r 192.168.10.2:22';

describe('what this version carries is let through', () => {
  test.each([
    A,
    ...SCHEDULERS.map((scheduler) => `${A} -s ${scheduler}`),
    `${A} -s sh -b sh-fallback,sh-port`,
    `${A} -b flag-1`,
    `${A} -p 60 -M 255.255.255.0`,
    `${A} -V 60`,
    `${A} --tcp_draining_timeout 5`,
    '-A -u 10.1.1.1:53 -o',
    '-A -u 10.1.1.1:53',
    `${A} --tcp_draining_timeout 0`,
    `${A} -V`,
    `${a} -q -x 0 -y 0`,
    '-E -t 10.1.1.1:80 -s rr',
    '-D -t 10.1.1.1:80',
    `${a} -q -w 0`,
    a,
    `${a} -m`,
    `${a} -q -x 5 -y 3`,
    '-e -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 7',
    '-d -t 10.1.1.1:80 -r 192.168.10.2:22',
    '-A -t [2001:db8::1]:80',
    '-A -u [2001:db8::1]:53 -s wlc',
    '-a -t [2001:db8::1]:80 -r [2001:db8::2]:80 -q',
    '-e -t [2001:db8::1]:80 -r [2001:db8::2]:80 -q -w 7',
    '-P -t [2001:db8::1]:80 -z 2001:db8::3',
    '-P -t 10.1.1.1:80 -z 192.168.10.1',
    '-Q -t 10.1.1.1:80 -z 192.168.10.1',
    '-A --sctp-service 10.1.1.1:9',
    '-a --sctp-service 10.1.1.1:9 -r 192.168.10.2:9 -q',
    '-A -f 5',
    '-A -f 5 -6',
    '-a -f 5 -r 192.168.10.2:22 -q',
    '-P -f 5 -z 192.168.10.1',
    '-A -W 10.1.1.1',
    '-A -W 10.1.1.1:80',
    '-a -W 10.1.1.1 -r 192.168.10.2:0 -q',
    '-a -t 10.1.1.1:80 -r 192.168.10.2:0 -q',
    '-C',
    '--set 1 2 3',
  ])('%s', (line) => {
    expect(() => check(line)).not.toThrow();
  });
});

describe('what cannot be there is no matter of this version to who changes or deletes it', () => {
  test.each([
    ...['--sctp-service 10.1.1.1:9:5', '-t 10.1.1.1:80:5', '-W 10.1.1.1:0:5'].flatMap((id) => [
      `-D ${id}`,
      `-E ${id} -p -s sh`,
      `-e ${id} -r 192.168.10.2:22 -m`,
      `-d ${id} -r 192.168.10.2:22`,
      `-Q ${id} -z 192.168.10.1`,
    ]),
    '-D -t [2001:db8::1]:80',
    '-d -t 10.1.1.1:80 -r [2001:db8::1]:80',
    '-Q -t 10.1.1.1:80 -z 2001:db8::1',
  ])('%s', (line) => {
    expect(() => check(line)).not.toThrow();
  });
});

describe('what it does not carry is refused, with the option and what to use instead', () => {
  test.each<[string, string]>([
    [`${a} -i`, '-i'],
    ['-a -t 10.1.1.1:80 -r 192.168.10.2:22:eth1 -q', 'eth1'],
    ['-P -t 10.1.1.1:80 -z 192.168.10.1:eth1', 'eth1'],
    ['-P -t 10.1.1.1:80 -z 2001:db8::1', 'another family'],
    ['-P -t [2001:db8::1]:80 -z 10.1.1.1', 'another family'],
    ['-A -t [::ffff:10.1.1.1]:80', 'IPv4-mapped'],
    ['-a -t [2001:db8::1]:80 -r [::ffff:10.1.1.1]:80 -q', 'IPv4-mapped'],
    ['-P -t [2001:db8::1]:80 -z ::ffff:10.1.1.1', 'IPv4-mapped'],
    ['-A -t 10.1.1.1:80:5', 'subnet_id 5'],
    [`${A} -p --pe sip`, '--pe'],
  ])('%s', (line, named) => {
    expect(() => check(line)).toThrow(ModelError);
    expect(() => check(line)).toThrow(expect.objectContaining({ code: 'not-supported' }));
    expect(() => check(line)).toThrow(named);
    expect(() => check(line)).toThrow(/ is not built yet: |: leave/);
  });
});
