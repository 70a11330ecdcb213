/** A pair of directors whose floating addresses are asked for every millisecond, and what is done to them meanwhile. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Director, PRIORITY, SERVICES } from '../../src/drill/director.ts';
import { masterDownMs } from '../../src/drill/limit.ts';
import { now } from '../../src/drill/traffic/channel.ts';
import { Lab } from '../../src/lab/lab.ts';
import { DIRECTOR_FRONT, DIRECTORS, type DirectorName, PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { portName, SWITCH_HOST } from '../../src/lab/topology.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import type { Wires } from '../../src/lab/wires.ts';
import { compile } from './load/programs.ts';
import { type Answers, type Leave, longestGap, Probe, violations } from './probe.ts';

const PATIENCE_MS = 30_000;
/** Questions before a fault, and after its consequences. */
const STEADY_MS = 500;

/** IPv6, which the lab's hosts are without: floating addresses, and each director's own beside them. */
const SIX = { vip: '2001:db8:1::1', lip: '2001:db8:2::1', port: 80 } as const;
const OWN6 = {
  lb1: { eth0: '2001:db8:1::2', eth1: '2001:db8:2::3' },
  lb2: { eth0: '2001:db8:1::3', eth1: '2001:db8:2::4' },
} as const;

const SERVICES6: readonly string[] = [
  `-A -t [${SIX.vip}]:${SIX.port} -s rr`,
  `-P -t [${SIX.vip}]:${SIX.port} -z ${SIX.lip}`,
];

export interface Play {
  /** Who answers in the end. */
  readonly last: DirectorName;
  /** Nobody else has answered meanwhile. */
  readonly only?: boolean;
  /** In which two may answer. */
  readonly leave?: Leave;
}

export interface Scenario {
  readonly name: string;
  play(pair: Answering): Promise<Play>;
  /** What it leaves behind is put right. */
  mend?(pair: Answering): Promise<void>;
}

export interface Outcome {
  readonly name: string;
  readonly violations: readonly string[];
  readonly rows: ReadonlyArray<readonly [string, string]>;
}

export class Answering {
  readonly lab: Lab;
  readonly lb1: Director;
  readonly lb2: Director;
  readonly wires: Wires;
  readonly advertMs: number;
  /** Of the lower director. */
  readonly masterDownMs: number;
  readonly #program: string;

  private constructor(lab: Lab, advertMs: number, directors: [Director, Director], wires: Wires) {
    this.lab = lab;
    this.advertMs = advertMs;
    this.masterDownMs = masterDownMs(advertMs, PRIORITY.lb2);
    [this.lb1, this.lb2] = directors;
    this.wires = wires;
    this.#program = compile(lab, 'prober');
  }

  static async up(advertMs: number): Promise<Answering> {
    const lab = new Lab(PAIR_TOPOLOGY);
    await lab.up();
    try {
      const key = join(lab.directory, 'sync.key');
      writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
      // Whoever has the addresses keeps them, so that the end of a scenario stays what it was.
      const setting = { services: [...SERVICES, ...SERVICES6], router: { preempt: false } };
      const directors = DIRECTORS.map((name) => new Director(lab, name, { advertMs, key, setting })) as [
        Director,
        Director,
      ];
      const pair = new Answering(lab, advertMs, directors, await lab.wires());
      for (const name of DIRECTORS) await pair.#plumb(name);
      return pair;
    } catch (error) {
      await lab.down();
      throw error;
    }
  }

  /** lb1 is master and lb2 its backup with the whole table, whatever was before. */
  async ready(): Promise<void> {
    for (const name of DIRECTORS) if (!(await this[name].status())) await this[name].start();
    for (const name of DIRECTORS)
      await this.until(name, 'have a role', ({ role }) => role === 'master' || role === 'backup');
    await pause(2 * this.masterDownMs);
    const { role } = await this.until('lb2', 'answer', () => true);
    if (role === 'master') {
      await this.until('lb1', 'hold the table', (status) => status.role === 'master' || status.peer.synced);
      if ((await this.lb2.status())?.role === 'master') await this.lb2.handover();
    }
    await this.until('lb1', 'be master', (status) => status.role === 'master');
    await this.until('lb2', 'be backup', (status) => status.role === 'backup' && status.peer.synced);
  }

  /** Plays it while everybody is asked. */
  async perform(scenario: Scenario): Promise<Outcome> {
    await this.ready();
    const probes = await Promise.all([
      this.#probe('probe', '10.1.1.100', [PAIR.vip, SIX.vip]),
      this.#probe('rs1', '192.168.10.100', [PAIR.lip, SIX.lip]),
    ]);
    await pause(STEADY_MS);
    const fault = now();
    let play: Play;
    try {
      play = await scenario.play(this);
      await pause(STEADY_MS);
    } catch (error) {
      for (const probe of probes) await probe.finish();
      throw error;
    } finally {
      await scenario.mend?.(this);
    }
    const answers = (await Promise.all(probes.map((probe) => probe.finish()))).flat();
    return judge(scenario.name, answers, play, fault);
  }

  async down(): Promise<string[]> {
    return this.lab.down();
  }

