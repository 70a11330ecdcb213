/**
 * Mounts of the machine that a lab needs and that may not be there: /run/netns, which the first `ip netns add`
 * makes a mount, and /sys/fs/bpf, which systemd mounts where there is one. A mark says that a lab brought
 * them, and the last lab takes them away again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execute, must } from './command.ts';
import { BPF_ROOT, LAB_ROOT, labIds, labPins, leaveRoot, NETNS_ROOT, STATE_ROOT } from './ownership.ts';

const BORROWED = [
  { path: NETNS_ROOT, mark: join(LAB_ROOT, '.netns-mounted') },
  { path: BPF_ROOT, mark: join(LAB_ROOT, '.bpf-mounted') },
] as const;

const MOUNT_ONCE = 'mountpoint -q "$1" || mount -t bpf bpf "$1"';

/** Makes the lab's own bpf filesystem. Call it after the lab's claim and before the first `ip netns add`. */
export async function borrowMounts(id: string): Promise<void> {
  const there = mountPoints();
  for (const { path, mark } of BORROWED) if (!there.includes(path)) writeFileSync(mark, '');
  // Under a lock: of two labs that begin together the second mount would cover what the first has put there.
  if (!there.includes(BPF_ROOT)) await must('flock', [LAB_ROOT, 'sh', '-c', MOUNT_ONCE, 'sh', BPF_ROOT]);
  mkdirSync(labPins(id), { mode: 0o700 });
  await must('mount', ['-t', 'bpf', 'bpf', labPins(id)]);
}

/** Takes away what a lab brought, unless another lab, or anybody else, uses it. */
export async function returnMounts(): Promise<void> {
  if (labIds().length > 0) return;
  for (const { path, mark } of BORROWED) {
    if (!existsSync(mark)) continue;
    if (mountPoints().includes(path) && !inUse(path)) await execute('umount', [path]);
    rmSync(mark, { force: true });
  }
  removeEmpty(STATE_ROOT);
  removeEmpty(dirname(STATE_ROOT));
  leaveRoot();
}

/** Daemons of the lab made it; with a daemon of the machine's own it is not empty and stays. */
function removeEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // In use, or never made: both are fine.
  }
}

/** Holds a namespace, a pin, or something else that is not ours; fresh ones hold the kernel's own *.debug. */
const inUse = (path: string): boolean =>
  readdirSync(path, { recursive: true, withFileTypes: true }).some(
    (entry) => !entry.isDirectory() && !entry.name.endsWith('.debug'),
  );

/** Field 5 of mountinfo (proc(5)). */
export const mountPoints = (): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '');
