/** What a plane knows of the host: its links, and the kernel's routes. */
import type { Words } from './tuple.ts';

export interface Link {
  readonly name: string;
  /** 6 bytes */
  readonly mac: Uint8Array;
  /** Frames that leave where they came in are redirected: veth. */
  readonly sendByRedirect: boolean;
}

export type NextHop =
  | {
      readonly kind: 'reachable';
      readonly ifindex: number;
      readonly source: Uint8Array;
      readonly destination: Uint8Array;
      /** The next hop is the destination itself. */
      readonly onLink: boolean;
    }
  /** The route is known, the neighbour's link address is not. */
  | { readonly kind: 'unresolved'; readonly ifindex: number; readonly onLink: boolean }
  | { readonly kind: 'too-big'; readonly mtu: number }
  | { readonly kind: 'no-route' | 'forwarding-off' };

export interface Network {
  readonly links: ReadonlyMap<number, Link>;
  /** @param length bytes of the IP packet */
  route(destination: Words, length: number, ingress: number): NextHop;
}

/** A plane that no packets come to. */
export const NO_NETWORK: Network = { links: new Map(), route: () => ({ kind: 'no-route' }) };
