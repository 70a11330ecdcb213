/** One director of the drill: the real daemon in its host, and the `tandem` commands that people use. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../control/client.ts';
import { ControlError } from '../control/error.ts';
import { stateDirectory } from '../director/config.ts';
import type { Status } from '../director/status.ts';
import type { Lab } from '../lab/lab.ts';
import { labSuffix } from '../lab/ownership.ts';
import { type DirectorName, PAIR } from '../lab/pair.ts';
import type { LabProcess } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import type { Connection } from '../model/connection.ts';
import { tandemCommand } from './paths.ts';
import { DrillError } from './result.ts';
import { PORTS } from './servers.ts';

export const PRIORITY = { lb1: 200, lb2: 100 } as const;
export const VRID = 51;

/** Loading programs and taking the control socket, on a busy machine. */
const READY_MS = 15_000;
/** As long as the command itself is patient. */
const UPGRADE_MS = 60_000;
const ASK_EVERY_MS = 100;
/** Lines of the log that an error quotes. */
const LOG_LINES = 15;

/** What both directors of a pair are set to. */
export interface Setting {
  /** ipvsadm lines. */
  readonly services: readonly string[];
  /** More keys of the file's `datapath`, and of its router. */
  readonly datapath?: Readonly<Record<string, string | number>>;
  readonly router?: Readonly<Record<string, string | number | boolean>>;
  /** The file's `track`. */
  readonly track?: object;
}

/** The seed's service, and one for each other kind of traffic, as ipvsadm lines. */
export const SERVICES: readonly string[] = [
  ['-t', 80, `${PAIR.rs1}:${PORTS.ssh}`],
  ['-t', 8080, `${PAIR.rs2}:${PORTS.http}`],
  ['-t', 7000, `${PAIR.rs1}:${PORTS.tcpEcho}`],
  ['-u', 7001, `${PAIR.rs1}:${PORTS.udpEcho}`],
].flatMap(([option, port, server]) => [
  `-A ${option} ${PAIR.vip}:${port} -s rr`,
  `-P ${option} ${PAIR.vip}:${port} -z ${PAIR.lip}`,
  `-a ${option} ${PAIR.vip}:${port} -r ${server} -q -w 1`,
]);

/** Whoever comes back takes nothing over: each mastership in a drill is of the drill's making. */
export const DRILL_SETTING: Setting = { services: SERVICES, router: { preempt: false } };

export interface DirectorPaths {
  readonly pins: string;
  readonly key: string;
  readonly log: string;
}

/** The daemon's settings: YAML, written as people write it. */
export function configurationText(
  name: DirectorName,
  advertMs: number,
  paths: DirectorPaths,
  setting: Setting = DRILL_SETTING,
): string {
  const flow = (keys: object): string =>
    Object.entries(keys)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ');
  const router = {
    name: 'main',
    vrid: VRID,
    interface: 'eth0',
    priority: PRIORITY[name],
    advert: `${advertMs}ms`,
    addresses: `[${PAIR.vip}]`,
    ...setting.router,
  };
  return `name: ${name}
interfaces: [eth0, eth1]
routers:
  - {${flow(router)}}
sync: {interface: eth2, key_file: ${paths.key}}
datapath: {${flow({ pins: paths.pins, ...setting.datapath })}}
services:
${setting.services.map((line) => `  - '${line}'`).join('\n')}
${setting.track ? `track: ${JSON.stringify(setting.track)}\n` : ''}log: {level: info, file: ${paths.log}}
`;
}

export interface DirectorOptions {
  readonly advertMs: number;
  /** The file of the pair's common key. */
  readonly key: string;
  /** The drills' own when absent. */
  readonly setting?: Setting;
  /** The `tandem` command; the built one when absent. */
  readonly command?: readonly string[];
}

export class Director {
  readonly name: DirectorName;
  /** The directory of its pinned plane. */
  readonly pins: string;
  readonly log: string;
  /** Its control socket. */
  readonly socket: string;
  readonly #lab: Lab;
  readonly #command: readonly string[];
  readonly #configuration: string;
  #daemon: LabProcess | undefined;

