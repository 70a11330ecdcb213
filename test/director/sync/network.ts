/** A multicast network in memory: it loses, repeats and delays what it carries, and time stands still until told. */
import type { SyncSockets } from '../../../src/director/sync/sockets.ts';

interface Delivery {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What becomes of one copy of a datagram: nothing, or deliveries after so many microseconds each. */
export type Fate = (datagram: Buffer, from: string, to: string) => readonly number[];

/** A wire of 50 microseconds. */
export const FAITHFUL: Fate = () => [50];

export class Network {
  now = 1_000_000;
  fate: Fate = FAITHFUL;
  /** Sockets take nothing, and say so when they do again. */
  stuck = false;
  /** Everything that was sent, in order. */
  readonly sent: { from: string; datagram: Buffer }[] = [];
  readonly #listeners = new Map<(datagram: Buffer) => void, { name: string; group: string }>();
  #queue: Delivery[] = [];
  #order = 0;

  readonly clock = (): number => this.now;

  sockets(name: string): SyncSockets {
    return {
      transmitter: async ({ group, port }) => ({
        send: (datagrams, done) => {
          for (const datagram of datagrams) this.inject(Buffer.from(datagram), name, `${group}:${port}`);
          this.#later(0, () => this.#whenTaken(() => done(0)));
        },
        close: () => {},
      }),
      receiver: async ({ group, port }, onDatagram) => {
        // A function of its own for each socket, so that closing one does not close another.
        const listener = (datagram: Buffer) => onDatagram(datagram);
        this.#listeners.set(listener, { name, group: `${group}:${port}` });
        return { close: () => void this.#listeners.delete(listener) };
      },
    };
  }

  /** Puts a datagram on the wire as if `from` had sent it. */
  inject(datagram: Buffer, from: string, group = '224.0.0.81:8848'): void {
    this.sent.push({ from, datagram });
    for (const [listener, to] of this.#listeners) {
      if (to.group !== group || to.name === from) continue;
      for (const delay of this.fate(datagram, from, to.name))
        this.#later(delay, () => {
          if (this.#listeners.has(listener)) listener(Buffer.from(datagram));
        });
    }
  }

  /** Lets time pass, delivering what falls due on the way. */
  advance(micros: number): void {
    const until = this.now + micros;
    for (;;) {
      this.#queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.#queue[0];
      if (!next || next.at > until) break;
      this.#queue.shift();
      this.now = Math.max(this.now, next.at);
      next.run();
    }
    this.now = until;
  }

  #whenTaken(done: () => void): void {
    if (this.stuck) this.#later(1000, () => this.#whenTaken(done));
    else done();
  }

  #later(delay: number, run: () => void): void {
    this.#queue.push({ at: this.now + delay, order: this.#order++, run });
  }
}
