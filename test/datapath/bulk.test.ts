import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApplyResult, NOTHING_APPLIED, type Origin, type SyncPort } from '../../src/datapath/ports.ts';
import { MemoryTable } from '../../src/datapath/reference/memory-table.ts';
import { recordAt, type TableRecord, writeRecord } from '../../src/datapath/reference/table-record.ts';
import { openSyncPort } from '../../src/datapath/share.ts';
import { ipv4ToNumber, parseAddress } from '../../src/model/address.ts';
import { TCP_STATE } from '../../src/model/connection.ts';
import { RECORD_FAMILY, RECORD_OP, RecordBatch } from '../../src/model/record.ts';
import { nextAfter } from '../../src/model/serial.ts';
import { read, reversed, type Tuple, tcp } from '../support/packet.ts';
import { CLIENT, LIP, PlaneBench, SERVER, VIP } from '../support/plane.ts';

const FIRST = 101;
const SECOND = 102;

let bench: PlaneBench;
let memory: MemoryTable;
let nextPort = 10_000;

beforeAll(() => {
  bench = new PlaneBench('bulk');
  memory = new MemoryTable(4096);
  bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
  bench.openFence();
});

afterAll(() => bench.remove());

beforeEach(() => {
  drain();
});

type Given = Partial<TableRecord> & { clientPort: number };

function record(given: Given): TableRecord {
  return {
    op: RECORD_OP.UPDATE,
    protocol: 6,
    family: RECORD_FAMILY.IPV4,
    high: [],
    state: TCP_STATE.ESTABLISHED,
    client: ipv4ToNumber(parseAddress(CLIENT)),
    virtual: ipv4ToNumber(parseAddress(VIP)),
    virtualPort: 80,
    local: ipv4ToNumber(parseAddress(LIP)),
    localPort: given.clientPort + 20_000,
    server: ipv4ToNumber(parseAddress(SERVER)),
    serverPort: 22,
    timeout: 900,
    maker: 1,
    term: 9,
    version: 5,
    ...given,
  };
}

function batchOf(records: readonly TableRecord[]): RecordBatch {
  const batch = new RecordBatch(Math.max(1, records.length));
  for (const each of records) writeRecord(batch, batch.length++, each);
  return batch;
}

/** Both planes merge by the same rules. */
function apply(given: Given | readonly Given[], sender = FIRST, mark = 0): ApplyResult {
  const records = [given].flat().map(record);
  const result = bench.sync.apply(batchOf(records), { sender, mark });
  expect(memory.apply(records, { sender, mark }, 0)).toEqual(result);
  return result;
}

const one = (outcome: keyof ApplyResult): ApplyResult => ({ ...NOTHING_APPLIED, [outcome]: 1 });

function walked(port: SyncPort = bench.sync, capacity = 100): TableRecord[] {
  const walk = port.walk();
  const found: TableRecord[] = [];
  const batch = new RecordBatch(capacity);
  for (let more = true; more; ) {
    batch.length = 0;
    more = walk.read(batch);
    for (let at = 0; at < batch.length; at++) found.push(recordAt(batch, at));
  }
  return found;
}

function held(clientPort: number): TableRecord | undefined {
  return walked().find((each) => each.clientPort === clientPort);
}

function clean(from: Origin): number {
  const cleaning = bench.sync.clean(from);
  let total = 0;
  for (let done = false; !done; ) {
    const step = cleaning.step();
    total += step.removed;
    done = step.done;
  }
  const left = [...memory.leftOver(from)].map((each) => ({ ...each, op: RECORD_OP.FORGET }));
  expect(memory.apply(left, from, 0).applied).toBe(total);
  return total;
}

function drain(): TableRecord[] {
  const batch = new RecordBatch(60_000);
  bench.sync.read(batch);
  bench.sync.acknowledge();
  return Array.from({ length: batch.length }, (_, at) => recordAt(batch, at));
}

function establish(tuple: Tuple): Tuple {
  const back = reversed(read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 100 })).data));
  bench.fromServer(tcp(back, { flags: 'SA', seq: 900, ack: 101 }));
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 }));
  return back;
}