  /** Writes its configuration. */
  constructor(lab: Lab, name: DirectorName, options: DirectorOptions) {
    this.name = name;
    this.pins = join(lab.pins, name + labSuffix(lab.id));
    this.log = join(lab.directory, `${name}.log`);
    this.#lab = lab;
    this.#command = options.command ?? tandemCommand();
    this.#configuration = join(lab.directory, `${name}.yaml`);
    this.socket = join(lab.directory, `${name}.sock`);
    const paths = { pins: this.pins, key: options.key, log: this.log };
    const text = configurationText(name, options.advertMs, paths, options.setting);
    writeFileSync(this.#configuration, text);
  }

  /** Starts the daemon and returns at once. */
  async start(): Promise<void> {
    const args = ['daemon', '--config', this.#configuration, '--socket', this.socket];
    this.#daemon = await this.#tandem(args);
  }

  /** Returns when the daemon that was started last answers. @throws DrillError with the end of its log */
  async ready(signal: AbortSignal): Promise<Status> {
    return this.until(
      'answer on its control socket',
      (status) => status.pid === this.#daemon?.pid,
      READY_MS,
      signal,
    );
  }

  /** kill -9 of the daemon, and its end. */
  async kill(): Promise<void> {
    this.#daemon?.kill('SIGKILL');
    await this.#daemon?.exited;
  }

  /** What a power cut takes: the pinned plane, and what the daemon kept in memory (below /run). */
  forget(): void {
    for (const path of [this.pins, stateDirectory(this.pins)]) {
      rmSync(path, { recursive: true, force: true });
    }
  }

  /** What `tandem status --json` prints, asked without a process of its own: it is asked often, and the machine
   * has better things to do. Undefined while no daemon answers. */
  async status(): Promise<Status | undefined> {
    try {
      const client = await connect(this.socket);
      try {
        return await client.status();
      } finally {
        client.close();
      }
    } catch (error) {
      if (error instanceof ControlError) return undefined;
      throw error;
    }
  }

  /** What `tandem-ipvsadm -Lnc` lists. @throws ControlError */
  async connections(): Promise<Connection[]> {
    const client = await connect(this.socket);
    try {
      const all: Connection[] = [];
      for await (const some of client.connections()) all.push(...some);
      return all;
    } finally {
      client.close();
    }
  }

  /** Asks for its status until it holds. @throws DrillError when the daemon ends, LabError `timeout` */
  async until(
    what: string,
    holds: (status: Status) => boolean,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<Status> {
    let last: Status | undefined;
    try {
      return await waitFor(
        `${this.name} to ${what}`,
        async () => {
          if (!this.#daemon?.running) throw new DrillError(`the daemon of ${this.name} ended`);
          last = await this.status();
          return last && holds(last) ? last : undefined;
        },
        { timeoutMs, signal, everyMs: ASK_EVERY_MS },
      );
    } catch (error) {
      if (signal.aborted) throw error;
      throw new DrillError(`${(error as Error).message}\n${this.#excerpt(last)}`);
    }
  }

  /**
   * What `tandem handover` asks for, without a process of its own: what is measured is the handover, not how long
   * a busy machine takes to start a command. @throws DrillError with what it said when it refuses
   */
  async handover(): Promise<void> {
    try {
      const client = await connect(this.socket);
      try {
        await client.handover();
      } finally {
        client.close();
      }
    } catch (error) {
      throw new DrillError(`handover on ${this.name}: ${(error as Error).message}`);
    }
  }

  /** `tandem upgrade`, and what it printed. @throws DrillError with what it said when it refuses */
  async upgrade(): Promise<{ took_ms: number; role: string; connections: number }> {
    const [program = '', ...words] = [...this.#command, 'upgrade', '--json', '--socket', this.socket];
    const { code, stdout, stderr } = await this.#lab.run(this.name, program, words, {
      timeoutMs: UPGRADE_MS,
    });
    if (code !== 0) throw new DrillError(`upgrade on ${this.name}: ${stderr.trim()}`);
    return JSON.parse(stdout) as { took_ms: number; role: string; connections: number };
  }

  #tandem(args: readonly string[]): Promise<LabProcess> {
    // As deploy/tandem.service starts it: the machine also plays all the other hosts.
    const [program = '', ...words] = [...this.#command, ...args];
    return this.#lab.spawn(this.name, program, words, { label: `daemon of ${this.name}`, nice: -10 });
  }

  /** What a person needs to see why: the last status, and the end of the log. */
  #excerpt(last: Status | undefined): string {
    const log = existsSync(this.log)
      ? readFileSync(this.log, 'utf8').trim().split('\n').slice(-LOG_LINES)
      : [];
    const seen = last ? [`last status: ${JSON.stringify(last)}`] : [];
    return [...seen, ...log, this.#daemon?.complaint ?? ''].join('\n').trim();
  }
}
