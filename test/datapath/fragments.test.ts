/** Fragments: they follow their first one, both ways, and what comes without that goes nowhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checksum, read, reversed, type Tuple, tcp, udp } from '../support/packet.ts';
import { CLIENT, CLIENT6, PlaneBench, SERVER, SERVER6, VERDICT, VIP, VIP6 } from '../support/plane.ts';

const MORE = 1;
const FRAGMENT_HEADER = 44;

let bench: PlaneBench;
let clientPort = 42_000;
let id = 1;

beforeAll(() => {
  bench = new PlaneBench('fragments');
  for (const server of [SERVER, SERVER6]) {
    bench.addService('udp', 53, [{ address: server, port: 5353 }]);
    bench.addService('tcp', 80, [{ address: server, port: 8080 }]);
    bench.addService('udp', 90, [{ address: server, port: 90, forwarding: 'direct' }]);
  }
  bench.openFence();
});

afterAll(() => bench.remove());

/** Cuts a packet into fragments with so many bytes of its content each (RFC 791, 3.2; RFC 8200, 4.5). */
function cut(frame: Buffer, size: number): Buffer[] {
  const v6 = frame.readUInt16BE(12) === 0x86dd;
  const headers = frame.subarray(0, 14 + (v6 ? 40 : 20));
  const content = frame.subarray(headers.length);
  const number = id++;
  const fragments: Buffer[] = [];
  for (let at = 0; at < content.length; at += size) {
    const part = content.subarray(at, at + size);
    const more = at + size < content.length ? MORE : 0;
    const head = Buffer.from(headers);
    if (v6) {
      const extension = Buffer.from([headers[20] ?? 0, 0, 0, 0, 0, 0, 0, 0]);
      extension.writeUInt16BE(at | more, 2);
      extension.writeUInt32BE(number, 4);
      head[20] = FRAGMENT_HEADER;
      head.writeUInt16BE(8 + part.length, 18);
      fragments.push(Buffer.concat([head, extension, part]));
    } else {
      head.writeUInt16BE(20 + part.length, 16);
      head.writeUInt16BE(number, 18);
      head.writeUInt16BE((more << 13) | (at / 8), 20);
      head.writeUInt16BE(0, 24);
      head.writeUInt16BE(checksum(head.subarray(14)), 24);
      fragments.push(Buffer.concat([head, part]));
    }
  }
  return fragments;
}

/** The packet of which these are the fragments, in order. */
function join(fragments: readonly Buffer[]): Buffer {
  const [first = Buffer.alloc(0)] = fragments;
  const v6 = first.readUInt16BE(12) === 0x86dd;
  const length = v6 ? 62 : 34;
  const content = Buffer.concat(fragments.map((fragment) => fragment.subarray(length)));
  const head = Buffer.from(first.subarray(0, v6 ? 54 : 34));
  if (v6) {
    head[20] = first[54] ?? 0;
    head.writeUInt16BE(content.length, 18);
  } else {
    for (const fragment of fragments) expect(checksum(fragment.subarray(14, 34))).toBe(0);
    head.writeUInt16BE(20 + content.length, 16);
    head.writeUInt16BE(0, 20);
    head.writeUInt16BE(0, 24);
    head.writeUInt16BE(checksum(head.subarray(14)), 24);
  }
  return Buffer.concat([head, content]);
}

const words = (length: number) => 'abcdefghijklmnop'.repeat(length / 16);

