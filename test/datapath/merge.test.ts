import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOW_SIZES } from '../../src/datapath/codec.ts';
import { FLOW, FLOW_FLAG, FLOW_KEY } from '../../src/datapath/layouts.generated.ts';
import { NOTHING_APPLIED, type Origin } from '../../src/datapath/ports.ts';
import { addressToBytes, ipv4ToNumber, parseAddress } from '../../src/model/address.ts';
import { TCP_STATE } from '../../src/model/connection.ts';
import { RECORD_OP, RecordBatch } from '../../src/model/record.ts';
import { DEFAULT_TIMEOUTS, type ServiceId } from '../../src/model/rules.ts';
import { isLater } from '../../src/model/serial.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { read, reversed, type Tuple, tcp } from '../support/packet.ts';
import { CLIENT, LIP, PlaneBench, SERVER, VERDICT, VIP } from '../support/plane.ts';

const PEER: Origin = { sender: 77, mark: 0 };
const NS_PER_S = 1_000_000_000n;
let bench: PlaneBench;
let service: ServiceId;
let flows: BpfMap;
let nextPort = 10_000;

beforeAll(() => {
  bench = new PlaneBench('merge');
  service = bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
  bench.openFence();
  const sizes = {
    keySize: FLOW_SIZES[4].key,
    valueSize: FLOW_SIZES[4].entry,
    maxEntries: 2 * bench.connections,
  };
  const pinned = BpfMap.openPinned(`${bench.namespace.pins}/flows4`, sizes);
  if (!pinned) throw new Error('the table is not pinned');
  flows = pinned;
});

afterAll(() => bench.remove());

function keyOf({ from, fromPort, to, toPort }: Tuple): Buffer {
  const key = Buffer.alloc(FLOW_SIZES[4].key);
  key.set(addressToBytes(parseAddress(from)), FLOW_KEY.source);
  key.set(addressToBytes(parseAddress(to)), FLOW_KEY.destination);
  key.writeUInt16BE(fromPort, FLOW_KEY.sourcePort);
  key.writeUInt16BE(toPort, FLOW_KEY.destinationPort);
  key.writeUInt8(6, FLOW_KEY.protocol);
  return key;
}

function entryOf(tuple: Tuple): Buffer | undefined {
  const entry = Buffer.alloc(FLOW_SIZES[4].entry);
  return flows.lookup(keyOf(tuple), entry) ? entry : undefined;
}

/** Changes an entry behind the plane's back. */
function alter(tuple: Tuple, change: (entry: Buffer) => void): void {
  const entry = entryOf(tuple);
  if (!entry) throw new Error('no such entry');
  change(entry);
  flows.update(keyOf(tuple), entry);
}

/** The other directions' tuples as packets carry them. */
function establish(tuple: Tuple): Tuple {
  const back = reversed(read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 100 })).data));
  bench.fromServer(tcp(back, { flags: 'SA', seq: 900, ack: 101 }));
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 }));
  return back;
}

const clientTuple = (): Tuple => ({ from: CLIENT, fromPort: nextPort++, to: VIP, toPort: 80 });

/** A record of the peer's that is newer than what this plane makes. */
function record(
  tuple: Tuple,
  localPort: number,
  given: { op?: number; version?: number; state?: number } = {},
) {
  const batch = new RecordBatch(1);
  batch.op[0] = given.op ?? RECORD_OP.UPDATE;
  batch.protocol[0] = 6;
  batch.state[0] = given.state ?? TCP_STATE.ESTABLISHED;
  batch.client[0] = ipv4ToNumber(parseAddress(tuple.from));
  batch.clientPort[0] = tuple.fromPort;
  batch.virtual[0] = ipv4ToNumber(parseAddress(tuple.to));
  batch.virtualPort[0] = tuple.toPort;
  batch.local[0] = ipv4ToNumber(parseAddress(LIP));
  batch.localPort[0] = localPort;
  batch.server[0] = ipv4ToNumber(parseAddress(SERVER));
  batch.serverPort[0] = 22;
  batch.maker[0] = 1;
  batch.term[0] = 9;
  batch.version[0] = given.version ?? 1;
  batch.length = 1;
  return batch;
}

