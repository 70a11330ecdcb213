import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApplyResult, NOTHING_APPLIED } from '../../src/datapath/ports.ts';
import { MemoryTable } from '../../src/datapath/reference/memory-table.ts';
import { recordAt, type TableRecord, writeRecord } from '../../src/datapath/reference/table-record.ts';
import { parseAddress } from '../../src/model/address.ts';
import { type Connection, TCP_STATE } from '../../src/model/connection.ts';
import { RECORD_FAMILY, RECORD_OP, RecordBatch } from '../../src/model/record.ts';
import { type Extension, icmp6, read, reversed, type Tuple, tcp, udp } from '../support/packet.ts';
import { CLIENT, CLIENT6, LIP6, PlaneBench, SERVER, SERVER6, VERDICT, VIP, VIP6 } from '../support/plane.ts';

let bench: PlaneBench;
let clientPort = 40_000;

beforeAll(() => {
  bench = new PlaneBench('ipv6');
  bench.addService('tcp', 80, [{ address: SERVER6, port: 22 }]);
  bench.addService('udp', 53, [{ address: SERVER6, port: 5353 }]);
  bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
  bench.openFence();
});

afterAll(() => bench.remove());

beforeEach(() => {
  events();
});

function fromClient(to = 80, from = CLIENT6): Tuple {
  return { from, fromPort: clientPort++, to: VIP6, toPort: to };
}

async function connectionOf(port: number, address = CLIENT6): Promise<Connection | undefined> {
  for await (const chunk of bench.plane.connections()) {
    const found = chunk.find(({ client }) => client.port === port && client.address === address);
    if (found) return found;
  }
  return undefined;
}

/** What the plane told the sync worker since it was asked last. */
function events(): TableRecord[] {
  const batch = new RecordBatch(1000);
  bench.sync.read(batch);
  bench.sync.acknowledge();
  return Array.from({ length: batch.length }, (_, at) => recordAt(batch, at));
}

function handshake(tuple = fromClient()) {
  const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1000 })).data);
  const back = reversed(syn);
  const synAck = read(bench.fromServer(tcp(back, { flags: 'SA', seq: 5000, ack: 1001 })).data);
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 1001, ack: 5001 }));
  return { tuple, syn, back, synAck };
}

const OPTIONS: Extension = { type: 0, bytes: Buffer.from('00000104000000ff'.padEnd(16, '0'), 'hex') };
const LONG_OPTIONS: Extension = {
  type: 60,
  bytes: Buffer.concat([Buffer.of(0, 2, 1, 20), Buffer.alloc(20)]),
};
const ROUTED: Extension = { type: 43, bytes: Buffer.from('0000040000000000', 'hex') };
const ATOMIC: Extension = { type: 44, bytes: Buffer.from('0000000012345678', 'hex') };

