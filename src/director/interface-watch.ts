/**
 * Notices that an interface which the director uses has gone: whatever went through it ends, and nothing else would
 * say so. One that comes back under its name is another one, which only a new daemon takes up.
 */
import { interfaceIndex } from '../native/interface.ts';
import type { Log } from './log.ts';

export class InterfaceWatch {
  /** What they had when the director began to use them. */
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #indexOf: (name: string) => number;
  readonly #log: Log;
  readonly #gone = new Set<string>();
  readonly #back = new Set<string>();

  /** @param indexOf the kernel's number of an interface, 0 when there is none */
  constructor(names: Iterable<string>, log: Log, indexOf = interfaceIndex) {
    this.#indexOf = indexOf;
    this.#indexes = new Map([...names].map((name) => [name, indexOf(name)]));
    this.#log = log;
  }

  /** @returns those that have gone since the last look */
  look(): readonly string[] {
    const lost: string[] = [];
    for (const [name, before] of this.#indexes) {
      const index = this.#indexOf(name);
      if (index !== before && !this.#gone.has(name)) {
        this.#gone.add(name);
        lost.push(name);
        this.#log.error(`interface ${name} is gone: nothing goes through it until this daemon is restarted`);
      }
      if (this.#gone.has(name) && index !== 0 && !this.#back.has(name)) {
        this.#back.add(name);
        this.#log.warn(`interface ${name} is there again, as another one: restart this daemon to use it`);
      }
    }
    return lost;
  }
}
