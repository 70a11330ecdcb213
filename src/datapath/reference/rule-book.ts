/**
 * The rules as packets find them, and what is counted of each. A server keeps its counters as long as its connections
 * last, also when its rule is gone meanwhile.
 */
import type { Address } from '../../model/address.ts';
import { NO_TRAFFIC, type ServiceCounters, type TrafficCounters } from '../../model/counters.ts';
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
import { nextTurn, rotationSlots, type Turn } from '../rotation.ts';
import { isRotating } from '../schedule-table.ts';
import { type Words, wordsOf } from './tuple.ts';

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
  active = 0;
  inactive = 0;
  traffic: Traffic = { ...NO_TRAFFIC };

  constructor(service: ServiceState, rule: RealServer) {
    this.service = service;
    this.words = wordsOf(rule.address);
    this.port = rule.port;
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
  /** The next place when it goes round; it grows on beyond the order's length. */
  turns = 0;
  #turn: Turn = { start: 0, threshold: 0 };
  /** By {@link addressKey}. */
  readonly localUse = new Map<string, LocalUse>();
  /** All that it ever had, by endpoint. */
  readonly #known = new Map<string, ServerState>();
  #order: readonly ServerState[] | undefined;
  #gone: Traffic = { ...NO_TRAFFIC };

  constructor(rule: VirtualService) {
    this.rule = rule;
    this.#goOn(rule, undefined);
    this.update(rule);
  }

  update(rule: VirtualService): void {
    if (rule !== this.rule) this.#goOn(rule, this.rule);
    this.rule = rule;
    this.#order = undefined;
    const before = this.servers;
    this.servers = rule.servers.map((server) => this.#server(server));
    this.locals = rule.locals.map(({ address }) => ({ address, words: wordsOf(address) }));
    for (const server of before) if (!this.servers.includes(server)) this.#retire(server);
  }

  #goOn(rule: VirtualService, before: VirtualService | undefined): void {
    if (!isRotating(rule.scheduler)) return;
    const old =
      before && isRotating(before.scheduler)
        ? { service: before, slots: rotationSlots(before), turn: this.#turn, cursor: this.turns }
        : undefined;
    this.#turn = nextTurn(rule, rotationSlots(rule), old, before !== undefined);
    this.turns = this.#turn.start;
  }

  /** All its servers' rules are gone, and nobody asks any more what was used. */
  remove(): void {
    for (const server of this.servers) this.#retire(server);
    this.localUse.clear();
  }

  /** An order of its servers that is long to make, and stays until the rule changes. */
  orderOf(make: () => readonly ServerState[]): readonly ServerState[] {
    this.#order ??= make();
    return this.#order;
  }

  counters(): ServiceCounters {
    const servers = this.rule.servers.map((_, at) => {
      const { traffic = NO_TRAFFIC, active = 0, inactive = 0 } = this.servers[at] ?? {};
      return { ...traffic, activeConnections: active, inactiveConnections: inactive };
    });
    return {
      total: this.servers.reduce((sum, { traffic }) => added(sum, traffic), this.#gone),
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
    server.weight = rule.weight;
    server.forwarding = rule.forwarding;
    return server;
  }

  #retire(server: ServerState): void {
    server.weight = 0;
    this.#gone = added(this.#gone, server.traffic);
    server.traffic = { ...NO_TRAFFIC };
  }
}

export class RuleBook {
  rules: RuleSet = EMPTY_RULES;
  /** By {@link serviceKey}. */
  readonly #services = new Map<string, ServiceState>();
  readonly #byAddress = new Map<string, ServiceState>();

  apply(rules: RuleSet): void {
    const wanted = new Map(rules.services.map((service) => [serviceKey(service.id), service]));
    for (const [key, service] of this.#services) {
      if (wanted.has(key)) continue;
      service.remove();
      this.#services.delete(key);
      this.#byAddress.delete(placeOf(service.rule.id));
    }
    for (const [key, rule] of wanted) {
      const held = this.#services.get(key);
      if (held?.rule === rule) continue;
      if (held) held.update(rule);
      else this.#add(key, new ServiceState(rule));
    }
    this.rules = rules;
  }

  find(protocol: number, address: Words, port: number): ServiceState | undefined {
    return this.#byAddress.get(place(protocol, address, port));
  }

  /** The server to which connections of this service and server go; undefined: no rule names it. */
  server(
    protocol: number,
    virtual: Words,
    virtualPort: number,
    words: Words,
    port: number,
  ): ServerState | undefined {
    const key = addressKey(words);
    return this.find(protocol, virtual, virtualPort)?.servers.find(
      (each) => each.port === port && addressKey(each.words) === key,
    );
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
    this.#byAddress.set(placeOf(service.rule.id), service);
  }
}

/** A text that is equal for equal addresses. */
export function addressKey(words: Words): string {
  return words.join();
}

function place(protocol: number, address: Words, port: number): string {
  return `${protocol} ${addressKey(address)} ${port}`;
}

function placeOf(id: ServiceId): string {
  if (id.kind !== 'address') return serviceKey(id);
  return place(PROTOCOL_NUMBER[id.protocol], wordsOf(id.address), id.port);
}

function added(a: TrafficCounters, b: TrafficCounters): Traffic {
  return {
    connections: a.connections + b.connections,
    inPackets: a.inPackets + b.inPackets,
    outPackets: a.outPackets + b.outPackets,
    inBytes: a.inBytes + b.inBytes,
    outBytes: a.outBytes + b.outBytes,
  };
}
