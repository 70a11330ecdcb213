/** Why this director is not fit to be master now, if it is not. */
import type { HeartbeatCount } from './counters.ts';
import { type Liveness, stallBound } from './liveness.ts';
import type { HeartbeatRouter } from './messages.ts';
import type { Transport } from './transport.ts';

export interface Obstacle {
  readonly count: HeartbeatCount;
  readonly text: string;
  /** The threads turn, so that the peer can be given the addresses without a gap. */
  readonly gently: boolean;
}

export class Obstacles {
  readonly #routers: readonly HeartbeatRouter[];
  readonly #transports: readonly Transport[];
  readonly #liveness: Liveness;
  readonly #boundS: number;
  /** An interface that advertisements went out by is no more. */
  #gone = false;
  /** What is tracked and must be there is not. */
  fault: string | undefined;

  /** @param transports one for each router, in their order */
  constructor(
    routers: readonly HeartbeatRouter[],
    transports: readonly Transport[],
    liveness: Liveness,
    advertUs: number,
  ) {
    this.#routers = routers;
    this.#transports = transports;
    this.#liveness = liveness;
    this.#boundS = stallBound(advertUs) / 1_000_000;
  }

  /** An interface has gone for good. */
  interfaceGone(name: string): void {
    this.#gone ||= this.#routers.some((router) => router.interface === name);
  }

  look(now: number): Obstacle | undefined {
    if (this.#gone) {
      return { count: 'carrier_losses', text: 'the interface of the virtual router is gone', gently: true };
    }
    const cut = this.#routers.find((_, index) => this.#transports[index]?.carrier === false);
    // What is sent would be taken by the kernel, and heard by nobody: the lease would go on for ever.
    if (cut) {
      return { count: 'carrier_losses', text: `the cable of ${cut.interface} has no carrier`, gently: true };
    }
    const stalled = this.#liveness.stalled(now);
    if (stalled !== undefined) {
      const text = `the ${stalled} stands still for more than ${this.#boundS} s`;
      return { count: 'stalls', text, gently: false };
    }
    return this.fault === undefined ? undefined : { count: 'faults', text: this.fault, gently: true };
  }
}
