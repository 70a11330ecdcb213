import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CONN_RECORD } from '../../src/datapath/layouts.generated.ts';
import { type ApplyResult, NOTHING_APPLIED, type Origin } from '../../src/datapath/ports.ts';
import { MemoryTable } from '../../src/datapath/reference/memory-table.ts';
import { recordAt } from '../../src/datapath/reference/table-record.ts';
import { openSyncPort } from '../../src/datapath/share.ts';
import { ipv4ToNumber, parseAddress } from '../../src/model/address.ts';
import { type Connection, isActive, TCP_STATE } from '../../src/model/connection.ts';
import { RECORD_OP, RecordBatch } from '../../src/model/record.ts';
import type { ServiceId } from '../../src/model/rules.ts';
import { read, reversed, type Tuple, tcp } from '../support/packet.ts';
import { CLIENT, LIP, PlaneBench, SERVER, VERDICT, VIP } from '../support/plane.ts';

const PEER: Origin = { sender: 77, mark: 0 };

let bench: PlaneBench;
let service: ServiceId;
let nextPort = 10_000;

beforeAll(() => {
  bench = new PlaneBench('table');
  service = bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
  bench.openFence();
});

afterAll(() => bench.remove());

beforeEach(() => {
  // Each test reads only the events that it caused.
  events();
});

interface Given {
  op?: number;
  protocol?: number;
  state?: number;
  clientPort?: number;
  localPort?: number;
  term?: number;
  version?: number;
  maker?: number;
}

function batchOf(...records: Given[]): RecordBatch {
  const batch = new RecordBatch(records.length);
  records.forEach((given, index) => {
    batch.op[index] = given.op ?? RECORD_OP.UPDATE;
    batch.protocol[index] = given.protocol ?? 6;
    batch.state[index] = given.state ?? TCP_STATE.ESTABLISHED;
    batch.client[index] = ipv4ToNumber(parseAddress(CLIENT));
    batch.clientPort[index] = given.clientPort ?? 1;
    batch.virtual[index] = ipv4ToNumber(parseAddress(VIP));
    batch.virtualPort[index] = 80;
    batch.local[index] = ipv4ToNumber(parseAddress(LIP));
    batch.localPort[index] = given.localPort ?? 2;
    batch.server[index] = ipv4ToNumber(parseAddress(SERVER));
    batch.serverPort[index] = 22;
    batch.timeout[index] = 900;
    batch.maker[index] = given.maker ?? 1;
    batch.term[index] = given.term ?? 5;
    batch.version[index] = given.version ?? 1;
  });
  batch.length = records.length;
  return batch;
}

/** Both planes merge by the same rules: every case runs on both. */
async function applyToBoth(memory: MemoryTable, ...records: Given[]): Promise<ApplyResult> {
  const batch = batchOf(...records);
  const result = bench.sync.apply(batch, PEER);
  const same = memory.apply(
    records.map((_, index) => recordAt(batch, index)),
    PEER,
    0,
  );
  expect(same).toEqual(result);
  return result;
}

function events(of = bench) {
  const batch = new RecordBatch(60_000);
  of.sync.read(batch);
  of.sync.acknowledge();
  return Array.from({ length: batch.length }, (_, index) => recordAt(batch, index));
}

async function find(clientPort: number): Promise<Connection | undefined> {
  for await (const chunk of bench.plane.connections()) {
    const found = chunk.find((connection) => connection.client.port === clientPort);
    if (found) return found;
  }
  return undefined;
}

function establish(tuple: Tuple): Tuple {
  const back = reversed(read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 100 })).data));
  bench.fromServer(tcp(back, { flags: 'SA', seq: 900, ack: 101 }));
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 }));
  return back;
}

function clientTuple(port = nextPort++): Tuple {
  return { from: CLIENT, fromPort: port, to: VIP, toPort: 80 };
}

function load() {
  const [counters] = bench.plane.counters(bench.rules);
  const [server] = counters?.servers ?? [];
  return { active: server?.activeConnections, inactive: server?.inactiveConnections };
}