  until(
    name: DirectorName,
    what: string,
    holds: Parameters<Director['until']>[1],
  ): ReturnType<Director['until']> {
    return this[name].until(what, holds, PATIENCE_MS, new AbortController().signal);
  }

  takesOver(name: DirectorName): Promise<unknown> {
    return this.until(name, 'take over', ({ role }) => role === 'master');
  }

  async pidOf(name: DirectorName): Promise<number> {
    return (await this.until(name, 'answer', () => true)).pid;
  }

  /** A director's daemon gets so little of the processor: 1 ms in 100. @returns what gives it back */
  async starve(name: DirectorName): Promise<() => Promise<void>> {
    const pid = await this.pidOf(name);
    const v1 = '/sys/fs/cgroup/cpu';
    const v2 = '/sys/fs/cgroup';
    const old = existsSync(join(v1, 'cpu.cfs_quota_us')) || existsSync(join(v1, 'cgroup.procs'));
    const root = old ? v1 : v2;
    const group = join(root, `tandem-${this.lab.id}`);
    mkdirSync(group);
    if (old) {
      writeFileSync(join(group, 'cpu.cfs_period_us'), '100000');
      writeFileSync(join(group, 'cpu.cfs_quota_us'), '1000');
      // Where the kernel groups real-time threads too (CONFIG_RT_GROUP_SCHED), they get as little.
      if (existsSync(join(group, 'cpu.rt_runtime_us')))
        writeFileSync(join(group, 'cpu.rt_runtime_us'), '10000');
    } else {
      writeFileSync(join(group, 'cpu.max'), '1000 100000');
    }
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
    return async () => {
      await waitFor('the starved daemon to be let go', () => emptied(group, root), {
        timeoutMs: PATIENCE_MS,
      });
    };
  }

  /** A power cycle. */
  async reboot(name: DirectorName): Promise<void> {
    await this.lab.reboot(name);
    await this.#plumb(name);
  }

  async #plumb(name: DirectorName): Promise<void> {
    const lines = Object.entries(OWN6[name]).map(
      ([device, address]) => `ip -6 address add ${address}/64 dev ${device} nodad`,
    );
    const input = ['set -e', 'echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6', ...lines].join('\n');
    const { code, stderr } = await this.lab.run(name, 'sh', ['-s'], { input });
    if (code !== 0) throw new Error(`IPv6 on ${name}: ${stderr}`);
  }

  /** Takes the carrier of one interface and gives it back after a time. */
  async flap(name: DirectorName, device: string, ms: number): Promise<void> {
    const set = (state: string) =>
      this.lab.run(SWITCH_HOST, 'ip', ['link', 'set', 'dev', portName(name, device), state]);
    await set('down');
    await pause(ms);
    await set('up');
  }

  #probe(host: string, askers: string, targets: readonly string[]): Promise<Probe> {
    return Probe.start(this.lab, this.#program, { host, interface: 'eth0', askers, targets });
  }
}

/** Everything that is in a group of processes, children too, goes to another one; the group goes when it is empty. */
function emptied(group: string, to: string): boolean {
  try {
    for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n'))
      if (pid) writeFileSync(join(to, 'cgroup.procs'), pid);
    rmdirSync(group);
    return true;
  } catch (error) {
    // A child has ended meanwhile, or has not quite.
    if (['EBUSY', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

/** Of each link address that a director answers with: the last digits are the host's. */
function directorOf(mac: string): string {
  const name = DIRECTORS.find((each) => DIRECTOR_FRONT[each].mac.slice(-2) === lastOf(mac));
  return name ?? mac;
}

/** lb1 has 02 on the client network and 03 toward the servers, lb2 03 and 04. */
function lastOf(mac: string): string {
  return mac.startsWith('02:00:00:00:02:') ? `0${Number(mac.slice(-1)) - 1}` : mac.slice(-2);
}

const TENURES_TOLD = 6;

function judge(name: string, answers: readonly Answers[], play: Play, fault: number): Outcome {
  const broken = answers.flatMap((each) => violations(each, play.leave));
  const rows: Array<readonly [string, string]> = [];
  for (const each of answers) {
    const { target, asked, answered, doubles, tenures } = each;
    const told = tenures.slice(0, TENURES_TOLD).map(({ mac, from, count }) => {
      return `${directorOf(mac)} ${count} from ${(from - fault).toFixed(0)} ms`;
    });
    const more = tenures.length > TENURES_TOLD ? `, and ${tenures.length - TENURES_TOLD} changes more` : '';
    const gap = longestGap(each, fault).toFixed(1);
    rows.push([
      `${name}: ${target}`,
      `asked ${asked}, answered ${answered}, by two ${doubles}, gap ${gap} ms: ${told.join(', ')}${more}`,
    ]);
    if (play.only && tenures.length > 1) broken.push(`${target}: ${tenures.length - 1} changes`);
    const last = tenures.at(-1);
    if (!last || directorOf(last.mac) !== play.last)
      broken.push(
        `${target}: in the end ${last ? directorOf(last.mac) : 'nobody'} answers instead of ${play.last}`,
      );
  }
  return { name, violations: broken, rows };
}
