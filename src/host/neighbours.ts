/**
 * Keeps the link addresses of next hops known, so that the first packet after a takeover finds its way: the
 * kernel probes a "managed" neighbour for ever (Linux 5.16, NTF_EXT_MANAGED), whether or not it sends to it.
 */
import type { Address } from '../model/address.ts';
import { HostError } from './error.ts';
import { ip, ipJson } from './ip.ts';

/** The part of `ip -json route get` that we read. */
interface IpRouteJson {
  readonly type?: string;
  readonly gateway?: string;
  readonly dev?: string;
}

export class NextHops {
  /** `address dev interface` */
  readonly #held = new Set<string>();

  /**
   * Keeps the next hops toward these destinations, and lets go of those that no destination needs any more.
   * Best effort.
   * @returns one sentence for each destination that failed
   */
  async keep(destinations: readonly Address[]): Promise<string[]> {
    const failures: string[] = [];
    const wanted = new Set<string>();
    for (const destination of destinations) {
      try {
        const hop = await nextHop(destination);
        if (hop === undefined) continue;
        wanted.add(hop);
        if (this.#held.has(hop)) continue;
        await ip(['neighbour', 'replace', ...hop.split(' '), 'managed']);
        this.#held.add(hop);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        failures.push(`the way to ${destination} is not kept resolved: ${error.message}`);
      }
    }
    for (const hop of this.#held) if (!wanted.has(hop)) await this.#letGo(hop);
    return failures;
  }

  async release(): Promise<void> {
    for (const hop of this.#held) await this.#letGo(hop);
  }

  async #letGo(hop: string): Promise<void> {
    this.#held.delete(hop);
    // Gone with its interface, or flushed by hand: that is what we want.
    await ip(['neighbour', 'delete', ...hop.split(' ')]).catch((error: unknown) => {
      if (!(error instanceof HostError)) throw error;
    });
  }
}

/** `address dev interface`, or undefined for a destination on this host. */
async function nextHop(destination: Address): Promise<string | undefined> {
  const [route] = await ipJson<readonly IpRouteJson[]>(['route', 'get', destination]);
  if (!route?.dev || route.type === 'local' || route.dev === 'lo') return undefined;
  return `${route.gateway ?? destination} dev ${route.dev}`;
}
