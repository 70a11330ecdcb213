/** What becomes of a frame, and how its name in the counters is. */
import type { Link, Network, NextHop } from './network.ts';
import type { Words } from './tuple.ts';

export type Verdict =
  /** Left to the host, as it is. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'drop'; readonly reason: string }
  /** To the interface that it came in by (`tx`), or by way of the kernel to any (`redirect`). */
  | { readonly kind: 'tx' | 'redirect'; readonly ifindex: number; readonly frame: Buffer }
  /** Given to the kernel, which resolves its next hop and sends it through that interface. */
  | {
      readonly kind: 'resolve';
      readonly ifindex: number;
      readonly frame: Buffer;
      /** The next hop is the server, not the packet's destination. */
      readonly direct: boolean;
    };

export const PASS: Verdict = { kind: 'pass' };

export function drop(reason: string): Verdict {
  return { kind: 'drop', reason };
}

/** Back through the interface that a frame came in by. */
export function sendBack(ifindex: number, link: Link | undefined, frame: Buffer): Verdict {
  return { kind: link?.sendByRedirect ? 'redirect' : 'tx', ifindex, frame };
}

export interface Way {
  readonly destination: Words;
  readonly length: number;
  readonly ingress: number;
  /** It keeps its destination, so the next hop must be the server. */
  readonly direct: boolean;
}

/** Where the host would route it. Writes the link addresses into the frame. */
export function sendRouted(
  network: Network,
  frame: Buffer,
  { destination, length, ingress, direct }: Way,
): Verdict | Extract<NextHop, { kind: 'too-big' }> {
  const next = network.route(destination, length, ingress);
  // A router between would send back what goes to the virtual address.
  if (direct && (next.kind === 'reachable' || next.kind === 'unresolved') && !next.onLink)
    return drop('not_on_link');
  switch (next.kind) {
    case 'reachable':
      frame.set(next.destination, 0);
      frame.set(next.source, 6);
      return next.ifindex === ingress
        ? sendBack(ingress, network.links.get(ingress), frame)
        : { kind: 'redirect', ifindex: next.ifindex, frame };
    case 'unresolved':
      return { kind: 'resolve', ifindex: next.ifindex, frame, direct };
    case 'too-big':
      return next;
    case 'forwarding-off':
      return drop('forwarding_off');
    default:
      return drop('no_route');
  }
}