describe.each([
  ['IPv4', CLIENT, VIP],
  ['IPv6', CLIENT6, VIP6],
] as const)('%s', (_, client, virtual) => {
  const request = (toPort: number): Tuple => ({ from: client, fromPort: clientPort++, to: virtual, toPort });
  const dropped = (reason: string) => bench.plane.drops()[reason] ?? 0;

  test.each([
    ['with a checksum', true],
    ['without one', false],
  ])('a datagram in three fragments, %s, arrives whole, and its answer too', (_name, summed) => {
    const tuple = request(53);
    const sent = cut(udp(tuple, words(2400), summed), 1000).map((fragment) => bench.fromClient(fragment));
    expect(sent.map(({ verdict }) => verdict)).toEqual([
      VERDICT.REDIRECT,
      VERDICT.REDIRECT,
      VERDICT.REDIRECT,
    ]);
    const arrived = read(join(sent.map(({ data }) => data)));
    expect(arrived).toMatchObject({ toPort: 5353, ttl: 63, payload: words(2400) });
    if (summed) expect(arrived.checksumOk).toBe(true);
    const back = cut(udp(reversed(arrived), words(1600), summed), 800).map((it) => bench.fromServer(it));
    const answer = read(join(back.map(({ data }) => data)));
    expect(answer).toMatchObject({ ...reversed(tuple), payload: words(1600) });
    if (summed) expect(answer.checksumOk).toBe(true);
  });

  test('a segment of a connection does so, too', () => {
    const tuple = request(80);
    const arrived = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1 })).data);
    bench.fromServer(tcp(reversed(arrived), { flags: 'SA', seq: 8, ack: 2 }));
    const segment = tcp(tuple, { flags: 'A', seq: 2, ack: 9, payload: words(1600) });
    const whole = read(join(cut(segment, 808).map((fragment) => bench.fromClient(fragment).data)));
    expect(whole).toMatchObject({ toPort: 8080, flags: 'A', payload: words(1600), checksumOk: true });
  });

  test('of direct routing they go to the server as they are', () => {
    const sent = cut(udp(request(90), words(1600)), 800);
    const gone = sent.map((fragment) => bench.fromClient(fragment));
    for (const [at, { verdict, data }] of gone.entries()) {
      expect(verdict).toBe(VERDICT.REDIRECT);
      expect(data.subarray(34)).toEqual(sent[at]?.subarray(34));
    }
  });

  test('one that comes before its first is dropped, and those after that go on', () => {
    const [first, second, third] = cut(udp(request(53), words(2400)), 1000) as [Buffer, Buffer, Buffer];
    const before = dropped('fragment');
    expect(bench.fromClient(second).verdict).toBe(VERDICT.DROP);
    expect(dropped('fragment')).toBe(before + 1);
    expect(bench.fromClient(first).verdict).toBe(VERDICT.REDIRECT);
    expect(bench.fromClient(third).verdict).toBe(VERDICT.REDIRECT);
  });

  test('they are told apart by their number', () => {
    const tuple = request(53);
    const [first] = cut(udp(tuple, words(1600)), 800) as [Buffer];
    const [, stranger] = cut(udp(tuple, words(1600)), 800) as [Buffer, Buffer];
    bench.fromClient(first);
    expect(bench.fromClient(stranger).verdict).toBe(VERDICT.DROP);
  });

  test('those of no connection are dropped', () => {
    const [first, second] = cut(tcp(request(80), { flags: 'A', payload: words(1600) }), 808) as [
      Buffer,
      Buffer,
    ];
    // It is answered with RST.
    bench.fromClient(first);
    expect(bench.fromClient(second).verdict).toBe(VERDICT.DROP);
  });

  test('a first one that ends within the header is malformed', () => {
    const [tiny] = cut(tcp(request(80), { flags: 'S', payload: words(160) }), 16) as [Buffer];
    const before = dropped('malformed');
    expect(bench.fromClient(tiny).verdict).toBe(VERDICT.DROP);
    expect(dropped('malformed')).toBe(before + 1);
  });

  test('of a later one without a hop left nobody is told', () => {
    const [first, second] = cut(udp(request(53), words(1600), true, { ttl: 64 }), 800) as [Buffer, Buffer];
    bench.fromClient(first);
    const sent = bench.plane.events().icmp_sent ?? 0;
    const last = Buffer.from(second);
    last[virtual.includes(':') ? 21 : 22] = 1;
    expect(bench.fromClient(last).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.events().icmp_sent ?? 0).toBe(sent);
  });
});