function load() {
  const [counters] = bench.plane.counters(bench.rules);
  const [server] = counters?.servers ?? [];
  return { active: server?.activeConnections, inactive: server?.inactiveConnections };
}

describe('a connection that another CPU is taking out', () => {
  test('changes no state and is not counted a second time', () => {
    const tuple = clientTuple();
    establish(tuple);
    const before = load();
    alter(tuple, (entry) =>
      entry.writeUInt32LE(entry.readUInt32LE(FLOW.stateFlags) | (FLOW_FLAG.FLOW_GONE << 8), FLOW.stateFlags),
    );
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 101, ack: 901 }));
    expect((entryOf(tuple)?.readUInt32LE(FLOW.stateFlags) ?? 0) & 0xff).toBe(TCP_STATE.ESTABLISHED);
    const gone = record(tuple, 1, { op: RECORD_OP.DELETE });
    expect(bench.sync.apply(gone, PEER)).toEqual({ ...NOTHING_APPLIED, stale: 1 });
    expect(load()).toEqual(before);
  });
});

describe('a local port that both directors gave away', () => {
  const portOf = (back: Tuple): number => back.toPort;

  test('stays with the newer connection', () => {
    const ours = clientTuple();
    const back = establish(ours);
    const theirs = clientTuple();
    expect(bench.sync.apply(record(theirs, portOf(back)), PEER)).toEqual({ ...NOTHING_APPLIED, applied: 1 });
    expect([entryOf(ours), entryOf(theirs)].map((entry) => entry !== undefined)).toEqual([false, true]);
  });

  test('stays with ours where we go on, whatever is newer', () => {
    const ours = clientTuple();
    const back = establish(ours);
    const theirs = clientTuple();
    const from: Origin = { ...PEER, clash: 'ours' };
    expect(bench.sync.apply(record(theirs, portOf(back)), from)).toEqual({
      ...NOTHING_APPLIED,
      conflicts: 1,
    });
    expect([entryOf(ours), entryOf(theirs)].map((entry) => entry !== undefined)).toEqual([true, false]);
  });

  test('goes to theirs where we yield, whatever is newer', () => {
    const ours = clientTuple();
    const back = establish(ours);
    alter(ours, (entry) => entry.writeUInt32LE(10, FLOW.term));
    const theirs = clientTuple();
    const from: Origin = { ...PEER, clash: 'theirs' };
    expect(bench.sync.apply(record(theirs, portOf(back)), from)).toEqual({ ...NOTHING_APPLIED, applied: 1 });
    expect([entryOf(ours), entryOf(theirs)].map((entry) => entry !== undefined)).toEqual([false, true]);
  });

  test('stays with the newer of two that were told, also where ours would stay', () => {
    const first = clientTuple();
    bench.sync.apply(record(first, 5000), PEER);
    const from: Origin = { ...PEER, clash: 'ours' };
    expect(bench.sync.apply(record(clientTuple(), 5000, { version: 2 }), from).applied).toBe(1);
    expect(entryOf(first)).toBeUndefined();
  });
});

