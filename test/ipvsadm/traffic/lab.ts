/**
 * Where the traffic of the recordings is made: a client, a director (`da`) that is the real servers' gateway, a second
 * one (`db`) for sync, and one host that is both real servers. No routers: the addresses are the director's own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../../src/control/client.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { labSuffix, namespaceName } from '../../../src/lab/ownership.ts';
import type { LabProcess } from '../../../src/lab/process.ts';
import { type InterfaceSpec, SWITCH_HOST, type Topology } from '../../../src/lab/topology.ts';
import { waitFor } from '../../../src/lab/wait.ts';
import { TANDEM } from '../../cli/run.ts';
import { type Output, type } from '../terminal.ts';
import { SctpEnds } from './sctp-ends.ts';

export const CLIENT = '10.0.0.1';
/** The client of the recording that marks its packets. */
export const MARKED_CLIENT = '10.0.0.11';
export const VIP = '10.0.0.100';
export const CLIENT6 = 'fd00::1';
export const VIP6 = 'fd00::100';
const SERVERS = ['192.168.10.2/24', '192.168.10.3/24', 'fd01::2/64', 'fd01::3/64'];
const TCP_PORTS = '80';
const UDP_PORTS = '53';

const READY_MS = 20_000;
const DONE_MS = 60_000;

export type DirectorName = 'da' | 'db';

const plug = (name: string, on: string, last: string, addresses: string[], xdp = false): InterfaceSpec => ({
  name,
  switch: on,
  mac: `02:00:00:00:${last}`,
  addresses,
  xdp,
});

const TOPOLOGY: Topology = {
  switches: ['front', 'back', 'sync'],
  hosts: [
    {
      name: 'client',
      interfaces: [plug('eth0', 'front', '01:01', [`${CLIENT}/24`, `${MARKED_CLIENT}/24`, `${CLIENT6}/64`])],
    },
    {
      name: 'da',
      interfaces: [
        plug('eth0', 'front', '01:fe', ['10.0.0.254/24', `${VIP}/32`, 'fd00::fe/64', `${VIP6}/128`], true),
        plug('eth1', 'back', '02:01', ['192.168.10.1/24', 'fd01::1/64'], true),
        plug('eth2', 'sync', '03:01', ['172.31.0.1/24']),
      ],
    },
    {
      name: 'db',
      interfaces: [
        plug('eth0', 'front', '01:fd', ['10.0.0.253/24'], true),
        plug('eth1', 'back', '02:fd', ['192.168.10.253/24'], true),
        plug('eth2', 'sync', '03:02', ['172.31.0.2/24']),
      ],
    },
    {
      name: 'rs',
      // Direct routing: what it has on lo is asked for on no other interface, and its answers go by eth1.
      interfaces: [plug('eth0', 'back', '02:02', SERVERS), plug('eth1', 'front', '01:02', [])],
      routes: [
        { to: 'default', via: '192.168.10.1' },
        { to: 'default', via: 'fd01::1' },
      ],
      sysctls: { 'net.ipv4.conf.all.arp_ignore': '1', 'net.ipv4.conf.all.arp_announce': '2' },
    },
  ],
};

export class TrafficLab {
  readonly #lab = new Lab(TOPOLOGY);
  readonly #daemons = new Map<DirectorName, LabProcess>();
  #client: LabProcess | undefined;
  #sctp: SctpEnds | undefined;
  readonly #said: string[] = [];

  /** @throws LabError when the lab cannot be built */
  async up(): Promise<void> {
    await this.#lab.up();
    await this.start('da');
    await this.#talk('rs', ['serve', TCP_PORTS, UDP_PORTS]);
  }

  async down(): Promise<string[]> {
    await this.#sctp?.leave();
    return this.#lab.down();
  }

