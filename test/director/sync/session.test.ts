import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { BOARD_ROLE } from '../../../src/director/board.ts';
import { senderId } from '../../../src/director/sync/sender-id.ts';
import { KeyRing } from '../../../src/wire/key-ring.ts';
import { encodeRecords } from '../../../src/wire/records-writer.ts';
import { Sealer } from '../../../src/wire/seal.ts';
import { type SealKey, sealKey } from '../../../src/wire/seal-key.ts';
import { batchOf, ordinaryRecord } from '../../wire/records.ts';
import { MemoryPort } from './memory-port.ts';
import { FAITHFUL } from './network.ts';
import { ADVERT, BOTH, type Node, Rig } from './rig.ts';

const key = sealKey(randomBytes(32));
const keys = [key];

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

const tableOf = ({ port }: Node) => [...port.table].toSorted(([a], [b]) => (a < b ? -1 : 1));
const eventsOf = (node: Node) => node.events.map(({ type }) => type);

describe('two directors on a good network', () => {
  test('have the same table a few milliseconds after a connection is made', async () => {
    const [one, two] = await rig.pair({ keys });
    for (let n = 0; n < 500; n++) one.port.connect(n);
    rig.run(5000);
    expect(two.port.table.size).toBe(500);
    expect(tableOf(two)).toEqual(tableOf(one));
    expect(one.session.status()).toMatchObject({ records_sent: 500, rejected: {}, sealed: true });
    expect(two.session.status()).toMatchObject({ records_applied: 500, gaps: 0, lost: 0, duplicates: 0 });
  });

  test('find each other and are synced', async () => {
    const [one, two] = await rig.pair();
    for (const node of [one, two]) {
      expect(eventsOf(node)).toEqual(['peer-found', 'synced']);
      expect(node.board.get('synced')).toBe(1);
    }
  });

  test('put what the other says on the board', async () => {
    const [one, two] = await rig.pair();
    one.board.set('role', BOARD_ROLE.MASTER);
    one.board.set('term', 4);
    one.board.set('leaseUntil', rig.network.now + 900_000);
    const lease = rig.network.now + 900_000;
    rig.run(ADVERT + 5000);
    expect(two.board.get('peerRole')).toBe(BOARD_ROLE.MASTER);
    expect(two.board.get('peerTerm')).toBe(4);
    expect(rig.network.now - two.board.get('peerSyncAt')).toBeLessThanOrEqual(ADVERT + 5000);
    // Our clocks are one here: the wire took 50 us.
    expect(two.board.get('peerLeaseUntil')).toBe(lease + 50);
    expect(one.board.get('syncAliveAt')).toBeGreaterThanOrEqual(rig.network.now - 2000);
  });

  test('measure the lag without the time that its news took', async () => {
    const [one] = await rig.pair();
    one.port.connect(1);
    rig.run(3 * ADVERT);
    const { max } = one.session.status().lag_ms;
    expect(max).toBeGreaterThan(0);
    expect(max).toBeLessThanOrEqual(3);
  });

  test('acknowledge to the plane only what the network has', async () => {
    const [one] = await rig.pair();
    one.port.connect(1);
    one.session.turn();
    expect(one.port.events.length).toBe(1);
    rig.network.advance(1);
    expect(one.port.events.length).toBe(0);
    expect(one.progress.sent).toMatchObject({ sequence: 1 });
  });

  test.each([512, 600, 1452, 1472, 9000])('never send more than a maxlen of %i', async (maxlen) => {
    const one = await rig.start(rig.node('lb1', { keys }), BOTH, { maxlen });
    await rig.start(rig.node('lb2', { keys }), BOTH, { maxlen });
    rig.run(ADVERT);
    rig.network.sent.length = 0;
    for (let n = 0; n < 1000; n++) one.port.connect(n * 97);
    rig.run(3000);
    const lengths = rig.network.sent.map(({ datagram }) => datagram.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(maxlen);
    // One more record, of at most 45 bytes, would not have fitted.
    expect(Math.max(...lengths)).toBeGreaterThan(maxlen - 45);
  });
});

describe('on a bad network', () => {
  /** From a seed, so that a failure can be repeated. */
  function bad(seed: number, loss: number) {
    let state = seed;
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) / 2 ** 24;
    };
    return () => {
      const copies = random() < loss ? 0 : random() < 0.2 ? 2 : 1;
      return Array.from({ length: copies }, () => 50 + Math.floor(random() * 8000));
    };
  }

  test('that repeats and reorders, nothing is lost and the tables are equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), fc.boolean(), async (seed, sealed) => {
        rig = new Rig();
        const [one, two] = await rig.pair(sealed ? { keys } : {});
        rig.network.fate = bad(seed, 0);
        for (let round = 0; round < 30; round++) {
          for (let n = 0; n < 50; n++) one.port.connect((round * 13 + n * 7) % 200, round + 1);
          rig.run(1000);
        }
        rig.run(3 * ADVERT);
        expect(tableOf(two)).toEqual(tableOf(one));
        expect(two.session.status()).toMatchObject({ lost: 0, bulks_completed: 0 });
        expect(two.session.status().duplicates).toBeGreaterThan(0);
        expect(two.board.get('synced')).toBe(1);
      }),
      { numRuns: 15 },
    );
  });

  test('that loses too, everything is asked for again until it is there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2 ** 31 }), async (seed) => {
        rig = new Rig();
        const [one, two] = await rig.pair();
        rig.network.fate = bad(seed, 0.3);
        for (let n = 0; n < 60; n++) {
          for (let m = 0; m < 10; m++) one.port.connect(n * 10 + m);
          rig.run(1000);
        }
        // The link stays bad.
        rig.run(1_000_000);
        expect(tableOf(two)).toEqual(tableOf(one));
        expect(two.port.table.size).toBe(600);
        const status = two.session.status();
        expect(status).toMatchObject({ lost: 0, bulks_completed: 0 });
        expect(status.gaps).toBeGreaterThan(0);
        expect(status.nacks_sent).toBeGreaterThanOrEqual(status.gaps > 0 ? 1 : 0);
        expect(one.session.status().resent).toBeGreaterThan(0);
        expect(two.board.get('synced')).toBe(1);
      }),
      { numRuns: 10 },
    );
  });

  test('that was dead for 20 s, what was told meanwhile is asked for, and is there soon after', async () => {
    const [one, two] = await rig.pair();
    rig.network.fate = () => [];
    for (let n = 0; n < 20_000; n++) {
      one.port.connect(n);
      rig.run(1000);
    }
    expect(two.port.table.size).toBe(0);
    rig.network.fate = FAITHFUL;
    rig.run(3_000_000);
    expect(two.port.table.size).toBe(20_000);
    expect(two.session.status()).toMatchObject({ lost: 0, bulks_completed: 0 });
    expect(two.board.get('synced')).toBe(1);
  });

  test('a gap is counted once, however often it is asked for', async () => {
    const [one, two] = await rig.pair();
    let dead = true;
    rig.network.fate = (datagram, from) => (from === 'lb1' && dead && datagram.length > 60 ? [] : [50]);
    one.port.connect(1);
    rig.run(1000);
    dead = false;
    one.port.connect(2);
    rig.run(1000);
    dead = true;
    rig.run(50_000);
    expect(two.session.status()).toMatchObject({ gaps: 1, lost: 0 });
    expect(two.session.status().nacks_sent).toBeGreaterThan(2);
    dead = false;
    rig.run(50_000);
    expect(two.session.status()).toMatchObject({ gaps: 1, lost: 0 });
    expect(tableOf(two)).toEqual(tableOf(one));
  });
});