describe('where we go on and the other one yields', () => {
  const from: Origin = { ...PEER, clash: 'ours' };
  const drained = () => {
    const told = new RecordBatch(1000);
    bench.sync.read(told);
    bench.sync.acknowledge();
    return told;
  };

  test.each([
    ['what was made here', (tuple: Tuple) => establish(tuple).toPort],
    [
      'what was told, and is in use here',
      (tuple: Tuple) => {
        bench.sync.apply(record(tuple, 6000), PEER);
        bench.fromClient(tcp(tuple, { flags: 'A', seq: 1, ack: 1 }));
        return 6000;
      },
    ],
  ])('%s is not ended by its word, and is told above it', (_, make) => {
    const tuple = clientTuple();
    make(tuple);
    drained();
    const end = record(tuple, 1, { op: RECORD_OP.DELETE, version: 0xf000_0000 });
    end.version[0] = ((entryOf(tuple)?.readUInt32LE(FLOW.version) ?? 0) + 1000) >>> 0;
    expect(bench.sync.apply(end, from)).toEqual({ ...NOTHING_APPLIED, conflicts: 1 });
    expect(entryOf(tuple)).toBeDefined();
    const told = drained();
    expect([told.length, told.op[0], told.clientPort[0]]).toEqual([1, RECORD_OP.UPDATE, tuple.fromPort]);
    expect(told.term[0]).toBe(end.term[0]);
    expect(isLater(told.version[0] ?? 0, end.version[0] ?? 0)).toBe(true);
    // Where we do not go on, its word counts.
    end.version[0] = ((told.version[0] ?? 0) + 1) >>> 0;
    expect(bench.sync.apply(end, PEER)).toEqual({ ...NOTHING_APPLIED, applied: 1 });
  });

  test('it does not move a connection that is in use here to another local port', () => {
    const tuple = clientTuple();
    const { toPort } = establish(tuple);
    const version = ((entryOf(tuple)?.readUInt32LE(FLOW.version) ?? 0) + 1000) >>> 0;
    expect(bench.sync.apply(record(tuple, 6001, { version }), from)).toEqual({
      ...NOTHING_APPLIED,
      conflicts: 1,
    });
    expect(entryOf(tuple)?.readUInt16BE(FLOW.sourcePort)).toBe(toPort);
  });

  test('it ends what only it has used', () => {
    const tuple = clientTuple();
    bench.sync.apply(record(tuple, 6002), PEER);
    const end = record(tuple, 6002, { op: RECORD_OP.DELETE, version: 2 });
    expect(bench.sync.apply(end, from)).toEqual({ ...NOTHING_APPLIED, applied: 1 });
    expect(entryOf(tuple)).toBeUndefined();
  });

  test('what is in use here outlives a bulk transfer that does not name it', () => {
    const [used, unused] = [clientTuple(), clientTuple()];
    for (const [at, tuple] of [used, unused].entries()) bench.sync.apply(record(tuple, 6010 + at), PEER);
    bench.fromClient(tcp(used, { flags: 'A', seq: 1, ack: 1 }));
    const mark = bench.sync.newMark(PEER.sender);
    const cleaning = bench.sync.clean({ ...from, mark });
    for (let done = false; !done; drained()) done = cleaning.step().done;
    expect([used, unused].map((tuple) => entryOf(tuple) !== undefined)).toEqual([true, false]);
  });
});

describe('a record of the peer', () => {
  test('whose reply would be an entry of a client takes nothing from it', () => {
    const client: Tuple = { ...clientTuple(), from: SERVER, fromPort: 22 };
    // This client of the service is the server of the record, and its virtual address the local one.
    const held = record({ ...clientTuple() }, 80);
    const [vip = 0] = [ipv4ToNumber(parseAddress(VIP))];
    establish(client);
    held.local[0] = vip;
    const before = load();
    expect(bench.sync.apply(held, PEER)).toEqual({ ...NOTHING_APPLIED, conflicts: 1 });
    expect(entryOf(client)).toBeDefined();
    expect(load()).toEqual(before);
  });

  test('makes a connection wait out its last refresh, also when packets had come here before', () => {
    const tuple = clientTuple();
    bench.sync.apply(record(tuple, 4000), PEER);
    bench.fromClient(tcp(tuple, { flags: 'A', seq: 1, ack: 1 }));
    bench.sync.apply(record(tuple, 4000, { version: 2 }), PEER);
    // Idle for a little longer than its timeout: the peer may have seen packets since it last said so. The timeout is
    // a short one because the clock begins when the machine boots, which may be a minute ago.
    bench.edit({ op: 'set-timeouts', timeouts: { ...DEFAULT_TIMEOUTS, tcp: 9 } });
    const reply: Tuple = { from: SERVER, fromPort: 22, to: LIP, toPort: 4000 };
    const old = process.hrtime.bigint() - 10n * NS_PER_S;
    for (const each of [tuple, reply]) alter(each, (entry) => entry.writeBigUInt64LE(old, FLOW.lastSeen));
    bench.plane.sweep();
    expect(entryOf(tuple)).toBeDefined();
    const older = process.hrtime.bigint() - 13n * NS_PER_S;
    for (const each of [tuple, reply]) alter(each, (entry) => entry.writeBigUInt64LE(older, FLOW.lastSeen));
    bench.plane.sweep();
    bench.edit({ op: 'set-timeouts', timeouts: DEFAULT_TIMEOUTS });
    expect(entryOf(tuple)).toBeUndefined();
  });
});

