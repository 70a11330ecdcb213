/**
 * Connection sync of one director: sockets, clock, plane and board are handed in, `turn` is called every
 * millisecond. The thread around it is worker.ts.
 *
 * "master" sends records and "backup" receives them; heartbeats and handovers go both ways while any
 * direction runs, because a one-way pair needs them too.
 */
import type { SyncPort } from '../../datapath/ports.ts';
import type { Address } from '../../model/address.ts';
import { ModelError } from '../../model/error.ts';
import {
  LARGEST_MAXLEN,
  SMALLEST_MAXLEN,
  SYNC_DEFAULTS,
  type SyncDaemon,
  type SyncDirection,
} from '../../model/sync-daemon.ts';
import type { Held, Own, Peer } from '../../sync/peer.ts';
import { Peers } from '../../sync/peers.ts';
import type { HeldRules } from '../../sync/rule-exchange.ts';
import { askEachOther } from '../../sync/survivors.ts';
import { Opener } from '../../wire/seal.ts';
import type { SealKey } from '../../wire/seal-key.ts';
import type { Ack, Heartbeat, Position } from '../../wire/sync-message.ts';
import { DirectorError } from '../api.ts';
import { BOARD_ROLE, type Board } from '../board.ts';
import { writePeer } from '../peer-board.ts';
import type { SyncStatus } from '../status.ts';
import { BulkDesk } from './bulk-desk.ts';
import { settleClashes } from './clash.ts';
import { Counters } from './counters.ts';
import { HandoverDesk } from './handover-desk.ts';
import { composeHeartbeat, HeartbeatClock, RouterNews } from './heartbeat.ts';
import { Inbound } from './inbound.ts';
import { KeyDesk } from './key-desk.ts';
import type { SyncEvent } from './messages.ts';
import { Outbound } from './outbound.ts';
import { RuleDesk } from './rule-desk.ts';
import { Shortfall } from './shortfall.ts';
import type { Receiver, SyncSockets, Transmitter } from './sockets.ts';

/** Microseconds that the plane may make new connections without us (design 4). */
const SYNC_LEASE = 100_000;
/** A peer is lost after ten heartbeats, but a second of silence is no loss yet. */
const LOST_AFTER_BEATS = 10;
const LOST_AFTER = 1_000_000;
/** Another sender's state is kept that long. */
const FORGET_AFTER = 60_000_000;
/** Six bytes of the frame. */
const LARGEST_EPOCH = 2 ** 48 - 1;

export interface SyncSessionOptions {
  readonly name: string;
  readonly priority: number;
  /** 32 bits, of this director alone. */
  readonly sender: number;
  /** Wall clock in milliseconds; above that of every session before. */
  readonly epoch: number;
  /** Microseconds. */
  readonly advertInterval: number;
  readonly gated: boolean;
  /** Where the first virtual router advertises from; none without one. */
  readonly address?: Address | undefined;
  readonly port: SyncPort;
  readonly board: Board;
  /** CLOCK_BOOTTIME in microseconds. */
  readonly clock: () => number;
  readonly random: (length: number) => Uint8Array;
  readonly sockets: SyncSockets;
  /** The newest last; none: datagrams travel in clear. */
  readonly keys?: readonly SealKey[] | undefined;
  /** Rules are replicated, where the peer does it too. */
  readonly replicates?: boolean;
  /** The plane is adopted: where the daemon before us stopped sending; epoch 0 if that is not known. */
  readonly continues?: Position | undefined;
  /** What that daemon had of the peer. */
  readonly held?: Held | undefined;
  /** Bytes of messages that are kept to be sent again; the machine's own bound where none is given. */
  readonly history?: number | undefined;
  readonly report: (event: SyncEvent) => void;
  /** The peer's word is on the board. */
  readonly onWord?: (() => void) | undefined;
  /** To be written down before the plane forgets the records. */
  readonly onSent?: (position: Position | undefined) => void;
  readonly onHeld?: (held: Held | undefined) => void;
}

export class SyncSession {
  readonly #options: SyncSessionOptions;
  readonly #counters: Counters;
  readonly #peers: Peers;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #keys: KeyDesk;
  readonly #desk: HandoverDesk;
  readonly #bulk: BulkDesk;
  readonly #shortfall: Shortfall;
  readonly #rules: RuleDesk;
  readonly #beat: HeartbeatClock;
  readonly #news: RouterNews;
  readonly #daemons = new Map<SyncDirection, SyncDaemon>();
  #transmitter: Transmitter | undefined;
  #receiver: Receiver | undefined;
  /** Stands for the receiver whose datagrams count. */
  #gate = {};
  /** Peers that main knows of, with the life and the name that it was told of. */
  readonly #found = new Map<Peer, { readonly life: number; readonly name: string }>();
  #limited: boolean | undefined;
  #synced = false;
  #written: Held | undefined;

