/** Keeps the plane, the heartbeat and the host told of the addresses that the rules and routers use. */
import type { Plane } from '../datapath/plane.ts';
import { allInterfaces, type InterfaceFacts } from '../host/interfaces.ts';
import { NextHops } from '../host/neighbours.ts';
import { SolicitedGroups } from '../host/solicited-groups.ts';
import { UnicastFilter } from '../host/unicast-filter.ts';
import type { RuleSet } from '../model/rules.ts';
import type { RouterConfig } from './config.ts';
import { type Placement, placeAddresses, ShownAddresses } from './floating.ts';
import type { Log } from './log.ts';

/** What the host says of its interfaces is asked for again at most so often while rules change. */
const FACTS_FRESH_MS = 1000;

export interface AddressKeeperParts {
  readonly plane: Pick<Plane, 'kind' | 'setAddresses'>;
  /** As they are now. */
  readonly rules: () => RuleSet;
  readonly routers: readonly RouterConfig[];
  /** Names of the interfaces that carry the plane. */
  readonly interfaces: readonly string[];
  /** Of the interfaces; one that forgets what it has added is used when absent. */
  readonly filter?: UnicastFilter;
  /** What the host says of its interfaces. */
  readonly facts?: () => Promise<readonly InterfaceFacts[]>;
  /** The heartbeat announces these from now on; called when they are others than before. */
  readonly onAnnounced: (addresses: Placement['announced']) => void;
  /** Whether this director's lease runs right now. */
  readonly leased: () => boolean;
  readonly log: Log;
}

export class AddressKeeper {
  readonly #parts: AddressKeeperParts;
  readonly #shown: ShownAddresses;
  readonly #groups = new SolicitedGroups();
  readonly #filter: UnicastFilter;
  #filterRefusals = '';
  readonly #nextHops = new NextHops();
  #facts: readonly InterfaceFacts[] = [];
  #factsAt = Number.NEGATIVE_INFINITY;
  #homeless = '';
  #announced = '[]';
  /** One at a time: two that overlap would leave what the slower one knew. */
  #placing: Promise<unknown> = Promise.resolve();
  #keeping: Promise<void> = Promise.resolve();
  #destinations = '';
  /** A look at the next hops waits already. */
  #renewing = false;
  /** What the last look could not make again: said once. */
  #unrenewed: readonly string[] = [];

  constructor(parts: AddressKeeperParts) {
    this.#parts = parts;
    this.#shown = new ShownAddresses(parts.log, parts.leased);
    this.#filter = parts.filter ?? new UnicastFilter();
  }

  /**
   * Brings everybody to the rules as they are when the host has been asked.
   * @param changed something about the interfaces has changed: what the host said before does not count
   * @throws HostError
   */
  async place(changed = false): Promise<Placement> {
    const placing = this.#placing.then(() => {
      if (changed) this.#factsAt = Number.NEGATIVE_INFINITY;
      return this.#placeNow();
    });
    this.#placing = placing.catch(() => {});
    return placing;
  }

  async #placeNow(): Promise<Placement> {
    const { plane, routers, onAnnounced } = this.#parts;
    await this.#refreshFacts();
    const rules = this.#parts.rules();
    const placement = placeAddresses(rules, routers, this.#facts);
    plane.setAddresses(placement.plane);
    this.#shown.setWanted(placement.shown);
    if (plane.kind === 'xdp') {
      for (const refusal of this.#groups.set(placement.asked)) this.#parts.log.warn(refusal);
      await this.#setFilter(placement);
    }
    const announced = JSON.stringify(placement.announced);
    if (announced !== this.#announced) onAnnounced(placement.announced);
    this.#announced = announced;
    this.#complain(placement);
    this.#keepNextHops(rules);
    return placement;
  }

  /** What the kernel has let go of is made again: to be called now and then. In the background. */
  renewNextHops(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#keepInBackground(async () => {
      this.#renewing = false;
      const failures = await this.#nextHops.renew();
      const news = failures.filter((failure) => !this.#unrenewed.includes(failure));
      this.#unrenewed = failures;
      for (const failure of news) this.#parts.log.warn(failure);
    });
  }

  setOwner(owner: boolean): void {
    // A plane in memory forwards nothing: an address on an interface would draw packets to nobody.
    if (this.#parts.plane.kind === 'xdp') this.#shown.setOwner(owner);
  }

  /** Takes the addresses off their interfaces: before they are given away. Returns when they are gone. */
  async hide(): Promise<void> {
    await this.#shown.hide();
  }

  /** Takes off the host what was put on it. @param keepPlane but not what a plane needs that goes on */
  async clear(keepPlane: boolean): Promise<void> {
    await this.#placing;
    await this.#shown.hide();
    this.#groups.close();
    // Rounds that have not begun are not wanted any more.
    this.#destinations = '';
    await this.#keeping;
    if (keepPlane) return;
    await this.#filter.clear();
    await this.#nextHops.release();
  }

  async #setFilter({ filters }: Placement): Promise<void> {
    const refusals = await this.#filter.set(filters);
    const list = refusals.join('\n');
    if (list !== this.#filterRefusals) for (const refusal of refusals) this.#parts.log.warn(refusal);
    this.#filterRefusals = list;
  }

  async #refreshFacts(): Promise<void> {
    if (performance.now() - this.#factsAt < FACTS_FRESH_MS) return;
    const { interfaces, facts = allInterfaces } = this.#parts;
    const names = new Set(interfaces);
    this.#facts = (await facts()).filter(({ name }) => names.has(name));
    this.#factsAt = performance.now();
  }

  #complain({ homeless }: Placement): void {
    const list = homeless.join(', ');
    if (list === this.#homeless) return;
    this.#homeless = list;
    if (list === '') return;
    this.#parts.log.warn(
      `no configured interface has the subnet of ${list}: nobody answers ARP for it, so it must be routed to this host`,
    );
  }

  /** In the background, one round at a time: it changes nothing but the speed of a first packet. */
  #keepNextHops(rules: RuleSet): void {
    if (this.#parts.plane.kind !== 'xdp') return;
    const servers = rules.services.flatMap((service) => service.servers.map(({ address }) => address));
    const destinations = [...new Set(servers)];
    const list = destinations.join(' ');
    if (list === this.#destinations) return;
    this.#destinations = list;
    this.#keepInBackground(async () => {
      if (list !== this.#destinations) return;
      for (const failure of await this.#nextHops.keep(destinations)) this.#parts.log.warn(failure);
    });
  }

  #keepInBackground(round: () => Promise<void>): void {
    this.#keeping = this.#keeping
      .then(round)
      .catch((error: Error) => this.#parts.log.warn(`next hops: ${error.message}`));
  }
}