describe('the sweep', () => {
  test('tells a change that the ring had no room for, also when the fence is closed by now', () => {
    const tuple = clientTuple();
    establish(tuple);
    bench.sync.read(new RecordBatch(1000));
    bench.sync.acknowledge();
    const before = entryOf(tuple)?.readUInt32LE(FLOW.version) ?? 0;
    alter(tuple, (entry) =>
      entry.writeUInt32LE(
        entry.readUInt32LE(FLOW.stateFlags) | (FLOW_FLAG.FLOW_UNSENT << 8),
        FLOW.stateFlags,
      ),
    );
    bench.plane.fence.close();
    expect(bench.plane.sweep()).toMatchObject({ deferred: 0, unsent: 0 });
    bench.plane.sweep();
    bench.openFence();
    const told = new RecordBatch(1000);
    expect(bench.sync.read(told)).toBe(1);
    bench.sync.acknowledge();
    expect(told.clientPort[0]).toBe(tuple.fromPort);
    expect(isLater(told.version[0] ?? 0, before)).toBe(true);
  });

  test('frees a local port whose client has another connection by now', () => {
    const tuple = clientTuple();
    const back = establish(tuple);
    const lost: Tuple = { ...back, toPort: back.toPort + 1 };
    const entry = entryOf(back);
    if (!entry) throw new Error('no reply entry');
    entry.writeBigUInt64LE(process.hrtime.bigint() - 5n * NS_PER_S, FLOW.lastSeen);
    flows.update(keyOf(lost), entry);
    bench.plane.sweep();
    expect(entryOf(lost)).toBeUndefined();
    expect(entryOf(back)).toBeDefined();
    expect(bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 })).verdict).toBe(VERDICT.REDIRECT);
  });
});

test('connections that outlive their service leave no count of its local addresses behind', () => {
  const tuple = clientTuple();
  const back = establish(tuple);
  const uses = BpfMap.openPinned(`${bench.namespace.pins}/local_use`, {
    keySize: 8,
    valueSize: 8,
    maxEntries: 1,
  });
  bench.edit({ op: 'delete-service', id: service });
  bench.sync.apply(record(tuple, back.toPort, { op: RECORD_OP.DELETE }), PEER);
  expect(entryOf(tuple)).toBeUndefined();
  expect(uses?.keys()).toEqual([]);
});

test('connections are counted and measured at their server again when its rules come back', () => {
  const id = bench.addService('tcp', 81, [{ address: SERVER, port: 22 }]);
  const tuple: Tuple = { ...clientTuple(), toPort: 81 };
  establish(tuple);
  const rules = bench.rules;
  bench.edit({ op: 'delete-service', id });
  bench.rules = rules;
  bench.plane.applyRules(rules);
  bench.plane.sweep();
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 }));
  const counters = bench.plane.counters(rules)[rules.services.findIndex((one) => one.id === id)];
  expect(counters?.servers).toMatchObject([{ activeConnections: 1, inactiveConnections: 0, inPackets: 1 }]);
  expect(counters?.locals).toMatchObject([{ connections: 1 }]);
});
