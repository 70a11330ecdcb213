/** The vendor's help text, option by option: each is named here, taken by the command, and in our own help. */
import { describe, expect, test } from 'vitest';
import { HELP_TEXT } from '../../src/ipvsadm/help.ts';
import { OPTION_TABLE } from '../../src/ipvsadm/options.ts';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

/** Option, short name, and a line that uses it, on a service 10.1.1.1:80 with a server 10.2.2.2:80 and a local address. */
const OPTIONS: readonly (readonly [string, string | undefined, string])[] = [
  ['add-service', 'A', '$ -t 10.1.1.9:80'],
  ['edit-service', 'E', '$ -t 10.1.1.1:80 -s rr'],
  ['delete-service', 'D', '$ -t 10.1.1.1:80'],
  ['clear', 'C', '$'],
  ['restore', 'R', '$'],
  ['save', 'S', '$ -n'],
  ['add-laddr', 'P', '$ -t 10.1.1.1:80 -z 192.168.10.9'],
  ['del-laddr', 'Q', '$ -t 10.1.1.1:80 -z 192.168.10.1'],
  ['get-laddr', 'G', '$'],
  ['add-server', 'a', '$ -t 10.1.1.1:80 -r 10.2.2.9:80 -q'],
  ['edit-server', 'e', '$ -t 10.1.1.1:80 -r 10.2.2.2:80 -q -w 5'],
  ['delete-server', 'd', '$ -t 10.1.1.1:80 -r 10.2.2.2:80'],
  ['list', 'L', '$'],
  ['list', 'l', '$'],
  ['zero', 'Z', '$'],
  ['set', undefined, '$ 900 120 300'],
  ['start-daemon', undefined, '$ master'],
  ['stop-daemon', undefined, '$ backup'],
  ['set-vlanflag', undefined, '$ 1'],
  ['get-vlanflag', undefined, '$'],
  ['help', 'h', '$'],
  ['version', 'v', '$'],
  ['tcp-service', 't', '-A $ 10.1.1.9:80:5'],
  ['udp-service', 'u', '-A $ 10.1.1.9:53'],
  ['sctp-service', undefined, '-A $ 10.1.1.9:2905'],
  ['fwmark-service', 'f', '-A $ 7'],
  ['raw-service', 'W', '-A $ 10.1.1.9'],
  ['ipv6', '6', '-A -f 7 $'],
  ['scheduler', 's', '-A -t 10.1.1.9:80 $ mh'],
  ['vsestablish-timeout', 'V', '-A -t 10.1.1.9:80 $ 30'],
  ['vsestablish-timeout', 'V', '-E -t 10.1.1.1:80 $'],
  ['tcp_draining_timeout', undefined, '-A -t 10.1.1.9:80 $ 30'],
  ['pe', undefined, '-A -u 10.1.1.9:5060 -p 60 $ sip'],
  ['persistent', 'p', '-A -t 10.1.1.9:80 $'],
  ['persistent', 'p', '-A -t 10.1.1.9:80 $ 60'],
  ['netmask', 'M', '-A -t 10.1.1.9:80 -p $ 255.255.255.0'],
  ['laddr', 'z', '-P -t 10.1.1.1:80 $ 192.168.10.9:eth1'],
  ['real-server', 'r', '-a -t 10.1.1.1:80 $ 10.2.2.9:80:eth1 -q'],
  ['gatewaying', 'g', '-a -t 10.1.1.1:80 -r 10.2.2.9 $'],
  ['ipip', 'i', '-a -t 10.1.1.1:80 -r 10.2.2.9 $'],
  ['fullnat', 'q', '-a -t 10.1.1.1:80 -r 10.2.2.9 $'],
  ['masquerading', 'm', '-a -t 10.1.1.1:80 -r 10.2.2.9 $'],
  ['tun-type', undefined, '-a -t 10.1.1.1:80 -r 10.2.2.9 -i $ gre'],
  ['tun-port', undefined, '-a -t 10.1.1.1:80 -r 10.2.2.9 -i --tun-type gue $ 6080'],
  ['tun-nocsum', undefined, '-a -t 10.1.1.1:80 -r 10.2.2.9 -i --tun-type gre $'],
  ['tun-csum', undefined, '-a -t 10.1.1.1:80 -r 10.2.2.9 -i --tun-type gre $'],
  ['tun-remcsum', undefined, '-a -t 10.1.1.1:80 -r 10.2.2.9 -i --tun-type gue --tun-port 6080 $'],
  ['weight', 'w', '-a -t 10.1.1.1:80 -r 10.2.2.9 $ 7'],
  ['u-threshold', 'x', '-a -t 10.1.1.1:80 -r 10.2.2.9 $ 7'],
  ['l-threshold', 'y', '-a -t 10.1.1.1:80 -r 10.2.2.9 -x 9 $ 7'],
  ['connection', 'c', '-L $'],
  ['timeout', undefined, '-L $'],
  ['daemon', undefined, '-L $'],
  ['stats', undefined, '-L $'],
  ['rate', undefined, '-L $'],
  ['exact', 'X', '-L --stats $'],
  ['thresholds', undefined, '-L $'],
  ['persistent-conn', undefined, '-L $'],
  ['tun-info', undefined, '-L $'],
  ['nosort', undefined, '-L $'],
  ['sort', undefined, '-L $'],
  ['ops', 'o', '-A -u 10.1.1.9:53 $'],
  ['numeric', 'n', '-L $'],
  ['sched-flags', 'b', '-A -t 10.1.1.9:80 -s sh $ sh-port'],
  ['syncid', undefined, '--start-daemon master $ 7'],
  ['sync-maxlen', undefined, '--start-daemon master $ 1000'],
  ['mcast-interface', undefined, '--start-daemon master $ eth0'],
  ['mcast-group', undefined, '--start-daemon master $ 224.0.0.90'],
  ['mcast-port', undefined, '--start-daemon master $ 8849'],
  ['mcast-ttl', undefined, '--start-daemon master $ 2'],
];

