/** A network namespace that a test file makes, lives in, and removes. */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const setns = libc.func('int setns(int fd, int type)');
const CLONE_NEWNET = 0x40000000;

function enter(path: string): void {
  const fd = openSync(path, 'r');
  const result = setns(fd, CLONE_NEWNET);
  closeSync(fd);
  if (result !== 0) throw new Error(`cannot enter ${path}: errno ${koffi.errno()}`);
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
    this.name = `tandem-test-${label}-${process.pid}`;
    ip('netns', 'add', this.name);
    enter(`/run/netns/${this.name}`);
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