describe('refused and counted, with the table as it was:', () => {
  const frame = (sender: string, body: Uint8Array, options: { key?: SealKey; syncid?: number } = {}) =>
    new Sealer(
      { sender: senderId(sender), epoch: 5, salt: randomBytes(8) },
      new KeyRing(options.key && [options.key]),
    ).seal(options.syncid ?? 255, body);
  const records = encodeRecords(batchOf([ordinaryRecord(1)]), 0, 1, { sequence: 1, bulk: 0, walked: false });

  async function receives(datagram: Buffer, options: { keys?: readonly SealKey[] } = {}, syncid = 255) {
    const node = await rig.start(rig.node('lb2', options), BOTH, { syncid });
    rig.network.inject(datagram, 'stranger');
    rig.run(5000);
    expect(node.port.table.size).toBe(0);
    expect(node.board.get('peerSyncAt')).toBe(0);
    expect(node.session.status().received).toBe(0);
    return node.session.status();
  }

  test('what the kernel sends', async () => {
    const lines = readFileSync(new URL('../../wire/data/ipvs-sync.jsonl', import.meta.url), 'utf8').trim();
    const payloads = lines.split('\n').map((line) => (JSON.parse(line) as { payload: string }).payload);
    const node = await rig.start(rig.node('lb2', { keys }));
    for (const payload of payloads) rig.network.inject(Buffer.from(payload, 'hex'), 'kernel');
    rig.run(5000);
    expect(node.session.status()).toMatchObject({ foreign: payloads.length, received: 0, rejected: {} });
    expect(node.port.table.size).toBe(0);
    expect(node.events).toEqual([]);
  });

  test('a message that cannot be read', async () => {
    const { rejected } = await receives(frame('lb1', Buffer.from([0x0a, 0x7f, 1, 2, 3])));
    expect(rejected).toEqual({ malformed: 1 });
  });

  test('a message with an impossible value', async () => {
    expect(
      (
        await receives(
          frame(
            'lb1',
            encodeRecords(batchOf([ordinaryRecord(1)]), 0, 1, { sequence: 0, bulk: 0, walked: false }),
          ),
        )
      ).rejected,
    ).toEqual({
      value: 1,
    });
  });

  test('another syncid', async () => {
    const { rejected } = await receives(frame('lb1', records, { syncid: 254 }), {}, 255);
    expect(rejected).toEqual({ syncid: 1 });
  });

  test('no seal where a key is set', async () => {
    expect((await receives(frame('lb1', records), { keys })).rejected).toEqual({ unsealed: 1 });
  });

  test('a seal of another key', async () => {
    const other = { ...sealKey(randomBytes(32)), id: key.id };
    expect((await receives(frame('lb1', records, { key: other }), { keys })).rejected).toEqual({ seal: 1 });
  });

  test('our own name', async () => {
    expect((await receives(frame('lb2', records))).rejected).toEqual({ own: 1 });
  });

  test('anything at all', async () => {
    const node = await rig.start(rig.node('lb2', { keys }));
    const valid = frame('lb1', records, { key });
    const mutated = fc.tuple(fc.nat(valid.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, by]) => {
      const bytes = Buffer.from(valid);
      bytes.writeUInt8((bytes[at] ?? 0) ^ by, at);
      return bytes;
    });
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    let injected = 0;
    fc.assert(
      fc.property(fc.oneof(mutated, random), (datagram) => {
        rig.network.inject(datagram, 'stranger');
        rig.network.advance(50);
        node.session.turn();
        injected++;
        expect(node.port.table.size).toBe(0);
        const { foreign, received, rejected } = node.session.status();
        expect(received).toBe(0);
        expect(foreign + Object.values(rejected).reduce((sum, count) => sum + count, 0)).toBe(injected);
      }),
      { numRuns: 2000 },
    );
  });

  test('what was taken before: at once as a duplicate, later and of a former epoch as a replay', async () => {
    const [one, two] = await rig.pair({ keys });
    const old = rig.network.sent.filter(({ from }) => from === 'lb1').map(({ datagram }) => datagram);
    one.port.connect(1);
    rig.run(1000);
    const fresh = rig.network.sent.findLast(({ from }) => from === 'lb1')?.datagram ?? Buffer.alloc(0);
    const before = two.session.status();
    rig.network.inject(fresh, 'lb1');
    rig.run(1000);
    expect(two.session.status()).toMatchObject({ duplicates: before.duplicates + 1, rejected: {} });
    rig.run(3 * ADVERT);
    for (const datagram of old) rig.network.inject(datagram, 'lb1');
    rig.run(1000);
    expect(two.session.status().rejected).toEqual({ replay: old.length });
    for (let n = 0; n < 1100; n++) {
      one.port.connect(n);
      rig.run(1000);
    }
    for (const datagram of old) rig.network.inject(datagram, 'lb1');
    rig.run(1000);
    expect(two.session.status().rejected).toEqual({ replay: 2 * old.length });
    rig.kill(one);
    await rig.start(rig.node('lb1', { keys }));
    rig.run(ADVERT);
    rig.network.inject(fresh, 'lb1');
    rig.run(1000);
    expect(two.session.status().rejected).toEqual({ replay: 2 * old.length + 1 });
  });
});

