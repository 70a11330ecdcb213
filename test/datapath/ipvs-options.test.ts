/** What `ipvs:` of the configuration changes: through the XDP program, and in the sweep. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FLOW_SIZES, settingsBytes } from '../../src/datapath/codec.ts';
import { DIRECTION, FLOW, FLOW_KEY, SETTINGS } from '../../src/datapath/layouts.generated.ts';
import { recordAt, type TableRecord, writeRecord } from '../../src/datapath/reference/table-record.ts';
import { tcpTimeouts } from '../../src/datapath/timeouts.ts';
import { type Connection, TCP_STATE } from '../../src/model/connection.ts';
import { IPVS_OPTIONS, type IpvsOptions } from '../../src/model/ipvs-options.ts';
import { RecordBatch } from '../../src/model/record.ts';
import { DEFAULT_TIMEOUTS } from '../../src/model/rules.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { read, reversed, type Tuple, tcp, udp } from '../support/packet.ts';
import { CLIENT, CLIENT6, PlaneBench, SERVER, SERVER6, VERDICT, VIP, VIP6 } from '../support/plane.ts';

const NS_PER_S = 1_000_000_000n;
/** Seconds. Short ones, because the clock begins when the machine boots, which may be a minute ago. */
const TIMEOUT = 30;

const FAMILIES = [
  { name: 'IPv4', family: 4, client: CLIENT, vip: VIP, server: SERVER },
  { name: 'IPv6', family: 6, client: CLIENT6, vip: VIP6, server: SERVER6 },
] as const;

let bench: PlaneBench;
let maps: { readonly 4: BpfMap; readonly 6: BpfMap; readonly settings: BpfMap };
let nextPort = 20_000;

beforeAll(() => {
  bench = new PlaneBench('ipvs-options');
  for (const { server } of FAMILIES) {
    bench.addService('tcp', 80, [{ address: server, port: 22 }]);
    bench.addService('udp', 53, [{ address: server, port: 5353 }]);
  }
  bench.edit({ op: 'set-timeouts', timeouts: { ...DEFAULT_TIMEOUTS, tcp: TIMEOUT, udp: TIMEOUT } });
  bench.openFence();
  const settings = openPinned('settings', 4, SETTINGS.size, 1);
  const flows = ([4, 6] as const).map((family) =>
    openPinned(`flows${family}`, FLOW_SIZES[family].key, FLOW_SIZES[family].entry, 2 * bench.connections),
  ) as [BpfMap, BpfMap];
  maps = { 4: flows[0], 6: flows[1], settings };
});

function openPinned(name: string, keySize: number, valueSize: number, maxEntries: number): BpfMap {
  const map = BpfMap.openPinned(`${bench.namespace.pins}/${name}`, { keySize, valueSize, maxEntries });
  if (!map) throw new Error(`${name} is not pinned`);
  return map;
}

afterAll(() => bench.remove());

/** Without a new plane for each: that takes a second. */
function configure(options: Partial<IpvsOptions>): void {
  const { timeouts } = bench.rules;
  const settings = {
    director: 0,
    maker: 7,
    localPorts: bench.localPorts,
    tcpTimeouts: tcpTimeouts(timeouts),
    udpTimeout: timeouts.udp,
    ipvs: { ...IPVS_OPTIONS, ...options },
    lookups: 0,
    marks: { first: 0, count: 0 },
    secret: 1,
    icmpPerSecond: 0,
  };
  maps.settings.update(Buffer.alloc(4), settingsBytes(settings));
  events();
}

function events(): TableRecord[] {
  const batch = new RecordBatch(1000);
  bench.sync.read(batch);
  bench.sync.acknowledge();
  return Array.from({ length: batch.length }, (_, at) => recordAt(batch, at));
}

/** What was told here, a version later and from somebody else. */
function fromPeer(told: TableRecord): RecordBatch {
  const batch = new RecordBatch(1);
  writeRecord(batch, 0, { ...told, version: told.version + 1, maker: 1 });
  batch.length = 1;
  return batch;
}

const toldOf = ({ fromPort }: Tuple) => events().filter(({ clientPort }) => clientPort === fromPort);

async function find(port: number): Promise<Connection | undefined> {
  for await (const chunk of bench.plane.connections()) {
    const found = chunk.find(({ client }) => client.port === port);
    if (found) return found;
  }
  return undefined;
}

test('a plane goes by the options of the daemon that opened it, and then by those of the one that adopts it', () => {
  const established = () => {
    const tuple: Tuple = { from: CLIENT, fromPort: nextPort++, to: VIP, toPort: 80 };
    bench.fromClient(tcp(tuple, { flags: 'A', seq: 1, ack: 1 }));
    return toldOf(tuple).length;
  };
  expect(established()).toBe(0);
  bench.reopen({ sloppyTcp: true });
  expect(bench.plane.adopted).toBe(true);
  expect(established()).toBe(1);
  bench.reopen({});
  expect(established()).toBe(0);
});

