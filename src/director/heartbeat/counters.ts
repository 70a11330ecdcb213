/** Counts of the heartbeat, by name; names are an interface (`vrrp` of `tandem status --json`). */
import { VRRP_REFUSALS, type VrrpRefusal } from '../../vrrp/error.ts';
import type { RouterCount } from '../../vrrp/router.ts';

const NAMES = [
  'adverts_sent',
  'adverts_received',
  'releases_sent',
  'releases_received',
  'address_list',
  'interval_differs',
  'own_address',
  'receive_failures',
  'jitter_us_p50',
  'jitter_us_p99',
  'jitter_us_max',
  'real_time',
  'memory_locked',
  'garp_sent',
  'garp_failures',
  'gna_sent',
  'gna_failures',
  'stalls',
  'carrier_losses',
  'faults',
  'takeovers',
  'adoptions',
  'yields',
  'lapses',
  'held',
  'deferred',
  'contested',
  'unheard',
  'strange',
  'stale',
  'slept',
  'asked',
  'gave',
  'send_failures',
] as const;

export type HeartbeatCount = (typeof NAMES)[number] | RouterCount | VrrpRefusal;

export class HeartbeatCounters {
  readonly #values: Record<string, number> = Object.fromEntries(
    [...NAMES, ...VRRP_REFUSALS].map((name) => [name, 0]),
  );
  #changed = true;

  add(name: HeartbeatCount): void {
    this.#values[name] = (this.#values[name] ?? 0) + 1;
    this.#changed = true;
  }

  /** A measure among the counts. */
  set(name: HeartbeatCount, value: number): void {
    if (this.#values[name] === value) return;
    this.#values[name] = value;
    this.#changed = true;
  }

  get(name: HeartbeatCount): number {
    return this.#values[name] ?? 0;
  }

  /** A copy, or undefined when nothing changed since the last one. */
  snapshot(): Record<string, number> | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return { ...this.#values };
  }
}
