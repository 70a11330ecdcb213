/**
 * When to say where the floating addresses are: at once and often, because the first frames may be lost, then now and
 * then, because switches and neighbours forget. The settings mean what keepalived's of the same names do.
 */
import { familyOf } from '../../model/address.ts';
import type { AnnounceSettings } from '../config.ts';
import type { FloatingAddress } from './messages.ts';

/** One turn of the heartbeat sends no more: advertisements must not wait behind thousands of addresses. */
export const FRAMES_A_TURN = 64;

const NEVER = Number.POSITIVE_INFINITY;

/** An address, and when it is announced again. Microseconds. */
interface Planned {
  readonly floating: FloatingAddress;
  /** The second set after a takeover, or after somebody claimed the address; {@link NEVER} when it was sent. */
  again: number;
  /** Of that second set. */
  repeat: number;
  refresh: number;
}

/** What waits to be sent on one interface in one family, and when the next frame may leave. */
interface Lane {
  readonly intervalUs: number;
  readonly waiting: FloatingAddress[];
  readyAt: number;
}

export class Announcer {
  readonly #settings: AnnounceSettings;
  readonly #lanes = new Map<string, Lane>();
  #planned: readonly Planned[];
  #started = false;

  constructor(floating: readonly FloatingAddress[], settings: AnnounceSettings) {
    this.#settings = settings;
    this.#planned = floating.map(silent);
  }

  /** The addresses from now on. @param owner whether new ones are announced at once; the others go on as planned */
  setFloating(floating: readonly FloatingAddress[], owner: boolean, now: number): void {
    const before = new Map(this.#planned.map((planned) => [nameOf(planned.floating), planned]));
    const names = new Set(floating.map(nameOf));
    for (const { waiting } of this.#lanes.values()) {
      const still = waiting.filter((each) => names.has(nameOf(each)));
      waiting.splice(0, waiting.length, ...still);
    }
    this.#planned = floating.map((each) => before.get(nameOf(each)) ?? silent(each));
    if (!owner) return;
    this.#started = true;
    const fresh = this.#planned.filter((planned) => !before.has(nameOf(planned.floating)));
    this.#beginFor(fresh, now, this.#settings.masterRepeat, this.#settings.masterDelayMs);
  }

  /** The addresses are ours now; said again while they are, somebody else has claimed them meanwhile. */
  start(now: number): void {
    const { masterRepeat, masterDelayMs, lowerPrioRepeat, lowerPrioDelayMs } = this.#settings;
    for (const { waiting } of this.#lanes.values()) waiting.length = 0;
    if (this.#started) this.#beginFor(this.#planned, now, lowerPrioRepeat, lowerPrioDelayMs);
    else this.#beginFor(this.#planned, now, masterRepeat, masterDelayMs);
    this.#started = true;
  }

  /** The addresses are ours as they were before this heartbeat: the neighbours know, and are reminded in time. */
  goOn(now: number): void {
    for (const planned of this.#planned) planned.refresh = this.#nextRefresh(now);
  }

  stop(): void {
    this.#started = false;
    this.#lanes.clear();
    this.#planned = this.#planned.map(({ floating }) => silent(floating));
  }

  /** Infinity when nothing is planned. */
  deadline(): number {
    let soonest = NEVER;
    for (const { again, refresh } of this.#planned) soonest = Math.min(soonest, again, refresh);
    for (const { waiting, readyAt } of this.#lanes.values())
      if (waiting.length > 0) soonest = Math.min(soonest, readyAt);
    return soonest;
  }

  /** The announcements to send now, each address as many times as it stands in the result. */
  due(now: number): FloatingAddress[] {
    if (now < this.deadline()) return [];
    this.#queueSets(now);
    const due: FloatingAddress[] = [];
    for (const lane of this.#lanes.values()) {
      while (due.length < FRAMES_A_TURN && lane.readyAt <= now) {
        const next = lane.waiting.shift();
        if (!next) break;
        due.push(next);
        if (lane.intervalUs > 0) lane.readyAt = now + lane.intervalUs;
      }
    }
    return due;
  }

  #queueSets(now: number): void {
    const { refreshRepeat } = this.#settings;
    const again = this.#planned.filter((planned) => planned.again <= now);
    for (const planned of again) planned.again = NEVER;
    const refreshed = this.#planned.filter((planned) => planned.refresh <= now);
    for (const planned of refreshed) planned.refresh = this.#nextRefresh(now);
    this.#queue(again, ({ repeat }) => repeat);
    this.#queue(refreshed, () => refreshRepeat);
  }

  #beginFor(some: readonly Planned[], now: number, repeat: number, delayMs: number): void {
    for (const planned of some) {
      planned.again = delayMs > 0 ? now + delayMs * 1000 : NEVER;
      planned.repeat = repeat;
      planned.refresh = this.#nextRefresh(now);
    }
    this.#queue(some, () => repeat);
  }

  /** All of them once before any of them again: the first that arrives is the one that counts. */
  #queue(some: readonly Planned[], repeats: (planned: Planned) => number): void {
    const rounds = some.reduce((most, planned) => Math.max(most, repeats(planned)), 0);
    for (let round = 0; round < rounds; round += 1) {
      for (const planned of some)
        if (repeats(planned) > round) this.#laneOf(planned.floating).waiting.push(planned.floating);
    }
  }

  #laneOf({ address, ifindex }: FloatingAddress): Lane {
    const family = familyOf(address);
    const key = `${family} ${ifindex}`;
    const lane = this.#lanes.get(key);
    if (lane) return lane;
    const { garpIntervalMs, gnaIntervalMs } = this.#settings;
    const intervalUs = (family === 4 ? garpIntervalMs : gnaIntervalMs) * 1000;
    const made: Lane = { intervalUs, waiting: [], readyAt: 0 };
    this.#lanes.set(key, made);
    return made;
  }

  #nextRefresh(now: number): number {
    const { refreshMs } = this.#settings;
    return refreshMs > 0 ? now + refreshMs * 1000 : NEVER;
  }
}

const silent = (floating: FloatingAddress): Planned => ({
  floating,
  again: NEVER,
  repeat: 0,
  refresh: NEVER,
});

/** Equal for what the neighbours have been told already. */
const nameOf = ({ address, ifindex, mac }: FloatingAddress) => `${address} ${ifindex} ${mac}`;
