/** Masquerading and direct routing, packet by packet: what leaves, and what the table says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { u32 } from '../../src/datapath/codec.ts';
import { SETTINGS } from '../../src/datapath/layouts.generated.ts';
import { ipv4ToNumber, parseAddress } from '../../src/model/address.ts';
import { type Connection, TCP_STATE } from '../../src/model/connection.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { RECORD_OP, RecordBatch } from '../../src/model/record.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { ip } from '../support/namespace.ts';
import { checksum, macBytes, read, reversed, type Tuple, tcp, udp } from '../support/packet.ts';
import { CLIENT, CLIENT6, PlaneBench, SERVER, SERVER6, VERDICT, VIP, VIP6 } from '../support/plane.ts';

/** linux/pkt_cls.h: TC_ACT_REDIRECT */
const TC_REDIRECT = 7;

let bench: PlaneBench;
let clientPort = 40_000;

beforeAll(() => {
  bench = new PlaneBench('methods');
  bench.addService('tcp', 80, [{ address: SERVER, port: 8080, forwarding: 'masq' }]);
  bench.addService('tcp', 81, [{ address: SERVER, port: 8080, forwarding: 'masq' }]);
  bench.addService('udp', 53, [{ address: SERVER, port: 5353, forwarding: 'masq' }]);
  bench.addService('tcp', 80, [{ address: SERVER6, port: 8080, forwarding: 'masq' }]);
  bench.addService('tcp', 90, [{ address: SERVER, port: 90, forwarding: 'direct' }]);
  bench.addService('udp', 90, [{ address: SERVER, port: 90, forwarding: 'direct' }]);
  bench.addService('tcp', 90, [{ address: SERVER6, port: 90, forwarding: 'direct' }]);
  bench.openFence();
});

afterAll(() => bench.remove());

function to4(toPort: number, fromPort = clientPort++): Tuple {
  return { from: CLIENT, fromPort, to: VIP, toPort };
}

function to6(toPort: number, fromPort = clientPort++): Tuple {
  return { from: CLIENT6, fromPort, to: VIP6, toPort };
}

async function connections(): Promise<Connection[]> {
  const all: Connection[] = [];
  for await (const chunk of bench.plane.connections()) all.push(...chunk);
  return all;
}

async function connectionOf({ from, fromPort, toPort }: Tuple): Promise<Connection | undefined> {
  return (await connections()).find(
    ({ client, virtual }) => client.address === from && client.port === fromPort && virtual.port === toPort,
  );
}

/** How often something was dropped or happened since the last look. */
function counted(kind: 'drops' | 'events', name: string): () => number {
  const count = () => bench.plane[kind]()[name] ?? 0;
  const before = count();
  return () => count() - before;
}

/** The peer says that a connection has ended. */
function end(tuple: Tuple): void {
  const batch = new RecordBatch(1);
  batch.op[0] = RECORD_OP.DELETE;
  batch.protocol[0] = 6;
  batch.client[0] = ipv4ToNumber(parseAddress(tuple.from));
  batch.clientPort[0] = tuple.fromPort;
  batch.virtual[0] = ipv4ToNumber(parseAddress(tuple.to));
  batch.virtualPort[0] = tuple.toPort;
  batch.maker[0] = 1;
  batch.term[0] = 9;
  batch.length = 1;
  bench.sync.apply(batch, { sender: 77, mark: 0 });
}

/** The bytes of a frame that its receiver would find changed, but for link addresses: offsets into the packet. */
function changedBytes(before: Buffer, after: Buffer): number[] {
  expect(after.length).toBe(before.length);
  return [...before.keys()].filter((at) => at >= 14 && before[at] !== after[at]).map((at) => at - 14);
}

