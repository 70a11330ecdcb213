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
  | { readonly kind: 'resolve'; readonly ifindex: number; readonly frame: Buffer };

export const PASS: Verdict = { kind: 'pass' };

export function drop(reason: string): Verdict {
  return { kind: 'drop', reason };
}

/** Back through the interface that a frame came in by. */
export function sendBack(ifindex: number, link: Link | undefined, frame: Buffer): Verdict {
  return { kind: link?.sendByRedirect ? 'redirect' : 'tx', ifindex, frame };
}

/** Where the host would route it. Writes the link addresses into the frame. */
export function sendRouted(
  network: Network,
  frame: Buffer,
  { destination, length, ingress }: { destination: Words; length: number; ingress: number },
): Verdict | Extract<NextHop, { kind: 'too-big' }> {
  const next = network.route(destination, length, ingress);
  switch (next.kind) {
    case 'reachable':
      frame.set(next.destination, 0);
      frame.set(next.source, 6);
      return next.ifindex === ingress
        ? sendBack(ingress, network.links.get(ingress), frame)
        : { kind: 'redirect', ifindex: next.ifindex, frame };
    case 'unresolved':
      return { kind: 'resolve', ifindex: next.ifindex, frame };
    case 'too-big':
      return next;
    case 'forwarding-off':
      return drop('forwarding_off');
    default:
      return drop('no_route');
  }
}
