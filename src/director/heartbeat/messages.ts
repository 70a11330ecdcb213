/** What the main thread and the heartbeat worker say to each other. All of it survives structured cloning. */
import type { Address } from '../../model/address.ts';
import type { RouterRole } from '../../vrrp/router.ts';
import type { Tracked } from '../../vrrp/tracking.ts';
import type { RouterConfig } from '../config.ts';
import type { LogLevel } from '../log.ts';

/** A router's settings with what the host knows about its interface. */
export interface HeartbeatRouter extends RouterConfig {
  readonly ifindex: number;
  /** The interface's own address, of the router's family: advertisements come from it. */
  readonly source: Address;
}

/** An address that moves with the role, and where its neighbours find it. */
export interface FloatingAddress {
  readonly address: Address;
  readonly ifindex: number;
  /** `02:00:5e:10:00:01` */
  readonly mac: string;
}

/** An interface that is tracked. */
export interface TrackedLink {
  readonly name: string;
  /** See {@link Tracked}. */
  readonly weight: number;
}

/** What the worker is to do. */
export interface HeartbeatSetup {
  /** At least one; they move as one unit, and share priority and interval. */
  readonly routers: readonly HeartbeatRouter[];
  /** `raw`: IP protocol 112. `udp`: the same messages in UDP, without privileges and without GARP. */
  readonly transport: 'raw' | 'udp';
  readonly floating: readonly FloatingAddress[];
  readonly links: readonly TrackedLink[];
  /** Of the {@link Board}. */
  readonly board: SharedArrayBuffer;
  /** What the thread's fence module makes the fence from. */
  readonly fence: unknown;
}

export type HeartbeatCommand =
  /** The addresses to announce from now on; as master, new ones are announced at once. */
  | { readonly kind: 'floating'; readonly addresses: readonly FloatingAddress[] }
  /** An interface has gone for good; the heartbeat knows whether it needs it. */
  | { readonly kind: 'interface-gone'; readonly name: string }
  /** What the main thread tracks has changed. */
  | { readonly kind: 'tracked'; readonly items: readonly Tracked[] }
  /**
   * Close the fence and give the addresses away. Answered with a `role` event in any case. `ordered`: by a person, who
   * does not want them back at once.
   */
  | { readonly kind: 'release'; readonly ordered: boolean }
  /** The peer closed its fence for us: take over. Answered with a `role` event in any case. */
  | { readonly kind: 'released' }
  /**
   * Soon this thread ends without a handover, for a next daemon to go on: say a longer interval, and let the lease last
   * accordingly. Answered with a `leaving` event; `stay` takes it back. A thread that begins with such a lease goes on
   * like that until it is told to stay.
   */
  | { readonly kind: 'leave'; readonly intervalUs: number }
  | { readonly kind: 'stay' }
  /**
   * End the thread. With `handOver` a master closes its fence and says so with priority 0; without, its lease
   * stays as it is, for the next daemon to adopt.
   */
  | { readonly kind: 'shutdown'; readonly handOver: boolean };

export type HeartbeatEvent =
  | {
      readonly kind: 'role';
      readonly role: RouterRole;
      readonly term: number;
      /** Half a sentence for the log. */
      readonly why: string;
      /** CLOCK_BOOTTIME, microseconds. */
      readonly atUs: number;
    }
  /** The peer, which is master, shall be asked to hand over; or we shall hand over to it. */
  | { readonly kind: 'ask-handover' }
  | { readonly kind: 'give-handover'; readonly why: string }
  /** The peer has been told, or there is none to tell. With a `refusal`, half a sentence, all is as it was. */
  | { readonly kind: 'leaving'; readonly refusal: string | undefined }
  /** The interfaces that are tracked, at the start and when one of them has changed. */
  | { readonly kind: 'links'; readonly items: readonly Tracked[] }
  | { readonly kind: 'log'; readonly level: LogLevel; readonly text: string }
  /** All of them, about once a second while they change. Names: {@link HeartbeatCounters}. */
  | { readonly kind: 'counters'; readonly counters: Readonly<Record<string, number>> };