const clientTuple = (): Tuple => ({ from: CLIENT, fromPort: nextPort++, to: VIP, toPort: 80 });

describe('a connection that is gone', () => {
  test('does not come back with a record from before its end', () => {
    const clientPort = nextPort++;
    apply({ clientPort, version: 5 });
    apply({ clientPort, version: 7, op: RECORD_OP.DELETE });
    expect(apply({ clientPort, version: 6 })).toEqual(one('gone'));
    expect(apply({ clientPort, version: 7 })).toEqual(one('gone'));
    expect(held(clientPort)).toBeUndefined();
    expect(apply({ clientPort, version: 8 })).toEqual(one('applied'));
    // No sweep of a test below is to find it.
    apply({ clientPort, version: 9, op: RECORD_OP.DELETE });
  });

  test('does not come back when the news of its end overtook that of its beginning', () => {
    const clientPort = nextPort++;
    expect(apply({ clientPort, version: 7, op: RECORD_OP.DELETE })).toEqual(one('stale'));
    expect(apply({ clientPort, version: 5 })).toEqual(one('gone'));
    expect(apply({ clientPort, version: 9, op: RECORD_OP.DELETE })).toEqual(one('stale'));
    expect(apply({ clientPort, version: 8 })).toEqual(one('gone'));
  });

  test('does not come back to the plane that made it, however long ago that was', () => {
    const tuple = clientTuple();
    establish(tuple);
    const [made] = drain();
    if (!made) throw new Error('nothing was announced');
    const other = record({ clientPort: nextPort++, maker: made.maker, version: made.version + 99 });
    const result = bench.sync.apply(batchOf([other]), { sender: FIRST, mark: 0 });
    expect(result).toEqual(one('gone'));
    const own = new MemoryTable(10, { maker: made.maker });
    expect(own.apply([other], { sender: FIRST, mark: 0 }, 0)).toEqual(one('gone'));
  });

  test('is remembered only as long as there is room', () => {
    const small = new MemoryTable(10, { tombstones: 2 });
    const from = { sender: FIRST, mark: 0 };
    const end = (clientPort: number) => record({ clientPort, version: 7, op: RECORD_OP.DELETE });
    small.apply([end(1), end(2), end(3)], from, 0);
    const again = [1, 2, 3].map((clientPort) => record({ clientPort }));
    expect(small.apply(again, from, 0)).toEqual({ ...NOTHING_APPLIED, applied: 1, gone: 2 });
  });
});

describe('a tuple that is used again', () => {
  test('is newer than the connection that a peer of another term ended there', () => {
    const tuple = clientTuple();
    const future = (Math.floor(Number(process.hrtime.bigint()) / 1e6) + 1e9) >>> 0;
    apply({ clientPort: tuple.fromPort, term: 77, version: future });
    apply({ clientPort: tuple.fromPort, term: 77, version: future + 1, op: RECORD_OP.DELETE });
    establish(tuple);
    const [made] = drain();
    expect(made).toMatchObject({ clientPort: tuple.fromPort, term: 77 });
    expect(nextAfter(made?.version ?? 0, future + 1)).toBe((made?.version ?? 0) + 1);
  });

  test('is newer than its predecessor also where the news of its end got lost', async () => {
    const tuple = clientTuple();
    bench.edit({ op: 'set-timeouts', timeouts: { tcp: 1, tcpFin: 1, udp: 300 } });
    establish(tuple);
    const [first] = drain();
    const gone = async () => {
      bench.plane.sweep();
      return held(tuple.fromPort);
    };
    await expect.poll(gone, { timeout: 10_000 }).toBeUndefined();
    drain();
    bench.edit({ op: 'set-timeouts', timeouts: { tcp: 900, tcpFin: 120, udp: 300 } });
    // A table that saw only the beginnings, the second one first.
    establish(tuple);
    const [second] = drain();
    if (!first || !second) throw new Error('nothing was announced');
    const elsewhere = new MemoryTable(10);
    expect(elsewhere.apply([second, first], { sender: FIRST, mark: 0 }, 0)).toMatchObject({
      applied: 1,
      stale: 1,
    });
    expect([...elsewhere.records()]).toMatchObject([{ version: second.version }]);
  });
});

