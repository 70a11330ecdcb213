/** ICMP errors about packets of connections, packet by packet. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressFromBytes } from '../../src/model/address.ts';
import { icmpError, messageSum } from '../support/icmp.ts';
import { checksum, read, reversed, type Tuple, tcp, udp } from '../support/packet.ts';
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

/** Between the director and the client, or the server. */
const ROUTER = '203.0.113.9';
const ROUTER6 = '2001:db8:99::9';

let bench: PlaneBench;
let clientPort = 41_000;

beforeAll(() => {
  bench = new PlaneBench('related');
  for (const server of [SERVER, SERVER6]) {
    bench.addService('tcp', 80, [{ address: server, port: 8080 }]);
    bench.addService('udp', 53, [{ address: server, port: 5353 }]);
    bench.addService('tcp', 81, [{ address: server, port: 8080, forwarding: 'masq' }]);
    bench.addService('tcp', 90, [{ address: server, port: 90, forwarding: 'direct' }]);
  }
  bench.openFence();
});

afterAll(() => bench.remove());

interface Family {
  readonly client: string;
  readonly virtual: string;
  readonly local: string;
  readonly server: string;
  readonly router: string;
  readonly header: number;
  /** Type and code of an error: what is too large, or cannot be reached. */
  readonly kind: readonly [number, number];
}

const FAMILIES: ReadonlyArray<[string, Family]> = [
  [
    'IPv4',
    {
      client: CLIENT,
      virtual: VIP,
      local: LIP,
      server: SERVER,
      router: ROUTER,
      header: 20,
      kind: [3, 4],
    },
  ],
  [
    'IPv6',
    {
      client: CLIENT6,
      virtual: VIP6,
      local: LIP6,
      server: SERVER6,
      router: ROUTER6,
      header: 40,
      kind: [2, 0],
    },
  ],
];

function request({ client, virtual }: Family, toPort: number): Tuple {
  return { from: client, fromPort: clientPort++, to: virtual, toPort };
}

/** An error about `frame`, of which it repeats so many bytes behind the IP header. */
function error(
  family: Family,
  from: string,
  to: string,
  frame: Buffer,
  { repeats = 1000, ttl = 64, kind = family.kind as readonly [number, number] } = {},
): Buffer {
  return icmpError(from, to, kind, frame, { repeats, ttl });
}

/** What an error says, and of which packet. */
function readError(family: Family, frame: Buffer) {
  const v6 = family.header === 40;
  const ip = frame.subarray(14);
  const [from, to] = v6
    ? [ip.subarray(8, 24), ip.subarray(24, 40)]
    : [ip.subarray(12, 16), ip.subarray(16, 20)];
  const message = ip.subarray(family.header);
  return {
    from: addressFromBytes(from),
    to: addressFromBytes(to),
    hops: ip[v6 ? 7 : 8],
    ipOk: v6 || checksum(ip.subarray(0, 20)) === 0,
    kind: [message[0], message[1]],
    messageOk: messageSum(addressFromBytes(from), addressFromBytes(to), message) === 0,
    repeated: message.subarray(8),
  };
}

/** A packet as it is one hop further on. */
function travelled(frame: Buffer, family: Family): Buffer {
  const packet = Buffer.from(frame.subarray(14));
  if (family.header === 40) {
    packet[7] = (packet[7] ?? 0) - 1;
    return packet;
  }
  packet[8] = (packet[8] ?? 0) - 1;
  packet.writeUInt16BE(0, 10);
  packet.writeUInt16BE(checksum(packet.subarray(0, 20)), 10);
  return packet;
}

