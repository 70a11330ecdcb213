/**
 * The giver's side of a handover, as the main thread drives it: the sync worker sends everything and hears that
 * the peer has it, the heartbeat closes the fence, the sync worker tells the peer to open its own.
 */
import { DirectorError } from './api.ts';

/** The sync worker and the heartbeat give up sooner; this is for a thread that died meanwhile. */
const LONGEST_MS = 5000;

export interface HandoverParts {
  readonly isMaster: () => boolean;
  /** Whether one is heard that could take over. */
  readonly hasPeer: () => boolean;
  /** Takes the addresses off their interfaces; resolves when they are gone. What is given away is shown no more. */
  readonly conceal: () => Promise<void>;
  /** Undoes that: nobody took over. */
  readonly reveal: () => void;
  /** Asks the sync worker to begin. @param to the peer's name, where it matters which */
  readonly begin: (to?: string) => void;
  /** Closes the fence; resolves when it is closed. @param ordered a person wants it so */
  readonly release: (ordered: boolean) => Promise<void>;
  readonly fenceClosed: () => void;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

export class Handover {
  readonly #parts: HandoverParts;
  #ordered = false;
  #running: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(parts: HandoverParts) {
    this.#parts = parts;
  }

  /**
   * @param to the name of a peer that takes over for a reason of the directors'; without it a person wants it so, and
   *   does not want the addresses back at once
   * @throws DirectorError `not-master`, `no-peer`, `handover-failed`
   */
  async run(to?: string): Promise<{ tookMs: number }> {
    const { isMaster, hasPeer, conceal, reveal, begin, now } = this.#parts;
    if (!isMaster()) {
      throw new DirectorError(
        'not-master',
        'this director does not own the addresses: ask its peer to hand over',
      );
    }
    if (!hasPeer()) {
      throw new DirectorError(
        'no-peer',
        'no peer is heard on the sync channel, so nobody can take over: start it, and look at "tandem status" there and here',
      );
    }
    if (this.#running) throw new DirectorError('handover-failed', 'a handover is running already');
    const started = now();
    this.#ordered = to === undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#running = { resolve, reject };
        timer = setTimeout(() => this.failed(`no end after ${LONGEST_MS} ms`), LONGEST_MS);
        void conceal().then(() => {
          if (this.#running) begin(to);
        });
      });
    } catch (error) {
      reveal();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#running = undefined;
    }
    return { tookMs: Math.round(now() - started) };
  }

  /** The peer holds everything: from here on there is no way back. */
  async closeFence(): Promise<void> {
    await this.#parts.release(this.#ordered);
    this.#parts.fenceClosed();
  }

  released(): void {
    this.#running?.resolve();
  }

  failed(reason: string): void {
    this.#running?.reject(new DirectorError('handover-failed', `the peer did not take over: ${reason}`));
  }
}
