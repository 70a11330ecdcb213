import { expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import type { Connection } from '../../src/model/connection.ts';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

const at = (address: string, port: number) => ({ address: parseAddress(address), port });

async function json(line: string, director: ReturnType<typeof memoryDirector>) {
  const { stdout, stderr, exit } = await type(['ipvsadm', ...line.split(' ')], director);
  expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function seeded() {
  const director = memoryDirector();
  for (const line of [
    '-A -t 10.1.1.1:80:7 -s sh -b sh-port -p 60 -M 255.255.255.0 -V 30 --tcp_draining_timeout 5',
    '-a -t 10.1.1.1:80:7 -r 192.168.10.2:22 -q -w 3 -x 9 -y 8',
    '-P -t 10.1.1.1:80:7 -z 192.168.10.1:eth1',
    '-A -f 5 -6',
    '-a -f 5 -6 -r 2001:db8::2 -i --tun-type gue --tun-port 6080',
    '--start-daemon master',
  ])
    expect(await type(['ipvsadm', ...line.split(' ')], director)).toMatchObject({ exit: 0 });
  return director;
}

const TRAFFIC = { connections: 0, in_packets: 0, out_packets: 0, in_bytes: 0, out_bytes: 0 };

test('a list has all of a service, whatever columns are asked for', async () => {
  const director = await seeded();
  const { services } = await json('-L --json --thresholds', director);
  expect(services).toEqual([
    {
      protocol: 'tcp',
      address: '10.1.1.1',
      port: 80,
      subnet_id: 7,
      scheduler: 'sh',
      scheduler_flags: ['sh-port'],
      persistent: { timeout: 60, netmask: '255.255.255.0' },
      ops: false,
      established_timeout: 30,
      draining_timeout: 5,
      total: TRAFFIC,
      servers: [
        {
          address: '192.168.10.2',
          port: 22,
          method: 'fullnat',
          weight: 3,
          upper_threshold: 9,
          lower_threshold: 8,
          active: 0,
          inactive: 0,
          persistent: 0,
          total: TRAFFIC,
        },
      ],
      local_addresses: [{ address: '192.168.10.1', oif: 'eth1', conflicts: 0, connections: 0 }],
    },
    expect.objectContaining({ fwmark: 5, family: 6, servers: [expect.objectContaining({ port: 0 })] }),
  ]);
  expect((await json('-L -f 5 -6 --json', director)).services).toHaveLength(1);
  expect((await json('-L --rate --json', director)).services).toMatchObject([{ rate: TRAFFIC }, {}]);
});

test('timeouts, sync daemons, local addresses and the vlan flag', async () => {
  const director = await seeded();
  expect(await json('-L --timeout --json', director)).toEqual({
    timeouts: { tcp: 900, tcp_fin: 120, udp: 300 },
  });
  expect(await json('-L --daemon --json', director)).toMatchObject({
    daemons: [{ direction: 'master', interface: 'eth0', syncid: 255, maxlen: 1472 }],
  });
  expect(await json('-G --json', director)).toMatchObject({ services: [{ local_addresses: [{}] }, {}] });
  expect(await json('--get-vlanflag --json', director)).toEqual({ vlanflag: 0 });
});

test('connections come in one list, however many chunks they come in', async () => {
  const director = memoryDirector();
  const connection: Connection = {
    protocol: 'tcp',
    client: at('10.1.1.10', 40000),
    virtual: at('10.1.1.1', 80),
    local: at('192.168.10.1', 5000),
    server: at('192.168.10.2', 22),
    forwarding: 'fullnat',
    state: 1,
    expires: 899,
  };
  expect(await json('-L -c --json', director)).toEqual({ connections: [] });
  director.table = [[connection], [], [connection, { ...connection, protocol: 'udp' }]];
  const { connections } = await json('-Lnc --json', director);
  expect(connections).toHaveLength(3);
  expect(connections).toMatchObject([
    { protocol: 'tcp', state: 'ESTABLISHED', expires: 899, local: { port: 5000 }, method: 'fullnat' },
    {},
    { protocol: 'udp', state: 'UDP' },
  ]);
});
