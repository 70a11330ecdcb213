/** The interfaces that are tracked, looked at on each turn: a host that lost one must not wait for a busy main thread. */
import { describe, type Tracked } from '../../vrrp/tracking.ts';
import type { TrackedLink } from './messages.ts';

export class LinkWatch {
  readonly #links: readonly TrackedLink[];
  readonly #running: (name: string) => boolean;
  #items: readonly Tracked[];

  /** @param running whether frames can leave by an interface */
  constructor(links: readonly TrackedLink[], running: (name: string) => boolean) {
    this.#links = links;
    this.#running = running;
    this.#items = links.map(({ name, weight }) => ({ kind: 'interface', name, weight, up: true }));
  }

  get items(): readonly Tracked[] {
    return this.#items;
  }

  /** @returns what to say when something has changed since the last look, else undefined */
  look(): readonly string[] | undefined {
    const before = this.#items;
    const now = this.#links.map(
      ({ name, weight }): Tracked => ({ kind: 'interface', name, weight, up: this.#running(name) }),
    );
    const changed = now.filter(({ up }, index) => up !== before[index]?.up);
    if (changed.length === 0) return undefined;
    this.#items = now;
    return changed.map((each) => (each.up ? `the interface ${each.name} is up again` : describe(each)));
  }
}
