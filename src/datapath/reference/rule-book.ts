/**
 * The rules as packets find them, and what is counted of each. A server keeps its counters as long as its connections
 * last, also when its rule is gone meanwhile.
 */
import type { Address } from '../../model/address.ts';
import { addTraffic, NO_TRAFFIC, type ServiceCounters, type TrafficCounters } from '../../model/counters.ts';
import { RECORD_FAMILY } from '../../model/record.ts';
import {
  EMPTY_RULES,
  type ForwardingMethod,
  PROTOCOL_NUMBER,
  type RealServer,
  type RuleSet,
  type ServiceId,
  serviceKey,
  type VirtualService,
} from '../../model/rules.ts';
import { markOf } from './marks.ts';
import { hasPorts } from './packet.ts';
import { Schedule } from './schedule.ts';
import { destinationOf, type Tuple, type Words, wordsOf } from './tuple.ts';

export type Traffic = { -readonly [Field in keyof TrafficCounters]: number };

export interface LocalUse {
  connections: number;
  conflicts: number;
}

const NOTHING_COUNTED: ServiceCounters = { total: NO_TRAFFIC, servers: [], locals: [] };

export class ServerState {
  readonly service: ServiceState;
  readonly words: Words;
  readonly port: number;
  /** 0 as soon as its rule is gone. */
  weight = 0;
  forwarding: ForwardingMethod = 'fullnat';
  /** The last one above 0. */
  lastWeight = 0;
  upperThreshold = 0;
  lowerThreshold = 0;
  /** It has as many connections as it may: it gets no new ones until it has clearly fewer. */
  overloaded = false;
  active = 0;
  inactive = 0;
  templates = 0;
  traffic: Traffic = { ...NO_TRAFFIC };
  /** Since when it takes no connections, and from when on its are closed for that: seconds since boot, 0 for never. */
  #quietSince = 0;
  drainAt = 0;

  constructor(service: ServiceState, rule: RealServer) {
    this.service = service;
    this.words = wordsOf(rule.address);
    this.port = rule.port;
  }

  /** @param timeout of draining, 0 for none @param now seconds since boot */
  settle(timeout: number, now: number): void {
    this.#quietSince = this.weight > 0 ? 0 : this.#quietSince || now;
    this.drainAt = this.#quietSince > 0 && timeout > 0 ? this.#quietSince + timeout : 0;
  }

  /** What its rule says now. */
  update({ weight, forwarding, upperThreshold, lowerThreshold }: RealServer): void {
    if (upperThreshold === 0 || upperThreshold > this.upperThreshold) this.overloaded = false;
    this.weight = weight;
    if (weight > 0) this.lastWeight = weight;
    this.forwarding = forwarding;
    this.upperThreshold = upperThreshold;
    this.lowerThreshold = lowerThreshold;
  }

  /** Takes connections. */
  isOpen(): boolean {
    return this.weight > 0 && !this.overloaded;
  }

  /** ip_vs_dest_conn_overhead() of include/net/ip_vs.h: an active connection weighs as much as 256 others. */
  overhead(): number {
    return this.active * 256 + this.inactive;
  }

  /** A connection came, or was told of. */
  gain(active: boolean): void {
    this[active ? 'active' : 'inactive'] += 1;
    if (this.upperThreshold > 0 && this.active + this.inactive >= this.upperThreshold) this.overloaded = true;
  }

  /** One has another state. */
  move(wasActive: boolean, isActive: boolean): void {
    this[wasActive ? 'active' : 'inactive'] -= 1;
    this[isActive ? 'active' : 'inactive'] += 1;
  }

  lose(active: boolean): void {
    this[active ? 'active' : 'inactive'] -= 1;
    if (!this.overloaded) return;
    const connections = this.active + this.inactive;
    const few =
      this.lowerThreshold > 0 ? connections < this.lowerThreshold : connections * 4 < this.upperThreshold * 3;
    if (few) this.overloaded = false;
  }
}

export interface LocalState {
  readonly address: Address;
  readonly words: Words;
}

export class ServiceState {
  rule: VirtualService;
  /** In the order in which they were added. */
  servers: readonly ServerState[] = [];
  locals: readonly LocalState[] = [];
  readonly #schedule = new Schedule();
  /** By {@link addressKey}. */
  readonly localUse = new Map<string, LocalUse>();
  /** All that it ever had, by endpoint. */
  readonly #known = new Map<string, ServerState>();
  #gone: Traffic = { ...NO_TRAFFIC };
  readonly #now: () => number;

  /** @param now seconds since boot */
  constructor(rule: VirtualService, now: () => number) {
    this.rule = rule;
    this.#now = now;
    this.update(rule);
  }