describe('what the plane tells the peer', () => {
  test('is nothing about a half-open connection', () => {
    bench.fromClient(tcp(clientTuple(), { flags: 'S' }));
    expect(events()).toEqual([]);
  });

  test('is the whole translation once the handshake is complete', () => {
    const tuple = clientTuple();
    const back = establish(tuple);
    const seen = events();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      op: RECORD_OP.UPDATE,
      protocol: 6,
      state: TCP_STATE.ESTABLISHED,
      client: ipv4ToNumber(parseAddress(CLIENT)),
      clientPort: tuple.fromPort,
      virtual: ipv4ToNumber(parseAddress(VIP)),
      virtualPort: 80,
      local: ipv4ToNumber(parseAddress(LIP)),
      localPort: back.toPort,
      server: ipv4ToNumber(parseAddress(SERVER)),
      serverPort: 22,
      timeout: 900,
      term: 1,
    });
  });

  test('is each later state, in rising versions', () => {
    const tuple = clientTuple();
    const back = establish(tuple);
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 101, ack: 901 }));
    bench.fromServer(tcp(back, { flags: 'FA', seq: 901, ack: 102 }));
    const seen = events();
    expect(seen.map(({ state }) => state)).toEqual([
      TCP_STATE.ESTABLISHED,
      TCP_STATE.CLOSE_WAIT,
      TCP_STATE.TIME_WAIT,
    ]);
    const versions = seen.map(({ version }) => version);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(3);
  });

  test('includes half-open connections before a handover', () => {
    const tuple = clientTuple();
    bench.fromClient(tcp(tuple, { flags: 'S' }));
    bench.sync.announceAll();
    expect(events().find(({ clientPort }) => clientPort === tuple.fromPort)?.state).toBe(TCP_STATE.SYN_RECV);
  });

  test('is read again by the next reader until it is acknowledged', () => {
    establish(clientTuple());
    const first = new RecordBatch(10);
    expect(bench.sync.read(first)).toBe(1);
    expect(bench.sync.read(first)).toBe(0);
    const next = openSyncPort(bench.plane.shareSync());
    const again = new RecordBatch(10);
    expect(next.read(again)).toBe(1);
    expect(again.clientPort[0]).toBe(first.clientPort[0]);
    next.acknowledge();
    expect(openSyncPort(bench.plane.shareSync()).read(new RecordBatch(10))).toBe(0);
    bench.sync.acknowledge();
  });

  test('stops at a full batch and goes on with the next', () => {
    for (let count = 0; count < 5; count++) establish(clientTuple());
    const small = new RecordBatch(2);
    expect(bench.sync.read(small)).toBe(2);
    expect(bench.sync.read(small)).toBe(0);
    expect(events()).toHaveLength(3);
  });
});

