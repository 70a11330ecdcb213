/**
 * Two directors on a simulated network: the machine of each with its fence and its table, an advertisement path and a
 * sync path between them. Each has a clock of its own. Everything is decided by what is handed in.
 */
import { hearing, isDeaf } from '../../src/vrrp/lease.ts';
import { deadline, newRouter, step } from '../../src/vrrp/machine.ts';
import {
  NO_PEER,
  type PeerView,
  type RouterEffect,
  type RouterEvent,
  type RouterSettings,
  type RouterState,
} from '../../src/vrrp/router.ts';
import { leaseTime } from '../../src/vrrp/timing.ts';

export const A = 100_000;
/** The longest way of a packet. */
export const MAX_DELAY = A / 20;
/** What a bulk transfer takes when nothing is lost. */
export const BULK = 2 * A;
/** Between sync heartbeats that something has hurried. */
const HURRY = A / 20;

export type Side = 0 | 1;
export type PathName = 'vrrp' | 'sync';

export interface Weather {
  /** Whether a packet sent now on that path by that side arrives. */
  readonly arrives: (path: PathName, from: Side, now: number) => boolean;
  /** 0 to 1: what part of the longest delay this packet needs. */
  readonly delay: () => number;
}

/** A sync heartbeat; ages are relative to the moment when it was made. */
interface Beat {
  readonly sequence: number;
  readonly clock: number;
  readonly master: boolean;
  readonly able: boolean;
  readonly term: number;
  readonly leaseRemaining: number;
  readonly priority: number;
  readonly reach: number;
  readonly synced: boolean;
  readonly silence: number | undefined;
  readonly echo: { readonly clock: number; readonly age: number } | undefined;
}

interface Node {
  readonly side: Side;
  /** Its clock is so far ahead of the world's. */
  readonly offset: number;
  state: RouterState;
  /** In its own clock, as everything of it. */
  fence: { until: number; term: number };
  openedAt: number;
  alive: boolean;
  /** How often it was started: the sync path's exchanges end with a life. */
  lives: number;
  pausedUntil: number;
  /** It holds everything that the other has. */
  synced: boolean;
  /** Something of the other's stream was lost on the way: it learns that from the next that arrives. */
  missed: boolean;
  /** When the bulk that runs will be done. */
  bulkAt: number;
  /** Arrived and not read. */
  adverts: { priority: number; from: Side }[];
  beats: Beat[];
  /** Of the newest heartbeat that was read: the sync stream's sequence numbers sort out older ones. */
  newest: number;
  heard: { readonly clock: number; readonly at: number } | undefined;
  board: PeerView;
  news: string;
  beatAt: number;
  lastBeatAt: number;
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

export interface NetworkOptions {
  readonly priorities?: readonly [number, number];
  readonly settings?: Partial<RouterSettings>;
  readonly sealed?: boolean;
  /** A lost sync heartbeat stands for lost records: the table is not whole until they are sent again. */
  readonly gaps?: boolean;
}

export class Network {
  now = 1_000_000_000;
  readonly overlaps: Overlap[] = [];
  /** Takeovers of one without the table from one with it. */
  readonly empty: { at: number; side: Side }[] = [];
  readonly effects: { at: number; side: Side; effect: RouterEffect }[] = [];
  readonly nodes: readonly [Node, Node];
  readonly #weather: Weather;
  readonly #sealed: boolean;
  readonly #gaps: boolean;
  #sequence = 1;
  #plan: { at: number; run: () => void }[] = [];

  constructor(weather: Weather, options: NetworkOptions = {}) {
    const { priorities = [200, 100], settings = {}, sealed = true, gaps = false } = options;
    this.#gaps = gaps;
    this.#weather = weather;
    this.#sealed = sealed;
    const node = (side: Side, priority: number): Node => ({
      side,
      offset: side * 77_000_000_000,
      state: newRouter({ priority, advertUs: A, preempt: 'never', preemptDelayUs: 0, ...settings }),
      fence: { until: 0, term: 0 },
      openedAt: 0,
      alive: false,
      lives: 0,
      pausedUntil: 0,
      synced: false,
      missed: false,
      bulkAt: 0,
      adverts: [],
      beats: [],
      newest: 0,
      heard: undefined,
      board: NO_PEER,
      news: '',
      beatAt: Number.POSITIVE_INFINITY,
      lastBeatAt: Number.NEGATIVE_INFINITY,
      released: false,
      wakeAt: Number.POSITIVE_INFINITY,
    });
    this.nodes = [node(0, priorities[0]), node(1, priorities[1])];
  }