test('trouble is told at most once in ten seconds for each cause', async () => {
  const node = await rig.start(rig.node('lb2', { keys }));
  for (let n = 0; n < 100; n++) rig.network.inject(Buffer.alloc(3), 'stranger');
  rig.run(5000);
  expect(node.session.status().rejected).toEqual({ truncated: 100 });
  expect(node.events.filter(({ type }) => type === 'trouble')).toHaveLength(1);
  rig.run(10_000_000);
  rig.network.inject(Buffer.alloc(3), 'stranger');
  rig.run(1000);
  expect(node.events.filter(({ type }) => type === 'trouble')).toHaveLength(2);
});

describe('syncid', () => {
  test('0 on a receiver takes every id', async () => {
    const one = await rig.start(rig.node('lb1'), ['master'], { syncid: 9 });
    const two = await rig.start(rig.node('lb2'), ['backup'], { syncid: 0 });
    rig.run(2 * ADVERT);
    one.port.connect(1);
    rig.run(5000);
    expect(two.port.table.size).toBe(1);
    // And what that receiver says itself is heard by the one with an id.
    expect(one.session.status()).toMatchObject({ rejected: {} });
    expect(eventsOf(one)).toContain('peer-found');
  });
});

describe('directions', () => {
  test('a master alone and a backup alone are a pair of one way', async () => {
    const one = await rig.start(rig.node('lb1'), ['master']);
    const two = await rig.start(rig.node('lb2'), ['backup']);
    rig.run(2 * ADVERT);
    one.port.connect(1);
    two.port.connect(2);
    rig.run(5000);
    expect([...two.port.table.values()].map(({ clientPort }) => clientPort).toSorted()).toEqual([1, 2]);
    expect(one.port.table.size).toBe(1);
    expect(two.board.get('synced')).toBe(1);
  });

  test('a director that does not receive takes no records, counts them, and is not synced', async () => {
    const one = await rig.start(rig.node('lb1'));
    const two = await rig.start(rig.node('lb2'), ['master']);
    rig.run(2 * ADVERT);
    one.port.connect(1);
    rig.run(5000);
    expect(two.port.table.size).toBe(0);
    expect(two.session.status().rejected).toEqual({ off: 1 });
    expect(two.board.get('synced')).toBe(0);
  });

  test('sending that was off for a while leaves a hole that a bulk transfer fills', async () => {
    const [one, two] = await rig.pair();
    await one.session.stop('master');
    one.port.connect(1);
    rig.run(5000);
    await rig.start(one, ['master']);
    rig.run(3 * ADVERT);
    expect(tableOf(two)).toEqual(tableOf(one));
    expect(two.board.get('synced')).toBe(1);
    expect(two.session.status()).toMatchObject({ lost: 1, bulks_completed: 1 });
    expect(one.session.status()).toMatchObject({ bulk_sent: 1 });
  });

  test('an overflow of the ring is a shortfall that the peer knows of, until sweeps have told the rest', async () => {
    const [one, two] = await rig.pair();
    one.port.lost += 3;
    rig.run(2 * ADVERT);
    expect(one.session.status()).toMatchObject({ ring_overflows: 3, shortfall: 1 });
    expect(two.board.get('synced')).toBe(0);
    one.board.set('unsent', 2);
    one.board.set('sweeps', 2);
    rig.run(2 * ADVERT);
    expect(one.session.status()).toMatchObject({ shortfall: 2 });
    expect(two.board.get('synced')).toBe(0);
    one.board.set('unsent', 0);
    one.board.set('sweeps', 3);
    rig.run(2 * ADVERT);
    expect(one.session.status()).toMatchObject({ shortfall: 0, bulk_sent: 0 });
    expect(two.board.get('synced')).toBe(1);
  });

  test('start and stop refuse what is so already', async () => {
    const [one] = await rig.pair();
    await expect(rig.start(one, ['master'])).rejects.toMatchObject({ code: 'sync-running' });
    await one.session.stop('master');
    await expect(one.session.stop('master')).rejects.toMatchObject({ code: 'sync-stopped' });
    expect(one.session.daemons.map(({ direction }) => direction)).toEqual(['backup']);
  });

  test.each([0, 65508])('a maxlen of %i is refused', async (maxlen) => {
    await expect(rig.start(rig.node('lb1'), ['master'], { maxlen })).rejects.toMatchObject({
      code: 'bad-value',
    });
  });

  test('records that found no room in the table end synced', async () => {
    const [one, two] = await rig.pair();
    two.port.room = 3;
    for (let n = 0; n < 5; n++) one.port.connect(n);
    rig.run(5000);
    expect(two.session.status()).toMatchObject({ records_applied: 3, rejected: { 'table-full': 2 } });
    expect(two.board.get('synced')).toBe(0);
    // Later, when there is room, it asks for the table.
    two.port.room = 5;
    rig.run(6_000_000);
    expect(tableOf(two)).toEqual(tableOf(one));
    expect(two.board.get('synced')).toBe(1);
  });

  test('records that lose their local port to a newer connection are counted, and leave us synced', async () => {
    const [one, two] = await rig.pair();
    two.port.conflicting.add(2);
    for (let n = 0; n < 5; n++) one.port.connect(n);
    rig.run(5000);
    expect(two.session.status()).toMatchObject({ records_applied: 4, records_conflicting: 1, rejected: {} });
    expect(two.board.get('synced')).toBe(1);
  });
});

