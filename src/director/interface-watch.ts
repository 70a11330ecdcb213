/**
 * Notices what happens to the interfaces that the director uses, which nothing else would say. One that has gone
 * ends whatever went through it, and one that comes back under its name is another one, which only a new daemon takes
 * up. One that gets another link address goes on, when the plane and the neighbours learn of it.
 */
import { NativeError } from '../native/error.ts';
import { interfaceIndex, interfaceMac } from '../native/interface.ts';
import type { Log } from './log.ts';

export interface WatchedInterface {
  readonly name: string;
  /** What it had when the director began to use it; read now where it is not given. */
  readonly ifindex?: number;
  /** Where its link address matters: what the plane was told. */
  readonly mac?: string;
}

export interface Readdressed {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: string;
}

export interface WatchedHost {
  /** The kernel's number of an interface, 0 when there is none. */
  readonly indexOf: (name: string) => number;
  readonly macOf: (name: string) => string | undefined;
}

const KERNEL: WatchedHost = { indexOf: interfaceIndex, macOf: interfaceMac };

export class InterfaceWatch {
  readonly #host: WatchedHost;
  readonly #indexes = new Map<string, number>();
  readonly #macs = new Map<string, string>();
  readonly #log: Log;
  readonly #gone = new Set<string>();
  readonly #back = new Set<string>();

  constructor(interfaces: Iterable<WatchedInterface>, log: Log, host = KERNEL) {
    this.#host = host;
    this.#log = log;
    for (const { name, ifindex, mac } of interfaces) {
      if (!this.#indexes.has(name)) this.#indexes.set(name, ifindex ?? host.indexOf(name));
      if (mac) this.#macs.set(name, mac);
    }
  }

  /** @returns what has happened since the last look */
  look(): { readonly gone: readonly string[]; readonly readdressed: readonly Readdressed[] } {
    const gone: string[] = [];
    const readdressed: Readdressed[] = [];
    for (const [name, ifindex] of this.#indexes) {
      if (this.#hasGone(name, ifindex)) gone.push(name);
      const mac = this.#gone.has(name) ? undefined : this.#newMac(name);
      if (mac !== undefined) readdressed.push({ name, ifindex, mac });
    }
    return { gone, readdressed };
  }

  /** Since the last look. */
  #hasGone(name: string, before: number): boolean {
    const index = this.#host.indexOf(name);
    const news = index !== before && !this.#gone.has(name);
    if (news) {
      this.#gone.add(name);
      this.#log.error(`interface ${name} is gone: nothing goes through it until this daemon is restarted`);
    }
    if (this.#gone.has(name) && index !== 0 && !this.#back.has(name)) {
      this.#back.add(name);
      this.#log.warn(`interface ${name} is there again, as another one: restart this daemon to use it`);
    }
    return news;
  }

  /** Undefined too when the kernel will not say, for want of a file descriptor perhaps: it is asked again soon. */
  #macOf(name: string): string | undefined {
    try {
      return this.#host.macOf(name);
    } catch (error) {
      if (error instanceof NativeError) return undefined;
      throw error;
    }
  }

  /** Undefined when it is as before. */
  #newMac(name: string): string | undefined {
    const before = this.#macs.get(name);
    const mac = before && this.#macOf(name);
    if (mac === undefined || mac === before) return undefined;
    this.#macs.set(name, mac);
    this.#log.info(`the link address of ${name} is ${mac} now, it was ${before}`);
    return mac;
  }
}
