import { describe, expect, test } from 'vitest';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { ModelError } from '../../src/model/error.ts';
import { describeMark, MOST_MARKS } from '../../src/model/mark.ts';
import { type MarkWords, parseMark } from '../../src/model/mark-text.ts';
import { EMPTY_RULES } from '../../src/model/rules.ts';

const add = (words: MarkWords): RuleEdit => ({ op: 'add-mark', mark: parseMark(words) });

describe('a rule that sets a mark', () => {
  test.each<[MarkWords, string]>([
    [{ fwmark: 5, destination: '10.1.1.1' }, 'mark 5 IPv4 to 10.1.1.1/32'],
    [
      { fwmark: 5, source: '10.0.0.0/8', destination: '10.1.1.0/24', protocol: 'TCP', ports: '80' },
      'mark 5 IPv4 from 10.0.0.0/8 to 10.1.1.0/24 tcp port 80',
    ],
    [
      { fwmark: 4294967295, destination: '2001:db8::/32', protocol: 17, ports: '1-65535' },
      'mark 4294967295 IPv6 to 2001:db8::/32 udp ports 1-65535',
    ],
    [{ fwmark: 1, interface: 'eth0', family: 6 }, 'mark 1 IPv6 on eth0'],
    [{ fwmark: 1, source: '::/0', protocol: 47 }, 'mark 1 IPv6 from ::/0 protocol 47'],
  ])('%o reads as what it says', (words, text) => {
    expect(describeMark(parseMark(words))).toBe(text);
  });

  test.each<[MarkWords, RegExp]>([
    [{ fwmark: 0, destination: '10.1.1.1' }, /1 to 4294967295; 0 is that of unmarked packets/],
    [{ fwmark: 2 ** 32, destination: '10.1.1.1' }, /1 to 4294967295/],
    [{ fwmark: 1.5, destination: '10.1.1.1' }, /1 to 4294967295/],
    [{ fwmark: 5 }, /name a source, a destination or an interface/],
    [{ fwmark: 5, protocol: 'tcp' }, /name a source, a destination or an interface/],
    [{ fwmark: 5, destination: '10.1.1.1/24' }, /write 10\.1\.1\.0\/24/],
    [{ fwmark: 5, destination: '10.1.1.0/33' }, /0 to 32/],
    [{ fwmark: 5, destination: 'example' }, /not an IP address/],
    [{ fwmark: 5, destination: '' }, /not an IP address/],
    [{ fwmark: 5, destination: '10.1.1.1', source: '2001:db8::1' }, /another IP version/],
    [{ fwmark: 5, destination: '10.1.1.1', family: 6 }, /family 6 does not go with 10\.1\.1\.1/],
    [{ fwmark: 5, interface: 'eth0', family: 5 }, /4 or 6/],
    [{ fwmark: 5, interface: 'a/b' }, /no name of an interface/],
    [{ fwmark: 5, destination: '10.1.1.1', ports: '80' }, /need a protocol that has some/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 47, ports: '80' }, /need a protocol that has some/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 'tcp', ports: '90-80' }, /the lower one first/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 'tcp', ports: '0' }, /1 to 65535/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 'tcp', ports: 'http' }, /8000-8010/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 'gre' }, /tcp, udp, sctp or a number/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 256 }, /1 to 255/],
    [{ fwmark: 5, destination: '10.1.1.1', protocol: 1 }, /ICMP/],
  ])('%o is refused, with what would be right', (words, text) => {
    expect(() => parseMark(words)).toThrow(ModelError);
    expect(() => parseMark(words)).toThrow(text);
  });
});

test('rules stay in the order in which they were added, without the ones that were deleted', () => {
  const rules = [
    add({ fwmark: 1, destination: '10.1.1.1' }),
    add({ fwmark: 2, destination: '10.1.1.1' }),
    add({ fwmark: 3, destination: '10.1.1.1' }),
    { op: 'delete-mark', mark: parseMark({ fwmark: 2, destination: '10.1.1.1' }) } satisfies RuleEdit,
    { op: 'clear' } satisfies RuleEdit,
  ].reduce(applyEdit, EMPTY_RULES);
  expect(rules.marks.map(({ fwmark }) => fwmark)).toEqual([1, 3]);
});

test('one that is there is refused, one that is not there, and one too many', () => {
  const one = applyEdit(EMPTY_RULES, add({ fwmark: 1, destination: '10.1.1.1' }));
  expect(() => applyEdit(one, add({ fwmark: 1, destination: '10.1.1.1/32' }))).toThrow(
    expect.objectContaining({ code: 'mark-exists' }),
  );
  const other = { op: 'delete-mark', mark: parseMark({ fwmark: 1, destination: '10.1.1.2' }) } as const;
  expect(() => applyEdit(one, other)).toThrow(expect.objectContaining({ code: 'no-such-mark' }));
  let full = EMPTY_RULES;
  for (let at = 1; at <= MOST_MARKS; at++)
    full = applyEdit(full, add({ fwmark: at, destination: '10.1.1.1' }));
  expect(() => applyEdit(full, add({ fwmark: 999, destination: '10.1.1.1' }))).toThrow(
    expect.objectContaining({ code: 'too-many-marks' }),
  );
});
