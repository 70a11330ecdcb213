/**
 * One sender as we know it: its present epoch, and whether we hold everything that it sent.
 *
 * We do if its stream is whole since it began, and it began either with an empty table or with the one that
 * the daemon before it left, of which we hold everything too. Only its heartbeat says which. And it must hold
 * nothing of a former life of ours that we lost: the director that returns from a power cut has sent the peer
 * its connections long ago, and the peer, master now, need not have sent one back.
 */
import type { FrameId } from '../wire/seal.ts';
import type { Heartbeat, Position } from '../wire/sync-message.ts';
import { type Freshness, ReplayWindow } from './replay-window.ts';
import { type Arrival, Stream, type StreamCounts } from './stream.ts';

/** What a former daemon of ours had of a sender when it died; its plane, which has it, was adopted. */
export interface Held extends Position {
  readonly sender: number;
}

export interface Own {
  readonly sender: number;
  readonly epoch: number;
}

export class Peer {
  readonly sender: number;
  #window = new ReplayWindow();
  #stream: Stream;
  /** The end of an earlier epoch that we hold entirely. */
  #before: Position | undefined;
  #beganWhole: boolean | undefined;
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
  /** We began with what a daemon before us had, and it was synced with this sender. */
  readonly #kept: boolean;
  /** The sender has records of ours that we do not have. */
  #lacking = false;
  /**
   * It said that it hears our present epoch. Until then it may be a recording of a former day; after that its own
   * epochs only rise.
   */
  #answers = false;

  constructor(first: FrameId, held?: Held) {
    this.sender = first.sender;
    const same = held?.epoch === first.epoch;
    this.#stream = new Stream(first.epoch, !same, same ? held.sequence : 0);
    // An epoch that we were in the middle of had been whole from its beginning.
    if (same) this.#beganWhole = true;
    else this.#before = held;
    this.applied = same ? held.sequence : 0;
    this.earlier = held !== undefined && !same && held.sequence > 0;
    this.#kept = held !== undefined;
  }

  get epoch(): number {
    return this.#stream.epoch;
  }

  /** It has heard this life of ours: what comes from it is no recording. */
  get live(): boolean {
    return this.#answers;
  }

  get synced(): boolean {
    return this.live && this.#beganWhole === true && this.#stream.whole && !this.#lacking;
  }

  /** Where the sender stands, as far as we know. */
  get newest(): number {
    return this.#stream.newest;
  }

  /** Everything up to here is taken, if we are {@link synced}. */
  get upTo(): number {
    return this.#stream.upTo;
  }

  /** To be written down for the daemon after us: only while we are synced. */
  get held(): Held | undefined {
    return this.synced ? { sender: this.sender, ...this.#stream.position } : undefined;
  }

  /** Whether the datagram is to be opened at all. Changes nothing. */
  check(frame: FrameId): Freshness {
    if (frame.epoch < this.epoch) return 'behind';
    return frame.epoch > this.epoch ? 'fresh' : this.#window.check(frame.counter);
  }

  /** An authentic datagram that {@link check} called fresh. A newer epoch means that the sender restarted. */
  accept(frame: FrameId, now: number): void {
    if (frame.epoch > this.epoch) this.#restart(frame.epoch);
    this.#window.accept(frame.counter);
    this.heardAt = now;
  }

  records(sequence: number, now: number): Arrival {
    return this.#stream.take(sequence, now);
  }

  miss(sequence: number): void {
    this.#stream.miss(sequence);
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
    const former = echo?.earlier || (echo?.epoch !== own.epoch && (echo?.applied ?? 0) > 0);
    if (former && !this.#kept) this.#lacking = true;
    if (taking) this.#stream.heard(heartbeat.newest, now);
    else if (heartbeat.newest > this.#stream.newest) this.#stream.miss(heartbeat.newest);
    // What the daemon before it had sent does not change while it lives: the first word on it stands.
    this.#beganWhole ??= this.#holds(heartbeat.continues);
  }

  expire(now: number): StreamCounts {
    return this.#stream.expire(now);
  }

  #holds(continues: Position | undefined): boolean {
    if (!continues) return true;
    return this.#before?.epoch === continues.epoch && this.#before.sequence >= continues.sequence;
  }

  #restart(epoch: number): void {
    // An epoch that sent no records is no step in the chain: its successor continues what it continued.
    if (this.synced && this.#stream.newest > 0) this.#before = this.#stream.position;
    else if (!this.synced) this.#before = undefined;
    this.#stream = new Stream(epoch, false);
    this.#window = new ReplayWindow();
    this.#beganWhole = undefined;
    this.#lacking = false;
    this.earlier ||= this.applied > 0;
    this.life++;
    this.heartbeat = undefined;
    this.applied = 0;
    this.appliedAt = 0;
  }
}
