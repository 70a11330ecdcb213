/** The BPF file system: where pins live. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { DatapathError } from './plane.ts';

const MOUNT_POINT = '/sys/fs/bpf';

/** Makes `directory` on a bpffs; mounts the file system where systemd has not. */
export function ensurePinDirectory(directory: string): void {
  if (!directory.startsWith(`${MOUNT_POINT}/`)) {
    throw new DatapathError(
      'bad-plane',
      `pins cannot be kept in ${directory}: choose a directory under ${MOUNT_POINT}`,
    );
  }
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === MOUNT_POINT && line.split(' ')[2] === 'bpf');
  try {
    if (!mounted) execFileSync('mount', ['-t', 'bpf', 'bpf', MOUNT_POINT], { stdio: 'pipe' });
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DatapathError('no-privileges', `cannot keep pins in ${directory}: run as root`, {
      cause: error,
    });
  }
}
