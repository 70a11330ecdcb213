/** Puts a process before ordinary work on a busy host. Takes nothing but Node: a daemon does so before anything else. */
import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { processStat } from './process-stat.ts';

/** Field of proc_pid_stat(5). */
const SESSION = 6;

/**
 * For this process, and for its session where it leads one: a kernel that groups tasks by session weighs the groups
 * against each other, and nice values only within a group (sched(7), "The autogroup feature"). The session of a shell
 * that we were typed into is not ours to change.
 * @param nice -20 to 19, lower goes first
 */
export function goBefore(nice: number): void {
  attempt(() => setPriority(nice));
  attempt(() => {
    if (leadsItsSession()) weighSession('self', nice);
  });
}

/** Weighs the session of a process that we have started against others, as {@link goBefore} would. */
export function putBefore(pid: number, nice: number): void {
  attempt(() => weighSession(pid, nice));
}

function weighSession(pid: number | 'self', nice: number): void {
  writeFileSync(`/proc/${pid}/autogroup`, String(nice));
}

function leadsItsSession(): boolean {
  return processStat('self', SESSION) === String(process.pid);
}

function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // Not allowed, or a kernel without such groups: then it is an ordinary process.
  }
}
