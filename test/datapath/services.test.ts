import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Address, type Family, parseAddress } from '../../src/model/address.ts';
import type { Connection } from '../../src/model/connection.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { type MarkWords, parseMark } from '../../src/model/mark-text.ts';
import { EMPTY_RULES, type ServiceId } from '../../src/model/rules.ts';
import { bare, checksum, read, reversed, tcp, udp } from '../support/packet.ts';
import {
  CLIENT,
  CLIENT6,
  LIP,
  LIP6,
  PlaneBench,
  SERVER,
  SERVER6,
  VERDICT,
  VIP,
  VIP6,
} from '../support/plane.ts';

let bench: PlaneBench;
let clientPort = 30_000;

beforeAll(() => {
  bench = new PlaneBench('services');
  bench.openFence();
  bench.placeAddresses();
});

afterAll(() => bench.remove());

beforeEach(() => {
  bench.rules = EMPTY_RULES;
  bench.edit();
});

const SETTINGS = { scheduler: 'rr', schedulerFlags: [], onePacket: false } as const;

/** A service with one server, which its connections name. */
function serve(id: ServiceId, last: number, port = 0, family: 4 | 6 = 4): void {
  const address = (family === 4 ? `192.168.10.${last}` : SERVER6) as Address;
  const local = parseAddress(family === 4 ? LIP : LIP6);
  bench.edit(
    { op: 'add-service', id, settings: SETTINGS },
    {
      op: 'add-server',
      id,
      server: { address, port, forwarding: 'fullnat', weight: 1, upperThreshold: 0, lowerThreshold: 0 },
    },
    { op: 'add-local', id, local: { address: local } },
  );
}

const exact = (port: number, protocol: 'tcp' | 'udp' = 'tcp'): ServiceId => ({
  kind: 'address',
  protocol,
  address: parseAddress(VIP),
  port,
  subnetId: 0,
});
const raw = (port = 0): ServiceId => ({ kind: 'raw', address: parseAddress(VIP), port, subnetId: 0 });
const marked = (fwmark: number, family: 4 | 6 = 4): ServiceId => ({ kind: 'fwmark', fwmark, family });
const mark = (words: MarkWords): RuleEdit => ({ op: 'add-mark', mark: parseMark(words) });

/** Where a new connection of the client to that port goes; undefined: nowhere. */
function serverOf(toPort: number, protocol: 'tcp' | 'udp' = 'tcp'): string | undefined {
  const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort };
  const frame = protocol === 'tcp' ? tcp(tuple, { flags: 'S' }) : udp(tuple);
  const { verdict, data } = bench.fromClient(frame);
  if (verdict !== VERDICT.REDIRECT) return undefined;
  const packet = read(data);
  expect(packet.checksumOk && packet.ipChecksumOk).toBe(true);
  return `${packet.to}:${packet.toPort}`;
}

async function connections(): Promise<Connection[]> {
  const all: Connection[] = [];
  for await (const chunk of bench.plane.connections()) all.push(...chunk);
  return all;
}

describe('a packet belongs to the first that there is of', () => {
  test('a service of its mark, of its port, of every port, raw with its port, raw', () => {
    serve(raw(), 7);
    expect(serverOf(80)).toBe('192.168.10.7:80');
    serve(raw(80), 6);
    expect(serverOf(80)).toBe('192.168.10.6:80');
    serve(exact(0), 5);
    expect(serverOf(80)).toBe('192.168.10.5:80');
    serve(exact(80), 4, 8080);
    expect(serverOf(80)).toBe('192.168.10.4:8080');
    serve(marked(9), 2);
    bench.edit(mark({ fwmark: 9, destination: VIP }));
    expect(serverOf(80)).toBe('192.168.10.2:80');
  });

  test('a service of every port is of its protocol alone', () => {
    serve(exact(0), 5);
    expect([serverOf(80), serverOf(81), serverOf(80, 'udp')]).toEqual([
      '192.168.10.5:80',
      '192.168.10.5:81',
      undefined,
    ]);
  });

  test('a raw service with a port takes that port of every protocol with ports', () => {
    serve(raw(53), 6);
    expect([serverOf(53), serverOf(53, 'udp'), serverOf(54)]).toEqual([
      '192.168.10.6:53',
      '192.168.10.6:53',
      undefined,
    ]);
  });

  test('a mark without a service leaves the packet to the others', () => {
    serve(exact(80), 4, 8080);
    bench.edit(mark({ fwmark: 9, destination: VIP }));
    expect(serverOf(80)).toBe('192.168.10.4:8080');
  });
});

