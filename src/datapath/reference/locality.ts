/** Servers by destination: ip_vs_lblc.c and ip_vs_lblcr.c; docs/datapath.md, "Schedulers". */
import type { ServerState } from './rule-book.ts';

const DAY_US = 24 * 3600 * 1_000_000;
const MOST_REPLICAS = 16;

type List = readonly ServerState[];

interface Noted {
  /** The oldest first. */
  servers: ServerState[];
  changedAt: number;
}

/** What was chosen for each destination of a service. */
export class Localities {
  readonly #noted = new Map<string, Noted>();

  /**
   * @param list the service's servers @param replicated several of each destination (lblcr)
   * @param least chooses among servers that take connections @param now microseconds
   */
  choose(
    destination: string,
    list: List,
    replicated: boolean,
    least: (servers: List) => ServerState | undefined,
    now: number,
  ): ServerState | undefined {
    const noted = this.#noted.get(destination);
    const known = noted && this.#known(noted, list, replicated, least, now);
    if (known && !hasBetter(known, list)) return known;
    const chosen = least(list.filter((server) => server.isOpen()));
    if (chosen) this.#note(destination, chosen, replicated, now);
    return chosen;
  }

  #known(
    noted: Noted,
    list: List,
    replicated: boolean,
    least: (servers: List) => ServerState | undefined,
    now: number,
  ): ServerState | undefined {
    // The youngest of equals.
    const own = noted.servers.filter((server) => list.includes(server)).reverse();
    const known = least(own.filter((server) => server.isOpen()));
    if (replicated && noted.servers.length > 1 && now - noted.changedAt > DAY_US) {
      const busiest = most(own.filter(({ weight }) => weight > 0));
      if (busiest) {
        noted.servers = noted.servers.filter((server) => server !== busiest);
        noted.changedAt = now;
      }
    }
    return known;
  }

  #note(destination: string, server: ServerState, replicated: boolean, now: number): void {
    const noted = this.#noted.get(destination);
    if (!noted || !replicated) {
      this.#noted.set(destination, { servers: [server], changedAt: now });
      return;
    }
    if (noted.servers.includes(server)) return;
    noted.servers = [...noted.servers, server].slice(-MOST_REPLICAS);
    noted.changedAt = now;
  }
}

/** It has more than it weighs, while another one has less than half of that. */
function hasBetter(server: ServerState, list: List): boolean {
  return (
    server.active > server.weight && list.some(({ active, weight }) => weight > 0 && active * 2 < weight)
  );
}

function most(servers: List): ServerState | undefined {
  return servers.reduce<ServerState | undefined>((best, server) => {
    if (!best) return server;
    const [here, there] = [server.overhead() * best.weight, best.overhead() * server.weight];
    return here > there ? server : best;
  }, undefined);
}
