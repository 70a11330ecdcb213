/**
 * The turns of rr and wrr, equal to the kernel's, also after an edit (ip_vs_rr.c, ip_vs_wrr.c). IPVS puts a new server
 * at the head of its list, so the youngest is visited first.
 */
import { isDeepStrictEqual } from 'node:util';
import { type RealServer, sameEndpoint, type VirtualService } from '../model/rules.ts';

/** A table longer than this is made shorter by scaling the weights: 16384 slots are 64 KiB. */
const MAX_SLOTS = 16384;

/** Of an edit that changes more servers at once only so many are followed: each step looks at all of them. */
const MOST_STEPS = 1000;

type Rotating = Pick<VirtualService, 'scheduler' | 'servers'>;

/** Where the turns of a service begin. */
export interface Turn {
  /** The slot. */
  readonly start: number;
  /** wrr: the weight that a server must have now. It outlives an edit; only the walk begins anew. */
  readonly threshold: number;
  /** rr: behind whom; nobody: at the head. */
  readonly last?: RealServer;
}

/** A service as it was placed, and where its cursor stands now. */
export interface Rotated {
  readonly service: Rotating;
  readonly slots: readonly number[];
  readonly turn: Turn;
  readonly cursor: number;
}

/** One walk over the servers: those that weigh enough, in the order of the list. */
interface Round {
  readonly threshold: number;
  readonly indexes: readonly number[];
}

interface Weighed {
  readonly index: number;
  readonly weight: number;
}

/** Indexes into `servers`, one a slot. */
export function rotationSlots({ scheduler, servers }: Rotating): number[] {
  const open = youngestFirst(servers).filter(({ weight }) => weight > 0);
  if (scheduler !== 'wrr') return open.map(({ index }) => index);
  return rounds(scaled(open)).flatMap(({ indexes }) => indexes);
}

/**
 * Where the next turn is, in slots that {@link rotationSlots} made.
 * @param old the service before an edit, if it had turns
 * @param existed whether the service was there, by whatever scheduler
 */
export function nextTurn(
  service: Rotating,
  slots: readonly number[],
  old: Rotated | undefined,
  existed: boolean,
): Turn {
  const kept = old?.service.scheduler === service.scheduler ? old : undefined;
  if (service.scheduler !== 'wrr') return kept ? afterLast(service, slots, kept) : { start: 0, threshold: 0 };
  if (kept && sameServers(kept.service.servers, service.servers))
    return { start: kept.cursor % Math.max(1, slots.length), threshold: thresholdOf(kept) };
  // Whoever chooses wrr for servers that are there begins at the top; else each has changed it as it came.
  const began = kept ? thresholdOf(kept) : existed ? undefined : 0;
  const threshold = changedThreshold(kept?.service.servers ?? [], service.servers, began);
  return { start: startOf(service, threshold), threshold };
}

function youngestFirst(servers: readonly RealServer[]): Weighed[] {
  return servers.map(({ weight }, index) => ({ index, weight })).reverse();
}

/**
 * One period: the list is walked with a falling threshold that goes down by the weights' greatest common divisor. It
 * begins as the kernel's does, less than that above the weights that it stands for.
 */
function rounds(open: readonly Weighed[]): Round[] {
  const { step, top } = marks(open);
  const found: Round[] = [];
  for (let threshold = top; threshold > 0; threshold -= step) {
    const reached = open.filter(({ weight }) => weight >= threshold);
    found.push({ threshold, indexes: reached.map(({ index }) => index) });
  }
  return found;
}

