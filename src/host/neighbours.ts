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

/** The part of `ip -json neighbour` that we read. */
interface IpNeighbourJson {
  readonly dst?: string;
  readonly dev?: string;
  /** There, with nothing in it, for a managed one. */
  readonly managed?: null;
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
        await keepResolved(hop);
        this.#held.add(hop);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        failures.push(`the way to ${destination} is not kept resolved: ${error.message}`);
      }
    }
    for (const hop of this.#held) if (!wanted.has(hop)) await this.#letGo(hop);
    return failures;
  }

  /**
   * Looks whether the kernel still keeps them, and makes again what it has let go: an interface that was down for a
   * moment, or a flush by hand, takes them away without a word.
   * @returns one sentence for each next hop that failed
   */
  async renew(): Promise<string[]> {
    if (this.#held.size === 0) return [];
    const failures: string[] = [];
    const kept = await keptByKernel();
    for (const hop of this.#held) {
      if (kept.has(hop)) continue;
      try {
        await keepResolved(hop);
      } catch (error) {
        if (!(error instanceof HostError)) throw error;
        failures.push(`the next hop ${hop} is not kept resolved: ${error.message}`);
      }
    }
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

async function keepResolved(hop: string): Promise<void> {
  await ip(['neighbour', 'replace', ...hop.split(' '), 'managed']);
}

/** As `address dev interface`, whoever asked the kernel to keep them. */
async function keptByKernel(): Promise<ReadonlySet<string>> {
  const all = await ipJson<readonly IpNeighbourJson[]>(['neighbour', 'show', 'nud', 'all']);
  return new Set(all.filter((each) => 'managed' in each).map(({ dst, dev }) => `${dst} dev ${dev}`));
}

/** `address dev interface`, or undefined for a destination on this host. */
async function nextHop(destination: Address): Promise<string | undefined> {
  const [route] = await ipJson<readonly IpRouteJson[]>(['route', 'get', destination]);
  if (!route?.dev || route.type === 'local' || route.dev === 'lo') return undefined;
  return `${route.gateway ?? destination} dev ${route.dev}`;
}