async function run(line: string) {
  const director = memoryDirector();
  const lines = [
    '-A -t 10.1.1.1:80',
    '-a -t 10.1.1.1:80 -r 10.2.2.2:80 -q',
    '-P -t 10.1.1.1:80 -z 192.168.10.1',
    '--start-daemon backup',
    line,
  ];
  for (const one of lines.slice(0, -1)) await type(['ipvsadm', ...one.split(' ')], director);
  return type(['ipvsadm', ...line.split(' ')], director);
}

describe.each(OPTIONS)('--%s -%s', (long, short, line) => {
  test(line, async () => {
    const { stderr, exit } = await run(line.replace('$', `--${long}`));
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
    if (short === undefined) return;
    const same = await run(line.replace('$', `-${short}`));
    expect(same).toMatchObject({ stderr: '', exit: 0 });
  });

  test('is in the help', () => {
    const rows = HELP_TEXT.split('\n').filter((row) => /^ {2}--/.test(row));
    const row = rows.find((one) => one.match(/^ {2}--([a-z_0-9-]+)/)?.[1] === long);
    expect(row, `--${long}`).toBeDefined();
    if (short !== undefined) expect(row).toMatch(new RegExp(`[ |]-${short}\\b`));
  });
});

test('no option of the command is missing here, but those that are ours', () => {
  const named = new Set(OPTIONS.map(([long]) => long));
  const ours = OPTION_TABLE.map(({ long }) => long).filter((long) => !named.has(long));
  expect(ours).toEqual(['json', 'atomic', 'full']);
  for (const long of ours) expect(HELP_TEXT).toContain(`  --${long} `);
});

test('the help is the same by both names, and needs nothing', async () => {
  expect((await run('-h')).stdout).toBe(HELP_TEXT);
  expect((await run('--help')).stdout).toBe(HELP_TEXT);
});