describe('a TCP connection over IPv6 through fullnat', () => {
  test('leaves toward the server from the local address, with a right checksum and the right MACs', () => {
    const result = bench.fromClient(tcp(fromClient(), { flags: 'S', seq: 7 }));
    const packet = read(result.data);
    expect(result.verdict).toBe(VERDICT.REDIRECT);
    expect(packet).toMatchObject({ from: LIP6, to: SERVER6, toPort: 22, ttl: 63, flags: 'S', seq: 7 });
    expect(packet.checksumOk).toBe(true);
    expect(packet.destinationMac).toBe('020000000202');
    expect(packet.sourceMac).toBe(Buffer.from(bench.back.mac).toString('hex'));
  });

  test('comes back to the client from the virtual address', () => {
    const { tuple, synAck } = handshake();
    expect(synAck).toMatchObject({ from: VIP6, fromPort: 80, to: CLIENT6, toPort: tuple.fromPort });
    expect(synAck.checksumOk).toBe(true);
    expect(synAck.destinationMac).toBe('020000000110');
  });

  test('carries data both ways, and goes through the states of IPVS', async () => {
    const { tuple, back } = handshake();
    const up = read(bench.fromClient(tcp(tuple, { flags: 'PA', seq: 1001, ack: 5001, payload: 'odd' })).data);
    const down = read(
      bench.fromServer(tcp(back, { flags: 'PA', seq: 5001, ack: 1004, payload: 'even' })).data,
    );
    expect([up.payload, up.checksumOk, down.payload, down.checksumOk]).toEqual(['odd', true, 'even', true]);
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 1004, ack: 5005 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE_WAIT);
    bench.fromServer(tcp(back, { flags: 'FA', seq: 5005, ack: 1005 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.TIME_WAIT);
  });

  test('keeps its state when a RST is outside the sequence that is due', async () => {
    const { tuple } = handshake();
    bench.fromClient(tcp(tuple, { flags: 'R', seq: 999_999 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
  });

  test('is listed with the addresses of both sides, and counted at its server', async () => {
    const before = bench.plane.counters(bench.rules)[0]?.servers[0]?.activeConnections ?? 0;
    const { tuple, syn } = handshake();
    expect(await connectionOf(tuple.fromPort)).toMatchObject({
      protocol: 'tcp',
      client: { address: CLIENT6, port: tuple.fromPort },
      virtual: { address: VIP6, port: 80 },
      local: { address: LIP6, port: syn.fromPort },
      server: { address: SERVER6, port: 22 },
    });
    const [counters] = bench.plane.counters(bench.rules);
    expect(counters?.servers[0]?.activeConnections).toBe(before + 1);
    expect(counters?.locals[0]?.connections).toBeGreaterThan(before);
  });

  test('is told apart from others whose addresses differ only in their first half', async () => {
    const tuple = fromClient();
    const other = { ...tuple, from: CLIENT6.replace('2001:db8:1:', '2001:db8:2:') };
    for (const each of [tuple, other]) bench.fromClient(tcp(each, { flags: 'S', seq: 1 }));
    expect(await connectionOf(tuple.fromPort)).toBeDefined();
    expect(await connectionOf(tuple.fromPort, other.from)).toBeDefined();
  });
});

describe('a UDP stream over IPv6 through fullnat', () => {
  test('is translated both ways', () => {
    const up = read(bench.fromClient(udp(fromClient(53), 'query')).data);
    expect(up).toMatchObject({ from: LIP6, to: SERVER6, toPort: 5353, checksumOk: true, payload: 'query' });
    const down = read(bench.fromServer(udp(reversed(up), 'answer')).data);
    expect(down).toMatchObject({
      from: VIP6,
      fromPort: 53,
      to: CLIENT6,
      checksumOk: true,
      payload: 'answer',
    });
  });
});

describe('extension headers', () => {
  test.each([
    ['options of each hop', [OPTIONS]],
    ['options of 24 bytes', [LONG_OPTIONS]],
    ['a routing header that has no stations left', [ROUTED]],
    ['the header of a fragment that is a whole packet', [ATOMIC]],
    ['all of them', [OPTIONS, LONG_OPTIONS, ROUTED, ATOMIC, LONG_OPTIONS]],
  ])('are kept: %s', (_, extensions) => {
    const packet = read(bench.fromClient(tcp(fromClient(), { flags: 'S', extensions })).data);
    expect(packet).toMatchObject({ from: LIP6, to: SERVER6, toPort: 22, flags: 'S', checksumOk: true });
  });

  const dropped = (name: string, frame: Buffer) => {
    const before = bench.plane.drops()[name] ?? 0;
    expect(bench.fromClient(frame).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops()[name]).toBe(before + 1);
  };

  test('of a later fragment have it dropped by name when its first one did not come', () => {
    const later: Extension = { type: 44, bytes: Buffer.from('000005c012345678', 'hex') };
    dropped('fragment', tcp(fromClient(), { flags: 'S', extensions: [later] }));
  });

  test('that name further stations, are too many, or are cut, have it dropped as malformed', () => {
    const further: Extension = { type: 43, bytes: Buffer.from('0000040100000000', 'hex') };
    const cut: Extension = { type: 60, bytes: Buffer.from('00ff010400000000', 'hex') };
    for (const extensions of [[further], Array<Extension>(6).fill(LONG_OPTIONS), [cut]])
      dropped('malformed', tcp(fromClient(), { flags: 'S', extensions }));
  });
});

describe('a packet of no connection', () => {
  test('gets RST from the virtual address', () => {
    const result = bench.fromClient(tcp(fromClient(), { flags: 'PA', seq: 10, ack: 42, payload: 'late' }));
    expect(read(result.data)).toMatchObject({
      from: VIP6,
      to: CLIENT6,
      flags: 'R',
      seq: 42,
      checksumOk: true,
    });
    expect(result.data.length).toBe(14 + 40 + 20);
  });

  test('for a local address gets RST too, and never reaches the host', () => {
    const stray = { from: SERVER6, fromPort: 22, to: LIP6, toPort: 3333 };
    const answer = read(bench.fromServer(tcp(stray, { flags: 'SA', seq: 1, ack: 9 })).data);
    expect(answer).toMatchObject({ flags: 'R', seq: 9, checksumOk: true });
    expect(bench.fromServer(udp({ ...stray, fromPort: 53 })).verdict).toBe(VERDICT.DROP);
  });

  test('is left to the host when it is for none of our addresses', () => {
    const other = tcp({ ...fromClient(), to: '2001:db8:1::2' }, { flags: 'S' });
    expect(bench.fromClient(other).verdict).toBe(VERDICT.PASS);
  });

  test('is left to the owner of the virtual address when it is an echo request, and dropped by others', () => {
    const echo = icmp6(CLIENT6, VIP6, Buffer.from('8000000000010001', 'hex'), { hopLimit: 64 });
    expect(bench.fromClient(echo).verdict).toBe(VERDICT.PASS);
    bench.plane.fence.close();
    expect(bench.fromClient(echo).verdict).toBe(VERDICT.DROP);
    bench.openFence();
  });
});

describe('odd packets are dropped by name', () => {
  const dropped = (name: string, frame: Buffer) => {
    const before = bench.plane.drops()[name] ?? 0;
    expect(bench.fromClient(frame).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops()[name]).toBe(before + 1);
  };

  test('a spent hop limit, of which its sender is told', () => {
    const { tuple } = handshake();
    const before = bench.plane.drops().ttl ?? 0;
    const { verdict, data } = bench.fromClient(tcp(tuple, { flags: 'A', ttl: 1, seq: 1001, ack: 5001 }));
    expect([VERDICT.TX, VERDICT.REDIRECT]).toContain(verdict);
    expect(bench.plane.drops().ttl).toBe(before + 1);
    // ICMPv6, time exceeded.
    expect([data[20], data[54]]).toEqual([58, 3]);
  });

  test('more promised by the IP header than the frame holds', () => {
    const frame = tcp(fromClient(), { flags: 'S' });
    frame.writeUInt16BE(21, 14 + 4);
    dropped('malformed', frame);
  });

  test.each(['::', '::1', 'fe80::1', 'ff02::1', '::ffff:10.1.1.10', VIP6])('a source of %s', (from) => {
    dropped('martian', tcp(fromClient(80, from), { flags: 'S' }));
  });

  test.each(['2001:db8::ffff:a01:10a', '::10', 'fd00::1'])('but not a source of %s', async (from) => {
    const tuple = fromClient(80, from);
    bench.fromClient(tcp(tuple, { flags: 'S' }));
    expect(await connectionOf(tuple.fromPort, parseAddress(from))).toBeDefined();
  });
});

describe('connection sync of IPv6', () => {
  const from = { sender: 5, mark: 0 };

  /** A connection of this plane as the peer would tell of it, with another client port. */
  function ofPeer(record: TableRecord, given: Partial<TableRecord> = {}): TableRecord {
    return { ...record, clientPort: clientPort++, localPort: clientPort, maker: 77, term: 9, ...given };
  }

  function tell(record: TableRecord, origin = from): ApplyResult {
    const batch = new RecordBatch(1);
    writeRecord(batch, batch.length++, record);
    return bench.sync.apply(batch, origin);
  }

  test('tells the peer the whole translation, and IPv4 beside it', () => {
    const memory = new MemoryTable(1000);
    const { tuple, syn } = handshake();
    const tuple4 = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: 80 };
    const back4 = reversed(read(bench.fromClient(tcp(tuple4, { flags: 'S', seq: 1 })).data));
    bench.fromServer(tcp(back4, { flags: 'SA', seq: 9, ack: 2 }));
    bench.fromClient(tcp(tuple4, { flags: 'A', seq: 2, ack: 10 }));
    const records = events();
    expect(records.map(({ family }) => family)).toEqual([RECORD_FAMILY.IPV6, RECORD_FAMILY.IPV4]);
    memory.apply(records, from, 0);
    const [first, second] = [...memory.connections(0)];
    expect(first).toMatchObject({
      client: { address: CLIENT6, port: tuple.fromPort },
      virtual: { address: VIP6, port: 80 },
      local: { address: LIP6, port: syn.fromPort },
      server: { address: SERVER6, port: 22 },
      state: TCP_STATE.ESTABLISHED,
    });
    expect(second).toMatchObject({ client: { address: CLIENT, port: tuple4.fromPort } });
  });

  test('brings connections into the table, forwarded from the first packet on', () => {
    const { tuple } = handshake();
    const record = ofPeer(events()[0] as TableRecord);
    expect(tell(record)).toEqual({ ...NOTHING_APPLIED, applied: 1 });
    const data = tcp(
      { ...tuple, fromPort: record.clientPort },
      { flags: 'PA', seq: 1, ack: 1, payload: 'go on' },
    );
    expect(read(bench.fromClient(data).data)).toMatchObject({
      from: LIP6,
      fromPort: record.localPort,
      to: SERVER6,
      payload: 'go on',
    });
  });

  test('takes connections out, and does not bring back what is gone', async () => {
    handshake();
    const record = ofPeer(events()[0] as TableRecord);
    tell(record);
    expect(tell({ ...record, op: RECORD_OP.DELETE, version: record.version + 2 })).toMatchObject({
      applied: 1,
    });
    expect(await connectionOf(record.clientPort)).toBeUndefined();
    expect(tell({ ...record, version: record.version + 1 })).toEqual({ ...NOTHING_APPLIED, gone: 1 });
  });

  test('a local port belongs to the newer of two connections', async () => {
    handshake();
    const older = ofPeer(events()[0] as TableRecord, { version: 100, localPort: 3333 });
    const newer = ofPeer(older, { version: 200, localPort: 3333 });
    expect(tell(older)).toMatchObject({ applied: 1 });
    expect(tell(newer)).toMatchObject({ applied: 1 });
    expect(await connectionOf(older.clientPort)).toBeUndefined();
    expect(tell(ofPeer(older, { version: 150, localPort: 3333 }))).toEqual({
      ...NOTHING_APPLIED,
      conflicts: 1,
    });
  });

  test('names both families in a bulk transfer, and takes out what was not named', async () => {
    handshake();
    const [own] = events() as [TableRecord];
    const named = ofPeer(own);
    const missed = ofPeer(own);
    tell(named);
    tell(missed);
    const walk = bench.sync.walk();
    const batch = new RecordBatch(4000);
    while (walk.read(batch));
    const seen = Array.from({ length: batch.length }, (_, at) => recordAt(batch, at));
    expect(seen.find(({ clientPort: port }) => port === named.clientPort)).toMatchObject({
      high: named.high,
      local: named.local,
      family: RECORD_FAMILY.IPV6,
    });
    const bulk = { sender: from.sender, mark: bench.sync.newMark(from.sender) };
    tell(named, bulk);
    const cleaning = bench.sync.clean(bulk);
    while (!cleaning.step().done);
    expect(await connectionOf(named.clientPort)).toBeDefined();
    expect(await connectionOf(missed.clientPort)).toBeUndefined();
  });
});

test('the sweep removes idle connections of both families', async () => {
  const { tuple } = handshake();
  bench.edit({ op: 'set-timeouts', timeouts: { tcp: 1, tcpFin: 120, udp: 300 } });
  await expect
    .poll(
      async () => {
        bench.plane.sweep();
        return connectionOf(tuple.fromPort);
      },
      { timeout: 5000 },
    )
    .toBeUndefined();
  bench.edit({ op: 'set-timeouts', timeouts: { tcp: 900, tcpFin: 120, udp: 300 } });
});