describe('masquerading', () => {
  test.each([
    ['IPv4', () => to4(80), SERVER],
    ['IPv6', () => to6(80), SERVER6],
  ])('keeps the address and port of the client, and maps the port of the server: %s', (_, tuple, server) => {
    const request = tuple();
    const sent = bench.fromClient(tcp(request, { flags: 'S', seq: 7 }));
    const arrived = read(sent.data);
    expect(sent.verdict).toBe(VERDICT.REDIRECT);
    expect(arrived).toMatchObject({ ...request, to: server, toPort: 8080, ttl: 63, flags: 'S' });
    expect(arrived.ipChecksumOk && arrived.checksumOk).toBe(true);
    expect(arrived.destinationMac).toBe('020000000202');
    const back = read(bench.fromServer(tcp(reversed(arrived), { flags: 'SA', seq: 9, ack: 8 })).data);
    expect(back).toMatchObject({ ...reversed(request), flags: 'SA', ttl: 63 });
    expect(back.ipChecksumOk && back.checksumOk).toBe(true);
  });

  test('carries UDP both ways', () => {
    const request = to4(53);
    const arrived = read(bench.fromClient(udp(request, 'question')).data);
    expect(arrived).toMatchObject({ ...request, to: SERVER, toPort: 5353, payload: 'question' });
    const back = read(bench.fromServer(udp(reversed(arrived), 'answer')).data);
    expect(back).toMatchObject({ ...reversed(request), payload: 'answer', checksumOk: true });
  });

  test('follows both directions as IPVS does', async () => {
    const request = to4(80);
    const arrived = read(bench.fromClient(tcp(request, { flags: 'S', seq: 100 })).data);
    bench.fromServer(tcp(reversed(arrived), { flags: 'SA', seq: 500, ack: 101 }));
    bench.fromClient(tcp(request, { flags: 'A', seq: 101, ack: 501 }));
    expect(await connectionOf(request)).toMatchObject({
      state: TCP_STATE.ESTABLISHED,
      forwarding: 'masq',
      server: { address: SERVER, port: 8080 },
    });
    expect((await connectionOf(request))?.local).toBeUndefined();
    bench.fromServer(tcp(reversed(arrived), { flags: 'FA', seq: 501, ack: 101 }));
    bench.fromClient(tcp(request, { flags: 'FA', seq: 101, ack: 502 }));
    expect((await connectionOf(request))?.state).toBe(TCP_STATE.TIME_WAIT);
  });

  test('gives another port to a connection whose client has the same one at the same server already', async () => {
    const conflicts = counted('events', 'port_conflict');
    const one = to4(80);
    const other = { ...one, toPort: 81 };
    const first = read(bench.fromClient(tcp(one, { flags: 'S', seq: 1 })).data);
    const second = read(bench.fromClient(tcp(other, { flags: 'S', seq: 1 })).data);
    expect(first.fromPort).toBe(one.fromPort);
    expect(second).toMatchObject({ from: CLIENT, to: SERVER, toPort: 8080 });
    expect(second.fromPort).not.toBe(one.fromPort);
    expect(conflicts()).toBe(1);
    const back = (arrived: Tuple) => read(bench.fromServer(tcp(reversed(arrived), { flags: 'SA' })).data);
    expect([back(first), back(second)]).toMatchObject([reversed(one), reversed(other)]);
  });

  test('needs no local address, and counts none', () => {
    const service = bench.rules.services[0];
    bench.fromClient(tcp(to4(80), { flags: 'S' }));
    expect(service && bench.plane.counters(bench.rules)[0]?.locals[0]?.connections).toBe(0);
  });
});

