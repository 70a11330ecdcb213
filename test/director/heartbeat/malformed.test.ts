/** Ten thousand malformed packets of every kind, as they come from a raw socket: each is counted, none has an effect. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Board } from '../../../src/director/board.ts';
import { codecOf } from '../../../src/director/heartbeat/codec.ts';
import { Heartbeat } from '../../../src/director/heartbeat/heartbeat.ts';
import type { HeartbeatEvent, HeartbeatRouter } from '../../../src/director/heartbeat/messages.ts';
import type { Received, Transport } from '../../../src/director/heartbeat/transport.ts';
import { addressToBytes, familyOf, parseAddress } from '../../../src/model/address.ts';
import { encodeAdvertisement } from '../../../src/vrrp/advertisement.ts';
import type { VrrpRefusal } from '../../../src/vrrp/error.ts';
import { compareAddresses, type Datagram, openIpv4, readAdvertisement } from '../../../src/vrrp/ip.ts';
import { type Path, pseudoHeader } from '../../../src/vrrp/pseudo-header.ts';
import { encodeV2 } from '../../../src/vrrp/v2.ts';
import { internetChecksum } from '../../../src/wire/checksum.ts';
import { routerConfig } from '../../support/router.ts';

const OFTEN = 10_000;
/** Where another router has been through most of the same checks. */
const LESS = 2000;
const SEED = 3768;
const GROUP4 = parseAddress('224.0.0.18');
const GROUP6 = parseAddress('ff02::12');
const PEER4 = parseAddress('10.0.0.12');
const PEER6 = parseAddress('fe80::2');

const V3: HeartbeatRouter = { ...routerConfig(), ifindex: 3, source: parseAddress('10.0.0.11') };
const V2: HeartbeatRouter = { ...V3, version: 2, advertMs: 1000, password: 'secret12' };
const V6: HeartbeatRouter = {
  ...V3,
  source: parseAddress('fe80::1'),
  addresses: [parseAddress('fe80::100'), parseAddress('2001:db8::1')],
};
const UNICAST: HeartbeatRouter = { ...V3, peers: [PEER4] };

/** Hands over what a raw socket would. */
class Wire implements Transport {
  readonly fds = [];
  readonly carrier = true;
  readonly inbox: (Uint8Array | Datagram)[] = [];
  readonly #router: HeartbeatRouter;

  constructor(router: HeartbeatRouter) {
    this.#router = router;
  }

