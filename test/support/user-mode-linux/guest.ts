/**
 * A Linux of its own, run as a process (user-mode Linux, Debian's package): a kernel with IPVS, SCTP, tunnels and VLANs
 * where the host's has none. It sees the host's files, what it writes stays in its memory, and its links are taps in a
 * namespace of the test.
 *
 *     const guest = await Guest.boot({ links: [{ namespace, tap: 'uml0', addresses: ['192.0.2.9/24'] }], modules: ['ip_vs'] });
 *     await guest.must('ipvsadm -A -t 192.0.2.9:80');
 *     await guest.kill();
 *
 * It takes about three seconds on an idle machine. It ends with the test's process at the latest, also when that is
 * killed: its processes live in a pid namespace whose first process dies with its parent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { ip } from '../namespace.ts';
import { until } from '../until.ts';

export interface GuestLink {
  /** Where the host's end stands: a name below /run/netns, the same for all links of a guest. */
  readonly namespace: string;
  /** Name of the host's end, which the guest makes and removes. */
  readonly tap: string;
  /** A bridge in that namespace that the tap becomes a port of. */
  readonly bridge?: string;
  /** Of the guest's end, which is called eth0, eth1, ... in order. */
  readonly addresses?: readonly string[];
}

export interface GuestOptions {
  readonly links: readonly [GuestLink, ...GuestLink[]];
  /** Loaded at boot; others when something asks for them. */
  readonly modules?: readonly string[];
  readonly memoryMb?: number;
}

export interface GuestResult {
  /** 128 + the signal's number where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script that goes on while the test does something else. */
export interface GuestJob {
  readonly done: Promise<GuestResult>;
  /** Ends the script and what it started, and waits for that. */
  stop(signal?: string): Promise<GuestResult>;
}

const BOOT_MS = 90_000;
const RUN_MS = 30_000;
/** Of the console, in an error's text. */
const CONSOLE_LINES = 40;

export class Guest {
  readonly #child: ChildProcess;
  readonly #channel: Duplex;
  readonly #links: readonly GuestLink[];
  /** Scripts and their output: a folder that both sides see. */
  readonly #exchange: string;
  readonly #console: string[] = [];
  readonly #waiting = new Map<number, (code: number) => void>();
  #ready = false;
  #last = 0;

  private constructor(options: GuestOptions) {
    this.#links = options.links;
    this.#exchange = mkdtempSync(join(tmpdir(), 'tandem-guest-'));
    for (const file of ['init', 'agent']) cpSync(join(import.meta.dirname, file), join(this.#exchange, file));
    const [{ namespace }] = options.links;
    const [program = '', ...args] = [
      // Ends when this thread does, and takes the whole pid namespace with it.
      ...['setpriv', '--pdeathsig', 'KILL', 'nsenter', `--net=/run/netns/${namespace}`],
      ...['unshare', '--pid', '--fork', '--kill-child', 'linux.uml'],
      ...[
        `mem=${options.memoryMb ?? 256}M`,
        'loglevel=4',
        'panic=-1',
        'con=null',
        'con0=null,fd:1',
        'con1=fd:3',
      ],
      ...['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${this.#exchange}/init`],
      ...options.links.map(
        ({ tap }, n) => `vec${n}:transport=tap,ifname=${tap},mac=02:00:00:00:fe:0${n + 1}`,
      ),
    ];
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], detached: true });
    this.#channel = this.#child.stdio[3] as Duplex;
    for (const stream of [this.#child.stdout, this.#child.stderr])
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) =>
        this.#console.push(line),
      );
    // What is written to a guest that dies is lost; its exit tells.
    this.#channel.on('error', () => {});
    createInterface({ input: this.#channel }).on('line', (line) => this.#hear(line));
  }

  /** @throws Error with the end of the console when it does not come up */
  static async boot(options: GuestOptions): Promise<Guest> {
    for (const link of options.links) makeTap(link);
    const guest = new Guest(options);
    try {
      await until('the guest is up', () => guest.#ready || guest.#gone, BOOT_MS);
      if (guest.#gone) throw new Error('the guest ended while it booted');
      await guest.must(setUp(options));
      return guest;
    } catch (error) {
      const said = guest.console.slice(-CONSOLE_LINES).join('\n');
      await guest.kill();
      throw new Error(`${error instanceof Error ? error.message : error}\n${said}`);
    }
  }

  /** What the kernel and the first process have said until now. */
  get console(): readonly string[] {
    return this.#console;
  }

  /** Runs a bash script to its end, whatever its exit code. */
  async run(script: string, boundMs = RUN_MS): Promise<GuestResult> {
    const job = this.start(script);
    let result: GuestResult | undefined;
    void job.done.then((end) => {
      result = end;
    });
    await until(`the guest has done: ${script}`, () => result || this.#gone, boundMs);
    if (!result) throw new Error(`the guest ended before it had done: ${script}`);
    return result;
  }

  /** Runs a bash script that stops at its first error. @returns its stdout; throws with its stderr when it fails */
  async must(script: string, boundMs?: number): Promise<string> {
    const { code, stdout, stderr } = await this.run(`set -e\n${script}`, boundMs);
    if (code !== 0)
      throw new Error(`in the guest: exit ${code}: ${stderr.trim() || stdout.trim()}: ${script}`);
    return stdout;
  }

  /** Begins a bash script. */
  start(script: string): GuestJob {
    const id = ++this.#last;
    const file = (end: string) => join(this.#exchange, `${id}.${end}`);
    writeFileSync(file('sh'), `${script}\n`);
    const done = new Promise<GuestResult>((resolve) => {
      this.#waiting.set(id, (code) =>
        resolve({
          code,
          stdout: readFileSync(file('out'), 'utf8'),
          stderr: readFileSync(file('err'), 'utf8'),
        }),
      );
    });
    this.#channel.write(`run ${id}\n`);
    const stop = async (signal = 'TERM') => {
      // Its leader writes the number before it becomes the script.
      const leader = `until [ -s ${file('pid')} ]; do sleep 0.1; done; kill -${signal} -- -$(cat ${file('pid')})`;
      if (this.#waiting.has(id)) await this.run(leader);
      return done;
    };
    return { done, stop };
  }

  /** Ends everything that runs in it, at once, and removes its taps. */
  async kill(): Promise<void> {
    if (!this.#gone) {
      const exit = once(this.#child, 'exit');
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
      await exit;
    }
    for (const { namespace, tap } of this.#links) ip('-n', namespace, 'link', 'delete', tap);
    rmSync(this.#exchange, { recursive: true, force: true });
  }

  get #gone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #hear(line: string): void {
    if (line === 'ready') this.#ready = true;
    const [, id, code] = /^done (\d+) (\d+)$/.exec(line) ?? [];
    if (id === undefined) return;
    const waiting = this.#waiting.get(Number(id));
    this.#waiting.delete(Number(id));
    waiting?.(Number(code));
  }
}

function makeTap({ namespace, tap, bridge }: GuestLink): void {
  ip('-n', namespace, 'tuntap', 'add', 'name', tap, 'mode', 'tap');
  ip('-n', namespace, 'link', 'set', tap, ...(bridge ? ['master', bridge] : []), 'up');
}

function setUp({ links, modules = [] }: GuestOptions): string {
  return [
    'hostname guest',
    ...modules.map((module) => `modprobe ${module}`),
    'ip link set lo up',
    ...links.flatMap(({ addresses = [] }, n) => [
      `ip link set vec${n} name eth${n}`,
      `ip link set eth${n} up`,
      ...addresses.map((address) => `ip address add ${address} brd + dev eth${n}`),
    ]),
  ].join('\n');
}
