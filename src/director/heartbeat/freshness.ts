/**
 * Whether what the plane holds may still be forwarded while the fence is closed: while we are in sync with the
 * owner, and for one master-down interval after that (design of the plane, I8).
 */
import type { FencePort } from '../../datapath/ports.ts';
import type { RouterState } from '../../vrrp/router.ts';
import { masterDown } from '../../vrrp/timing.ts';
import type { Board } from '../board.ts';

export class Freshness {
  readonly #fence: FencePort;
  readonly #board: Board;
  #freshUntil = 0;
  #said: boolean | undefined;

  constructor(fence: FencePort, board: Board) {
    this.#fence = fence;
    this.#board = board;
  }

  /** Tells the plane when the answer changes. */
  update(state: RouterState, now: number): void {
    const grace = masterDown(state.settings.priority, state.intervalUs);
    // A master owns what it holds, and what it held a moment ago is as good as in sync.
    if (state.role === 'master' || this.#said === undefined) this.#freshUntil = now + grace;
    if (this.#board.get('synced') === 1) {
      this.#freshUntil = Math.max(this.#freshUntil, this.#board.get('peerSyncAt') + grace);
    }
    const stale = now > this.#freshUntil;
    if (stale === this.#said) return;
    this.#said = stale;
    this.#fence.setStale(stale);
  }
}
