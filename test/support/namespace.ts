/** A network namespace that a test file makes, lives in, and removes. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const setns = libc.func('int setns(int fd, int type)');
const unshare = libc.func('int unshare(int flags)');
const CLONE_NEWNET = 0x40000000;
const CLONE_NEWNS = 0x00020000;
const NETNS = '/run/netns';

function enter(path: string): void {
  const fd = openSync(path, 'r');
  const result = setns(fd, CLONE_NEWNET);
  closeSync(fd);
  if (result !== 0) throw new Error(`cannot enter ${path}: errno ${koffi.errno()}`);
}

let ownMounts = false;

/**
 * The calling thread and the processes it starts have mounts of their own from now on, so that test files can run
 * beside each other: none sees the namespaces of another, nor takes away a BPF file system that another one uses.
 */
function keepMounts(): void {
  if (ownMounts) return;
  if (unshare(CLONE_NEWNS) !== 0) throw new Error(`cannot have mounts apart: errno ${koffi.errno()}`);
  execFileSync('mount', ['--make-rprivate', '/']);
  mkdirSync(NETNS, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'namespaces', NETNS]);
  ownMounts = true;
}

export function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8' });
}

/** Runs the calling thread, and the processes it starts, in a fresh namespace. */
export class TestNamespace {
  readonly name: string;
  readonly #bpffsWasMounted = isBpffsMounted();
  readonly #home = openSync('/proc/thread-self/ns/net', 'r');

  constructor(label: string) {
    keepMounts();
    this.name = `tandem-test-${label}-${process.pid}`;
    ip('netns', 'add', this.name);
    enter(join(NETNS, this.name));
    ip('link', 'set', 'lo', 'up');
  }

  /** Pins of this test; nothing else uses the name. */
  get pins(): string {
    return `/sys/fs/bpf/tandem/${this.name}`;
  }

  remove(): void {
    setns(this.#home, CLONE_NEWNET);
    closeSync(this.#home);
    ip('netns', 'del', this.name);
    rmSync(this.pins, { recursive: true, force: true });
    if (existsSync('/sys/fs/bpf/tandem') && readdirSync('/sys/fs/bpf/tandem').length === 0) {
      rmdirSync('/sys/fs/bpf/tandem');
    }
    if (!this.#bpffsWasMounted && isBpffsMounted()) execFileSync('umount', ['/sys/fs/bpf']);
  }
}

function isBpffsMounted(): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(' /sys/fs/bpf bpf ');
}
