/**
 * A master that goes for a moment, for a new program in its place: it says a longer interval, which backups adopt
 * (RFC 9568 section 6.4.2), and its lease lasts accordingly. So the plane answers for the addresses while nobody
 * advertises, and no backup moves. No lease outlives what the peer was told, and has heard where it can say so.
 */
import type { PeerView } from '../../vrrp/router.ts';
import { leaseTime, masterDown } from '../../vrrp/timing.ts';

/** VRRP counts hundredths of a second (RFC 9568 section 5.2.7). */
const STEP_US = 10_000;
/** Advertisements of the longer interval before the lease counts on it: two may be lost. */
const TOLD_TIMES = 3;

export interface LeaveSettings {
  readonly priority: number;
  /** The interval otherwise, in microseconds. */
  readonly advertUs: number;
}

export class Leave {
  readonly #settings: LeaveSettings;
  #longUs = 0;
  #begunAt = 0;
  #told = 0;
  /** When we learnt that the peer's sync path has the longer interval: before, it may not believe advertisements. */
  #knownAt = 0;
  #covered = false;

  constructor(settings: LeaveSettings) {
    this.#settings = settings;
  }

  get wanted(): boolean {
    return this.#longUs > 0;
  }

  /** What advertisements and sync heartbeats say, in microseconds. */
  get intervalUs(): number {
    return this.#longUs || this.#settings.advertUs;
  }

  /** By how much the lease is longer than the virtual router makes it, in microseconds. */
  get extensionUs(): number {
    return this.#covered ? leaseTime(this.#longUs) - leaseTime(this.#settings.advertUs) : 0;
  }

  begin(intervalUs: number, now: number): void {
    this.#longUs = Math.max(intervalUs, this.#settings.advertUs);
    this.#begunAt = now;
    this.#told = 0;
    this.#knownAt = 0;
    this.#covered = false;
  }

  /** A daemon before this one has left a lease that lasts longer than ours do: the peer was told, and waits. */
  goOn(leaseUntil: number, now: number): void {
    const { advertUs } = this.#settings;
    if (leaseUntil - now <= leaseTime(advertUs)) return;
    this.#longUs = Math.ceil((leaseUntil - now) / leaseTime(STEP_US)) * STEP_US;
    this.#covered = true;
  }

  end(): void {
    this.#longUs = 0;
    this.#covered = false;
  }

  /** An advertisement has left on every path. */
  sent(): void {
    if (this.wanted) this.#told += 1;
  }

  /** @returns true once: when whoever waits for advertisements waits as long as we need */
  nowCovered(peer: PeerView, now: number): boolean {
    if (!this.wanted || this.#covered || this.#told < TOLD_TIMES) return false;
    this.#covered = this.#heardBy(peer, now);
    return this.#covered;
  }

  /** A peer that is not heard on the sync path, a keepalived perhaps, cannot say. */
  #heardBy(peer: PeerView, now: number): boolean {
    const { priority, advertUs } = this.#settings;
    if (peer.at === 0 || now - peer.at > masterDown(priority, advertUs)) return true;
    if (this.#knownAt === 0 && peer.beatHeardAt > this.#begunAt) this.#knownAt = now;
    return this.#knownAt > 0 && peer.advertHeardAt > this.#knownAt;
  }
}