test('of two directors that made the same version the same one wins in either order', () => {
  const [low, high] = [
    { clientPort: nextPort++, maker: 3, state: TCP_STATE.CLOSE },
    { clientPort: nextPort - 1, maker: 4 },
  ];
  expect(apply([low, high], FIRST)).toMatchObject({ applied: 2 });
  expect(apply(low, FIRST)).toEqual(one('stale'));
  expect(held(low.clientPort)).toMatchObject({ maker: 4, state: TCP_STATE.ESTABLISHED });
});

test('of two connections of equal term and version on one local port the same one stays in either order', () => {
  for (const order of [
    [3, 4],
    [4, 3],
  ]) {
    const localPort = nextPort + 30_000;
    const both = order.map((maker) => ({ clientPort: nextPort++, localPort, maker }));
    apply(both[0] ?? { clientPort: 0 });
    apply(both[1] ?? { clientPort: 0 });
    const left = both.filter(({ clientPort }) => held(clientPort));
    expect(left).toMatchObject([{ maker: 4 }]);
  }
});

describe('whoever tells of a connection that has ended here', () => {
  test('is told of its end', () => {
    const clientPort = nextPort++;
    apply({ clientPort, version: 5 });
    apply({ clientPort, version: 8, maker: 3, op: RECORD_OP.DELETE });
    drain();
    expect(apply({ clientPort, version: 6 })).toEqual(one('gone'));
    expect(drain()).toMatchObject([{ clientPort, op: RECORD_OP.DELETE, term: 9, version: 8, maker: 3 }]);
    // A newer word is of a new connection.
    expect(apply({ clientPort, version: 9 })).toEqual(one('applied'));
    expect(drain()).toEqual([]);
  });

  test('also where only its maker, which is this plane, says that it was there', () => {
    const tuple = clientTuple();
    establish(tuple);
    const [own] = drain();
    const clientPort = nextPort++;
    const maker = own?.maker ?? 0;
    bench.sync.apply(batchOf([record({ clientPort, maker })]), { sender: FIRST, mark: 0 });
    expect(drain()).toMatchObject([{ clientPort, op: RECORD_OP.DELETE, term: 9, version: 6, maker }]);
  });
});

describe('a walk', () => {
  test('sees every connection that others are told of, as a record that their plane takes', () => {
    const tuple = clientTuple();
    const back = establish(tuple);
    const halfOpen = clientTuple();
    bench.fromClient(tcp(halfOpen, { flags: 'S' }));
    const [announced] = drain();
    const ports = Array.from({ length: 500 }, () => nextPort++);
    apply(ports.map((clientPort) => ({ clientPort })));
    const seen = walked(bench.sync, 7);
    expect(new Set(seen.map(({ clientPort }) => clientPort)).size).toBe(seen.length);
    const found = new Map(seen.map((each) => [each.clientPort, each]));
    expect(found.get(tuple.fromPort)).toEqual(announced);
    expect(found.get(tuple.fromPort)).toMatchObject({ localPort: back.toPort, timeout: 900 });
    expect(found.has(halfOpen.fromPort)).toBe(false);
    for (const clientPort of ports) expect(found.get(clientPort)).toEqual(record({ clientPort }));
  });
});