  /** @param empty the host was off: its table is gone, and its fence with it */
  start(side: Side, empty = false): void {
    const node = this.nodes[side];
    const other = this.#other(node);
    node.alive = true;
    node.lives += 1;
    node.adverts = [];
    node.beats = [];
    node.board = NO_PEER;
    node.heard = undefined;
    node.released = false;
    if (empty) node.fence = { until: 0, term: 0 };
    // Both tables are empty when nobody was there before.
    if (empty) node.synced = !other.alive;
    node.state = newRouter(node.state.settings);
    node.missed = false;
    node.bulkAt = 0;
    node.beatAt = this.now;
    this.#give(node, { kind: 'startup', fence: node.fence });
    this.#wake(node);
  }

  /** The daemon is gone; its fence stays as it is until it runs out. */
  kill(side: Side): void {
    this.nodes[side].alive = false;
  }

  /** The host is gone, and its fence. */
  crash(side: Side): void {
    this.kill(side);
    this.nodes[side].fence = { until: 0, term: 0 };
  }

  /** Nothing of that host runs; packets wait. */
  pause(side: Side, us: number): void {
    const node = this.nodes[side];
    node.pausedUntil = Math.max(node.pausedUntil, this.now + us);
    this.after(us, () => this.#wake(node));
  }

  /** Something is tracked there, and has changed. */
  track(side: Side, priority: number, reach: number): void {
    const node = this.nodes[side];
    if (!this.#runs(node)) return;
    this.#give(node, { kind: 'tracked', priority, reach });
    this.#wake(node);
  }

  bar(side: Side, barred: boolean): void {
    const node = this.nodes[side];
    if (!this.#runs(node) || node.state.barred === barred) return;
    this.#give(node, barred ? { kind: 'bar', gently: true } : { kind: 'unbar' });
    this.#wake(node);
  }

  /** An order of the operator's; the exchange is that of the sync path. */
  handOver(from: Side, ordered = true): void {
    const giver = this.nodes[from];
    if (!this.#runs(giver) || giver.state.role !== 'master') return;
    this.#send('sync', giver, (taker) => {
      if (!this.#runs(taker) || taker.state.role !== 'backup' || taker.state.barred || !taker.synced) return;
      const { lives } = taker;
      this.#send('sync', taker, () => this.#release(giver, ordered, lives));
    });
  }

  #release(giver: Node, ordered: boolean, lives: number): void {
    if (!this.#runs(giver)) return;
    this.#wake(giver);
    if (giver.state.role !== 'master') return;
    this.#give(giver, { kind: 'release', ordered });
    // The release is repeated; its answers are not waited for.
    for (let i = 0; i < 10; i += 1) {
      this.after(i * 5000, () =>
        this.#send('sync', giver, (taker) => {
          if (taker.state.role !== 'backup' || taker.lives !== lives) return;
          taker.released = true;
          this.#wake(taker);
        }),
      );
    }
  }

  open(side: Side): boolean {
    const node = this.nodes[side];
    return node.fence.until > this.#local(node);
  }

  after(us: number, run: () => void): void {
    this.#plan.push({ at: this.now + us, run });
  }

  run(us: number): void {
    const end = this.now + us;
    for (;;) {
      const planned = this.#plan.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
      const due = this.nodes.flatMap((node) => [node.wakeAt, node.beatAt]);
      const next = Math.min(planned, ...due);
      if (next > end) break;
      this.now = Math.max(this.now, next);
      if (planned === next) {
        const index = this.#plan.findIndex(({ at }) => at === planned);
        this.#plan.splice(index, 1)[0]?.run();
        continue;
      }
      for (const node of this.nodes) {
        if (node.wakeAt <= this.now) this.#wake(node);
        if (node.beatAt <= this.now) this.#beat(node);
      }
    }
    this.now = end;
  }

  #other(node: Node): Node {
    return this.nodes[node.side === 0 ? 1 : 0];
  }

  #local(node: Node): number {
    return this.now + node.offset;
  }

