/** Whether this host lets a heartbeat beat as fast as it shall. What it lacks is said at the start, and nothing is refused. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Milliseconds of advertisement interval, and below: a pause of a quarter of a second is a takeover. */
const FAST_MS = 100;
/** A pause of a tenth of a second is one: what used to be hidden by patience is not any more. */
const FASTEST_MS = 30;

export interface HostFiles {
  /** Undefined for what is not there. */
  readonly read: (path: string) => string | undefined;
  readonly cpus: number;
}

/** @returns what is in the way of advertisements at that interval, and what to do, a sentence each */
export function inTheWay(advertMs: number, host: HostFiles = thisHost()): readonly string[] {
  if (advertMs > FAST_MS) return [];
  const said: string[] = [];
  const group = /^0::(.*)$/m.exec(host.read('/proc/self/cgroup') ?? '')?.[1] ?? '/';
  const limit = (file: string) => host.read(`/sys/fs/cgroup${group}/${file}`)?.trim();
  const quota = limit('cpu.max');
  if (quota !== undefined && !quota.startsWith('max'))
    said.push(
      `the control group of this daemon may use no more than "${quota}" of the CPU (cpu.max): lift it, or the daemon is stopped for longer than an interval of ${advertMs} ms`,
    );
  if (host.read('/proc/sys/kernel/sched_rt_runtime_us')?.trim() === '0')
    said.push('kernel.sched_rt_runtime_us is 0, so that no thread has real-time priority: set it to 950000');
  if (advertMs > FASTEST_MS) return said;
  if (host.cpus < 2)
    said.push(`an interval of ${advertMs} ms needs two CPUs, one of them for packets: there is one`);
  const swaps = (host.read('/proc/swaps') ?? '').trim().split('\n').length > 1;
  if (swaps && limit('memory.swap.max') !== '0')
    said.push(
      'this daemon may be swapped out: set MemorySwapMax=0 in its unit (memory.swap.max), or switch swap off',
    );
  return said;
}

function thisHost(): HostFiles {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  };
  return { read, cpus: availableParallelism() };
}
