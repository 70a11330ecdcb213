/** A director's plane between real hosts: network namespaces at the far ends of its links. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { XdpPlane } from '../../src/datapath/xdp-plane.ts';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { IPVS_OPTIONS } from '../../src/model/ipvs-options.ts';
import { EMPTY_RULES, type ServiceId } from '../../src/model/rules.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { ip, TestNamespace } from './namespace.ts';
import { linkOf, setForwarding, VIP, VIP6 } from './plane.ts';

const CLIENTS = ['10.1.1.10/24', '2001:db8:1::10/64'] as const;
const SERVERS = ['192.168.10.2/24', '2001:db8:10::2/64'] as const;

/** Usable at once: nobody else has them. */
const nodad = (address: string) => (address.includes(':') ? ['nodad'] : []);

/** Real hosts at the far ends of a director's links: nothing is resolved beforehand. */
export class Wire {
  readonly namespace: TestNamespace;
  readonly plane: XdpPlane;
  readonly front: string;
  readonly #far: string[] = [];
  readonly #children: ChildProcess[] = [];

  constructor(
    label: string,
    { mode = 'auto', oneArmed = false }: { mode?: 'auto' | 'generic'; oneArmed?: boolean } = {},
  ) {
    this.namespace = new TestNamespace(label);
    this.front = 'front';
    if (oneArmed) this.#bridge();
    else {
      this.#link('client', 'front', ['10.1.1.2/24', '2001:db8:1::2/64'], CLIENTS);
      this.#link('server', 'back', ['192.168.10.3/24', '2001:db8:10::3/64'], SERVERS);
    }
    const interfaces = (oneArmed ? ['front'] : ['front', 'back']).map(linkOf);
    for (const { name } of interfaces) setForwarding(name);
    this.plane = XdpPlane.open({
      pins: this.namespace.pins,
      connections: 1000,
      localPorts: [1024, 65535],
      ipvs: IPVS_OPTIONS,
      mode,
      interfaces,
    });
    this.plane.applyRules(EMPTY_RULES);
  }

  /**
   * A service on port 80 of the virtual address of the server's family, TCP and UDP, to port 7 of the server, and
   * nothing else; the fence is open.
   */
  serve(local: string, server: string, term = 1): void {
    const virtual = server.includes(':') ? VIP6 : VIP;
    const rules = (['tcp', 'udp'] as const).flatMap((protocol): RuleEdit[] => {
      const id: ServiceId = {
        kind: 'address',
        protocol,
        address: parseAddress(virtual),
        port: 80,
        subnetId: 0,
      };
      const to = { address: parseAddress(server), port: 7, weight: 1, forwarding: 'fullnat' as const };
      return [
        { op: 'add-service', id, settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false } },
        { op: 'add-server', id, server: { ...to, upperThreshold: 0, lowerThreshold: 0 } },
        { op: 'add-local', id, local: { address: parseAddress(local) } },
      ];
    });
    this.plane.applyRules(rules.reduce(applyEdit, EMPTY_RULES));
    const [front, back] = ['front', ip('-br', 'link').includes('back') ? 'back' : 'front'].map(linkOf);
    this.plane.setAddresses([
      { address: parseAddress(VIP), kind: 'virtual', floating: true, ifindex: front?.ifindex ?? 0 },
      { address: parseAddress(VIP6), kind: 'virtual', floating: true, ifindex: front?.ifindex ?? 0 },
      { address: parseAddress(local), kind: 'local', floating: true, ifindex: back?.ifindex ?? 0 },
    ]);
    this.plane.fence.open(bootTimeUs() + 600_000_000, term);
  }

  /** Runs a script in a far host; resolves with its first line of output. */
  async run(host: string, script: string): Promise<string> {
    const child = spawn('nsenter', [`--net=/run/netns/${this.host(host)}`, process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return line.toString().trim();
  }

  /** Runs a script in a far host to its end. */
  runNow(host: string, script: string): void {
    execFileSync('nsenter', [`--net=/run/netns/${this.host(host)}`, process.execPath, '-e', script]);
  }

  /** Ends what runs in the far hosts. */
  async quiet(): Promise<void> {
    for (const child of this.#children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    this.plane.close(false);
    for (const name of this.#far) ip('netns', 'del', name);
    this.namespace.remove();
  }

  /** Its namespace. */
  host(host: string): string {
    return `${this.namespace.name}-${host}`;
  }

  #host(host: string): string {
    const name = this.host(host);
    ip('netns', 'add', name);
    this.#far.push(name);
    return name;
  }

  #link(host: string, near: string, nearAddresses: readonly string[], farAddresses: readonly string[]): void {
    const name = this.#host(host);
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    for (const address of nearAddresses) ip('addr', 'add', address, 'dev', near, ...nodad(address));
    ip('link', 'set', near, 'up');
    this.#address(name, farAddresses);
  }

  #address(name: string, addresses: readonly string[]): void {
    for (const address of addresses) ip('-n', name, 'addr', 'add', address, 'dev', 'eth0', ...nodad(address));
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    // Frames that XDP redirects need NAPI at the far end; partial checksums must not leave the host.
    execFileSync('nsenter', [`--net=/run/netns/${name}`, 'ethtool', '-K', 'eth0', 'tx', 'off', 'gro', 'on']);
  }

  /** Client, server and director on one segment. */
  #bridge(): void {
    const bridge = this.#host('switch');
    ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', bridge, 'link', 'set', 'br0', 'up');
    const plug = (port: string) => {
      ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
      execFileSync('nsenter', [
        `--net=/run/netns/${bridge}`,
        'ethtool',
        '-K',
        port,
        'gro',
        'on',
        'tx',
        'off',
        'gso',
        'off',
      ]);
    };
    for (const [host, addresses] of [
      ['client', CLIENTS],
      ['server', ['10.1.1.20/24', '2001:db8:1::20/64']],
    ] as const) {
      const name = this.#host(host);
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', host, 'netns', bridge);
      plug(host);
      this.#address(name, addresses);
    }
    ip('link', 'add', 'front', 'type', 'veth', 'peer', 'name', 'director', 'netns', bridge);
    plug('director');
    ip('addr', 'add', '10.1.1.2/24', 'dev', 'front');
    ip('addr', 'add', '2001:db8:1::2/64', 'dev', 'front', 'nodad');
    ip('link', 'set', 'front', 'up');
  }
}
