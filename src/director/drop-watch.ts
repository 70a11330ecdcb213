/**
 * Says which drops somebody must do something about (I9): the plane only counts. Whether and how often they come
 * is up to strangers, so each reason is told at a bounded rate.
 */
import type { Log } from './log.ts';
import { Seldom } from './seldom.ts';

/** By the name of the plane's counter: what is wrong, and the remedy. */
export const LOUD: Readonly<Record<string, string>> = {
  table_full: 'the connection table is full: raise datapath.connections',
  no_local_port: 'every local port that was tried is in use: add local addresses with -P',
  no_local_address: 'a service has no local address: add one with -P',
  no_server: 'a service has no real server with a weight above 0: add one with -a, or raise a weight with -e',
  no_route: 'this host has no route to a client or a real server: look at "ip route get ADDRESS"',
  forwarding_off:
    'forwarding was switched off on an interface: set net.ipv4.conf.INTERFACE.forwarding to 1, or restart this daemon',
};

export class DropWatch {
  /** Counters when each reason was last told. */
  readonly #told: Record<string, number>;
  readonly #log: Log;
  readonly #seldom = new Seldom();

  /** @param drops the counters now: an adopted plane brings old ones along */
  constructor(drops: Readonly<Record<string, number>>, log: Log) {
    this.#told = { ...drops };
    this.#log = log;
  }

  /** @param now microseconds of a clock that does not step back */
  look(drops: Readonly<Record<string, number>>, now: number): void {
    for (const [reason, text] of Object.entries(LOUD)) {
      const dropped = (drops[reason] ?? 0) - (this.#told[reason] ?? 0);
      if (dropped <= 0 || !this.#seldom.due(reason, now)) continue;
      this.#told[reason] = drops[reason] ?? 0;
      this.#log.warn(`${dropped} ${dropped === 1 ? 'packet' : 'packets'} dropped: ${text}`);
    }
  }
}