function marks(servers: ReadonlyArray<{ readonly weight: number }>): { step: number; top: number } {
  let step = 0;
  let largest = 0;
  for (const { weight } of servers) {
    step = greatestCommonDivisor(step, weight);
    largest = Math.max(largest, weight);
  }
  step ||= 1;
  return { step, top: largest - (step - 1) };
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The weights, or smaller ones of nearly the same ratio when one period would not fit the table. */
function scaled(servers: readonly Weighed[]): readonly Weighed[] {
  const { step } = marks(servers);
  const slots = servers.reduce((sum, { weight }) => sum + weight, 0) / step;
  if (slots <= MAX_SLOTS) return servers;
  const room = Math.max(0, MAX_SLOTS - servers.length);
  return servers.map(({ index, weight }) => ({
    index,
    weight: Math.max(1, Math.floor((weight / step / slots) * room)),
  }));
}

/** rr: behind the server that had its turn last, or the one before it where that is gone. */
function afterLast(service: Rotating, slots: readonly number[], old: Rotated): Turn {
  const before = [...old.service.servers].reverse();
  const last = lastOf(old);
  const now = [...service.servers].reverse();
  let at = last ? before.findIndex((server) => sameEndpoint(server, last)) : -1;
  let found = -1;
  for (; at >= 0 && found < 0; at--) {
    const wanted = before[at];
    found = wanted ? now.findIndex((server) => sameEndpoint(server, wanted)) : -1;
  }
  const next = slots.findIndex((index) => service.servers.length - 1 - index > found);
  const behind = now[found];
  return { start: Math.max(0, next), threshold: 0, ...(behind ? { last: behind } : {}) };
}

function lastOf({ service, slots, turn, cursor }: Rotated): RealServer | undefined {
  if (slots.length === 0 || cursor === turn.start) return turn.last;
  return service.servers[slots[(cursor + slots.length - 1) % slots.length] ?? -1];
}

function thresholdOf({ service, slots, turn, cursor }: Rotated): number {
  if (cursor === turn.start || slots.length === 0) return turn.threshold;
  let left = (cursor - 1) % slots.length;
  for (const { threshold, indexes } of rounds(openOf(service))) {
    if (left < indexes.length) return threshold;
    left -= indexes.length;
  }
  return turn.threshold;
}

function openOf({ servers }: Rotating): readonly Weighed[] {
  return scaled(youngestFirst(servers).filter(({ weight }) => weight > 0));
}

function startOf(service: Rotating, threshold: number): number {
  let start = 0;
  for (const round of rounds(openOf(service))) {
    if (round.threshold <= threshold) return start;
    start += round.indexes.length;
  }
  return 0;
}

function sameServers(a: readonly RealServer[], b: readonly RealServer[]): boolean {
  return a === b || (a.length === b.length && a.every((server, index) => same(server, b[index])));
}

function same(a: RealServer, b: RealServer | undefined): boolean {
  // Any edit of a server begins the walk anew, as in IPVS (ip_vs_wrr_dest_changed), whatever it changes.
  return b !== undefined && isDeepStrictEqual(a, b);
}

/** The threshold after each server that went, changed and came, in this order: ip_vs_wrr_dest_changed(). */
function changedThreshold(
  before: readonly RealServer[],
  now: readonly RealServer[],
  began: number | undefined,
): number {
  if (began === undefined) return marks(now).top;
  let threshold = began;
  const change = ({ step, top }: { step: number; top: number }) => {
    if (threshold > top || threshold === 0) threshold = top;
    else if (step > 1) threshold = Math.floor(threshold / step) * step + 1;
  };
  const stay = new Map(now.map((server) => [nameOf(server), server]));
  const others = before.filter((server) => !same(server, stay.get(nameOf(server))));
  let list: readonly RealServer[] = before;
  for (const server of others.slice(-MOST_STEPS)) {
    const later = stay.get(nameOf(server));
    list = list.flatMap((each) => (each !== server ? [each] : later ? [later] : []));
    change(marks(list));
  }
  const there = new Set(before.map(nameOf));
  let { step, top } = list.length > 0 ? marks(list) : { step: 0, top: 0 };
  let largest = list.length > 0 ? top + step - 1 : 0;
  for (const server of now) {
    if (there.has(nameOf(server))) continue;
    step = greatestCommonDivisor(largest > 0 ? step : 0, server.weight) || 1;
    largest = Math.max(largest, server.weight);
    top = largest - (step - 1);
    change({ step, top });
  }
  return threshold;
}

function nameOf({ address, port }: RealServer): string {
  return `${address} ${port}`;
}
