/** What is tracked, and what follows from it: as keepalived's weights. Pure. */
import { PRIORITY } from './wire.ts';

export interface Tracked {
  readonly kind: 'interface' | 'route' | 'script';
  readonly name: string;
  readonly up: boolean;
  /** Added to the priority while it is up if above 0, while it is down if below. 0: without it we must not be master. */
  readonly weight: number;
}

export interface Verdict {
  readonly priority: number;
  /** How many of them are up. */
  readonly reach: number;
  /** Why this director must not be master, as half a sentence. */
  readonly fault: string | undefined;
}

const WHY = { interface: 'has no carrier', route: 'is not there', script: 'fails' } as const;

/** @param base 1-255; 255, the owner of the addresses, stays what it is */
export function weigh(base: number, tracked: readonly Tracked[]): Verdict {
  const up = tracked.filter((each) => each.up);
  const missing = tracked.find(({ up, weight }) => !up && weight === 0);
  const gained = up.reduce((sum, { weight }) => sum + Math.max(0, weight), 0);
  const lost = tracked.reduce((sum, { up, weight }) => sum + (up ? 0 : Math.min(0, weight)), 0);
  // keepalived keeps weighed priorities off both ends, which mean something else (vrrp.c, vrrp_set_effective_priority).
  const weighed = Math.min(PRIORITY.OWNER - 1, Math.max(1, base + gained + lost));
  return {
    priority: base === PRIORITY.OWNER ? base : weighed,
    reach: up.length,
    fault: missing && describe(missing),
  };
}

/** Half a sentence about one that is down. */
export function describe({ kind, name }: Pick<Tracked, 'kind' | 'name'>): string {
  return `the ${kind} ${name} ${WHY[kind]}`;
}