  constructor(options: SyncSessionOptions) {
    this.#options = options;
    const { port, sender, random, report, board } = options;
    this.#counters = new Counters((cause, message) => report({ type: 'trouble', cause, message }));
    const counters = this.#counters;
    this.#peers = new Peers(options.held, (of) => port.newMark(of));
    const peers = this.#peers;
    this.#keys = new KeyDesk(options.keys ?? [], peers, report);
    const { ring } = this.#keys;
    const onSent = options.onSent ?? (() => {});
    this.#bulk = new BulkDesk({
      ...{ port, counters, peers, clock: options.clock, report },
      connections: () => board.get('connections'),
      role: () => board.get('role'),
    });
    this.#shortfall = new Shortfall(board, port.overflows());
    const outbound = {
      ...{ port, counters, sender, ring, random, onSent },
      ...{ bulk: this.#bulk, shortfall: this.#shortfall, history: options.history },
    };
    this.#outbound = new Outbound(outbound, options.epoch, options.continues);
    this.#beat = new HeartbeatClock(options.advertInterval);
    this.#news = new RouterNews(board, this.#beat, options.advertInterval);
    const unwilling = () => {
      if (board.get('role') !== BOARD_ROLE.BACKUP) return 'the peer is not in state backup';
      return board.get('barred') === 1 ? 'the peer must not be master now: its log says why' : undefined;
    };
    const isMaster = () => board.get('role') === BOARD_ROLE.MASTER;
    this.#desk = new HandoverDesk({ port, outbound: this.#outbound, peers, report, unwilling, isMaster });
    this.#rules = new RuleDesk({
      ...{ sender, peers, counters, report, outbound: this.#outbound },
      replicates: options.replicates === true,
    });
    this.#inbound = new Inbound({
      ...{ port, peers, counters, sender },
      role: () => board.get('role'),
      opener: new Opener(ring),
      // The other side waits for our answer to know that it is heard.
      onLife: () => this.#beat.soon(options.clock()),
      onHeartbeat: (peer, heartbeat, now) => this.#onHeartbeat(peer, heartbeat, now),
      onHandover: (peer, message, now) => this.#desk.message(peer, message, sender, now),
      onAck: (peer, ack, now) => this.#onAck(peer, ack, now),
      onRules: (peer, message, now) => this.#rules.message(peer, message, now),
    });
  }

  /** What runs, as `--daemon` lists it. */
  get daemons(): readonly SyncDaemon[] {
    return [...this.#daemons.values()];
  }

  /**
   * @throws DirectorError `sync-running`, `no-such-device`
   * @throws ModelError `bad-value`
   */
  async start(daemon: SyncDaemon): Promise<void> {
    if (this.#daemons.has(daemon.direction))
      throw new DirectorError('sync-running', `sync ${daemon.direction} runs already: stop it first`);
    if (daemon.maxlen < 1 || daemon.maxlen > LARGEST_MAXLEN)
      throw new ModelError('bad-value', `sync maxlen ${daemon.maxlen}: between 1 and ${LARGEST_MAXLEN}`);
    await this.#reopen(new Map(this.#daemons).set(daemon.direction, daemon));
  }

  /** @throws DirectorError `sync-stopped` */
  async stop(direction: SyncDirection): Promise<void> {
    if (!this.#daemons.has(direction))
      throw new DirectorError('sync-stopped', `sync ${direction} does not run`);
    const rest = new Map(this.#daemons);
    rest.delete(direction);
    await this.#reopen(rest);
  }

  /** The sync lease is left to run out: a plane that outlives us must not make connections that nobody sends. */
  async close(): Promise<void> {
    await this.#reopen(new Map());
  }

  /** @throws DirectorError `key-unknown`, and nothing has changed */
  rekey(keys: readonly SealKey[]): void {
    this.#keys.replace(keys);
    // The peer may be waiting to hear that we open what it wants to seal with.
    this.#beat.soon(this.#options.clock());
  }

  /** What the rules of this director are from now on. */
  holdRules(held: HeldRules): void {
    this.#rules.hold(held);
    this.#beat.soon(this.#options.clock());
  }

  /** @param to the peer's name; without one it goes to the peer that is there */
  handover(to?: string): void {
    const now = this.#options.clock();
    const { nearest } = this.#peers;
    const peer =
      to === undefined ? nearest : [...this.#peers].find(({ heartbeat }) => heartbeat?.name === to);
    const token = Buffer.from(this.#options.random(4)).readUInt32BE();
    const reachable = peer?.heartbeat && this.#alive(peer, now);
    this.#desk.begin(reachable ? peer : undefined, token, now);
  }

  /** Asks the master for its place. */
  askHandover(): void {
    const now = this.#options.clock();
    const master = [...this.#peers].find(
      (peer) => peer.heartbeat?.role === BOARD_ROLE.MASTER && this.#alive(peer, now),
    );
    this.#desk.ask(master, Buffer.from(this.#options.random(4)).readUInt32BE(), now);
  }

  fenceClosed(): void {
    this.#desk.fenceClosed(this.#options.clock());
  }

  turn(): void {
    const { board, clock } = this.#options;
    const now = clock();
    this.#inbound.apply(now);
    const { gaps, lost } = this.#peers.turn(now);
    this.#counters.add('gaps', gaps);
    this.#counters.add('lost', lost);
    for (const peer of this.#peers) settleClashes(board.get('role'), peer, now);
    askEachOther(this.#peers, (peer) => this.#alive(peer, now), now);
    this.#bulk.turn(now);
    this.#outbound.pump(now);
    this.#desk.turn(now);
    this.#news.look(now);
    this.#rules.turn(now);
    this.#heartbeat(now);
    this.#acknowledge(now);
    this.#watch(now);
    this.#lease(now);
    board.set('syncAliveAt', now);
  }

  status(): SyncStatus {
    const { p50, p99, max } = this.#outbound.stream.lag.summary();
    return {
      ...this.#counters.snapshot(),
      shortfall: this.#shortfall.count,
      bulk: this.#bulk.status(),
      lag_ms: { p50, p99, max },
      sealed: this.#keys.ring.sealing !== undefined,
      keys: this.#keys.status(),
    };
  }

  get #own(): Own {
    return { sender: this.#options.sender, epoch: this.#outbound.stream.epoch };
  }

  /** Makes sockets for what is to run; when that fails, what ran goes on. */
  async #reopen(daemons: Map<SyncDirection, SyncDaemon>): Promise<void> {
    const { sockets, clock } = this.#options;
    const out = daemons.get('master') ?? daemons.get('backup');
    const into = daemons.get('backup') ?? daemons.get('master');
    const transmitter = out && (await sockets.transmitter(out));
    let receiver: Receiver | undefined;
    const gate = {};
    try {
      // While the old and the new socket are both open each datagram comes twice.
      const deliver = (datagram: Buffer) => {
        if (this.#gate === gate) this.#inbound.deliver(datagram, clock());
      };
      receiver = into && (await sockets.receiver(into, deliver));
    } catch (error) {
      transmitter?.close();
      throw error;
    }
    this.#gate = gate;
    this.#transmitter?.close();
    this.#receiver?.close();
    this.#transmitter = transmitter;
    this.#receiver = receiver;
    this.#daemons.clear();
    for (const [direction, daemon] of daemons) this.#daemons.set(direction, daemon);
    this.#outbound.sending = daemons.has('master');
    this.#inbound.taking = daemons.has('backup');
    this.#inbound.syncid = into?.syncid ?? 0;
    // A peer that was told nothing sends so much.
    this.#inbound.maxlen = Math.max(SYNC_DEFAULTS.maxlen, into?.maxlen ?? 0);
    this.#outbound.use(
      out &&
        transmitter && {
          transmitter,
          // A kernel sends one entry at least, too, however little it was told.
          maxlen: Math.max(SMALLEST_MAXLEN, out.maxlen),
          // A backup with syncid 0 takes every id; what it says itself bears the id that it hears.
          syncid: () =>
            out.direction === 'backup' && out.syncid === 0 ? this.#inbound.heardSyncid : out.syncid,
        },
    );
    this.#beat.soon(clock());
  }

  #onHeartbeat(peer: Peer, heartbeat: Heartbeat, now: number): void {
    const { board } = this.#options;
    peer.beat(heartbeat, this.#own, this.#inbound.taking, now);
    this.#keys.heard(peer, heartbeat.keys);
    this.#heed(heartbeat);
    if (!peer.live) return;
    const { address, advertInterval: interval } = this.#options;
    const sealed = this.#keys.ring.ids.length > 0;
    writePeer(board, heartbeat, { own: this.#own, address, interval, sealed }, now);
    this.#options.onWord?.();
    this.#rules.heartbeat(peer, now);
  }

  /** The wall clock went back between two lives: the peer refuses us until we are newer than it knows. */
  #heed({ echoes }: Heartbeat): void {
    const { stream } = this.#outbound;
    for (const { sender, epoch } of echoes) {
      if (sender !== this.#options.sender) continue;
      if (epoch > stream.epoch && epoch < LARGEST_EPOCH) this.#outbound.renew(epoch + 1);
    }
  }

  /** What a peer has of our stream, and wants of it. */
  #onAck(peer: Peer, ack: Ack, now: number): void {
    const { stream } = this.#outbound;
    if (ack.sender !== this.#options.sender || ack.epoch !== stream.epoch) return;
    peer.asking = ack.bulkAfter !== undefined;
    if (ack.bulkAfter === undefined) stream.acknowledged(ack.upTo, ack.age, now);
    else stream.passed(ack.upTo);
    this.#counters.add('nacked', stream.resends.ask(ack.again, now));
    this.#bulk.giver.heed(peer.sender, ack, now);
  }

  #acknowledge(now: number): void {
    if (!this.#inbound.taking || !this.#transmitter) return;
    for (const peer of this.#peers) {
      const ack = peer.ack(now);
      if (!ack) continue;
      if (ack.again.length > 0) this.#counters.add('nacks_sent');
      this.#outbound.say(ack, now);
    }
  }

  #heartbeat(now: number): void {
    const { board, gated } = this.#options;
    if (!this.#transmitter || !this.#beat.due(gated ? board.get('heartbeatTicks') : undefined, now)) return;
    const { name, priority, address, advertInterval: interval } = this.#options;
    const { newest, oldest, continues } = this.#outbound.stream;
    const { count: shortfall } = this.#shortfall;
    const { ids: keys } = this.#keys.ring;
    const own = { name, priority, address, interval, newest, oldest, shortfall, continues, keys };
    this.#outbound.say(composeHeartbeat(own, board, this.#peers, now), now);
    this.#rules.offer(now);
    for (const peer of this.#peers) peer.greeted = true;
  }

  #alive(peer: Peer, now: number): boolean {
    const bound = Math.max(LOST_AFTER, LOST_AFTER_BEATS * this.#options.advertInterval);
    return now - peer.heardAt < bound;
  }

  /** Says what became of the peers, and whether we hold their tables. */
  #watch(now: number): void {
    const { board, report, onHeld } = this.#options;
    for (const gone of this.#peers.forget(now - FORGET_AFTER)) {
      this.#found.delete(gone);
      this.#bulk.forget(gone);
      this.#rules.forget(gone);
    }
    for (const peer of this.#peers) {
      const found = this.#found.get(peer);
      if (!this.#alive(peer, now)) {
        if (found) report({ type: 'peer-lost', name: found.name });
        this.#found.delete(peer);
      } else if (peer.heartbeat && found?.life !== peer.life) {
        const { name } = peer.heartbeat;
        this.#found.set(peer, { life: peer.life, name });
        report({ type: 'peer-found', name, restarted: peer.life > 1 });
      }
    }
    const { synced } = this.#peers;
    board.set('synced', synced ? 1 : 0);
    if (synced !== this.#synced) report({ type: 'synced', synced });
    this.#synced = synced;
    const held = this.#peers.nearest?.held;
    const same = held?.epoch === this.#written?.epoch && held?.sequence === this.#written?.sequence;
    if (!same) onHeld?.(held);
    this.#written = held;
  }

  /** New connections are limited to our lifetime while there is a peer that should have them. */
  #lease(now: number): void {
    const { port } = this.#options;
    const peers = [...this.#peers].some((peer) => this.#alive(peer, now));
    const limited = this.#outbound.sending && peers;
    // A stuck socket renews nothing: what the plane makes would not reach the peer.
    if (limited) port.renewSyncLease(this.#outbound.keptUpTo(now) + SYNC_LEASE);
    else if (!limited && this.#limited !== false) port.renewSyncLease(0);
    this.#limited = limited;
  }
}
