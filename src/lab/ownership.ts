/**
 * Who owns what: a lab is its directory /run/tandem-lab/<id>, made first and removed last. Everything else
 * carries the id in its name, so that what a killed lab left can be found and removed by the next one.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PATHS } from '../director/config.ts';
import { processStat } from '../host/process-stat.ts';

export const LAB_ROOT = '/run/tandem-lab';
export const NETNS_ROOT = '/run/netns';
/** The only place where the daemon keeps pins. */
export const BPF_ROOT = '/sys/fs/bpf';
/** Where a daemon keeps what must outlive it but not a power cut: a directory whose name ends as that of its pins. */
export const STATE_ROOT = PATHS.state;
/** Stands in the environment of everything that a lab starts. */
export const LAB_VARIABLE = 'TANDEM_LAB';

export const labDirectory = (id: string): string => join(LAB_ROOT, id);
/** A bpf filesystem of the lab's own: unmounting it removes every pin, whoever made it. */
export const labPins = (id: string): string => join(BPF_ROOT, `tandem-lab-${id}`);
/** The end of a name that the lab gives to things outside its own directories. */
export const labSuffix = (id: string): string => `-${id}`;
export const namespacePrefix = (id: string): string => `tlab-${id}-`;
export const namespaceName = (id: string, host: string): string => namespacePrefix(id) + host;

interface Owner {
  readonly pid: number;
  /** Clock ticks after boot at which it started: tells it from a later process with the same pid. */
  readonly started: string;
}

/** Field of proc_pid_stat(5). */
const STARTTIME = 22;

/** A directory without an owner's name is being made, or was left in that moment: its age tells. */
const CLAIM_MS = 10_000;

export function claim(id: string): void {
  // In one call, because another lab that ends takes an empty root away.
  mkdirSync(labDirectory(id), { recursive: true, mode: 0o700 });
  const owner: Owner = { pid: process.pid, started: startTicks(process.pid) ?? '' };
  writeFileSync(join(labDirectory(id), 'owner.json'), JSON.stringify(owner));
}

/** Ids of the labs whose owner no longer lives. */
export function staleLabs(): string[] {
  return labIds().filter((id) => {
    const owner = readOwner(id);
    if (owner) return startTicks(owner.pid) !== owner.started;
    const made = statSync(labDirectory(id), { throwIfNoEntry: false })?.mtimeMs;
    return made !== undefined && Date.now() - made > CLAIM_MS;
  });
}

export function labIds(): string[] {
  try {
    return readdirSync(LAB_ROOT).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
}

/** Removes the root when no other lab stands. */
export function leaveRoot(): void {
  try {
    rmdirSync(LAB_ROOT);
  } catch {
    // Another lab is there, or has removed it already: both are fine.
  }
}

function readOwner(id: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(join(labDirectory(id), 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function startTicks(pid: number): string | undefined {
  try {
    return processStat(pid, STARTTIME);
  } catch {
    return undefined;
  }
}