describe.each(FAMILIES)('over $name', ({ family, client, vip }) => {
  const tupleTo = (toPort: number): Tuple => ({ from: client, fromPort: nextPort++, to: vip, toPort });

  /** Returns the server's tuple. */
  function establish(tuple: Tuple): Tuple {
    const back = reversed(read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 100 })).data));
    bench.fromServer(tcp(back, { flags: 'SA', seq: 900, ack: 101 }));
    bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 }));
    return back;
  }

  const acknowledge = (tuple: Tuple, packets: number) => {
    for (let sent = 0; sent < packets; sent++)
      bench.fromClient(tcp(tuple, { flags: 'A', seq: 101, ack: 901 }));
  };

  /** As if the connection had been announced so many seconds ago; its last packet is of now. */
  function announcedAgo(port: number, seconds: number, idle = 0): void {
    const { key: keySize, entry: valueSize } = FLOW_SIZES[family];
    const flows = maps[family];
    const now = process.hrtime.bigint();
    for (const { count, keys, values } of flows.chunks(256)) {
      for (let at = 0; at < count; at++) {
        const key = Buffer.from(keys.subarray(at * keySize, (at + 1) * keySize));
        const entry = Buffer.from(values.subarray(at * valueSize, (at + 1) * valueSize));
        const isRequest = entry.readUInt8(FLOW.direction) === DIRECTION.DIRECTION_REQUEST;
        const clientPort = isRequest
          ? key.readUInt16BE(FLOW_KEY.sourcePort)
          : entry.readUInt16BE(FLOW.destinationPort);
        if (clientPort !== port) continue;
        if (isRequest) entry.writeUInt32LE(Number(now / NS_PER_S) - seconds, FLOW.announcedAt);
        entry.writeBigUInt64LE(now - BigInt(idle) * NS_PER_S, FLOW.lastSeen);
        flows.update(key, entry);
      }
    }
  }

  /** How often a sweep tells of an established connection that was announced so long ago and has had such packets since. */
  function repeats({ seconds, packets = 1 }: { seconds: number; packets?: number }): number {
    const tuple = tupleTo(80);
    establish(tuple);
    acknowledge(tuple, packets);
    announcedAgo(tuple.fromPort, seconds);
    events();
    bench.plane.sweep();
    bench.plane.sweep();
    return toldOf(tuple).length;
  }

  describe('sync_threshold', () => {
    beforeEach(() => configure({}));

    test.each([
      [[3, 0], 3],
      [[7, 0], 7],
      [[0, 0], 1],
    ] as const)('%j announces a UDP connection with packet %i of its client', (syncThreshold, announcing) => {
      configure({ syncThreshold });
      const tuple = tupleTo(53);
      const told: number[] = [];
      for (let packet = 1; packet <= 9; packet++) {
        const { data } = bench.fromClient(udp(tuple, 'query'));
        bench.fromServer(udp(reversed(read(data)), 'answer'));
        if (toldOf(tuple).length > 0) told.push(packet);
      }
      expect(told).toEqual([announcing]);
    });

    test('announces TCP as soon as it is established, whatever it says', () => {
      configure({ syncThreshold: [40, 50] });
      const tuple = tupleTo(80);
      establish(tuple);
      expect(toldOf(tuple).map(({ state }) => state)).toEqual([TCP_STATE.ESTABLISHED]);
    });

    test('announces a connection in use again after the packets of its period, once a sweep', () => {
      configure({ syncThreshold: [3, 50] });
      expect(repeats({ seconds: 2, packets: 49 })).toBe(0);
      expect(repeats({ seconds: 2, packets: 50 })).toBe(1);
      expect(repeats({ seconds: 2, packets: 500 })).toBe(1);
    });

    test('counts a period from the last announcement', () => {
      configure({ syncThreshold: [3, 50] });
      const tuple = tupleTo(80);
      establish(tuple);
      const told = [30, 30, 30, 30].map((packets) => {
        acknowledge(tuple, packets);
        announcedAgo(tuple.fromPort, 2);
        events();
        bench.plane.sweep();
        return toldOf(tuple).length;
      });
      expect(told).toEqual([0, 1, 0, 1]);
    });

    test('repeats nothing by packets with period 0, and without it too after a third of the timeout', () => {
      expect(repeats({ seconds: 2, packets: 500 })).toBe(0);
      expect(repeats({ seconds: TIMEOUT / 3 + 1 })).toBe(1);
      configure({ syncThreshold: [3, 50] });
      expect(repeats({ seconds: TIMEOUT / 3 + 1 })).toBe(1);
    });

    test('repeats nothing of a director that is not the owner', () => {
      configure({ syncThreshold: [3, 5] });
      const tuple = tupleTo(80);
      establish(tuple);
      acknowledge(tuple, 50);
      announcedAgo(tuple.fromPort, 2);
      events();
      bench.plane.fence.close();
      bench.plane.sweep();
      bench.openFence();
      expect(toldOf(tuple)).toEqual([]);
    });
  });

  describe('sync_refresh_period', () => {
    test('is when a connection in use is announced again', () => {
      configure({ syncRefreshPeriod: 4 });
      expect(repeats({ seconds: 3 })).toBe(0);
      expect(repeats({ seconds: 6 })).toBe(1);
    });

    test('is half the timeout at most', () => {
      configure({ syncRefreshPeriod: 1000 });
      expect(repeats({ seconds: TIMEOUT / 3 + 1 })).toBe(0);
      expect(repeats({ seconds: TIMEOUT / 2 + 2 })).toBe(1);
    });

    test('holds back what packets would announce', () => {
      configure({ syncThreshold: [3, 50], syncRefreshPeriod: 6 });
      expect(repeats({ seconds: 4, packets: 500 })).toBe(0);
      expect(repeats({ seconds: 8, packets: 10 })).toBe(0);
      expect(repeats({ seconds: 8, packets: 50 })).toBe(1);
      expect(repeats({ seconds: TIMEOUT / 3 + 1, packets: 1 })).toBe(1);
    });

    test('never holds back a change of state', () => {
      configure({ syncRefreshPeriod: 1000 });
      const tuple = tupleTo(80);
      establish(tuple);
      events();
      bench.fromClient(tcp(tuple, { flags: 'FA', seq: 101, ack: 901 }));
      expect(toldOf(tuple).map(({ state }) => state)).toEqual([TCP_STATE.CLOSE_WAIT]);
    });

    test('lets a new owner wait as much longer for what came from the peer', async () => {
      const idle = TIMEOUT + TIMEOUT / 3 + 2;
      const outlives = async (options: Partial<IpvsOptions>) => {
        configure(options);
        const tuple = tupleTo(80);
        establish(tuple);
        const [told] = toldOf(tuple);
        if (!told) throw new Error('was not announced');
        bench.sync.apply(fromPeer(told), { sender: 77, mark: 0 });
        announcedAgo(tuple.fromPort, idle, idle);
        bench.plane.sweep();
        return (await find(tuple.fromPort)) !== undefined;
      };
      expect(await outlives({})).toBe(false);
      expect(await outlives({ syncRefreshPeriod: 1000 })).toBe(true);
    });
  });

  describe('sloppy_tcp', () => {
    const begin = (flags: string) => {
      const tuple = tupleTo(80);
      const { verdict, data } = bench.fromClient(tcp(tuple, { flags, seq: 500, ack: 700, payload: 'go on' }));
      return { tuple, verdict, data };
    };

    test('is off unless asked for: a segment of no connection is answered with RST', async () => {
      configure({});
      const { tuple, data } = begin('PA');
      expect(read(data)).toMatchObject({ from: vip, to: client, flags: 'R' });
      expect(await find(tuple.fromPort)).toBeUndefined();
    });

    test('begins an established connection with such a segment, which is announced and carried on', async () => {
      configure({ sloppyTcp: true });
      const before = load();
      const { tuple, verdict, data } = begin('PA');
      expect(verdict).toBe(VERDICT.REDIRECT);
      expect(read(data)).toMatchObject({ toPort: 22, flags: 'PA', seq: 500, payload: 'go on' });
      expect((await find(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
      expect(toldOf(tuple).map(({ state }) => state)).toEqual([TCP_STATE.ESTABLISHED]);
      expect(load()).toBe(before + 1);
      const back = reversed(read(data));
      const answer = bench.fromServer(tcp(back, { flags: 'PA', seq: 700, ack: 505, payload: 'yes' }));
      expect(read(answer.data)).toMatchObject({ from: vip, toPort: tuple.fromPort, payload: 'yes' });
    });

    test('begins with a FIN what is closed already, and tells nobody', async () => {
      configure({ sloppyTcp: true });
      const { tuple, verdict } = begin('FA');
      expect(verdict).toBe(VERDICT.REDIRECT);
      expect((await find(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE);
      expect(toldOf(tuple)).toEqual([]);
    });

    test.each(['R', 'RA', 'SA', 'SFA', 'P', ''])('begins nothing with flags "%s"', async (flags) => {
      configure({ sloppyTcp: true });
      const { tuple } = begin(flags);
      expect(await find(tuple.fromPort)).toBeUndefined();
    });

    test('begins with a SYN as ever', async () => {
      configure({ sloppyTcp: true });
      const { tuple } = begin('S');
      expect((await find(tuple.fromPort))?.state).toBe(TCP_STATE.SYN_RECV);
    });

    test('begins nothing behind a closed fence', async () => {
      configure({ sloppyTcp: true });
      bench.plane.fence.close();
      const { tuple, verdict } = begin('PA');
      bench.openFence();
      expect(verdict).toBe(VERDICT.DROP);
      expect(await find(tuple.fromPort)).toBeUndefined();
    });
  });

  /** Active connections of the family's TCP service. */
  function load(): number {
    const at = bench.rules.services.findIndex(
      ({ id }) => id.kind === 'address' && id.protocol === 'tcp' && id.address === vip,
    );
    return bench.plane.counters(bench.rules)[at]?.servers[0]?.activeConnections ?? 0;
  }
});