describe('direct routing', () => {
  test.each([
    ['TCP over IPv4', () => tcp(to4(90), { flags: 'S', seq: 7, payload: 'x' })],
    ['UDP over IPv4', () => udp(to4(90), 'question')],
    ['TCP over IPv6', () => tcp(to6(90), { flags: 'S', seq: 7 })],
  ])('changes the link addresses and the hops that are left, and nothing else: %s', (_, make) => {
    const frame = make();
    const sent = bench.fromClient(frame);
    expect(sent.verdict).toBe(VERDICT.REDIRECT);
    const packet = read(sent.data);
    expect(packet.destinationMac).toBe('020000000202');
    expect(packet.sourceMac).toBe(Buffer.from(bench.back.mac).toString('hex'));
    expect(packet).toMatchObject({ ttl: 63, ipChecksumOk: true, checksumOk: true });
    // The TTL and the header checksum; IPv6 has no such checksum.
    const isIpv4 = frame[12] === 0x08 && frame[13] === 0;
    const changes = changedBytes(frame, sent.data);
    expect(changes.filter((at) => !(isIpv4 ? [8, 10, 11] : [7]).includes(at))).toEqual([]);
  });

  test('knows the client side alone: IPVS then follows the columns for input only', async () => {
    const request = to4(90);
    const states: Array<number | undefined> = [];
    const send = async (flags: string, seq: number) => {
      bench.fromClient(tcp(request, { flags, seq, ack: 1 }));
      states.push((await connectionOf(request))?.state);
    };
    await send('S', 100);
    await send('A', 101);
    await send('FA', 101);
    await send('A', 102);
    const { SYN_RECV, ESTABLISHED, FIN_WAIT } = TCP_STATE;
    expect(states).toEqual([SYN_RECV, ESTABLISHED, FIN_WAIT, FIN_WAIT]);
    expect(await connectionOf(request)).toMatchObject({
      forwarding: 'direct',
      server: { address: SERVER, port: 90 },
    });
    bench.fromClient(tcp(request, { flags: 'R', seq: 5 }));
    expect((await connectionOf(request))?.state).toBe(FIN_WAIT);
    bench.fromClient(tcp(request, { flags: 'R', seq: 102 }));
    expect((await connectionOf(request))?.state).toBe(TCP_STATE.CLOSE);
  });

  test('has one entry a connection, and its end leaves a masqueraded one with the same server alone', async () => {
    const port = clientPort++;
    const masq = { ...to4(80, port) };
    const arrived = read(bench.fromClient(tcp(masq, { flags: 'S', seq: 1 })).data);
    const server: RuleEdit[] = bench.rules.services
      .filter(({ id }) => id.kind === 'address' && id.port === 90 && id.protocol === 'tcp')
      .slice(0, 1)
      .flatMap(({ id, servers: [held] }) =>
        held
          ? [
              { op: 'delete-server', id, server: held },
              { op: 'add-server', id, server: { ...held, port: 8080 } },
            ]
          : [],
      );
    bench.edit(...server);
    const direct = to4(90, port);
    bench.fromClient(tcp(direct, { flags: 'S', seq: 1 }));
    expect(await connectionOf(direct)).toMatchObject({ server: { address: SERVER, port: 8080 } });
    end(direct);
    expect(await connectionOf(direct)).toBeUndefined();
    const back = read(bench.fromServer(tcp(reversed(arrived), { flags: 'SA', seq: 9, ack: 2 })).data);
    expect(back).toMatchObject(reversed(masq));
  });

  test('does not send to a server behind a router, which would send it back', () => {
    ip('route', 'add', '192.168.20.0/24', 'via', SERVER);
    bench.addService('tcp', 91, [{ address: '192.168.20.2', port: 91, forwarding: 'direct' }]);
    const dropped = counted('drops', 'not_on_link');
    expect(bench.fromClient(tcp(to4(91), { flags: 'S' })).verdict).toBe(VERDICT.DROP);
    expect(dropped()).toBe(1);
  });

  test('reaches a server whose link address is not known yet, by way of the kernel', () => {
    bench.addService('tcp', 92, [{ address: '192.168.10.77', port: 92, forwarding: 'direct' }]);
    const handed = counted('events', 'neighbour_resolve');
    const sent = bench.fromClient(tcp(to4(92), { flags: 'S' }));
    expect(sent.verdict).toBe(VERDICT.PASS);
    expect(handed()).toBe(1);
    // A destination that is a group would not be sent on.
    expect((sent.data[0] ?? 1) & 3).toBe(2);
    expect(bench.program('tandem_resolve').runPacket(sent.data).verdict).toBe(TC_REDIRECT);
  });
});