describe('at the end of a bulk transfer', () => {
  test('what it did not name is taken out, and nothing else', () => {
    const [named, changed, leftOut, ofOther] = [nextPort++, nextPort++, nextPort++, nextPort++];
    apply([{ clientPort: named }, { clientPort: changed }, { clientPort: leftOut }], FIRST);
    apply({ clientPort: ofOther }, SECOND);
    const own = clientTuple();
    establish(own);
    const mark = bench.sync.newMark(FIRST);
    const fresh = nextPort++;
    // Named as it was: stale, but named.
    expect(apply({ clientPort: named }, FIRST, mark)).toEqual(one('stale'));
    apply({ clientPort: changed, version: 6 }, FIRST, mark);
    apply({ clientPort: fresh }, FIRST, mark);
    // Its word from before it began names nothing.
    apply({ clientPort: leftOut }, FIRST, 0);
    clean({ sender: FIRST, mark });
    const stay = [named, changed, fresh, ofOther, own.fromPort];
    for (const clientPort of stay) expect(held(clientPort)).toBeDefined();
    expect(held(leftOut)).toBeUndefined();
    // Nothing brings it back but a newer word.
    expect(apply({ clientPort: leftOut }, FIRST)).toEqual(one('gone'));
  });

  test('what was made here and is not named is told again as it was, once', () => {
    const [named, unnamed] = [clientTuple(), clientTuple()];
    for (const tuple of [named, unnamed]) establish(tuple);
    const told = drain();
    const mark = bench.sync.newMark(FIRST);
    const known = told.find(({ clientPort }) => clientPort === named.fromPort);
    bench.sync.apply(batchOf(known ? [known] : []), { sender: FIRST, mark });
    const cleaning = bench.sync.clean({ sender: FIRST, mark });
    while (!cleaning.step().done);
    const again = drain().filter(({ clientPort }) => told.some((each) => each.clientPort === clientPort));
    expect(again).toEqual(told.filter(({ clientPort }) => clientPort === unnamed.fromPort));
    expect(held(unnamed.fromPort)).toBeDefined();
  });

  test('what another one has told is told as it was: who lacks it has not heard of it, or knows of its end', () => {
    const [ofOther, alsoOfOther, older] = [nextPort++, nextPort++, nextPort++];
    apply({ clientPort: ofOther }, SECOND);
    apply([{ clientPort: alsoOfOther }, { clientPort: older, version: 7 }], FIRST);
    // The same version makes it its own from now on; an older one says nothing.
    const of = bench.sync.newMark(SECOND);
    apply([{ clientPort: alsoOfOther }, { clientPort: older, version: 6 }], SECOND, of);
    drain();
    const cleaning = bench.sync.clean({ sender: FIRST, mark: bench.sync.newMark(FIRST) });
    while (!cleaning.step().done);
    const told = drain().map(({ clientPort }) => clientPort);
    expect(told).toEqual(expect.arrayContaining([ofOther, alsoOfOther]));
    expect([ofOther, alsoOfOther, older].map((port) => held(port) !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('what a packet changed here stays', () => {
    const tuple = clientTuple();
    const localPort = 9000;
    bench.sync.apply(batchOf([record({ clientPort: tuple.fromPort, localPort })]), {
      sender: FIRST,
      mark: 0,
    });
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 1, ack: 1 }));
    const [change] = drain();
    expect(change).toMatchObject({ clientPort: tuple.fromPort, state: TCP_STATE.CLOSE_WAIT });
    const cleaning = bench.sync.clean({ sender: FIRST, mark: bench.sync.newMark(FIRST) });
    while (!cleaning.step().done);
    expect(held(tuple.fromPort)).toMatchObject({ state: TCP_STATE.CLOSE_WAIT });
  });

  test('the next daemon on this plane knows its senders and their marks', () => {
    const clientPort = nextPort++;
    const mark = bench.sync.newMark(FIRST);
    apply({ clientPort }, FIRST, mark);
    const next = openSyncPort(bench.plane.shareSync());
    const again = next.newMark(FIRST);
    expect(again).not.toBe(mark);
    const cleaning = next.clean({ sender: FIRST, mark: again });
    while (!cleaning.step().done);
    expect(held(clientPort)).toBeUndefined();
  });

  test('marks come in turn and are never 0', () => {
    const marks = Array.from({ length: 256 }, () => bench.sync.newMark(SECOND));
    expect(new Set(marks).size).toBe(255);
    expect(Math.min(...marks)).toBe(1);
    expect(Math.max(...marks)).toBe(255);
  });
});
