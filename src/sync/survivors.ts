/**
 * What a third director told before it fell silent, or lost its table, and not everybody heard. Those that are left ask
 * each other for their tables; what one is told of and another has not is told back then. Pure.
 */
import type { Peer } from './peer.ts';

/**
 * To be called each turn.
 * @param alive whether a peer has been heard lately
 */
export function askEachOther(peers: Iterable<Peer>, alive: (peer: Peer) => boolean, now: number): void {
  const all = [...peers];
  if (all.length < 2) return;
  const others = all.filter((peer) => peer.live && alive(peer));
  for (const peer of all) {
    if (peer.bereft) {
      for (const other of others) if (other !== peer) ask(peer, other, now);
      peer.bereft = all.some((other) => other !== peer && other.live && !peer.asked.has(other.sender));
    } else if (alive(peer)) peer.asked.clear();
    else if (peer.live) settle(peer, others, now);
  }
}

function ask(third: Peer, other: Peer, now: number): void {
  if (third.asked.has(other.sender)) return;
  third.asked.add(other.sender);
  other.settle(now);
}

function settle(silent: Peer, others: readonly Peer[], now: number): void {
  for (const other of others) if (!agree(silent, other)) ask(silent, other, now);
  // What they had to say of it is in our table, and nobody else will say more.
  const asked = others.filter(({ sender }) => silent.asked.has(sender));
  if (!silent.synced && asked.length > 0 && asked.every(({ synced }) => synced)) silent.giveUp();
}

function agree(silent: Peer, other: Peer): boolean {
  const echo = other.heartbeat?.echoes.find(({ sender }) => sender === silent.sender);
  const same = echo?.epoch === silent.epoch && echo.applied === silent.applied;
  return same && (silent.synced || silent.givenUp);
}