  #runs(node: Node): boolean {
    return node.alive && node.pausedUntil <= this.now;
  }

  /** One turn of a director's loop: what waits first, timers last. */
  #wake(node: Node): void {
    node.wakeAt = Number.POSITIVE_INFINITY;
    if (!this.#runs(node)) return;
    for (const { priority, from } of node.adverts.splice(0)) {
      this.#give(node, { kind: 'advert', priority, intervalUs: A, outranks: from > node.side });
    }
    if (node.released) {
      node.released = false;
      this.#give(node, { kind: 'released' });
    }
    const view = { ...node.board, held: node.synced };
    if (view.at !== node.state.peer.at || view.held !== node.state.peer.held)
      this.#give(node, { kind: 'peer', view });
    this.#give(node, { kind: 'timer' });
    // The sync worker is another thread: after a pause, what it read is seen only on the next turn.
    this.#listen(node);
    node.wakeAt = Math.max(this.now + 1, deadline(node.state) - node.offset);
    this.#hurry(node);
  }

  /** The sync worker reads what has come. */
  #listen(node: Node): void {
    for (const beat of node.beats.splice(0)) {
      if (beat.sequence <= node.newest) continue;
      node.newest = beat.sequence;
      if (node.missed && this.#gaps) {
        node.missed = false;
        node.synced = false;
        node.bulkAt = 0;
      }
      const at = this.#local(node);
      node.heard = { clock: beat.clock, at };
      node.board = {
        ...{ at, sealed: this.#sealed, master: beat.master, able: beat.able, term: beat.term },
        leaseUntil: beat.leaseRemaining > 0 ? at + beat.leaseRemaining : 0,
        ...{ priority: beat.priority, intervalUs: A, outranks: node.side === 0, reach: beat.reach },
        ...{ held: node.synced, holds: beat.synced },
        ...hearing(beat, at, A),
      };
      this.#bulk(node);
    }
  }

  /** While the sync path works both ways, what is lacking is sent. */
  #bulk(node: Node): void {
    if (node.synced) return;
    if (!node.bulkAt || this.now - node.bulkAt > 4 * BULK) node.bulkAt = this.now + BULK;
    else if (this.now >= node.bulkAt) node.synced = true;
  }

  #give(node: Node, event: RouterEvent): void {
    const { state, effects } = step(node.state, event, this.#local(node));
    node.state = state;
    for (const effect of effects) this.#carryOut(node, effect);
  }

  #carryOut(node: Node, effect: RouterEffect): void {
    this.effects.push({ at: this.now, side: node.side, effect });
    if (effect.kind === 'close-fence') node.fence = { until: 0, term: node.fence.term };
    if (effect.kind === 'open-fence') this.#openFence(node, effect);
    if (effect.kind === 'ask-handover')
      this.#send('sync', node, (master) => this.handOver(master.side, false));
    if (effect.kind === 'give-handover') this.handOver(node.side, false);
    if (effect.kind !== 'send-advert') return;
    const { priority } = effect;
    this.#send('vrrp', node, (peer) => {
      peer.adverts.push({ priority, from: node.side });
      this.#wake(peer);
    });
    if (priority > 0) this.#give(node, { kind: 'sent', at: this.#local(node), ok: true });
  }

  #openFence(node: Node, { until, term }: { until: number; term: number }): void {
    const other = this.#other(node);
    const opened = node.fence.until <= this.#local(node);
    if (opened) node.openedAt = this.now;
    if (opened && !node.synced && this.#runs(other) && other.synced) {
      this.empty.push({ at: this.now, side: node.side });
    }
    node.fence = { until, term };
    if (!this.open(other.side)) return;
    const tie = Math.abs(node.openedAt - other.openedAt) <= 2 * MAX_DELAY;
    this.overlaps.push({ at: this.now, side: node.side, tie });
  }

  #send(path: PathName, from: Node, deliver: (peer: Node) => void): void {
    const peer = this.#other(from);
    if (!this.#weather.arrives(path, from.side, this.now)) {
      if (path === 'sync') peer.missed = true;
      return;
    }
    this.after(Math.floor(this.#weather.delay() * MAX_DELAY), () => {
      if (peer.alive) deliver(peer);
    });
  }

  /** News hurries a heartbeat, and doubt does; as the sync worker has it. */
  #hurry(node: Node): void {
    const { role, term, barred, offeringSince, silentSince } = node.state;
    const news = [role, term, barred, offeringSince > 0, role === 'backup' && silentSince].join();
    const fresh = news !== node.news;
    node.news = news;
    const deaf = role === 'backup' && node.board.master && isDeaf(this.#local(node) - silentSince, A);
    const spacing = fresh ? HURRY : A / 4;
    if (fresh || deaf || offeringSince > 0)
      node.beatAt = Math.min(node.beatAt, Math.max(this.now, node.lastBeatAt + spacing));
  }

  /** The sync path's heartbeat: every interval, and one that a pause held back comes after it. */
  #beat(node: Node): void {
    if (!node.alive) {
      node.beatAt = Number.POSITIVE_INFINITY;
      return;
    }
    if (node.pausedUntil > this.now) {
      node.beatAt = node.pausedUntil;
      return;
    }
    this.#listen(node);
    node.lastBeatAt = this.now;
    node.beatAt = this.now + A;
    this.#hurry(node);
    const { role, term, leaseUntil, barred, priority, reach, silentSince, offeringSince } = node.state;
    const now = this.#local(node);
    const beat: Beat = {
      sequence: this.#sequence++,
      clock: now,
      ...{ term, priority, reach, synced: node.synced },
      master: role === 'master',
      able: role === 'backup' && !barred,
      leaseRemaining: Math.max(0, leaseUntil - now, offeringSince > 0 ? leaseTime(A) : 0),
      silence: role === 'backup' ? now - silentSince : undefined,
      echo: node.heard && { clock: node.heard.clock, age: now - node.heard.at },
    };
    this.#send('sync', node, (peer) => {
      peer.beats.push(beat);
      // The sync worker rings the heartbeat's bell.
      if (!this.#runs(peer)) return;
      this.#listen(peer);
      this.#wake(peer);
    });
  }
}
