/** What of a lab stands on this machine, and its removal, by nothing but the lab's id. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mountPoints, returnMounts } from './borrowed.ts';
import { execute } from './command.ts';
import {
  LAB_VARIABLE,
  labDirectory,
  labPins,
  labSuffix,
  NETNS_ROOT,
  namespacePrefix,
  STATE_ROOT,
} from './ownership.ts';
import { waitFor } from './wait.ts';

/** A killed process is gone within this, whatever it was doing. */
const KILL_MS = 5000;

/** Everything of the lab that is still there, in words; empty when it is gone. */
export function remainsOf(id: string): string[] {
  return [
    ...namespacesOf(id).map((name) => `namespace ${name}`),
    ...mountsOf(id).map((path) => `mount ${path}`),
    ...processesOf(id).map((pid) => `process ${pid} (${commandOf(pid)})`),
    ...[labPins(id), labDirectory(id), ...statesOf(id)]
      .filter((path) => existsSync(path))
      .map((path) => `directory ${path}`),
  ];
}

/**
 * Removes it, however far it was built; goes on past what fails.
 * @returns what could not be removed, in words
 */
export async function removeLab(id: string): Promise<string[]> {
  const trouble: string[] = [];
  const attempt = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      trouble.push((error as Error).message);
    }
  };
  await attempt(() => killAll(() => processesOf(id)));
  for (const name of namespacesOf(id)) await attempt(() => deleteNamespace(name));
  for (const path of mountsOf(id)) await attempt(() => execute('umount', [path]));
  await attempt(async () => {
    // A bpf filesystem knows no recursive removal; what was in it went with the mount.
    if (existsSync(labPins(id))) rmdirSync(labPins(id));
  });
  await attempt(async () => rmSync(labDirectory(id), { recursive: true, force: true, maxRetries: 3 }));
  for (const path of statesOf(id)) await attempt(async () => rmSync(path, { recursive: true, force: true }));
  await attempt(returnMounts);
  return [...trouble, ...remainsOf(id)];
}

/** Ends the processes inside, then the namespace itself. */
export async function deleteNamespace(name: string): Promise<void> {
  await killAll(() => processesIn(name));
  const { code, stderr } = await execute('ip', ['netns', 'delete', name]);
  // A half-made one (a file without its mount) is refused by ip: the file is all that there is.
  if (code !== 0) rmSync(join(NETNS_ROOT, name), { force: true });
  if (existsSync(join(NETNS_ROOT, name))) throw new Error(`namespace ${name}: ${stderr.trim()}`);
}

export const namespacesOf = (id: string): string[] =>
  listDirectory(NETNS_ROOT).filter((name) => name.startsWith(namespacePrefix(id)));

const statesOf = (id: string): string[] =>
  listDirectory(STATE_ROOT)
    .filter((name) => name.endsWith(labSuffix(id)))
    .map((name) => join(STATE_ROOT, name));

/** Namespaces, which are mounts too, are counted apart. */
const mountsOf = (id: string): string[] => mountPoints().filter((path) => path === labPins(id));

/** Inside one of its namespaces, or started by it: the second finds those whose namespace is gone. */
function processesOf(id: string): number[] {
  const inside = namespacesOf(id).flatMap(processesIn);
  const mark = `${LAB_VARIABLE}=${id}`;
  const started = pids().filter((pid) => readProc(pid, 'environ').split('\0').includes(mark));
  return [...new Set([...inside, ...started])];
}

function processesIn(namespace: string): number[] {
  const wanted = statSync(join(NETNS_ROOT, namespace), { throwIfNoEntry: false });
  if (!wanted) return [];
  return pids().filter((pid) => {
    try {
      const found = statSync(`/proc/${pid}/ns/net`);
      return found.ino === wanted.ino && found.dev === wanted.dev;
    } catch {
      return false;
    }
  });
}

async function killAll(list: () => number[]): Promise<void> {
  await waitFor(
    'processes of the lab to end',
    () => {
      const left = list();
      for (const pid of left) killOne(pid);
      return left.length === 0;
    },
    { timeoutMs: KILL_MS },
  );
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** All but ourselves and the dead that wait for their parent (they hold nothing). */
const pids = (): number[] =>
  listDirectory('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && !/\) Z /.test(readProc(pid, 'stat')));

const commandOf = (pid: number): string => readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function listDirectory(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
