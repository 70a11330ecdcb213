/** A pair of real daemons in the lab, with what it takes to load them, to hurt them, and to compare their tables. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Director, type Setting } from '../../src/drill/director.ts';
import { goBefore } from '../../src/host/priority.ts';
import { execute, must } from '../../src/lab/command.ts';
import { Lab } from '../../src/lab/lab.ts';
import { namespaceName } from '../../src/lab/ownership.ts';
import { DIRECTOR_FRONT, type DirectorName, PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import type { HostSpec, Topology } from '../../src/lab/topology.ts';
import { pause } from '../../src/lab/wait.ts';
import type { Wires } from '../../src/lab/wires.ts';
import { compileAll, Load, type LoadSettings, type Programs, serve } from './load/programs.ts';
import { differences, flowsOf, OFFSETS, readStates } from './tables.ts';

/** The service that real clients call, and the one whose connections are made in the table alone (fill). */
export const PORT = { load: 7000, fill: 9000 } as const;

/** Addresses that clients call from: with 64,000 ports each, more tuples than any trial opens. */
const CLIENTS = { first: '10.1.1.32', count: 30 } as const;
/** Who seems to call in a fill; behind the client. */
const FILLERS = { network: '10.9.0.0/16', first: '10.9.0.1' } as const;
const locals = Array.from({ length: 5 }, (_, index) => `192.168.10.${101 + index}`);
/** Addresses of rs1: with 5 local addresses, one half of the ports is enough for 640,000 connections. */
const servers = [PAIR.rs1, '192.168.10.21', '192.168.10.22', '192.168.10.23'];
/** Nobody is there: no frame of a fill leaves the director. */
const fillServers = Array.from({ length: 16 }, (_, index) => `192.168.20.${10 + index}`);

/** A busy machine keeps an owner with it; what is about takeovers takes a shorter one. */
const ADVERT_MS = 1000;
/** Elections, and commands of a busy machine. */
const PATIENCE_MS = 30_000;
const FILL_MS = 300_000;

const serviceLines = (port: number, reals: readonly string[]): string[] => [
  `-A -t ${PAIR.vip}:${port} -s rr`,
  ...locals.map((address) => `-P -t ${PAIR.vip}:${port} -z ${address}`),
  ...reals.map((address) => `-a -t ${PAIR.vip}:${port} -r ${address}:${port} -q -w 1`),
];

const SETTING: Setting = {
  services: [...serviceLines(PORT.load, servers), ...serviceLines(PORT.fill, fillServers)],
  datapath: { connections: 1_200_000 },
};

/** Ended connections wait in TIME_WAIT; the machine's own bound would be reached in seconds. */
const MANY = { 'net.ipv4.tcp_max_tw_buckets': '1000000' } as const;

function adapted(host: HostSpec): HostSpec {
  const [first, ...rest] = host.interfaces;
  const plugged = (addresses: readonly string[]): HostSpec['interfaces'] =>
    first
      ? [{ ...first, addresses: [...first.addresses, ...addresses.map((it) => `${it}/24`)] }, ...rest]
      : rest;
  if (host.name === 'client') {
    const calling = Array.from({ length: CLIENTS.count }, (_, index) => `10.1.1.${32 + index}`);
    return { ...host, interfaces: plugged(calling), sysctls: MANY };
  }
  if (host.name === 'rs1') return { ...host, interfaces: plugged(servers.slice(1)), sysctls: MANY };
  if (host.name in DIRECTOR_FRONT)
    return { ...host, routes: [...(host.routes ?? []), { to: FILLERS.network, via: PAIR.client }] };
  return host;
}

const TOPOLOGY: Topology = { ...PAIR_TOPOLOGY, hosts: PAIR_TOPOLOGY.hosts.map(adapted) };

/** What load/compare.c prints. */
interface Comparison {
  readonly equal: boolean;
  readonly begin: number;
  readonly end: number;
  readonly connections: readonly [number, number];
}

export interface Equal {
  readonly connections: number;
  /** Milliseconds from the moment that was given until the comparison began that found them equal. */
  readonly foundMs: number;
  /** And until it had read both: a large table takes its time. */
  readonly afterMs: number;
  /** Of which reading the two tables took. */
  readonly tookMs: number;
}

/**
 * Has the packets of a flow come to one processor, as network cards do and veth does not. Else the last ACK of a handshake and the data
 * behind it may come to two at once, and a lookup (they take no lock) finds neither the request any more nor yet the socket that
 * inet_ehash_insert() puts in its place: the server's kernel answers with RST, one of some hundred thousand times.
 */
async function steerFlows(lab: Lab, host: string): Promise<void> {
  const all = ((1 << Math.min(cpus().length, 31)) - 1).toString(16);
  const queue = '/sys/class/net/eth0/queues/rx-0/rps_cpus';
  // With a sysfs of that namespace.
  await must('ip', ['netns', 'exec', namespaceName(lab.id, host), 'sh', '-c', `echo ${all} > ${queue}`]);
}

export class TestPair {
  readonly lab: Lab;
  readonly lb1: Director;
  readonly lb2: Director;
  readonly wires: Wires;
  readonly #programs: Programs;
  /** Connections that the client has made, or may have. */
  #called = 0;

  private constructor(lab: Lab, lb1: Director, lb2: Director, wires: Wires, programs: Programs) {
    this.lab = lab;
    this.lb1 = lb1;
    this.lb2 = lb2;
    this.wires = wires;
    this.#programs = programs;
  }

