/** Which server a new connection goes to: docs/datapath.md, "Schedulers". IPVS looks at its youngest server first. */
import { isDeepStrictEqual } from 'node:util';
import type { RealServer, Scheduler, VirtualService } from '../../model/rules.ts';
import { folded, type HashTable, hashTable, maglevTable } from './hash-tables.ts';
import { Localities } from './locality.ts';
import { RoundRobin, WeightedRoundRobin } from './rotation.ts';
import { addressKey, type ServerState } from './rule-book.ts';
import { destinationOf, sourceOf, type Tuple } from './tuple.ts';

type List = readonly ServerState[];

/** One service's scheduler: what it remembers from one connection to the next. */
export class Schedule {
  #scheduler: Scheduler | undefined;
  #flags: readonly string[] = [];
  #list: List = [];
  #rules: readonly RealServer[] = [];
  #roundRobin = new RoundRobin();
  #weighted = new WeightedRoundRobin();
  #localities = new Localities();
  #table: HashTable | undefined;

  /** By the rule as it is now. @param servers in the order in which they were added */
  update({ scheduler, schedulerFlags: flags, servers: rules }: VirtualService, servers: List): void {
    const before = this.#list;
    const isNew = this.#scheduler === undefined;
    const isSame = this.#scheduler === scheduler;
    this.#scheduler = scheduler;
    this.#flags = flags;
    this.#list = [...servers].reverse();
    this.#table = undefined;
    if (!isSame) {
      this.#roundRobin = new RoundRobin();
      this.#weighted = new WeightedRoundRobin();
      this.#localities = new Localities();
      if (!isNew) this.#weighted.begin(this.#list);
    } else {
      this.#roundRobin.changed(before, this.#list);
    }
    if (isNew)
      for (let count = 1; count <= servers.length; count++) this.#weighted.changed(this.#list.slice(-count));
    if (isSame && !isDeepStrictEqual(this.#rules, rules)) this.#weighted.changed(this.#list);
    this.#rules = rules;
  }

  /** @param now microseconds */
  choose(request: Tuple, now: number): ServerState | undefined {
    const open = this.#list.filter((server) => server.isOpen());
    switch (this.#scheduler) {
      case 'rr':
        return this.#roundRobin.next(this.#list);
      case 'wrr':
        return this.#weighted.next(this.#list);
      case 'lc':
        return least(open, (server) => server.overhead(), alike);
      case 'wlc':
        return leastLoaded(open);
      case 'nq':
        return open.find(({ active }) => active === 0) ?? leastExpected(open);
      case 'sed':
        return leastExpected(open);
      case 'fo':
        return heaviest(open);
      case 'ovf':
        return heaviest(open.filter(({ active, weight }) => active <= weight));
      case 'sh':
      case 'dh':
      case 'mh':
        return this.#hashed(request);
      case 'lblc':
      case 'lblcr': {
        const destination = addressKey(destinationOf(request));
        return this.#localities.choose(
          destination,
          this.#list,
          this.#scheduler === 'lblcr',
          leastLoaded,
          now,
        );
      }
      default:
        return undefined;
    }
  }

  #hashed(request: Tuple): ServerState | undefined {
    const scheduler = this.#scheduler;
    this.#table ??= scheduler === 'mh' ? maglevTable(this.#list) : hashTable(this.#list, scheduler === 'sh');
    const { slots, slotOf } = this.#table;
    if (slots.length === 0) return undefined;
    const port = this.#flags.includes(`${scheduler}-port`) ? request.sourcePort : 0;
    const address = scheduler === 'dh' ? destinationOf(request) : sourceOf(request);
    const value = (folded(address) + port) >>> 0;
    const first = slotOf(value, 0);
    const chosen = slots[first];
    if (chosen?.isOpen() || !this.#flags.includes(`${scheduler}-fallback`))
      return chosen?.isOpen() ? chosen : undefined;
    for (let turn = 0; turn < slots.length; turn++) {
      const other = slots[slotOf(value, (first + turn) % slots.length)];
      if (other?.isOpen()) return other;
    }
    return undefined;
  }
}

const alike = () => 1;

function leastLoaded(servers: List): ServerState | undefined {
  return least(
    servers,
    (server) => server.overhead(),
    ({ weight }) => weight,
  );
}

/** The shortest expected delay: as if the connection were there already. */
function leastExpected(servers: List): ServerState | undefined {
  return least(
    servers,
    ({ active }) => active + 1,
    ({ weight }) => weight,
  );
}

function heaviest(servers: List): ServerState | undefined {
  return servers.reduce<ServerState | undefined>(
    (best, server) => (best && best.weight >= server.weight ? best : server),
    undefined,
  );
}

/** The first of those with the smallest quotient. */
function least(
  servers: List,
  load: (server: ServerState) => number,
  share: (server: ServerState) => number,
): ServerState | undefined {
  return servers.reduce<ServerState | undefined>((best, server) => {
    if (!best) return server;
    // Products of 31 bits each are not exact as numbers.
    return BigInt(load(server)) * BigInt(share(best)) < BigInt(load(best)) * BigInt(share(server))
      ? server
      : best;
  }, undefined);
}
