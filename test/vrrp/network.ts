/**
 * Two directors on a simulated network: the machine of each with its fence, an advertisement path and a sync
 * path between them, and one clock. Everything is decided by what is handed in.
 */
import { deadline, newRouter, step } from '../../src/vrrp/machine.ts';
import type { PeerView, RouterEffect, RouterEvent, RouterState } from '../../src/vrrp/router.ts';

export const A = 100_000;
/** The longest way of a packet. */
export const MAX_DELAY = A / 20;

export type Side = 0 | 1;
export type PathName = 'vrrp' | 'sync';

export interface Weather {
  /** Whether a packet sent now on that path by that side arrives. */
  readonly arrives: (path: PathName, from: Side, now: number) => boolean;
  /** 0 to 1: what part of the longest delay this packet needs. */
  readonly delay: () => number;
}

interface Node {
  readonly side: Side;
  readonly priority: number;
  state: RouterState;
  fence: { until: number; term: number };
  openedAt: number;
  alive: boolean;
  pausedUntil: number;
  /** Arrived and not read. */
  adverts: { priority: number; from: Side }[];
  heartbeats: (PeerView & { sequence: number })[];
  /** Of the newest heartbeat that was read: the sync stream's sequence numbers sort out older ones. */
  newest: number;
  released: boolean;
  wakeAt: number;
}

/** A moment at which both fences were open. */
export interface Overlap {
  readonly at: number;
  readonly side: Side;
  /**
   * Both took over by their own clocks, closer together than a packet and a turn of the loop could have told: VRRP settles
   * that by priority with the next advertisement that arrives.
   */
  readonly tie: boolean;
}

export class Network {
  now = 1_000_000_000;
  readonly overlaps: Overlap[] = [];
  readonly nodes: readonly [Node, Node];
  readonly #weather: Weather;
  #sequence = 1;
  #plan: { at: number; run: () => void }[] = [];

  constructor(weather: Weather, priorities: readonly [number, number] = [200, 100]) {
    this.#weather = weather;
    this.nodes = [this.#node(0, priorities[0]), this.#node(1, priorities[1])];
    for (const node of this.nodes) this.#beat(node);
  }

  #node(side: Side, priority: number): Node {
    return {
      side,
      priority,
      state: newRouter({ priority, advertUs: A, preempt: false }),
      fence: { until: 0, term: 0 },
      openedAt: 0,
      alive: false,
      pausedUntil: 0,
      adverts: [],
      heartbeats: [],
      newest: 0,
      released: false,
      wakeAt: Number.POSITIVE_INFINITY,
    };
  }

  start(side: Side): void {
    const node = this.nodes[side];
    node.alive = true;
    node.adverts = [];
    node.heartbeats = [];
    node.released = false;
    node.state = newRouter(node.state.settings);
    this.#give(node, { kind: 'startup', fence: node.fence });
    this.#wake(node);
  }

  /** The daemon is gone; its fence stays as it is until it runs out. */
  kill(side: Side): void {
    this.nodes[side].alive = false;
  }

  /** Nothing of that host runs; packets wait. */
  pause(side: Side, us: number): void {
    const node = this.nodes[side];
    node.pausedUntil = Math.max(node.pausedUntil, this.now + us);
    this.after(us, () => this.#wake(node));
  }

  handOver(from: Side): void {
    const node = this.nodes[from];
    if (!this.#runs(node) || node.state.role !== 'master') return;
    this.#wake(node);
    if (node.state.role !== 'master') return;
    this.#give(node, { kind: 'release' });
    this.#send('sync', node, (peer) => {
      peer.released = true;
    });
  }

  open(side: Side): boolean {
    return this.nodes[side].fence.until > this.now;
  }

  after(us: number, run: () => void): void {
    this.#plan.push({ at: this.now + us, run });
  }