  /** lb1 is master, lb2 its backup with an empty table, and the servers listen. */
  static async up({ advertMs = ADVERT_MS, setting = SETTING } = {}): Promise<TestPair> {
    // A measurement must not wait behind what it measures.
    goBefore(-10);
    const lab = new Lab(TOPOLOGY);
    await lab.up();
    try {
      await steerFlows(lab, 'rs1');
      const programs = compileAll(lab);
      const key = join(lab.directory, 'sync.key');
      writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
      const [lb1, lb2] = (['lb1', 'lb2'] as const).map(
        (name) => new Director(lab, name, { advertMs, key, setting }),
      ) as [Director, Director];
      const pair = new TestPair(lab, lb1, lb2, await lab.wires(), programs);
      await Promise.all([serve(lab, programs.traffic, 'rs1', '0.0.0.0', PORT.load), pair.#start()]);
      return pair;
    } catch (error) {
      await lab.down();
      throw error;
    }
  }

  async #start(): Promise<void> {
    await this.start('lb1', 'master');
    await this.start('lb2', 'backup');
    await this.until('lb2', 'hold the table', ({ peer }) => peer.synced);
  }

  /** Starts a daemon and waits until it has a role; any when none is named. */
  async start(name: DirectorName, role?: 'master' | 'backup'): Promise<void> {
    const { signal } = new AbortController();
    await this[name].start();
    await this[name].ready(signal);
    await this.until(name, `be ${role ?? 'something'}`, (status) =>
      role ? status.role === role : status.role !== 'init',
    );
  }

  until(
    name: DirectorName,
    what: string,
    holds: Parameters<Director['until']>[1],
    timeoutMs = PATIENCE_MS,
  ): ReturnType<Director['until']> {
    return this[name].until(what, holds, timeoutMs, new AbortController().signal);
  }

  /** Real connections of the client through the pair; no two of a pair have the same tuple. */
  load(settings: Pick<LoadSettings, 'rate' | 'count' | 'hold' | 'reset'>): Promise<Load> {
    const from = { clients: CLIENTS.first, addresses: CLIENTS.count, first: this.#called };
    this.#called += settings.count;
    const to = { to: PAIR.vip, port: PORT.load };
    return Load.start(this.lab, this.#programs.traffic, 'client', { ...to, ...from, ...settings });
  }

  /** Makes established connections in a master's table, by the frames of their handshakes. @param rate a second, 0: as fast as it can */
  async fill(name: DirectorName, count: number, rate = 0): Promise<{ opened: number; seconds: number }> {
    // Frames that leave by no wire resolve no neighbour.
    await this.#know(name, 'eth0', PAIR.client, 'client');
    await this.#know(name, 'eth1', '192.168.10.254', 'router');
    const links = await this.lab.run(name, 'ip', ['-json', 'link', 'show']);
    const sides = (JSON.parse(links.stdout) as { ifname: string; ifindex: number; address: string }[])
      .filter(({ ifname }) => ifname === 'eth0' || ifname === 'eth1')
      .toSorted((a, b) => a.ifname.localeCompare(b.ifname))
      .flatMap(({ ifname, ifindex, address }) => [
        join(this[name].pins, `link_xdp-native_${ifname}_${ifindex}`),
        String(ifindex),
        address,
      ]);
    const args = [...sides, PAIR.vip, String(PORT.fill), FILLERS.first, String(count), String(rate)];
    const { code, stdout, stderr } = await this.lab.run(name, this.#programs.fill, args, {
      timeoutMs: FILL_MS,
    });
    if (code !== 0) throw new Error(`fill on ${name}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as { opened: number; seconds: number };
  }

  async #know(name: DirectorName, device: string, address: string, host: string): Promise<void> {
    const mac = TOPOLOGY.hosts.find((each) => each.name === host)?.interfaces[0]?.mac ?? '';
    const entry = [address, 'lladdr', mac, 'dev', device, 'nud', 'permanent'];
    const { code, stderr } = await this.lab.run(name, 'ip', ['neigh', 'replace', ...entry]);
    if (code !== 0) throw new Error(stderr);
  }

  /** Waits until both tables hold the same connections in the same states. @param since milliseconds of the common clock */
  async equal(since: number, timeoutMs: number): Promise<Equal> {
    const { lb1, lb2 } = this;
    const compared = await this.#compare(timeoutMs);
    if (!compared.equal) {
      const found = differences(readStates(lb1.pins), readStates(lb2.pins));
      throw new Error(`the tables are not equal after ${timeoutMs} ms\n${found.join('\n')}`);
    }
    const { begin, end, connections } = compared;
    return {
      connections: connections[0],
      foundMs: Math.max(0, begin - since),
      afterMs: end - since,
      tookMs: end - begin,
    };
  }

  /** How many connections each holds; the master is counted first. */
  async counts(): Promise<{ lb1: number; lb2: number }> {
    const { connections } = await this.#compare(0);
    const [lb1, lb2] = connections;
    return { lb1, lb2 };
  }

  /** The last comparison: the first that finds them equal, or the first after the time is over. */
  async #compare(timeoutMs: number): Promise<Comparison> {
    const tables = [flowsOf(this.lb1.pins), flowsOf(this.lb2.pins)];
    const args = [...tables, ...OFFSETS, String(timeoutMs)];
    const limit = { timeoutMs: timeoutMs + PATIENCE_MS };
    const { stdout, stderr } = await execute(this.#programs.compare, args, limit);
    const last = stdout.trim().split('\n').at(-1);
    if (!last) throw new Error(`compare: ${stderr}`);
    return JSON.parse(last) as Comparison;
  }

  pause(ms: number): Promise<void> {
    return pause(ms);
  }

  down(): Promise<string[]> {
    return this.lab.down();
  }
}
