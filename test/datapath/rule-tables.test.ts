import { beforeEach, describe, expect, test } from 'vitest';
import { SERVER, SERVER_INDEX_KEY, SERVICE } from '../../src/datapath/layouts.generated.ts';
import { type RuleMaps, RuleTables, type ServerUse } from '../../src/datapath/rule-tables.ts';
import { ipv4FromNumber } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RuleSet, type VirtualService } from '../../src/model/rules.ts';
import { FakeMap, name, u32 } from '../support/fake-map.ts';
import { addService as added, serviceId as id } from '../support/rules.ts';

const NO_USE: ServerUse = { connections: () => 0, retire() {}, clear() {}, clearService() {} };

let maps: RuleMaps & { readonly [Name in keyof RuleMaps]: FakeMap };
/** What a packet would have found at some moment that no rule set says. */
let strayed: string[];

beforeEach(() => {
  strayed = [];
  const map = (size: number, keySize = 4) => new FakeMap(size, look, keySize);
  maps = {
    services: map(16),
    servers: map(64),
    slots: map(12),
    locals: map(16),
    serverIndex: map(64, SERVER_INDEX_KEY.size),
    localUse: map(64),
    cursors: map(16),
    overloads: map(64),
    serviceOptions: map(16),
  };
});

/** Every service must at every moment lead to servers and local addresses of its own. */
function look(): void {
  for (const key of maps.services.keys()) {
    const service = maps.services.value(key);
    const id = service.readUInt32LE(SERVICE.id);
    const firstSlot = service.readUInt32LE(SERVICE.firstSlot);
    for (let slot = firstSlot; slot < firstSlot + service.readUInt32LE(SERVICE.slots); slot++) {
      const server = maps.servers.value(u32(maps.slots.number(slot)));
      const owner = server.readUInt32LE(SERVER.serviceId);
      if (owner !== id) strayed.push(`service ${id} leads to a server of service ${owner}`);
    }
    const firstLocal = service.readUInt32LE(SERVICE.firstLocal);
    for (let local = firstLocal; local < firstLocal + service.readUInt32LE(SERVICE.locals); local++) {
      const port = Buffer.from(key).readUInt16BE(4);
      const last = maps.locals.number(local) >>> 24;
      if (last !== port % 256) strayed.push(`service of port ${port} uses local address ${last}`);
    }
  }
}

const settings = { scheduler: 'rr' as const, schedulerFlags: [], onePacket: false };
/** The local address of a service ends in its port. */
const local = (port: number): RuleEdit => ({
  op: 'add-local',
  id: id(port),
  local: { address: ipv4FromNumber(0xc0a80a00 + port) },
});
const server = (port: number, last: number): RuleEdit => ({
  op: 'add-server',
  id: id(port),
  server: {
    address: ipv4FromNumber(0xc0a81400 + last),
    port: 80,
    weight: 1,
    forwarding: 'fullnat',
    upperThreshold: 0,
    lowerThreshold: 0,
  },
});

const service = (port: number) => [added(port)].reduce(applyEdit, EMPTY_RULES).services[0] as VirtualService;

function run(tables: RuleTables, rules: RuleSet, ...edits: RuleEdit[]): RuleSet {
  let now = rules;
  for (const edit of edits) {
    now = applyEdit(now, edit);
    tables.apply(now);
  }
  return now;
}

describe('a service', () => {
  test('leads at no moment of an edit to servers or local addresses of another', () => {
    const tables = new RuleTables(maps, NO_USE);
    run(
      tables,
      EMPTY_RULES,
      ...[added(1), server(1, 1), server(1, 2), local(1)],
      ...[added(2), server(2, 1), local(2), added(3), local(3)],
      ...[{ op: 'edit-service', id: id(3), settings } as RuleEdit, server(3, 1), server(3, 2)],
      ...[{ op: 'delete-service', id: id(1) } as RuleEdit, added(4), server(4, 1), local(4)],
    );
    expect(strayed).toEqual([]);
    expect(maps.services.keys()).toHaveLength(3);
  });

  test('leads at no moment of an adoption to servers or local addresses of another', () => {
    const rules = run(
      new RuleTables(maps, NO_USE),
      EMPTY_RULES,
      ...[added(1), server(1, 1), local(1), added(2), server(2, 1), local(2)],
      // Each edit moves the second service on, until it stands where an heir puts the first.
      ...Array.from({ length: 9 }, (): RuleEdit => ({ op: 'edit-service', id: id(2), settings })),
    );
    const [, second] = maps.services.keys();
    expect(maps.services.value(second ?? Buffer.alloc(0)).readUInt32LE(SERVICE.firstSlot)).toBe(0);
    const heir = new RuleTables(maps, NO_USE);
    heir.adopt();
    const adopted = structuredClone(rules);
    heir.apply(adopted);
    expect(strayed).toEqual([]);
    // What the former daemon used is free again.
    const slotsLeft = maps.slots.maxEntries - 2;
    const others = Array.from({ length: slotsLeft }, (_, at) => at + 3);
    const more = others
      .flatMap((port) => [added(port), local(port), server(port, 1)])
      .reduce(applyEdit, adopted);
    expect(() => heir.apply(more)).not.toThrow();
    expect(strayed).toEqual([]);
  });
});