  /** A daemon that is configured for nothing but its interfaces. */
  async start(name: DirectorName): Promise<void> {
    const file = join(this.#lab.directory, `${name}.yaml`);
    const pins = join(this.#lab.pins, name + labSuffix(this.#lab.id));
    writeFileSync(file, JSON.stringify({ name, interfaces: ['eth0', 'eth1'], datapath: { pins } }));
    const words = [TANDEM, 'daemon', '--config', file, '--socket', this.#socket(name)];
    this.#daemons.set(name, await this.#lab.spawn(name, process.execPath, words));
    await waitFor(`the daemon of ${name}`, () => existsSync(this.#socket(name)), { timeoutMs: READY_MS });
  }

  /** What the command says on a director. Not as a process: on a busy machine states would time out meanwhile. */
  async ipvsadm(argv: readonly string[], name: DirectorName = 'da', input = ''): Promise<Output> {
    const director = await connect(this.#socket(name));
    try {
      return await type(argv, director, input);
    } finally {
      director.close();
    }
  }

  /** `tandem` on a director. @throws Error with what it said when it fails */
  tandem(args: readonly string[], name: DirectorName = 'da'): void {
    const run = spawnSync(process.execPath, [TANDEM, ...args, '--socket', this.#socket(name)], {
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`tandem ${args.join(' ')}: ${run.stderr}`);
  }

  /** A command in a host. @throws Error when it fails */
  async run(host: string, ...words: readonly string[]): Promise<void> {
    const [command = '', ...args] = words;
    const { code, stderr } = await this.#lab.run(host, command, args);
    if (code !== 0) throw new Error(`${words.join(' ')} on ${host}: ${stderr}`);
  }

  /** One command of talk.mjs, done by the client. */
  async client(command: string, settings: object): Promise<void> {
    this.#client ??= await this.#talk('client', ['call'], (line) => this.#said.push(line));
    this.#client.stdin.write(`${JSON.stringify({ command, ...settings })}\n`);
    const text = `${command} ${JSON.stringify(settings)}`;
    const line = await waitFor(text, () => this.#said.shift(), { timeoutMs: DONE_MS, everyMs: 5 });
    const { error } = JSON.parse(line) as { error?: string };
    if (error) throw new Error(`${text}: ${error}`);
  }

  /** Sets the servers up for direct routing: they have the virtual address, and answer the client without the director. */
  async routeDirect(): Promise<void> {
    await this.run('rs', 'ip', 'address', 'add', `${VIP}/32`, 'dev', 'lo');
    // Without an address of this link their questions would bear the virtual one, and teach the client their MAC.
    await this.run('rs', 'ip', 'address', 'add', '10.0.0.200/24', 'dev', 'eth1');
  }

  /** One association, between ends that stand in for the client and the servers until the next {@link refresh}. */
  async associate(): Promise<void> {
    await this.#placeHosts(false);
    this.#sctp = await SctpEnds.associate(namespaceName(this.#lab.id, SWITCH_HOST));
  }

  async endAssociation(): Promise<void> {
    await this.#sctp?.shutDown();
  }

  /** As hosts that have just been switched on: no client, no rules, no connections. */
  async refresh(): Promise<void> {
    await this.#client?.end();
    this.#client = undefined;
    this.#said.length = 0;
    if (this.#sctp) {
      await this.#sctp.leave();
      this.#sctp = undefined;
      await this.#placeHosts(true);
    }
    for (const link of ['lo', 'eth1'])
      await this.run('rs', 'ip', 'address', 'flush', 'dev', link, 'scope', 'global');
    for (const name of this.#daemons.keys()) {
      await this.#daemons.get(name)?.end();
      await this.start(name);
    }
  }

  /** Plugs the client and the servers in, or out; the director has to ask again who has their addresses. */
  async #placeHosts(there: boolean): Promise<void> {
    for (const host of ['client', 'rs']) await (there ? this.#lab.restore(host) : this.#lab.cut(host));
    for (const link of ['eth0', 'eth1']) await this.run('da', 'ip', 'neighbour', 'flush', 'dev', link);
  }

  #socket(name: DirectorName): string {
    return join(this.#lab.directory, `${name}.sock`);
  }

  async #talk(host: string, words: readonly string[], later = (_: string) => {}): Promise<LabProcess> {
    const talk = join(import.meta.dirname, 'talk.mjs');
    const child = await this.#lab.spawn(host, process.execPath, [talk, ...words]);
    let ready = false;
    child.onLine((line) => {
      if (ready) later(line);
      ready = true;
    });
    await waitFor(`talk.mjs on ${host}`, () => ready, { timeoutMs: READY_MS });
    return child;
  }
}