describe('what the peer tells the plane', () => {
  const memory = new MemoryTable(1000);

  test('is forwarded from the first packet on, with the same local port', async () => {
    const clientPort = nextPort++;
    expect(await applyToBoth(memory, { clientPort, localPort: 3001 })).toEqual({
      ...NOTHING_APPLIED,
      applied: 1,
    });
    const frame = tcp(clientTuple(clientPort), { flags: 'PA', seq: 77, ack: 88, payload: 'go on' });
    const { verdict, data } = bench.fromClient(frame);
    expect(verdict).toBe(VERDICT.REDIRECT);
    expect(read(data)).toMatchObject({ from: LIP, fromPort: 3001, to: SERVER, toPort: 22, payload: 'go on' });
    const reply = tcp(
      { from: SERVER, fromPort: 22, to: LIP, toPort: 3001 },
      { flags: 'A', seq: 88, ack: 82 },
    );
    expect(read(bench.fromServer(reply).data)).toMatchObject({ from: VIP, to: CLIENT, toPort: clientPort });
  });

  test('changes nothing when it is not newer', async () => {
    const clientPort = nextPort++;
    await applyToBoth(memory, { clientPort, localPort: 3002, version: 7 });
    const older = await applyToBoth(
      memory,
      { clientPort, localPort: 3002, version: 7, state: TCP_STATE.CLOSE },
      { clientPort, localPort: 3002, version: 6, state: TCP_STATE.CLOSE },
      { clientPort, localPort: 3002, term: 4, version: 99, state: TCP_STATE.CLOSE },
      { clientPort, localPort: 3002, version: 7, op: RECORD_OP.DELETE },
    );
    expect(older).toEqual({ ...NOTHING_APPLIED, stale: 4 });
    expect((await find(clientPort))?.state).toBe(TCP_STATE.ESTABLISHED);
  });

  test('moves the state, and the count at its server, when it is newer', async () => {
    const clientPort = nextPort++;
    const before = load();
    await applyToBoth(memory, { clientPort, localPort: 3003, version: 1 });
    expect(load()).toEqual({ active: (before.active ?? 0) + 1, inactive: before.inactive });
    await applyToBoth(memory, { clientPort, localPort: 3003, version: 2, state: TCP_STATE.TIME_WAIT });
    expect(load()).toEqual({ active: before.active, inactive: (before.inactive ?? 0) + 1 });
    await applyToBoth(memory, { clientPort, localPort: 3003, term: 6, version: 1, op: RECORD_OP.DELETE });
    expect(load()).toEqual(before);
    expect(await find(clientPort)).toBeUndefined();
  });

  test.each(Object.entries(TCP_STATE))(
    'counts in state %s as active or not, as the model says',
    (_, state) => {
      const clientPort = nextPort++;
      const before = load();
      bench.sync.apply(batchOf({ clientPort, localPort: 3900, state }), PEER);
      const [active, inactive] = isActive({ protocol: 'tcp', state }) ? [1, 0] : [0, 1];
      expect(load()).toEqual({
        active: (before.active ?? 0) + active,
        inactive: (before.inactive ?? 0) + inactive,
      });
      bench.sync.apply(batchOf({ clientPort, localPort: 3900, version: 2, op: RECORD_OP.DELETE }), PEER);
      expect(load()).toEqual(before);
    },
  );

  test('is stale when it deletes what is not there', async () => {
    const result = await applyToBoth(memory, { clientPort: nextPort++, op: RECORD_OP.DELETE });
    expect(result).toEqual({ ...NOTHING_APPLIED, stale: 1 });
  });

  test('takes a local port from an older connection, and leaves it to a newer one', async () => {
    const [older, newer, late] = [nextPort++, nextPort++, nextPort++];
    await applyToBoth(memory, { clientPort: older, localPort: 3004, term: 5 });
    expect(await applyToBoth(memory, { clientPort: newer, localPort: 3004, term: 6 })).toMatchObject({
      applied: 1,
    });
    expect(await find(older)).toBeUndefined();
    expect(await applyToBoth(memory, { clientPort: late, localPort: 3004, term: 4 })).toMatchObject({
      conflicts: 1,
    });
    expect((await find(newer))?.local?.port).toBe(3004);
    expect(bench.plane.events().sync_conflict).toBeGreaterThanOrEqual(2);
  });

  test('replaces a connection that went another way', async () => {
    const clientPort = nextPort++;
    await applyToBoth(memory, { clientPort, localPort: 3005 });
    await applyToBoth(memory, { clientPort, localPort: 3006, version: 2 });
    expect((await find(clientPort))?.local?.port).toBe(3006);
    const old = tcp({ from: SERVER, fromPort: 22, to: LIP, toPort: 3005 }, { flags: 'A' });
    expect(read(bench.fromServer(old).data).flags).toBe('R');
  });

  test('is refused when no plane could have made it', async () => {
    const clientPort = nextPort++;
    const odd = [{ state: 11 }, { protocol: 17, state: 1 }, { protocol: 1, state: 0 }];
    const result = await applyToBoth(
      memory,
      ...odd.map((each) => ({ ...each, clientPort, localPort: 3007 })),
    );
    expect(result).toEqual({ ...NOTHING_APPLIED, refused: 3 });
    expect(await find(clientPort)).toBeUndefined();
  });

  test('is merged also in batches that are larger than the inbox', () => {
    const records = Array.from({ length: 1500 }, (_, index) => ({
      clientPort: 30_000 + index,
      localPort: 20_000 + index,
    }));
    expect(bench.sync.apply(batchOf(...records), PEER).applied).toBe(1500);
  });
});

