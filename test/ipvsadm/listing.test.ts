import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { counterColumn } from '../../src/ipvsadm/columns.ts';
import { renderConnection } from '../../src/ipvsadm/connection-table.ts';
import { NUMERIC } from '../../src/ipvsadm/namer.ts';
import { type Endpoint, parseAddress } from '../../src/model/address.ts';
import { type Connection, TCP_STATE_NAME } from '../../src/model/connection.ts';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

const run = (line: string, director = memoryDirector()) => type(`ipvsadm ${line}`.split(' '), director);

async function seed() {
  const director = memoryDirector();
  for (const line of [
    '-A -t 10.1.1.1:80 -s rr',
    '-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1',
    '-P -t 10.1.1.1:80 -z 192.168.10.1',
  ])
    expect(await run(line, director)).toEqual({ stdout: '', stderr: '', exit: 0 });
  director.counters = () => ({
    total: { connections: 3, inPackets: 123456789, outPackets: 20, inBytes: 5e9, outBytes: 2272 },
    servers: [
      {
        connections: 3,
        inPackets: 123456789,
        outPackets: 20,
        inBytes: 5e9,
        outBytes: 2272,
        activeConnections: 2,
        inactiveConnections: 1,
      },
    ],
    locals: [{ conflicts: 4, connections: 3 }],
  });
  return director;
}

const at = (address: string, port: number): Endpoint => ({ address: parseAddress(address), port });
const CONNECTION: Connection = {
  protocol: 'tcp',
  client: at('10.1.1.10', 40001),
  virtual: at('10.1.1.1', 80),
  local: at('192.168.10.1', 5001),
  server: at('192.168.10.2', 22),
  forwarding: 'fullnat',
  state: 1,
  expires: 899,
};

describe('a FULLNAT service', () => {
  test("is listed with its totals when --rate stands beside --stats, as ipvsadm's order of layouts has it", async () => {
    const director = await seed();
    expect(await run('-Ln --rate --stats', director)).toEqual(await run('-Ln --stats', director));
  });

  test('is listed with its forward word', async () => {
    const { stdout } = await run('-Ln', await seed());
    expect(stdout).toBe(
      'IP Virtual Server version 1.2.1 (size=4096)\n' +
        'Prot LocalAddress:Port Scheduler Flags\n' +
        '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n' +
        'TCP  10.1.1.1:80 rr\n' +
        '  -> 192.168.10.2:22              FullNat 1      2          1         \n',
    );
  });

  test('is listed with names unless -n', async () => {
    const { stdout } = await run('-L -t 10.1.1.1:http', await seed());
    expect(stdout).toContain('TCP  10.1.1.1:http rr\n  -> 192.168.10.2:ssh             FullNat ');
  });

  test('is listed with totals, cut and exact', async () => {
    const director = await seed();
    expect((await run('-Ln --stats', director)).stdout).toContain(
      'TCP  10.1.1.1:80                         3  123456K       20    5000M     2272\n',
    );
    expect((await run('-Ln --stats --exact', director)).stdout).toContain(
      '  -> 192.168.10.2:22                     3 123456789       20 5000000000     2272\n',
    );
  });

  test('lists its local addresses', async () => {
    const expected =
      'VIP:VPORT            TOTAL    SNAT_IP              CONFLICTS  CONNS     \n' +
      '10.1.1.1:80          1        \n' +
      '                              192.168.10.1         4          3         \n';
    const director = await seed();
    expect(await run('-G', director)).toEqual({ stdout: expected, stderr: '', exit: 0 });
    expect(await run('-G -t 10.1.1.1:80', director)).toEqual({ stdout: expected, stderr: '', exit: 0 });
    expect(await run('-G -t 10.1.1.1:81', director)).toEqual({
      stdout: '',
      stderr: 'No such service\n',
      exit: 1,
    });
  });

  test('is saved with its local addresses', async () => {
    expect((await run('-Sn', await seed())).stdout).toBe(
      '-A -t 10.1.1.1:80 -s rr\n' +
        '-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1\n' +
        '-P -t 10.1.1.1:80 -z 192.168.10.1\n',
    );
  });
});

