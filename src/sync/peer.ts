/**
 * One sender as we know it: its present epoch, and whether we hold everything that it has.
 *
 * We do if its stream is whole since it began, and it began either with an empty table or with the one that
 * the daemon before it left, of which we hold everything too. Only its heartbeat says which. And it must hold
 * nothing of a former life of ours that we lost: the director that returns from a power cut has sent the peer
 * its connections long ago, and the peer, master now, need not have sent one back. What is lacking comes in a bulk
 * transfer; with the end of that we hold everything again.
 */
import type { FrameId } from '../wire/seal.ts';
import type { Ack, BracketMessage, Heartbeat, Position } from '../wire/sync-message.ts';
import type { BulkProgress } from './bulk-giver.ts';
import { BulkTaker, type Filling } from './bulk-taker.ts';
import { type Freshness, ReplayWindow } from './replay-window.ts';
import { Stream, type StreamCounts } from './stream.ts';

/** Microseconds: a table that has no room has it seldom a moment later. */
const ROOM_DELAY = 5_000_000;

/** What a former daemon of ours had of a sender when it died; its plane, which has it, was adopted. */
export interface Held extends Position {
  readonly sender: number;
}

export interface Own {
  readonly sender: number;
  readonly epoch: number;
}

/** A message's place in the stream. */
interface Arrived {
  readonly sequence: number;
  readonly bulk: number;
}

export class Peer {
  readonly sender: number;
  readonly #newMark: () => number;
  #window = new ReplayWindow();
  #stream: Stream;
  #bulk: BulkTaker;
  /** The end of an earlier epoch that we hold entirely. */
  #before: Position | undefined;
  /** Its heartbeat has said how its epoch began. */
  #known: boolean;
  /** A hole is older than repair takes. */
  #overdue = false;
  /** Counts the epochs that we heard, from 1. */
  life = 1;
  heardAt = 0;
  heartbeat: Heartbeat | undefined;
  heartbeatAt = 0;
  /** The newest of its records in our table, and since when. */
  applied = 0;
  appliedAt = 0;
  /** Our table also has records of epochs before. */
  earlier: boolean;
  /** Our plane has held its whole table once: what it has of a former life of ours, we have too. */
  #everWhole: boolean;
  /**
   * It said that it hears our present epoch. Until then it may be a recording of a former day; after that its own
   * epochs only rise.
   */
  #answers = false;
  /** Our table may have what is gone there: its last bulk transfer could not tell. */
  #unclean = false;
  /** It was told that we hear its present epoch: before, what we say is no proof of life to it. */
  greeted = false;
  /** Records of it were refused for the sake of our own connections. */
  clashed = false;
  /** It lacks our table, and said so in its last acknowledgement. */
  asking = false;
  /** It has lost its table, with which it had told others perhaps what it had not told us: they are to be asked. */
  bereft = false;
  /** It is silent, or bereft: whom we have asked what it had told them. */
  readonly asked = new Set<number>();
  #givenUp = false;
  /** There is something to acknowledge. */
  #owes = false;

  /**
   * @param held what a daemon before us had of it
   * @param newMark gives the mark of the next bulk transfer of this sender
   */
  constructor(first: FrameId, held?: Held, newMark: () => number = () => 1) {
    this.sender = first.sender;
    this.#newMark = newMark;
    const same = held?.epoch === first.epoch;
    this.#stream = new Stream(first.epoch, true, same ? held.sequence : 0);
    this.#bulk = new BulkTaker(newMark);
    // An epoch that we were in the middle of had been whole from its beginning.
    this.#known = same;
    this.#before = same ? undefined : held;
    this.applied = same ? held.sequence : 0;
    this.earlier = held !== undefined && !same && held.sequence > 0;
    this.#everWhole = held !== undefined;
  }

  get epoch(): number {
    return this.#stream.epoch;
  }

  /** It has heard this life of ours: what comes from it is no recording. */
  get live(): boolean {
    return this.#answers;
  }

  /** We hold its whole table: nothing that it told is missing, and it has told everything. */
  get synced(): boolean {
    const told = this.heartbeat?.shortfall === 0;
    return this.live && this.#known && told && !this.#bulk.lacking && !this.#overdue;
  }

  /** It is silent, and what is missing of it is not expected any more. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** Our plane has held its whole table once. */
  get everWhole(): boolean {
    return this.#everWhole;
  }

  /** Where the sender stands, as far as we know. */
  get newest(): number {
    return this.#stream.newest;
  }

  /** Everything up to here is taken, if we are {@link synced}. */
  get upTo(): number {
    return this.#stream.upTo;
  }

  /** To be written down for the daemon after us: only while we are synced, and have nothing that is gone there. */
  get held(): Held | undefined {
    return this.synced && !this.#unclean ? { sender: this.sender, ...this.#stream.position } : undefined;
  }

  /** Of the bulk transfer that comes from it. */
  get progress(): BulkProgress | undefined {
    return this.#bulk.progress;
  }

  /** The bulk transfer after which the table is to be cleaned up. */
  get cleaning(): Filling | undefined {
    return this.#bulk.cleaning;
  }

  /** Whether the datagram is to be opened at all. Changes nothing. */
  check(frame: FrameId, now: number): Freshness {
    if (frame.epoch < this.epoch) return 'behind';
    return frame.epoch > this.epoch ? 'fresh' : this.#window.check(frame.counter, now);
  }

