/**
 * Traffic per second, averaged as IPVS averages it (net/netfilter/ipvs/ip_vs_est.c): every two seconds the average
 * moves by a quarter of the way to what was measured since.
 */

import { formatEndpoint } from '../model/address.ts';
import { NO_TRAFFIC, type ServiceCounters, type TrafficCounters } from '../model/counters.ts';
import { type RuleSet, serviceKey, type VirtualService } from '../model/rules.ts';

/** How far the average moves with each measurement. */
const WEIGHT = 1 / 4;

const FIELDS = Object.keys(NO_TRAFFIC) as (keyof TrafficCounters)[];

/** The average of one service or server. */
class Meter {
  #last: TrafficCounters;
  #at: number;
  #rates: TrafficCounters = NO_TRAFFIC;

  constructor(first: TrafficCounters, now: number) {
    this.#last = first;
    this.#at = now;
  }

  /** Whole numbers, as they are listed. */
  get perSecond(): TrafficCounters {
    return mapTraffic((field) => Math.round(this.#rates[field]));
  }

  /** @param now milliseconds */
  measure(counted: TrafficCounters, now: number): void {
    const seconds = (now - this.#at) / 1000;
    if (seconds <= 0) return;
    const last = this.#last;
    this.#last = counted;
    this.#at = now;
    // Zeroed, or added anew: an average of what is forgotten says nothing.
    const begins = FIELDS.some((field) => counted[field] < last[field]);
    this.#rates = begins
      ? NO_TRAFFIC
      : mapTraffic((field) => {
          const average = this.#rates[field];
          return average + ((counted[field] - last[field]) / seconds - average) * WEIGHT;
        });
  }
}

interface ServiceMeters {
  readonly total: Meter;
  readonly servers: ReadonlyMap<string, Meter>;
}

export class RateEstimator {
  #meters = new Map<string, ServiceMeters>();

  /**
   * Takes one measurement of some services.
   * @param now milliseconds of a clock that does not step
   */
  measure(services: readonly VirtualService[], counters: readonly ServiceCounters[], now: number): void {
    services.forEach((service, at) => {
      const counted = counters[at];
      if (counted) this.#measure(service, counted, now);
    });
  }

  /** Forgets the services that are gone. */
  keepOnly(rules: RuleSet): void {
    const there = new Set(rules.services.map(({ id }) => serviceKey(id)));
    for (const key of this.#meters.keys()) if (!there.has(key)) this.#meters.delete(key);
  }

  /** Counters whose traffic is per second; everything else as it is given. */
  perSecond(rules: RuleSet, counters: readonly ServiceCounters[]): readonly ServiceCounters[] {
    return counters.map((counted, at) => {
      const service = rules.services[at];
      const meters = service && this.#meters.get(serviceKey(service.id));
      return {
        ...counted,
        total: meters?.total.perSecond ?? NO_TRAFFIC,
        servers: counted.servers.map((server, index) => {
          const named = service?.servers[index];
          const meter = named && meters?.servers.get(formatEndpoint(named));
          return { ...server, ...(meter?.perSecond ?? NO_TRAFFIC) };
        }),
      };
    });
  }

  #measure(service: VirtualService, counted: ServiceCounters, now: number): void {
    const key = serviceKey(service.id);
    const known = this.#meters.get(key);
    const total = known?.total ?? new Meter(counted.total, now);
    total.measure(counted.total, now);
    const servers = new Map<string, Meter>();
    service.servers.forEach((server, at) => {
      const traffic = counted.servers[at] ?? NO_TRAFFIC;
      const name = formatEndpoint(server);
      const meter = known?.servers.get(name) ?? new Meter(traffic, now);
      meter.measure(traffic, now);
      servers.set(name, meter);
    });
    this.#meters.set(key, { total, servers });
  }
}

function mapTraffic(value: (field: keyof TrafficCounters) => number): TrafficCounters {
  return {
    connections: value('connections'),
    inPackets: value('inPackets'),
    outPackets: value('outPackets'),
    inBytes: value('inBytes'),
    outBytes: value('outBytes'),
  };
}