test('services are sorted, or with --nosort in the order of the hash, newest first', async () => {
  const director = memoryDirector();
  for (const address of ['10.1.1.2', '10.1.1.1', '192.168.1.1']) await run(`-A -t ${address}:80`, director);
  const order = async (line: string) =>
    (await run(line, director)).stdout
      .split('\n')
      .filter((row) => row.startsWith('TCP'))
      .map((row) => row.split(' ')[2]);
  // ipvsadm's order: its subtraction of 32-bit numbers overflows.
  expect(await order('-Ln')).toEqual(['192.168.1.1:80', '10.1.1.1:80', '10.1.1.2:80']);
  expect(await order('-Ln --nosort')).toEqual(['10.1.1.2:80', '192.168.1.1:80', '10.1.1.1:80']);
});

describe('the connection table', () => {
  test('has the local address behind the padded destination', async () => {
    const director = await seed();
    const udp: Connection = {
      ...CONNECTION,
      protocol: 'udp',
      state: 0,
      expires: 7200,
      server: at('192.168.10.22', 53),
    };
    director.table = [[CONNECTION], [], [udp]];
    expect((await run('-Lnc', director)).stdout).toBe(
      'IPVS connection entries\n' +
        'pro expire state       source             virtual            destination\n' +
        'TCP 14:59  ESTABLISHED 10.1.1.10:40001    10.1.1.1:80        192.168.10.2:22    192.168.10.1:5001\n' +
        'UDP 120:00 UDP         10.1.1.10:40001    10.1.1.1:80        192.168.10.22:53   192.168.10.1:5001\n',
    );
  });

  test('has names without -n', async () => {
    const director = await seed();
    director.table = [[CONNECTION]];
    expect((await run('-L -c', director)).stdout).toContain(
      ' 10.1.1.10:40001    10.1.1.1:http      192.168.10.2:ssh   192.168.10.1:5001\n',
    );
  });

  test('prints the rows that ipvsadm printed', () => {
    const rows = readFileSync(new URL('data/ipvsadm.jsonl', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .filter(({ argv, stdout }) => argv[1] === '-Lnc' && argv.length === 2 && stdout !== '')
      .flatMap(({ stdout }) => (stdout as string).split('\n').slice(2, -1))
      .filter((row) => /^(TCP|UDP) /.test(row) && !row.includes('ASSURED'));
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(renderConnection(readRow(row), NUMERIC)).toBe(`${row}\n`);
  });
});

function readRow(row: string): Connection {
  const [protocol = '', expires = '', state = '', client = '', virtual = '', server = ''] = row.split(/ +/);
  const [minutes = 0, seconds = 0] = expires.split(':').map(Number);
  const endpoint = (text: string) => {
    const colon = text.lastIndexOf(':');
    return at(text.slice(0, colon).replace(/[[\]]/g, ''), Number(text.slice(colon + 1)));
  };
  return {
    protocol: protocol === 'UDP' ? 'udp' : 'tcp',
    client: endpoint(client),
    virtual: endpoint(virtual),
    server: endpoint(server),
    forwarding: 'masq',
    state: Math.max(0, TCP_STATE_NAME.indexOf(state)),
    expires: minutes * 60 + seconds,
  };
}

test.each([
  [99_999_999, ' 99999999'],
  [100_000_000, '  100000K'],
  [999_999_999, '  999999K'],
  [1_000_000_000, '    1000M'],
  [99_999_999_999, '   99999M'],
  [100_000_000_000, '     100G'],
  [100_000_000_000_000, '     100T'],
])('the counter %i is cut to nine columns', (value, column) => {
  expect(counterColumn(value, false)).toBe(column);
});