describe('the heartbeat', () => {
  const beats = () => rig.network.sent.filter(({ from }) => from === 'lb1').length;

  test('needs a tick of the heartbeat worker each time', async () => {
    const one = await rig.start(rig.node('lb1', { gated: true }));
    rig.run(3 * ADVERT);
    expect(beats()).toBe(0);
    one.board.set('heartbeatTicks', 1);
    rig.run(5 * ADVERT);
    expect(beats()).toBe(1);
    one.board.set('heartbeatTicks', 2);
    rig.run(2000);
    expect(beats()).toBe(2);
  });

  test('keeps its interval', async () => {
    await rig.start(rig.node('lb1'));
    rig.run(20 * ADVERT);
    expect(beats()).toBeGreaterThanOrEqual(20);
    expect(beats()).toBeLessThanOrEqual(22);
  });
});

describe('the sync lease', () => {
  test('is no limit while no peer was heard', async () => {
    const one = await rig.start(rig.node('lb1'));
    rig.run(ADVERT);
    expect(one.port.lease).toBe(0);
  });

  test('is renewed each turn while there is a peer, and is no limit when the peer is lost', async () => {
    const [one, two] = await rig.pair();
    rig.run(1000);
    expect(one.port.lease).toBe(rig.network.now - 1000 + 100_000);
    rig.kill(two);
    rig.run(1_200_000);
    expect(one.port.lease).toBe(0);
    expect(eventsOf(one)).toContain('peer-lost');
  });

  test('is no limit when sending is switched off', async () => {
    const [one] = await rig.pair();
    await one.session.stop('master');
    rig.run(1000);
    expect(one.port.lease).toBe(0);
  });

  test('is renewed by a director that has something to send in each of its turns', async () => {
    const [one] = await rig.pair();
    for (let turn = 0; turn < 200; turn++) {
      one.port.connect(turn);
      rig.run(1000);
    }
    expect(one.port.lease).toBe(rig.network.now - 1000 + 100_000);
  });

  test('counts from when the socket was given what it does not take', async () => {
    const [one] = await rig.pair();
    rig.network.stuck = true;
    const since = rig.network.now;
    one.port.connect(1);
    rig.run(50_000);
    expect(one.port.lease).toBe(since + 100_000);
    rig.network.stuck = false;
    rig.run(2000);
    expect(one.port.lease).toBe(rig.network.now - 1000 + 100_000);
  });

  test('runs out when the session ends beside a peer', async () => {
    const [one] = await rig.pair();
    const { lease } = one.port;
    await one.session.close();
    expect(one.port.lease).toBe(lease);
    expect(lease).toBeGreaterThan(0);
  });
});