  update(rule: VirtualService): void {
    this.rule = rule;
    const before = this.servers;
    this.servers = rule.servers.map((server) => this.#server(server));
    this.locals = rule.locals.map(({ address }) => ({ address, words: wordsOf(address) }));
    for (const server of before) if (!this.servers.includes(server)) this.#retire(server);
    this.#schedule.update(rule, this.servers);
  }

  /** All its servers' rules are gone, and nobody asks any more what was used. */
  remove(): void {
    for (const server of this.servers) this.#retire(server);
    this.localUse.clear();
  }

  /** The server that a new connection goes to. @param now microseconds */
  choose(request: Tuple, now: number): ServerState | undefined {
    return this.#schedule.choose(request, now);
  }

  counters(): ServiceCounters {
    const servers = this.rule.servers.map((_, at) => {
      const { traffic = NO_TRAFFIC, active = 0, inactive = 0, templates = 0 } = this.servers[at] ?? {};
      const persistent = templates > 0 ? { persistentConnections: templates } : {};
      return { ...traffic, activeConnections: active, inactiveConnections: inactive, ...persistent };
    });
    return {
      total: this.servers.reduce((sum, { traffic }) => addTraffic(sum, traffic), this.#gone),
      servers,
      locals: this.locals.map(({ words }) => ({
        conflicts: 0,
        connections: 0,
        ...this.localUse.get(addressKey(words)),
      })),
    };
  }

  zero(): void {
    this.#gone = { ...NO_TRAFFIC };
    for (const server of this.servers) server.traffic = { ...NO_TRAFFIC };
  }

  #server(rule: RealServer): ServerState {
    const key = `${rule.address} ${rule.port}`;
    const server = this.#known.get(key) ?? new ServerState(this, rule);
    this.#known.set(key, server);
    server.update(rule);
    server.settle(this.rule.drainingTimeout ?? 0, this.#now());
    return server;
  }

  #retire(server: ServerState): void {
    server.weight = 0;
    server.settle(this.rule.drainingTimeout ?? 0, this.#now());
    this.#gone = addTraffic(this.#gone, server.traffic);
    server.traffic = { ...NO_TRAFFIC };
  }
}

export class RuleBook {
  rules: RuleSet = EMPTY_RULES;
  /** By {@link serviceKey}. */
  readonly #services = new Map<string, ServiceState>();
  /** By {@link nameOf}. */
  readonly #byName = new Map<string, ServiceState>();
  readonly #now: () => number;

  /** @param now seconds since boot */
  constructor(now: () => number) {
    this.#now = now;
  }

  apply(rules: RuleSet): void {
    const wanted = new Map(rules.services.map((service) => [serviceKey(service.id), service]));
    for (const [key, service] of this.#services) {
      if (wanted.has(key)) continue;
      service.remove();
      this.#services.delete(key);
      this.#byName.delete(nameOf(service.rule.id));
    }
    for (const [key, rule] of wanted) {
      const held = this.#services.get(key);
      if (held?.rule === rule) continue;
      if (held) held.update(rule);
      else this.#add(key, new ServiceState(rule, this.#now));
    }
    this.rules = rules;
  }

  /** Whether protocols without ports have a service. */
  get takesPortless(): boolean {
    const { services, marks } = this.rules;
    return services.some(
      ({ id }) => (id.kind === 'raw' && id.port === 0) || (id.kind === 'fwmark' && marks.length > 0),
    );
  }

  /** The service of a packet of no connection. @param link the name of the interface that it came in by */
  find(packet: Tuple, link: string): ServiceState | undefined {
    const names = namesOf(packet, markOf(this.rules.marks, packet, link));
    return names.map((name) => this.#byName.get(name)).find((service) => service !== undefined);
  }

  /** The server to which a connection goes; undefined: no rule names it. @param fwmark of its service, 0 for none */
  server(request: Tuple, fwmark: number, words: Words, port: number): ServerState | undefined {
    const key = addressKey(words);
    for (const name of namesOf(request, fwmark)) {
      const own = this.#byName.get(name)?.servers.filter((each) => addressKey(each.words) === key) ?? [];
      // One of port 0 takes whatever port is asked for.
      const found = own.find((each) => each.port === port) ?? own.find((each) => each.port === 0);
      if (found) return found;
    }
    return undefined;
  }

  /** In the order of `rules.services`. */
  counters(rules: RuleSet): ServiceCounters[] {
    return rules.services.map(({ id }) => this.of(id)?.counters() ?? NOTHING_COUNTED);
  }

  of(id: ServiceId): ServiceState | undefined {
    return this.#services.get(serviceKey(id));
  }

  #add(key: string, service: ServiceState): void {
    this.#services.set(key, service);
    this.#byName.set(nameOf(service.rule.id), service);
  }
}

/** A text that is equal for equal addresses. */
export function addressKey(words: Words): string {
  return words.join();
}

/** The names under which a packet's service may stand, in IPVS's order: ip_vs_service_find(). */
function namesOf(packet: Tuple, fwmark: number): string[] {
  const { protocol, destinationPort } = packet;
  const address = addressKey(destinationOf(packet));
  const mark = fwmark === 0 ? [] : [`mark ${fwmark} ${packet.family}`];
  const ports = hasPorts(protocol)
    ? [
        `${protocol} ${address} ${destinationPort}`,
        `${protocol} ${address} 0`,
        `raw ${address} ${destinationPort}`,
      ]
    : [];
  return [...mark, ...ports, `raw ${address} 0`];
}

function nameOf(id: ServiceId): string {
  if (id.kind === 'fwmark')
    return `mark ${id.fwmark} ${id.family === 6 ? RECORD_FAMILY.IPV6 : RECORD_FAMILY.IPV4}`;
  const address = addressKey(wordsOf(id.address));
  return id.kind === 'raw'
    ? `raw ${address} ${id.port}`
    : `${PROTOCOL_NUMBER[id.protocol]} ${address} ${id.port}`;
}
