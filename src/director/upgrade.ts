/**
 * A new program in the place of this one, as the main thread drives it: the next program is asked whether it can begin,
 * then the heartbeat sees to it that nobody takes over meanwhile.
 */
import { DirectorError } from './api.ts';

/** How long the addresses are covered while no daemon is there: starting takes well under a second. */
const COVERED_US = 10_000_000;
/** Of an interval: the lease is 2.5 of them (vrrp/timing.ts). */
const INTERVAL_US = COVERED_US / 2.5;
/** A few advertisements of the slowest profile. */
const LONGEST_MS = 15_000;
const LATE = `the peer does not say that it hears our advertisements (${LONGEST_MS / 1000} s): look at "tandem status"`;

export interface UpgradeParts {
  /** Has a heartbeat, which must be asked. */
  readonly beats: () => boolean;
  readonly leave: (intervalUs: number) => void;
  readonly stay: () => void;
}

export class Upgrade {
  /** Resolves when this daemon shall end, for the next one. */
  readonly ready: Promise<void>;
  readonly #parts: UpgradeParts;
  #check: (() => Promise<void>) | undefined;
  #resolve: () => void = () => {};
  #running: { resolve(): void; reject(error: Error): void } | undefined;

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
    this.ready = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** @param check whether the program on disk can begin; rejects with what it says */
  allow(check: () => Promise<void>): void {
    this.#check = check;
  }

  /** @throws DirectorError `upgrade-refused` */
  async prepare(): Promise<void> {
    const check = this.#check;
    if (!check) throw refusal('its plane is in memory and would end with it: restart this daemon');
    if (this.#running) throw refusal('an upgrade is running already');
    let timer: NodeJS.Timeout | undefined;
    const told = new Promise<void>((resolve, reject) => {
      this.#running = { resolve, reject };
    });
    told.catch(() => {});
    try {
      await check().catch((error: Error) => {
        throw refusal(`the program on disk cannot begin: ${error.message}`);
      });
      if (this.#parts.beats()) {
        const late = () => this.#running?.reject(refusal(LATE));
        timer = setTimeout(late, LONGEST_MS);
        this.#parts.leave(INTERVAL_US);
        await told;
      }
    } catch (error) {
      this.#parts.stay();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#running = undefined;
    }
    this.#resolve();
  }

  /** What the heartbeat says. */
  leaving(why: string | undefined): void {
    if (why === undefined) this.#running?.resolve();
    else this.#running?.reject(refusal(why));
  }
}

const refusal = (text: string) => new DirectorError('upgrade-refused', text);