describe('a restart', () => {
  test('in place, with the plane, keeps the peer synced, and no record is lost', async () => {
    const [one, two] = await rig.pair({ keys });
    for (let n = 0; n < 100; n++) one.port.connect(n);
    rig.run(5000);
    // Emitted, and perhaps sent, but not acknowledged when the daemon dies.
    one.port.connect(1000);
    one.session.turn();
    rig.kill(one);
    const { sent, held } = one.progress;
    one.port.connect(1001);
    const port = one.port.adopted();
    const again = await rig.start(rig.node('lb1', { keys, port, continues: sent, held }));
    rig.run(3 * ADVERT);
    expect(tableOf(two)).toEqual(tableOf(again));
    expect(two.port.table.size).toBe(102);
    expect(two.board.get('synced')).toBe(1);
    expect(again.board.get('synced')).toBe(1);
    expect(two.session.status()).toMatchObject({ gaps: 0, lost: 0 });
    expect(two.events.at(-1)).toMatchObject({ type: 'peer-found', restarted: true });
  });

  test('of the backup in place keeps it synced if nothing was sent meanwhile', async () => {
    const [one, two] = await rig.pair();
    one.port.connect(1);
    rig.run(5000);
    rig.kill(two);
    const options = {
      port: two.port.adopted(),
      continues: { epoch: 0, sequence: 0 },
      held: two.progress.held,
    };
    const again = await rig.start(rig.node('lb2', options));
    rig.run(3 * ADVERT);
    expect(again.board.get('synced')).toBe(1);
  });

  test('of the backup in place gets what was sent meanwhile', async () => {
    const [one, two] = await rig.pair();
    one.port.connect(1);
    rig.run(5000);
    rig.kill(two);
    one.port.connect(2);
    rig.run(5000);
    const again = await rig.start(rig.node('lb2', { port: two.port.adopted(), held: two.progress.held }));
    rig.run(ADVERT);
    expect(again.board.get('synced')).toBe(1);
    expect(tableOf(again)).toEqual(tableOf(one));
    // It was asked for by its numbers.
    expect(again.session.status()).toMatchObject({ bulk_received: 0 });
  });

  test('after a power cut leaves the returning director without the table, and it gets it', async () => {
    const [one, two] = await rig.pair();
    for (let n = 0; n < 100; n++) one.port.connect(n);
    rig.run(5000);
    rig.kill(two);
    rig.network.fate = (_, from) => (from === 'lb2' ? [] : [50]);
    const again = await rig.start(rig.node('lb2', { port: new MemoryPort(rig.network.clock) }));
    rig.run(3 * ADVERT);
    expect(again.board.get('synced')).toBe(0);
    rig.network.fate = FAITHFUL;
    rig.run(3 * ADVERT);
    expect(again.board.get('synced')).toBe(1);
    expect(one.board.get('synced')).toBe(1);
    expect(tableOf(again)).toEqual(tableOf(one));
  });

  test('after a power cut of the master leaves it without its own connections, and it gets them', async () => {
    const [one, two] = await rig.pair({ keys });
    one.port.connect(1);
    rig.run(ADVERT);
    rig.kill(one);
    rig.run(ADVERT);
    // The peer has never sent a record.
    await two.session.stop('master');
    const again = await rig.start(rig.node('lb1', { keys, port: new MemoryPort(rig.network.clock) }));
    rig.run(3 * ADVERT);
    expect(again.board.get('synced')).toBe(0);
    expect(two.board.get('synced')).toBe(1);
    // Nor does a restart of its daemon make it whole.
    rig.kill(again);
    const { sent, held } = again.progress;
    const third = await rig.start(
      rig.node('lb1', {
        keys,
        port: again.port.adopted(),
        continues: sent ?? { epoch: 0, sequence: 0 },
        held,
      }),
    );
    rig.run(3 * ADVERT);
    expect(third.board.get('synced')).toBe(0);
    await rig.start(two, ['master']);
    rig.run(3 * ADVERT);
    expect(third.board.get('synced')).toBe(1);
    expect(tableOf(third)).toEqual(tableOf(two));
    expect(third.port.table.size).toBe(1);
  });

  test('with a wall clock that went back is refused only until the director hears of it', async () => {
    const [one, two] = await rig.pair({ keys });
    one.port.connect(1);
    rig.run(5000);
    rig.kill(one);
    const again = await rig.start(rig.node('lb1', { keys, port: one.port, epoch: 1000 }));
    rig.run(3 * ADVERT);
    again.port.connect(2);
    rig.run(5000);
    expect(two.port.table.size).toBe(2);
    expect(two.session.status().rejected.replay).toBeGreaterThan(0);
  });
});

