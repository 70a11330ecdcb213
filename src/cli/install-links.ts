/** Links in the place of ipvsadm's programs. What was there is kept beside them, and comes back. */
import { lstatSync, readlinkSync, realpathSync, renameSync, rmSync, type Stats, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from './exit.ts';

const PROGRAMS = ['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore'] as const;
/** dpkg-divert(1)'s own ending. */
const KEPT = '.distrib';

/** @returns what was done, a line each @throws UsageError when the directory is none, or is not ours to change */
export function installLinks(directory: string): readonly string[] {
  checkDirectory(directory);
  return PROGRAMS.flatMap((program) => {
    const place = join(directory, program);
    const target = targetOf(program);
    if (isOurs(place)) {
      if (readlinkSync(place) === target) return [`${place} is Tandem's already`];
      attempt(place, () => rmSync(place));
    }
    const said: string[] = [];
    if (there(place)) {
      attempt(place, () => renameSync(place, place + KEPT));
      said.push(`${place} of before is ${place}${KEPT} now`);
    }
    attempt(place, () => symlinkSync(target, place));
    return [...said, `${place} -> ${target}`];
  });
}

/** @throws UsageError as {@link installLinks} */
export function removeLinks(directory: string): readonly string[] {
  checkDirectory(directory);
  return PROGRAMS.flatMap((program) => {
    const place = join(directory, program);
    if (!isOurs(place)) return [`${place} is not Tandem's: left as it is`];
    attempt(place, () => rmSync(place));
    if (!there(place + KEPT)) return [`${place} is gone`];
    attempt(place, () => renameSync(place + KEPT, place));
    return [`${place} is what it was before`];
  });
}

function targetOf(program: string): string {
  return fileURLToPath(new URL(`./${program}.js`, import.meta.url));
}

/** A link to this program, or to that of another copy of Tandem. */
function isOurs(place: string): boolean {
  if (!there(place)?.isSymbolicLink()) return false;
  return /\/dist\/cli\/ipvsadm(-save|-restore)?\.js$/.test(resolve(place, '..', readlinkSync(place)));
}

function there(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function checkDirectory(directory: string): void {
  try {
    if (lstatSync(realpathSync(directory)).isDirectory()) return;
  } catch {
    // Said below.
  }
  throw new UsageError(`${directory} is no directory: name one with --directory`);
}

function attempt(place: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new UsageError(`cannot change ${place}: ${(error as Error).message}: run as root`);
  }
}
