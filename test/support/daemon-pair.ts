/** Two real daemons with the plane in memory, each in a network namespace of its own, on one link. Needs root. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { connect } from '../../src/control/client.ts';
import { stateDirectory } from '../../src/director/config.ts';
import type { Status } from '../../src/director/status.ts';
import { built } from './build.ts';
import { ip } from './namespace.ts';
import { until } from './until.ts';

const TANDEM = built('cli/tandem.js');
const IPVSADM = built('cli/ipvsadm.js');
const PATIENCE_MS = 60_000;
/** Restoring thousands of rules on a busy machine. */
const COMMAND_MS = 240_000;

export interface Command {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class PairDaemon {
  readonly name: string;
  readonly netns: string;
  readonly folder: string;
  readonly pins: string;
  #child: ChildProcess | undefined;
  #said = '';

  constructor(name: string, netns: string, folder: string) {
    this.name = name;
    this.netns = netns;
    this.folder = folder;
    this.pins = `/sys/fs/bpf/tandem/${netns}`;
  }

  get socket(): string {
    return join(this.folder, `${this.name}.sock`);
  }

  /** What the daemon has logged. */
  get said(): string {
    return this.#said;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** @param configuration beside its name: keys of the file */
  async start(configuration: object): Promise<void> {
    const file = join(this.folder, `${this.name}.yaml`);
    const datapath = { kind: 'memory', pins: this.pins };
    writeFileSync(file, JSON.stringify({ name: this.name, datapath, ...configuration }));
    this.#said = '';
    const daemon = [process.execPath, TANDEM, 'daemon', '--config', file, '--socket', this.socket];
    const child = spawn('nsenter', [`--net=/run/netns/${this.netns}`, ...daemon], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    await until(
      `${this.name} is ready`,
      () => this.#said.includes('is ready') || child.exitCode !== null,
      PATIENCE_MS,
    );
    if (child.exitCode !== null) throw new Error(`${this.name} did not start:\n${this.#said}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await gone;
    clearTimeout(impatience);
  }

  tandem(...args: string[]): Command {
    return this.#run(TANDEM, [...args, '--socket', this.socket]);
  }

  ipvsadm(args: readonly string[], input?: string): Command {
    return this.#run(IPVSADM, args, input);
  }

  get rules(): string {
    return this.ipvsadm(['-S', '-n']).stdout;
  }

  /** What `tandem status --json` prints, without a process of its own: it is asked often. */
  async status(): Promise<Status> {
    const client = await connect(this.socket);
    try {
      return await client.status();
    } finally {
      client.close();
    }
  }

  async until(what: string, holds: (status: Status) => boolean): Promise<void> {
    await until(`${this.name}: ${what}`, async () => holds(await this.status()), PATIENCE_MS);
  }

  /** Where rules that lost are kept, oldest first. */
  get lost(): string[] {
    const state = stateDirectory(this.pins);
    try {
      return readdirSync(dirname(state))
        .filter((name) => name.startsWith(`${basename(state)}.lost-rules-`))
        .toSorted()
        .map((name) => join(dirname(state), name));
    } catch {
      return [];
    }
  }

  clear(): void {
    for (const path of this.lost) rmSync(path);
  }

  #run(program: string, args: readonly string[], input = ''): Command {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TANDEM_SOCKET: this.socket },
      input,
      timeout: COMMAND_MS,
    });
    return { status, stdout, stderr };
  }
}

export class DaemonPair {
  readonly one: PairDaemon;
  readonly two: PairDaemon;
  /** An interface of both, with addresses of both families. */
  readonly link = 'sync0';
  readonly #folder: string;

  /** Makes the hosts and the link between them. */
  constructor(label: string) {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-pair-'));
    this.#folder = folder;
    const names = [1, 2].map((n) => `tandem-test-${label}-${process.pid}-${n}`) as [string, string];
    this.one = new PairDaemon('lb1', names[0], folder);
    this.two = new PairDaemon('lb2', names[1], folder);
    for (const name of names) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    ip(
      '-n',
      names[0],
      'link',
      'add',
      this.link,
      'type',
      'veth',
      'peer',
      'name',
      this.link,
      'netns',
      names[1],
    );
    names.forEach((name, index) => {
      const last = index + 1;
      // Ours, and at once: the kernel's own would be tentative for a second.
      ip('-n', name, 'link', 'set', this.link, 'addrgenmode', 'none');
      ip('-n', name, 'address', 'add', `192.0.2.${last}/24`, 'dev', this.link);
      ip('-n', name, 'address', 'add', `fe80::${last}/64`, 'dev', this.link, 'nodad');
    });
    this.connect();
  }

  /** Starts both with the same. */
  async start(configuration: object): Promise<void> {
    await Promise.all(this.both.map((daemon) => daemon.start(configuration)));
  }

  get both(): readonly [PairDaemon, PairDaemon] {
    return [this.one, this.two];
  }

  connect(): void {
    for (const { netns } of this.both) ip('-n', netns, 'link', 'set', this.link, 'up');
  }

  cut(): void {
    ip('-n', this.one.netns, 'link', 'set', this.link, 'down');
  }

  async remove(): Promise<void> {
    await Promise.all(this.both.map((daemon) => daemon.stop()));
    for (const daemon of this.both) {
      daemon.clear();
      ip('netns', 'delete', daemon.netns);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