describe('the tables of a former daemon', () => {
  const whole = (port: number) => [added(port), server(port, 1), local(port)];
  const rulesOf = (...ports: number[]) => ports.flatMap(whole).reduce(applyEdit, EMPTY_RULES);
  const content = () => Object.values(maps).map((map) => map.content());

  function heirOf(rules: RuleSet): RuleTables {
    new RuleTables(maps, NO_USE).apply(rules);
    const heir = new RuleTables(maps, NO_USE);
    heir.adopt();
    return heir;
  }

  test('are adopted where they stand, however full they are', () => {
    const rules = rulesOf(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    const heir = heirOf(rules);
    const before = content();
    const adopted = structuredClone(rules);
    heir.apply(adopted);
    expect(content()).toEqual(before);
    expect(() => heir.apply([added(13), server(13, 1)].reduce(applyEdit, adopted))).toThrow(/no room/);
    const fewer = applyEdit(adopted, { op: 'delete-service', id: id(4) });
    heir.apply(fewer);
    heir.apply(whole(13).reduce(applyEdit, fewer));
    expect(strayed).toEqual([]);
  });

  test('give way where the rules are others, service by service', () => {
    const heir = heirOf(rulesOf(1, 2, 3, 4, 5, 6, 7, 8));
    heir.apply([server(3, 2), ...whole(9), ...whole(10)].reduce(applyEdit, rulesOf(1, 2, 3, 4)));
    expect(strayed).toEqual([]);
    expect(maps.services.keys()).toHaveLength(6);
    const servers = [1, 2, 3, 4, 9, 10].map((port) => heir.find(service(port))?.serverIds);
    expect(servers[2]).toHaveLength(2);
    expect(new Set(servers.flat()).size).toBe(7);
  });

  test('stay as they were when the rules of the new one find no room', () => {
    const heir = heirOf(rulesOf(1, 2, 3, 4, 5, 6, 7, 8));
    const before = content();
    const more = Array.from({ length: 20 }, (_, last) => server(3, last + 2));
    expect(() => heir.apply(more.reduce(applyEdit, rulesOf(1, 3, 9)))).toThrow(
      expect.objectContaining({ code: 'table-full' }),
    );
    expect(content()).toEqual(before);
  });
});

describe('an edit that finds no room', () => {
  const base = [added(1), server(1, 1), local(1), added(2), server(2, 1), server(2, 2)];
  const heavier: RuleEdit = {
    op: 'edit-server',
    id: id(1),
    server: {
      address: ipv4FromNumber(0xc0a81401),
      port: 80,
      weight: 9,
      forwarding: 'fullnat',
      upperThreshold: 0,
      lowerThreshold: 0,
    },
  };
  const many = (port: number) => [
    added(port),
    ...Array.from({ length: 12 }, (_, last) => server(port, last)),
  ];
  /** What packets find by way of the services, wherever it stands. */
  const found = () =>
    maps.services.keys().map((key) => {
      const service = maps.services.value(key);
      const first = service.readUInt32LE(SERVICE.firstSlot);
      const slots = Array.from({ length: service.readUInt32LE(SERVICE.slots) }, (_, at) =>
        maps.servers.value(u32(maps.slots.number(first + at))).toString('hex'),
      );
      return [name(key), service.readUInt32LE(SERVICE.id), slots];
    });

  test.each([
    ['in the last of its services', [heavier, server(1, 3), ...many(3)]],
    ['in a service that was there', [heavier, server(1, 3), ...many(2).slice(4)]],
  ])('%s leaves all of them as they were', (_where, edits) => {
    const tables = new RuleTables(maps, NO_USE);
    const rules = run(tables, EMPTY_RULES, ...base);
    const before = found();
    const index = maps.serverIndex.content();
    expect(() => tables.apply(edits.reduce(applyEdit, rules))).toThrow(
      expect.objectContaining({ code: 'table-full' }),
    );
    expect(found()).toEqual(before);
    expect(maps.serverIndex.content()).toEqual(index);
    expect(strayed).toEqual([]);
    // Nothing of the room that it took is lost.
    const nine = [11, 12, 13, 14, 15, 16, 17, 18, 19].flatMap((port) => [added(port), server(port, 1)]);
    expect(() => tables.apply(nine.reduce(applyEdit, rules))).not.toThrow();
  });

  test('leaves room for as many services as before', () => {
    const tables = new RuleTables(maps, NO_USE);
    const rules = run(tables, EMPTY_RULES, ...base);
    for (let tries = 0; tries < 20; tries++)
      expect(() => tables.apply(many(3).reduce(applyEdit, rules))).toThrow();
    const more = Array.from({ length: 12 }, (_, at) => added(at + 3));
    expect(() => tables.apply(more.reduce(applyEdit, rules))).not.toThrow();
  });
});
