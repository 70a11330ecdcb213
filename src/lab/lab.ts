/** Network-namespace hosts and links, from a declaration; and back to nothing. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { borrowMounts } from './borrowed.ts';
import { type CommandOptions, type CommandResult, execute, must } from './command.ts';
import { LabError } from './error.ts';
import {
  claim,
  LAB_VARIABLE,
  labDirectory,
  labPins,
  NETNS_ROOT,
  namespaceName,
  staleLabs,
} from './ownership.ts';
import { compilePassProgram } from './pass-program.ts';
import {
  cutLines,
  hostLines,
  hostScript,
  type IpLines,
  portLines,
  portScript,
  restoreLines,
  switchLines,
  unplugLines,
} from './plan.ts';
import { LabProcess, type SpawnOptions } from './process.ts';
import { deleteNamespace, namespacesOf, remainsOf, removeLab } from './remains.ts';
import { checkTopology, type HostSpec, SWITCH_HOST, type Topology } from './topology.ts';
import { throwIfAborted } from './wait.ts';
import { Wires } from './wires.ts';

/** @throws LabError `not-root` */
export function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new LabError('not-root', 'the lab makes network namespaces: run it as root');
}

export class Lab {
  /** In the name of everything that it makes; two labs never share one. */
  readonly id = randomBytes(4).toString('hex');
  /** For sockets, keys, configurations and logs; goes with the lab. */
  readonly directory = labDirectory(this.id);
  /** A bpf filesystem for pins; goes with the lab. */
  readonly pins = labPins(this.id);
  readonly topology: Topology;
  readonly #children = new Set<LabProcess>();
  readonly #closing = new AbortController();
  #building: Promise<void> | undefined;
  #wires: Promise<Wires> | undefined;

  /** @throws LabError `bad-topology` */
  constructor(topology: Topology) {
    checkTopology(topology);
    this.topology = topology;
  }

  /**
   * Builds everything, after removing what killed labs left. If it cannot, or is interrupted, it takes down
   * what stands before it throws.
   * @throws LabError `not-root`, `command-failed`, `aborted`
   */
  async up(signal?: AbortSignal): Promise<void> {
    requireRoot();
    const stop = signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal;
    this.#building = this.#build(stop);
    try {
      await this.#building;
    } catch (error) {
      await this.#remove();
      throw error;
    }
  }

  /** Ends every process and removes everything. @returns what could not be removed, in words */
  async down(): Promise<string[]> {
    this.#closing.abort();
    await this.#building?.catch(() => {});
    return this.#remove();
  }

  /** What of this lab stands on the machine, in words. */
  remains(): string[] {
    return remainsOf(this.id);
  }

  /** Runs a command in a host to its end, whatever its exit code. */
  run(
    host: string,
    command: string,
    args: readonly string[],
    options?: CommandOptions,
  ): Promise<CommandResult> {
    return execute('nsenter', [this.#enter(host), '--', command, ...args], options);
  }

  /** Starts a process in a host; it ends with the lab at the latest. */
  async spawn(
    host: string,
    command: string,
    args: readonly string[],
    options: SpawnOptions & { readonly label?: string } = {},
  ): Promise<LabProcess> {
    throwIfAborted(this.#closing.signal);
    const child = await LabProcess.start(
      options.label ?? `${command} on ${host}`,
      'nsenter',
      [this.#enter(host), '--', command, ...args],
      { ...options, env: { ...options.env, [LAB_VARIABLE]: this.id } },
    );
    this.#children.add(child);
    void child.exited.then(() => this.#children.delete(child));
    return child;
  }

  /** Takes the carrier from every interface of the host at once. */
  cut(host: string): Promise<void> {
    return this.#ip(SWITCH_HOST, cutLines(this.#spec(host)));
  }

  restore(host: string): Promise<void> {
    return this.#ip(SWITCH_HOST, restoreLines(this.#spec(host)));
  }

  /** What makes ways between hosts bad (see {@link Wires}); laid at the first call, and frames pass untouched until it is told. */
  wires(): Promise<Wires> {
    throwIfAborted(this.#closing.signal);
    this.#wires ??= Wires.lay({
      topology: this.topology,
      pins: this.pins,
      script: (input) => this.#script(SWITCH_HOST, input),
      spawn: (host, command, args) => this.spawn(host, command, args, { nice: -15 }),
    });
    return this.#wires;
  }

  /** A power cycle: all processes, addresses and programs of the host are gone, then it is built anew. */
  async reboot(host: string): Promise<void> {
    const spec = this.#spec(host);
    // Deleted by hand because a namespace frees its links only some time after it is gone.
    await this.#ip(SWITCH_HOST, unplugLines(spec));
    await deleteNamespace(this.#namespace(host));
    await this.#buildHost(spec);
    await (await this.#wires)?.plug([host]);
  }

  async #build(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    for (const id of staleLabs()) await removeLab(id);
    claim(this.id);
    await borrowMounts(this.id);
    await compilePassProgram(this.#passProgram);
    throwIfAborted(signal);
    await must('ip', ['netns', 'add', this.#namespace(SWITCH_HOST)]);
    await this.#ip(SWITCH_HOST, switchLines(this.topology));
    for (const host of this.topology.hosts) {
      throwIfAborted(signal);
      await this.#buildHost(host);
    }
    throwIfAborted(signal);
  }

  async #buildHost(host: HostSpec): Promise<void> {
    await must('ip', ['netns', 'add', this.#namespace(host.name)]);
    await this.#ip(SWITCH_HOST, portLines(host, this.#namespace(host.name)));
    await this.#script(SWITCH_HOST, portScript(host, this.#passProgram, this.pins));
    await this.#script(host.name, hostScript(host));
    await this.#ip(host.name, hostLines(host));
  }

  async #remove(): Promise<string[]> {
    await this.#wires?.then(
      (wires) => wires.close(),
      () => {},
    );
    await Promise.all([...this.#children].map((child) => child.end()));
    return removeLab(this.id);
  }

  get #passProgram(): string {
    return join(this.directory, 'pass.bpf.o');
  }

  #ip(host: string, lines: IpLines): Promise<void> {
    const input = `${lines.join('\n')}\n`;
    return must('nsenter', [this.#enter(host), '--', 'ip', '-batch', '-'], { input }).then(() => {});
  }

  #script(host: string, input: string): Promise<string> {
    return must('nsenter', [this.#enter(host), '--', 'sh', '-s'], { input });
  }

  #enter(host: string): string {
    if (!namespacesOf(this.id).includes(this.#namespace(host))) {
      throw new LabError('no-host', `the lab has no host "${host}", or is down`);
    }
    return `--net=${join(NETNS_ROOT, this.#namespace(host))}`;
  }

  #namespace(host: string): string {
    return namespaceName(this.id, host);
  }

  #spec(host: string): HostSpec {
    const spec = this.topology.hosts.find(({ name }) => name === host);
    if (!spec) throw new LabError('no-host', `the lab has no host "${host}"`);
    return spec;
  }
}