  /** An authentic datagram that {@link check} called fresh. A newer epoch means that the sender restarted. */
  accept(frame: FrameId, now: number): void {
    if (frame.epoch > this.epoch) this.#restart(frame.epoch);
    this.#window.accept(frame.counter, now);
    this.heardAt = now;
  }

  /** Something of its stream came. @returns whether it is the first time */
  take({ sequence, bulk }: Arrived, now: number): boolean {
    this.#owes = true;
    if (!this.#stream.take(sequence, now)) return false;
    const filling = this.#bulk.follow(sequence, bulk, this.#stream.newest, now);
    // What was sent before it began is named in it.
    if (filling) this.#stream.drop(filling.begin);
    return true;
  }

  bracket(message: BracketMessage, now: number): void {
    this.#bulk.bracket(message, this.#stream.newest, now);
  }

  /** Records of a walk over its table came. */
  walked(bulk: number, records: number): void {
    this.#bulk.walked(bulk, records);
  }

  /** What records of this message bear in the table. */
  markOf(sequence: number): number {
    return this.#bulk.markOf(sequence);
  }

  /** Records came, or were sent, that we do not take: receiving is off. */
  miss(sequence: number, now: number): void {
    this.#stream.pass(sequence);
    this.#lack(now);
  }

  /** Records that came found no room in the table. */
  overflow(now: number): void {
    this.#bulk.lack(this.#stream.newest, now, ROOM_DELAY);
  }

  /** What was refused is wanted now, or what a third one told. */
  settle(now: number): void {
    this.clashed = false;
    this.#lack(now);
  }

  /** It is silent, and others have told what they knew of it. Should it come back, it is asked itself. */
  giveUp(): void {
    this.#givenUp = true;
  }

  /** What is not in the last bulk transfer is out of the table. */
  cleaned(): void {
    this.#unclean = this.#bulk.cleaning?.complete !== true;
    this.#bulk.cleaned();
    this.#everWhole = true;
    this.#owes = true;
  }

  /**
   * Of one that is not {@link live} nothing but what makes it live counts.
   * @param own our id and epoch
   * @param taking false while receiving is off: what it sent until now is not in our table
   */
  beat(heartbeat: Heartbeat, own: Own, taking: boolean, now: number): void {
    const echo = heartbeat.echoes.find(({ sender }) => sender === own.sender);
    this.#answers ||= echo?.epoch === own.epoch;
    if (!this.live) return;
    this.heartbeat = heartbeat;
    this.heartbeatAt = now;
    this.#owes = true;
    const { newest, oldest, continues } = heartbeat;
    if (this.#givenUp) this.#lack(now);
    this.#givenUp = false;
    if (!taking && newest > this.#stream.newest) this.miss(newest, now);
    if (taking && this.#stream.heard(newest, oldest, now)) this.#lack(now);
    const former = echo?.earlier || (echo?.epoch !== own.epoch && (echo?.applied ?? 0) > 0);
    if (former && !this.#everWhole && !this.#bulk.lacking) this.#lack(now);
    // It holds our table by now: what it does not name then is gone.
    if (this.#unclean && heartbeat.synced && !this.#bulk.lacking) this.#lack(now);
    // What the daemon before it had sent does not change while it lives: the first word on it stands.
    if (!this.#known && !this.#holds(continues)) this.#lack(now);
    if (!this.#known && this.life > 1 && !continues) {
      this.bereft = true;
      this.asked.clear();
    }
    this.#known = true;
  }

  /** To be called each turn, after what came is in the table. @returns what to add to the counters */
  turn(now: number): StreamCounts {
    if (this.#stream.expire()) this.#lack(now);
    this.#overdue = this.#stream.overdue(now);
    this.#bulk.advance(this.#stream.upTo);
    this.#everWhole ||= this.synced;
    return this.#stream.counts();
  }

  /** What it is to be told, if anything: each turn, after {@link turn}. */
  ack(now: number): Ack | undefined {
    if (!this.live || !this.greeted) return undefined;
    const again = this.#stream.ask(now);
    const asks = this.#bulk.asks(now);
    if (!this.#owes && !asks && again.length === 0) return undefined;
    this.#owes = false;
    const bulkAfter = this.#bulk.wanted(now);
    const { epoch, upTo, newest, missing } = this.#stream;
    const age = this.appliedAt === 0 ? 0 : Math.max(0, Math.trunc(now - this.appliedAt));
    return {
      ...{ kind: 'ack', sender: this.sender, epoch, upTo, newest, missing, age, again },
      ...(bulkAfter !== undefined && { bulkAfter }),
    };
  }

  #lack(now: number): void {
    const { newest } = this.#stream;
    this.#bulk.lack(newest, now);
    // What is missing now is named in the bulk transfer.
    this.#stream.drop(newest + 1);
  }

  #holds(continues: Position | undefined): boolean {
    if (!continues) return true;
    return this.#before?.epoch === continues.epoch && this.#before.sequence >= continues.sequence;
  }

  #restart(epoch: number): void {
    // An epoch that sent no records is no step in the chain: its successor continues what it continued.
    if (!this.synced || this.#givenUp) this.#before = undefined;
    else if (this.#stream.newest > 0) this.#before = this.#stream.position;
    this.#stream = new Stream(epoch, false);
    this.#bulk = new BulkTaker(this.#newMark);
    this.#window = new ReplayWindow();
    this.#known = false;
    this.greeted = false;
    this.asking = false;
    this.#givenUp = false;
    this.#overdue = false;
    this.earlier ||= this.applied > 0;
    this.life++;
    this.heartbeat = undefined;
    this.applied = 0;
    this.appliedAt = 0;
  }
}