describe('a full table', () => {
  test('refuses new connections by name and keeps those that it has', () => {
    const small = new PlaneBench('full', { connections: 8 });
    try {
      small.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
      small.openFence();
      const verdicts = Array.from({ length: 12 }, (_, index) =>
        small.fromClient(tcp(clientTuple(500 + index), { flags: 'S' })),
      ).map(({ verdict }) => verdict);
      expect(verdicts.filter((verdict) => verdict === VERDICT.REDIRECT)).toHaveLength(8);
      expect(small.plane.drops().table_full).toBe(4);
      expect(small.fromClient(tcp(clientTuple(500), { flags: 'S' })).verdict).toBe(VERDICT.REDIRECT);
    } finally {
      small.remove();
    }
  });
});

describe('the sweep', () => {
  test('removes both directions of an idle connection and tells the peer', async () => {
    bench.edit({ op: 'set-timeouts', timeouts: { tcp: 1, tcpFin: 120, udp: 300 } });
    const tuple = clientTuple();
    const back = establish(tuple);
    events();
    await expect
      .poll(
        async () => {
          bench.plane.sweep();
          return find(tuple.fromPort);
        },
        { timeout: 5000 },
      )
      .toBeUndefined();
    expect(events().findLast(({ clientPort }) => clientPort === tuple.fromPort)?.op).toBe(RECORD_OP.DELETE);
    expect(read(bench.fromServer(tcp(back, { flags: 'A' })).data).flags).toBe('R');
    bench.edit({ op: 'set-timeouts', timeouts: { tcp: 900, tcpFin: 120, udp: 300 } });
  });

  test('takes out no more connections at once than the peer can be told of, and the others later', async () => {
    const many = new PlaneBench('many', { connections: 60_000 });
    try {
      many.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
      many.edit({ op: 'set-timeouts', timeouts: { tcp: 1, tcpFin: 120, udp: 300 } });
      many.openFence();
      const records = Array.from({ length: 50_000 }, (_, index) => ({
        clientPort: index,
        localPort: 10_000 + index,
      }));
      expect(many.sync.apply(batchOf(...records), PEER).applied).toBe(50_000);
      // Half of a ring of 4 MiB, at a header of 8 bytes each and in steps of 8.
      const told = Math.ceil((2 << 20) / ((CONN_RECORD.clientHigh + 8 + 7) & ~7));
      const sweep = () => {
        many.plane.sweep();
        return many.plane.events().expired;
      };
      await expect.poll(sweep, { timeout: 40_000 }).toBe(told);
      const { deferred, unsent } = many.plane.sweep();
      expect([deferred, unsent]).toEqual([50_000 - told, 0]);
      expect(many.plane.events().expired).toBe(told);
      many.fromClient(tcp(clientTuple(60_001), { flags: 'S' }));
      expect(many.sync.announceAll()).toBe(false);
      expect(many.sync.overflows()).toBe(0);
      expect(events(many)).toHaveLength(told);
      expect(many.sync.announceAll()).toBe(true);
      await expect.poll(sweep, { timeout: 40_000 }).toBe(50_000);
      const last = events(many);
      expect(last).toHaveLength(1 + 50_000 - told);
      expect(last[0]).toMatchObject({ clientPort: 60_001, state: TCP_STATE.SYN_RECV });
    } finally {
      many.remove();
    }
  }, 120_000);

  test('binds connections to a server that was unknown when they came', async () => {
    const clientPort = nextPort++;
    const unknown = parseAddress('192.168.10.3');
    const batch = batchOf({ clientPort, localPort: 3100 });
    batch.server[0] = ipv4ToNumber(unknown);
    bench.sync.apply(batch, PEER);
    const server = { forwarding: 'fullnat' as const, weight: 1, upperThreshold: 0, lowerThreshold: 0 };
    bench.edit({ op: 'add-server', id: service, server: { ...server, address: unknown, port: 22 } });
    bench.plane.sweep();
    const [counters] = bench.plane.counters(bench.rules);
    expect(counters?.servers[1]?.activeConnections).toBe(1);
  });
});