describe('a recording', () => {
  const replay = (of: Node) => {
    for (const { datagram } of rig.network.sent.filter(({ from }) => from === of.name)) {
      rig.network.inject(datagram, 'recorder');
      rig.run(1000);
    }
  };

  test('of a former day enters nothing into the table, the board or the role of a director that begins', async () => {
    const [one, two] = await rig.pair({ keys });
    two.board.set('role', BOARD_ROLE.MASTER);
    two.board.set('leaseUntil', Number.MAX_SAFE_INTEGER);
    for (let n = 0; n < 10; n++) two.port.connect(n);
    rig.run(2 * ADVERT);
    two.session.handover();
    rig.run(20_000);
    two.session.fenceClosed();
    rig.run(2 * ADVERT);
    rig.kill(one);
    rig.kill(two);
    const fresh = await rig.start(rig.node('lb1', { keys, port: new MemoryPort(rig.network.clock) }));
    replay(two);
    expect(fresh.port.table.size).toBe(0);
    expect(fresh.board.get('peerSyncAt')).toBe(0);
    expect(fresh.board.get('synced')).toBe(0);
    expect(fresh.events).toEqual([]);
    expect(fresh.session.status().rejected.unproven).toBeGreaterThan(0);
    // And it is in nobody's way.
    const again = await rig.start(rig.node('lb2', { keys, port: new MemoryPort(rig.network.clock) }));
    rig.run(3 * ADVERT);
    expect([fresh.board.get('synced'), again.board.get('synced')]).toEqual([1, 1]);
  });
});