test('a checksum of a UDP datagram that has none stays so', () => {
  const sent = bench.fromClient(udp(to4(53), 'question', false)).data;
  expect(sent.readUInt16BE(14 + 20 + 6)).toBe(0);
  expect(checksum(sent.subarray(14, 34))).toBe(0);
  expect(macBytes('02:00:00:00:02:02').equals(sent.subarray(0, 6))).toBe(true);
});

describe('what the plane says itself', () => {
  const inner = (frame: Buffer, header: number) => frame.subarray(14 + header + 8);

  test('a packet without a hop left is answered with time exceeded, as traceroute wants it', () => {
    const told = counted('events', 'icmp_sent');
    const dropped = counted('drops', 'ttl');
    const frame = udp(to4(53), 'a'.repeat(60), true, { ttl: 1 });
    const { verdict, data } = bench.fromClient(frame);
    expect([VERDICT.TX, VERDICT.REDIRECT]).toContain(verdict);
    expect([told(), dropped()]).toEqual([1, 1]);
    expect(read(data)).toMatchObject({ from: VIP, to: CLIENT, protocol: 1, ipChecksumOk: true });
    expect([...data.subarray(34, 36)]).toEqual([11, 0]);
    expect(checksum(data.subarray(34))).toBe(0);
    expect(inner(data, 20).equals(frame.subarray(14))).toBe(true);
  });

  test('a packet that does not fit is answered with the MTU that it must fit, in both families', () => {
    const payload = 'x'.repeat(1500);
    const four = bench.fromClient(udp(to4(53), payload)).data;
    expect([...four.subarray(34, 36), four.readUInt16BE(34 + 6)]).toEqual([3, 4, 1500]);
    expect(four.length).toBe(14 + 576);
    expect(checksum(four.subarray(34))).toBe(0);
    const syn = bench.fromClient(tcp(to6(80), { flags: 'S', payload })).data;
    expect(syn[20]).toBe(58);
    expect([...syn.subarray(54, 56), syn.readUInt32BE(54 + 4)]).toEqual([2, 0, 1500]);
    expect(syn.length).toBe(14 + 1280);
    const pseudo = Buffer.concat([
      syn.subarray(22, 54),
      Buffer.from([0, 0, (1280 - 40) >> 8, (1280 - 40) & 255, 0, 0, 0, 58]),
    ]);
    expect(checksum(Buffer.concat([pseudo, syn.subarray(54)]))).toBe(0);
  });

  test('a server hears the same of its answers', () => {
    const request = to4(53);
    const arrived = read(bench.fromClient(udp(request, 'question')).data);
    const answer = bench.fromServer(udp(reversed(arrived), 'x'.repeat(1500))).data;
    expect(read(answer)).toMatchObject({ from: CLIENT, to: SERVER, protocol: 1 });
  });

  test('no more than a bound', () => {
    // One a second, and so many at once: also an emulated machine sends faster.
    const sizes = { keySize: 4, valueSize: SETTINGS.size, maxEntries: 1 };
    const settings = BpfMap.openPinned(`${bench.namespace.pins}/settings`, sizes);
    if (!settings) throw new Error('no settings');
    const before = Buffer.alloc(SETTINGS.size);
    settings.lookup(u32(0), before);
    const slow = Buffer.from(before);
    slow.writeUInt32LE(1, SETTINGS.icmpPerSecond);
    settings.update(u32(0), slow);
    const withheld = counted('events', 'icmp_withheld');
    const flood = udp(to4(53), 'x', true, { ttl: 1 });
    for (let sent = 0; sent < 2000 && withheld() === 0; sent++)
      bench.program('tandem_xdp').runPacket(Buffer.concat([bench.front.mac, flood.subarray(6)]), {
        ingress: bench.front.ifindex,
      });
    settings.update(u32(0), before);
    expect(withheld()).toBeGreaterThan(0);
  });

  test('nothing about IPv4 that may be fragmented', () => {
    const told = counted('events', 'icmp_sent');
    const big = udp(to4(53), 'x'.repeat(1500), true, { fragment: 0 });
    expect(bench.fromClient(big).verdict).toBe(VERDICT.DROP);
    expect(told()).toBe(0);
  });
});
