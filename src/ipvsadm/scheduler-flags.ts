/** The names of `-b`: three generic bits, and what sh and mh call the first two. */
import type { Scheduler } from '../model/rules.ts';
import { UsageError } from './usage-error.ts';

const GENERIC = ['flag-1', 'flag-2', 'flag-3'] as const;
/** In the order of the bits, which is also the order of listings. */
const OWN: Readonly<Partial<Record<string, readonly string[]>>> = {
  sh: ['sh-fallback', 'sh-port'],
  mh: ['mh-fallback', 'mh-port'],
};

/**
 * Reads `-b sh-port,sh-fallback`; the result is in the order of the bits and uses the scheduler's own names.
 * @throws UsageError exit 2 on a name that no scheduler or another one has
 */
export function parseSchedulerFlags(text: string, scheduler: string): readonly string[] {
  const bits = new Set(
    text
      .split(',')
      .filter((name) => name !== '')
      .map((name) => bitOf(name, scheduler)),
  );
  return [...bits].sort().map((bit) => OWN[scheduler]?.[bit] ?? GENERIC[bit] ?? '');
}

function bitOf(name: string, scheduler: string): number {
  const generic = (GENERIC as readonly string[]).indexOf(name);
  if (generic >= 0) return generic;
  for (const [owner, names = []] of Object.entries(OWN)) {
    const bit = names.indexOf(name);
    if (bit < 0) continue;
    if (owner !== scheduler) throw new UsageError(`incompatible scheduler flag \`${name}'`);
    return bit;
  }
  throw new UsageError(`invalid scheduler flag \`${name}'`);
}

/**
 * What listings and -S show; undefined where there is no flag. ipvsadm 1.31 has no word for the third bit of sh and
 * mh, and shows nothing in its place.
 */
export function shownSchedulerFlags(scheduler: Scheduler, flags: readonly string[]): string | undefined {
  if (flags.length === 0) return undefined;
  const own = OWN[scheduler];
  return flags.filter((flag) => !own || own.includes(flag)).join(',');
}