describe('the rules that set marks', () => {
  test('are asked in their order, and the first that matches counts', () => {
    serve(marked(1), 2);
    serve(marked(2), 4);
    bench.edit(
      mark({ fwmark: 1, destination: '10.1.1.0/24', protocol: 'tcp', ports: '80-89' }),
      mark({ fwmark: 2, destination: '10.1.0.0/16', protocol: 'tcp' }),
    );
    expect([79, 80, 89, 90].map((port) => serverOf(port))).toEqual([
      '192.168.10.4:79',
      '192.168.10.2:80',
      '192.168.10.2:89',
      '192.168.10.4:90',
    ]);
    expect(serverOf(80, 'udp')).toBeUndefined();
  });

  test.each<[string, Partial<MarkWords>, boolean]>([
    ['its source', { source: '10.1.1.8/29' }, true],
    ['another source', { source: '10.1.1.16/28' }, false],
    ['the whole world', { source: '0.0.0.0/0' }, true],
    ['its interface', { interface: 'front' }, true],
    ['another interface', { interface: 'back' }, false],
    ['another protocol', { destination: VIP, protocol: 'udp' }, false],
    ['the other family', { family: 6, interface: 'front' }, false],
  ])('match a packet by %s: %o %s', (_, words, matches) => {
    serve(marked(1), 2);
    bench.edit(mark({ fwmark: 1, ...words }));
    expect(serverOf(80)).toBe(matches ? '192.168.10.2:80' : undefined);
  });

  test('mark IPv6 too, for a service of its own', () => {
    const family: Family = 6;
    serve(marked(1), 2);
    serve(marked(1, family), 2, 0, family);
    bench.edit(mark({ fwmark: 1, destination: `${VIP6}/128`, protocol: 'tcp' }));
    const tuple = { from: CLIENT6, fromPort: clientPort++, to: VIP6, toPort: 443 };
    const packet = read(bench.fromClient(tcp(tuple, { flags: 'S' })).data);
    expect(packet).toMatchObject({ from: LIP6, to: SERVER6, toPort: 443, checksumOk: true });
  });

  test('of an interface that carries no plane are refused, and the former ones stay', () => {
    serve(marked(1), 2);
    bench.edit(mark({ fwmark: 1, destination: VIP }));
    const before = bench.rules;
    expect(() => bench.edit(mark({ fwmark: 2, interface: 'eth9' }))).toThrow(/eth9.*front, back/);
    bench.rules = before;
    expect(serverOf(80)).toBe('192.168.10.2:80');
  });

  test('leave connections alone that are there, when they change', () => {
    serve(marked(1), 2);
    bench.edit(mark({ fwmark: 1, destination: VIP }));
    const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: 80 };
    const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1 })).data);
    bench.edit({ op: 'delete-mark', mark: parseMark({ fwmark: 1, destination: VIP }) });
    expect(serverOf(80)).toBeUndefined();
    const next = read(bench.fromClient(tcp(tuple, { flags: 'A', seq: 2 })).data);
    expect([next.to, next.fromPort]).toEqual([syn.to, syn.fromPort]);
  });
});

describe('connections of such services', () => {
  test('list with the address and the port that the client asked for, and count at their server', async () => {
    serve(marked(1), 2);
    bench.edit(mark({ fwmark: 1, destination: '10.1.1.0/24' }));
    const port = clientPort;
    serverOf(8443);
    const found = (await connections()).find(({ client }) => client.port === port);
    expect(found).toMatchObject({
      protocol: 'tcp',
      virtual: { address: VIP, port: 8443 },
      server: { address: SERVER, port: 8443 },
    });
    expect(bench.plane.counters(bench.rules)[0]?.servers[0]?.activeConnections).toBe(1);
  });

  test('come back from the server under the virtual address and port', () => {
    serve(raw(), 7);
    const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: 2121 };
    const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1 })).data);
    const answer = read(bench.fromServer(tcp(reversed(syn), { flags: 'SA', seq: 1, ack: 2 })).data);
    expect(answer).toMatchObject({ from: VIP, fromPort: 2121, to: CLIENT, toPort: tuple.fromPort });
    expect(answer.checksumOk).toBe(true);
  });
});

/** IANA's numbers. */
const [GRE, UDPLITE, ICMP] = [47, 136, 1];

describe('a raw service', () => {
  test('takes protocols without ports: addresses change and nothing else, both ways', async () => {
    serve(raw(), 7);
    const body = Buffer.from('000008000102030405', 'hex');
    const there = bench.fromClient(bare(GRE, CLIENT, VIP, body));
    expect(there.verdict).toBe(VERDICT.REDIRECT);
    expect(read(there.data)).toMatchObject({
      from: LIP,
      to: '192.168.10.7',
      protocol: GRE,
      ipChecksumOk: true,
    });
    expect(there.data.subarray(34)).toEqual(body);
    const back = read(bench.fromServer(bare(GRE, '192.168.10.7', LIP, body)).data);
    expect(back).toMatchObject({ from: VIP, to: CLIENT, ipChecksumOk: true });
    expect((await connections()).find(({ protocol }) => protocol === GRE)?.virtual.port).toBe(0);
  });

  test('keeps the checksum right of UDP-Lite, which has ports', () => {
    serve(raw(), 7);
    const body = Buffer.from('9c4000350000000068656c6c', 'hex');
    // RFC 3828: coverage 0 is the whole packet, whose length the pseudo-header has.
    const pseudo = Buffer.concat([
      Buffer.from([10, 1, 1, 10, 10, 1, 1, 1, 0, UDPLITE, 0, body.length]),
      body,
    ]);
    body.writeUInt16BE(checksum(pseudo), 6);
    const packet = read(bench.fromClient(bare(UDPLITE, CLIENT, VIP, body)).data);
    expect(packet).toMatchObject({ to: '192.168.10.7', toPort: 53, checksumOk: true });
  });

  test('leaves ICMP to the host', () => {
    serve(raw(), 7);
    expect(bench.fromClient(bare(ICMP, CLIENT, VIP, Buffer.from('0800f7ff00000000', 'hex'))).verdict).toBe(
      VERDICT.PASS,
    );
  });

  test('takes no packet that is cut', () => {
    serve(raw(), 7);
    const before = bench.plane.drops().malformed ?? 0;
    const frame = bare(GRE, CLIENT, VIP, Buffer.alloc(64));
    expect(bench.fromClient(frame.subarray(0, 60)).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops().malformed).toBe(before + 1);
  });

  test('has a local address for one client at a time of a protocol without ports', () => {
    serve(raw(), 7);
    const body = Buffer.alloc(8);
    bench.fromClient(bare(50, CLIENT, VIP, body));
    const before = bench.plane.drops().no_local_port ?? 0;
    expect(bench.fromClient(bare(50, '10.1.1.11', VIP, body)).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops().no_local_port).toBe(before + 1);
  });
});