describe.each(FAMILIES)('%s', (_, family) => {
  const { client, virtual, local, server, router } = family;

  describe.each([
    ['TCP, repeated in whole', 1000, 80],
    ['TCP, its first 8 bytes', 8, 80],
    ['UDP', 1000, 53],
  ] as const)('%s', (_name, repeats, port) => {
    const make = (tuple: Tuple, flags: string) =>
      port === 53 ? udp(tuple, 'some words') : tcp(tuple, { flags, seq: 7, ack: 9, payload: 'some words' });

    test('an error on the way to the server comes to the client, about the packet that it has sent', () => {
      const sent = make(request(family, port), 'S');
      const forwarded = bench.fromClient(sent);
      const answer = bench.fromServer(error(family, router, local, forwarded.data, { repeats }));
      const told = readError(family, answer.data);
      expect(answer.verdict).toBe(VERDICT.REDIRECT);
      expect(told).toMatchObject({
        from: virtual,
        to: client,
        hops: 63,
        ipOk: true,
        messageOk: true,
        kind: family.kind,
      });
      expect(told.repeated).toEqual(travelled(sent, family).subarray(0, family.header + repeats));
    });

    test('an error on the way to the client comes to the server, about the packet that it has sent', () => {
      const tuple = request(family, port);
      const arrived = read(bench.fromClient(make(tuple, 'S')).data);
      const reply = make(reversed(arrived), 'SA');
      const forwarded = bench.fromServer(reply);
      const answer = bench.fromClient(error(family, router, virtual, forwarded.data, { repeats }));
      const told = readError(family, answer.data);
      expect(answer.verdict).toBe(VERDICT.REDIRECT);
      expect(told).toMatchObject({ from: local, to: server, hops: 63, ipOk: true, messageOk: true });
      expect(told.repeated).toEqual(travelled(reply, family).subarray(0, family.header + repeats));
    });
  });

  test('a UDP packet without a checksum has none in the error either', () => {
    const sent = udp(request(family, 53), 'words', false);
    const forwarded = bench.fromClient(sent);
    const told = readError(family, bench.fromServer(error(family, router, local, forwarded.data)).data);
    expect(told.repeated).toEqual(travelled(sent, family));
    expect(told.messageOk).toBe(true);
  });

  test('masquerading: the server is told by who found the error, the client by the virtual address', () => {
    const tuple = request(family, 81);
    const sent = tcp(tuple, { flags: 'S' });
    const forwarded = bench.fromClient(sent);
    const back = readError(family, bench.fromServer(error(family, router, client, forwarded.data)).data);
    expect(back).toMatchObject({ from: virtual, to: client, ipOk: true, messageOk: true });
    expect(back.repeated).toEqual(travelled(sent, family));
    const reply = tcp(reversed(read(forwarded.data)), { flags: 'SA' });
    const there = bench.fromClient(error(family, router, virtual, bench.fromServer(reply).data));
    const told = readError(family, there.data);
    expect(told).toMatchObject({ from: router, to: server, ipOk: true, messageOk: true });
    expect(told.repeated).toEqual(travelled(reply, family));
  });

  test('direct routing: it goes to the server as it is, whose packet it is about', () => {
    const tuple = request(family, 90);
    bench.fromClient(tcp(tuple, { flags: 'S' }));
    // What the server sent to the client past us.
    const reply = tcp(reversed(tuple), { flags: 'SA' });
    const found = error(family, router, virtual, reply);
    const answer = bench.fromClient(found);
    expect(answer.verdict).toBe(VERDICT.REDIRECT);
    expect(answer.data.subarray(0, 6).toString('hex')).toBe('020000000202');
    expect(answer.data.subarray(14)).toEqual(travelled(found, family));
  });

  test('it counts at the server and as an event, and keeps no connection alive', () => {
    const forwarded = bench.fromClient(tcp(request(family, 80), { flags: 'S' }));
    const before = bench.plane.events().icmp_related ?? 0;
    bench.fromServer(error(family, router, local, forwarded.data));
    expect(bench.plane.events().icmp_related).toBe(before + 1);
  });

  test('an error about an error is never sent: one without a hop left is dropped', () => {
    const forwarded = bench.fromClient(tcp(request(family, 80), { flags: 'S' }));
    const drops = bench.plane.drops().ttl ?? 0;
    const sent = bench.plane.events().icmp_sent ?? 0;
    expect(bench.fromServer(error(family, router, local, forwarded.data, { ttl: 1 })).verdict).toBe(
      VERDICT.DROP,
    );
    expect(bench.plane.drops().ttl).toBe(drops + 1);
    expect(bench.plane.events().icmp_sent ?? 0).toBe(sent);
  });

  test.each([
    [
      'of no connection',
      (forwarded: Buffer) => error(family, router, local, changed(forwarded, 14 + family.header + 1)),
    ],
    [
      'to another address than who sent the packet',
      (forwarded: Buffer) => error(family, router, virtual, forwarded),
    ],
    [
      'that repeats too little',
      (forwarded: Buffer) => error(family, router, local, forwarded, { repeats: 7 }),
    ],
    [
      'that repeats too little, and has more bytes behind it than its length says',
      (forwarded: Buffer) =>
        Buffer.concat([error(family, router, local, forwarded, { repeats: 7 }), Buffer.alloc(20)]),
    ],
    [
      'of which not all has come',
      (forwarded: Buffer) => error(family, router, local, forwarded).subarray(0, -1),
    ],
    [
      'that is a question',
      (forwarded: Buffer) =>
        error(family, router, local, forwarded, { kind: family.header === 40 ? [128, 0] : [8, 0] }),
    ],
  ])('what is no error %s stays what it was', (_what, make) => {
    const forwarded = bench.fromClient(tcp(request(family, 80), { flags: 'S' })).data;
    const before = bench.plane.events().icmp_related ?? 0;
    expect(bench.fromServer(make(forwarded)).verdict).not.toBe(VERDICT.REDIRECT);
    expect(bench.plane.events().icmp_related ?? 0).toBe(before);
  });
});

function changed(frame: Buffer, at: number): Buffer {
  const copy = Buffer.from(frame);
  copy[at] = (copy[at] ?? 0) ^ 0xff;
  return copy;
}