  run(us: number): void {
    const end = this.now + us;
    for (;;) {
      const planned = this.#plan.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
      const next = Math.min(planned, this.nodes[0].wakeAt, this.nodes[1].wakeAt);
      if (next > end) break;
      this.now = Math.max(this.now, next);
      if (planned === next) {
        const index = this.#plan.findIndex(({ at }) => at === planned);
        this.#plan.splice(index, 1)[0]?.run();
      } else for (const node of this.nodes) if (node.wakeAt <= this.now) this.#wake(node);
    }
    this.now = end;
  }

  #runs(node: Node): boolean {
    return node.alive && node.pausedUntil <= this.now;
  }

  /** One turn of a director's loop: what waits first, timers last. */
  #wake(node: Node): void {
    node.wakeAt = Number.POSITIVE_INFINITY;
    if (!this.#runs(node)) return;
    for (const { priority, from } of node.adverts.splice(0)) {
      this.#give(node, { kind: 'advert', priority, intervalUs: A, source: from, own: node.side });
    }
    if (node.released) {
      node.released = false;
      this.#give(node, { kind: 'released' });
    }
    this.#give(node, { kind: 'timer' });
    // The sync worker is another thread: after a pause, what it read is seen only on the next turn.
    const heard = node.heartbeats
      .splice(0)
      .reduce<(typeof node.heartbeats)[number] | undefined>(
        (best, one) => (one.sequence > (best?.sequence ?? node.newest) ? one : best),
        undefined,
      );
    if (heard) node.newest = heard.sequence;
    if (heard) this.#give(node, { kind: 'peer', view: { ...heard, at: this.now } });
    node.wakeAt = Math.max(this.now + 1, deadline(node.state));
  }

  #give(node: Node, event: RouterEvent): void {
    const { state, effects } = step(node.state, event, this.now);
    node.state = state;
    for (const effect of effects) this.#carryOut(node, effect);
  }

  #carryOut(node: Node, effect: RouterEffect): void {
    if (effect.kind === 'close-fence') node.fence = { until: 0, term: node.fence.term };
    if (effect.kind === 'open-fence') this.#openFence(node, effect);
    if (effect.kind !== 'send-advert') return;
    const { priority } = effect;
    this.#send('vrrp', node, (peer) => peer.adverts.push({ priority, from: node.side }));
    if (priority === 0) return;
    this.#give(node, { kind: 'sent', at: this.now, ok: true });
    this.#tellPeer(node);
  }

  #openFence(node: Node, { until, term }: { until: number; term: number }): void {
    const other = this.nodes[node.side === 0 ? 1 : 0];
    if (node.fence.until <= this.now) node.openedAt = this.now;
    node.fence = { until, term };
    if (other.fence.until <= this.now) return;
    const tie = Math.abs(node.openedAt - other.openedAt) <= 2 * MAX_DELAY;
    this.overlaps.push({ at: this.now, side: node.side, tie });
  }

  #send(path: PathName, from: Node, deliver: (peer: Node) => void): void {
    if (!this.#weather.arrives(path, from.side, this.now)) return;
    const peer = this.nodes[from.side === 0 ? 1 : 0];
    this.after(Math.floor(this.#weather.delay() * MAX_DELAY), () => {
      if (!peer.alive) return;
      deliver(peer);
      this.#wake(peer);
    });
  }

  /** The sync path's heartbeat: every interval, and one that a pause held back comes after it. */
  #beat(node: Node): void {
    if (node.pausedUntil > this.now) {
      this.after(node.pausedUntil - this.now, () => this.#beat(node));
      return;
    }
    if (node.alive) this.#tellPeer(node);
    this.after(A, () => this.#beat(node));
  }

  /** Role and lease. Also behind every advertisement: a lease that the peer cannot know of may not be long. */
  #tellPeer(node: Node): void {
    const { role, term, leaseUntil } = node.state;
    const view = { at: 0, sequence: this.#sequence++, master: role === 'master', term, leaseUntil };
    this.#send('sync', node, (peer) => peer.heartbeats.push(view));
  }
}