  receive(): Received | undefined {
    const next = this.inbox.shift();
    if (!next) return undefined;
    const datagram = next instanceof Uint8Array ? openIpv4(next) : next;
    const advertisement = readAdvertisement(datagram, codecOf(this.#router).reception);
    const { source } = datagram;
    return { from: source, order: compareAddresses(source, this.#router.source), advertisement };
  }

  send(): void {}
  close(): void {}
}

class World {
  now = 1_000_000_000;
  readonly wire: Wire;
  readonly heartbeat: Heartbeat;
  readonly happened: string[] = [];
  counters: Readonly<Record<string, number>> = {};

  constructor(router: HeartbeatRouter) {
    this.wire = new Wire(router);
    this.heartbeat = new Heartbeat([router], [], {
      transports: [this.wire],
      fence: {
        open: () => {},
        close: () => this.happened.push('close'),
        read: () => ({ until: 0, term: 0 }),
        setStale: () => {},
      },
      board: new Board(),
      clock: () => this.now,
      post: (event: HeartbeatEvent) => {
        if (event.kind === 'role') this.happened.push(event.role);
        if (event.kind === 'counters') this.counters = event.counters;
      },
    });
    this.heartbeat.start();
  }

  run(us: number): void {
    const end = this.now + us;
    for (let due = 0; due < end; this.now = Math.max(this.now + 1, Math.min(due, end)))
      due = this.heartbeat.turn([]);
  }
}

const path = (router: HeartbeatRouter): Path =>
  familyOf(router.source) === 4
    ? { source: PEER4, destination: router.peers.length > 0 ? router.source : GROUP4 }
    : { source: PEER6, destination: GROUP6 };

/** An advertisement that would make any master yield, were it right. */
function winning(router: HeartbeatRouter): Uint8Array {
  const advert = { vrid: router.vrid, priority: 254, addresses: router.addresses };
  return router.version === 2
    ? encodeV2({ ...advert, intervalCs: 100 }, path(router), router.password)
    : encodeAdvertisement({ ...advert, intervalCs: 10 }, path(router));
}

/** The checksum made right again, so that the change is what is refused. */
function resealed(payload: Uint8Array, router: HeartbeatRouter): Uint8Array {
  const bytes = Uint8Array.from(payload);
  bytes.set([0, 0], 6);
  const sum =
    router.version === 2
      ? internetChecksum(bytes)
      : internetChecksum(pseudoHeader(path(router), bytes.length), bytes);
  bytes.set([sum >> 8, sum & 255], 6);
  return bytes;
}

function changed(payload: Uint8Array, changes: Readonly<Record<number, number>>): Uint8Array {
  const bytes = Uint8Array.from(payload);
  for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
  return bytes;
}

interface Outside {
  readonly ttl?: number;
  readonly source?: string;
  readonly destination?: string;
}

function around(payload: Uint8Array, router: HeartbeatRouter, outside: Outside = {}): Datagram | Uint8Array {
  const way = path(router);
  const source = outside.source === undefined ? way.source : parseAddress(outside.source);
  const destination = outside.destination === undefined ? way.destination : parseAddress(outside.destination);
  const { ttl = 255 } = outside;
  if (familyOf(router.source) === 6) return { source, destination, ttl, payload };
  const header = Buffer.alloc(20);
  header.set([0x45, 0xc0]);
  header.writeUInt16BE(20 + payload.length, 2);
  header.set([ttl, 112], 8);
  header.set(addressToBytes(source), 12);
  header.set(addressToBytes(destination), 16);
  return Buffer.concat([header, payload]);
}

const octet = (but: readonly number[]) =>
  fc.integer({ min: 0, max: 255 }).filter((value) => !but.includes(value));
const dotted = fc.ipV4().filter((text) => text !== GROUP4 && text !== V3.source && text !== PEER4);

/** Kinds of faults over one router: what is sent, and under which name it must be counted. */
function faults(router: HeartbeatRouter): Partial<Record<VrrpRefusal, fc.Arbitrary<Datagram | Uint8Array>>> {
  const good = winning(router);
  const payload = (arbitrary: fc.Arbitrary<Uint8Array>) => arbitrary.map((bytes) => around(bytes, router));
  const six = familyOf(router.source) === 6;
  return {
    ...(!six && {
      ip: fc.oneof(
        fc.uint8Array({ maxLength: 19 }).filter(({ length }) => length > 0),
        fc
          .nat(good.length + 19)
          .map((length) => (around(good, router) as Uint8Array).subarray(0, length))
          .filter(({ length }) => length > 0),
        octet([112]).map((protocol) => changed(around(good, router) as Uint8Array, { 9: protocol })),
        octet([4])
          .map((version) => changed(around(good, router) as Uint8Array, { 0: ((version & 15) << 4) | 5 }))
          .filter((bytes) => (bytes[0] ?? 0) >> 4 !== 4),
      ),
    }),
    ttl: octet([255]).map((ttl) => around(good, router, { ttl })),
    ...(!six && { destination: dotted.map((destination) => around(good, router, { destination })) }),
    ...(six && {
      destination: fc
        .ipV6()
        .filter((text) => !text.includes('.') && parseAddress(text) !== GROUP6)
        .map((destination) => around(good, router, { destination })),
      source: fc
        .nat(0xffff)
        .map((tail) => around(good, router, { source: `2001:db8::${tail.toString(16)}` })),
    }),
    ...(router.peers.length > 0 && { source: dotted.map((source) => around(good, router, { source })) }),
    length: payload(
      fc.oneof(
        fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
        fc.uint8Array({ minLength: 1, maxLength: 300 }).map((more) => Buffer.concat([good, more])),
        octet([good[3] ?? 0]).map((count) => resealed(changed(good, { 3: count }), router)),
      ),
    ),
    version: payload(
      fc
        .integer({ min: 0, max: 15 })
        .filter((version) => version !== router.version)
        .map((version) => resealed(changed(good, { 0: (version << 4) | 1 }), router)),
    ),
    type: payload(
      fc
        .integer({ min: 0, max: 15 })
        .filter((type) => type !== 1)
        .map((type) => resealed(changed(good, { 0: (router.version << 4) | type }), router)),
    ),
    checksum: payload(
      fc
        .tuple(fc.integer({ min: 4, max: good.length - 1 }), fc.integer({ min: 0, max: 7 }))
        .map(([at, bit]) => changed(good, { [at]: (good[at] ?? 0) ^ (1 << bit) })),
    ),
    vrid: payload(octet([router.vrid]).map((vrid) => resealed(changed(good, { 1: vrid }), router))),
    interval: payload(
      fc
        .integer({ min: 0, max: 15 })
        .map((reserved) =>
          router.version === 2
            ? resealed(changed(good, { 5: 0 }), router)
            : resealed(changed(good, { 4: reserved << 4, 5: 0 }), router),
        ),
    ),
    count: payload(
      octet([0]).map((priority) => {
        const trailer = router.version === 2 ? good.subarray(-8) : new Uint8Array();
        return resealed(
          changed(Buffer.concat([good.subarray(0, 8), trailer]), { 2: priority, 3: 0 }),
          router,
        );
      }),
    ),
    ...(router.version === 2 && {
      auth_type: payload(octet([1]).map((type) => resealed(changed(good, { 4: type }), router))),
      auth: payload(
        fc
          .tuple(fc.integer({ min: 1, max: 8 }), octet([]))
          .filter(([from, value]) => good.at(-from) !== value)
          .map(([from, value]) => resealed(changed(good, { [good.length - from]: value }), router)),
      ),
    }),
  };
}

const ROUTERS = { 'version 3': V3, 'version 2': V2, IPv6: V6, unicast: UNICAST } as const;
const cases = Object.entries(ROUTERS).flatMap(([name, router]) =>
  Object.entries(faults(router)).map(([kind, packets]) => {
    const known = router !== V3 && kind in faults(V3);
    return { name, router, kind, packets, each: known ? LESS : OFTEN };
  }),
);

test.each(cases)('$name: $each packets with a wrong $kind are counted as that, and change nothing', (one) => {
  const { router, kind, packets, each } = one;
  for (const role of ['master', 'backup']) {
    const world = new World(router);
    if (role === 'master') world.run(5 * router.advertMs * 1000);
    world.happened.length = 0;
    const before = world.now;
    for (const packet of fc.sample(packets, { numRuns: each / 2, seed: SEED })) {
      world.wire.inbox.push(packet);
      world.heartbeat.turn([]);
      world.now += 1;
    }
    expect(world.happened).toEqual([]);
    // A backup moves when it would have moved without them.
    if (role === 'backup') {
      world.run(4 * router.advertMs * 1000 - (world.now - before));
      expect(world.happened).toEqual(['master']);
    } else {
      world.run(router.advertMs * 1000);
      expect(world.happened).toEqual([]);
    }
    world.run(2_000_000);
    expect(world.counters).toMatchObject({ [kind]: each / 2, adverts_received: 0, yields: 0 });
  }
});

test.each(Object.entries(ROUTERS))(
  '%s: the packet that all of these were made from makes a master yield',
  (_name, router) => {
    const world = new World(router);
    world.run(5 * router.advertMs * 1000);
    world.wire.inbox.push(around(winning(router), router));
    world.heartbeat.turn([]);
    expect(world.happened.at(-1)).toBe('backup');
  },
);
