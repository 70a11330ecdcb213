/** An XDP plane in a namespace of its own: two arms, resolved neighbours, packets by BPF_PROG_TEST_RUN. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { SyncPort } from '../../src/datapath/ports.ts';
import { openSyncPort } from '../../src/datapath/share.ts';
import { type XdpInterface, XdpPlane } from '../../src/datapath/xdp-plane.ts';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { IPVS_OPTIONS, type IpvsOptions } from '../../src/model/ipvs-options.ts';
import {
  EMPTY_RULES,
  type ForwardingMethod,
  type Protocol,
  type RuleSet,
  type Scheduler,
  type ServiceId,
  type Tunnel,
} from '../../src/model/rules.ts';
import type { BpfProgram } from '../../src/native/bpf-program.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { ip, TestNamespace } from './namespace.ts';
import { macBytes, to } from './packet.ts';

export const VERDICT = { ABORTED: 0, DROP: 1, PASS: 2, TX: 3, REDIRECT: 4 } as const;
export const CLIENT = '10.1.1.10';
export const VIP = '10.1.1.1';
export const VIP6 = '2001:db8:1::1';
export const LIP = '192.168.10.1';
export const SERVER = '192.168.10.2';
export const CLIENT6 = '2001:db8:1::10';
export const LIP6 = '2001:db8:10::1';
export const SERVER6 = '2001:db8:10::2';

export function linkOf(name: string): XdpInterface {
  const [link] = JSON.parse(ip('-j', 'link', 'show', name)) as Array<{ ifindex: number; address: string }>;
  if (!link) throw new Error(`no link ${name}`);
  return { name, ifindex: link.ifindex, mac: macBytes(link.address), sendByRedirect: true };
}

export interface BenchServer {
  readonly address: string;
  readonly port: number;
  readonly weight?: number;
  readonly forwarding?: ForwardingMethod;
  readonly tunnel?: Tunnel;
}

export class PlaneBench {
  readonly namespace: TestNamespace;
  readonly front: XdpInterface;
  readonly back: XdpInterface;
  plane: XdpPlane;
  sync: SyncPort;
  rules: RuleSet = EMPTY_RULES;
  readonly connections: number;
  readonly localPorts: readonly [number, number];
  ipvs: IpvsOptions;

  constructor(
    label: string,
    {
      director = 0,
      connections = 4096,
      localPorts = [1024, 65535] as [number, number],
      ipvs = {} as Partial<IpvsOptions>,
    } = {},
  ) {
    this.localPorts = localPorts;
    this.ipvs = { ...IPVS_OPTIONS, ...ipvs };
    this.connections = connections;
    this.namespace = new TestNamespace(label);
    ip('link', 'add', 'front', 'type', 'veth', 'peer', 'name', 'front-far');
    ip('link', 'add', 'back', 'type', 'veth', 'peer', 'name', 'back-far');
    for (const name of ['front', 'front-far', 'back', 'back-far']) ip('link', 'set', name, 'up');
    ip('addr', 'add', '10.1.1.2/24', 'dev', 'front');
    ip('addr', 'add', '192.168.10.200/24', 'dev', 'back');
    ip('neigh', 'add', CLIENT, 'lladdr', '02:00:00:00:01:10', 'dev', 'front', 'nud', 'permanent');
    for (const last of [2, 3, 4, 5, 6, 7]) {
      const mac = `02:00:00:00:02:0${last}`;
      ip('neigh', 'add', `192.168.10.${last}`, 'lladdr', mac, 'dev', 'back', 'nud', 'permanent');
    }
    this.#addIpv6();
    setForwarding('front');
    setForwarding('back');
    this.front = linkOf('front');
    this.back = linkOf('back');
    this.plane = this.open();
    this.sync = openSyncPort(this.plane.shareSync());
    this.plane.applyRules(this.rules);
    this.plane.setDirector(director);
  }

  #addIpv6(): void {
    ip('addr', 'add', '2001:db8:1::2/64', 'dev', 'front', 'nodad');
    ip('addr', 'add', '2001:db8:10::3/64', 'dev', 'back', 'nodad');
    ip('neigh', 'add', CLIENT6, 'lladdr', '02:00:00:00:01:10', 'dev', 'front', 'nud', 'permanent');
    ip('neigh', 'add', SERVER6, 'lladdr', '02:00:00:00:02:02', 'dev', 'back', 'nud', 'permanent');
  }

  open({ connections = this.connections, interfaces = [this.front, this.back] } = {}): XdpPlane {
    return XdpPlane.open({
      pins: this.namespace.pins,
      connections,
      localPorts: this.localPorts,
      ipvs: this.ipvs,
      mode: 'auto',
      interfaces,
    });
  }

  /** What a daemon does that starts with another configuration: the running plane goes on by it. */
  reopen(ipvs: Partial<IpvsOptions>): void {
    this.ipvs = { ...IPVS_OPTIONS, ...ipvs };
    this.plane.close(true);
    this.plane = this.open();
    this.sync = openSyncPort(this.plane.shareSync());
    this.plane.applyRules(this.rules);
  }

  edit(...edits: RuleEdit[]): void {
    this.rules = edits.reduce(applyEdit, this.rules);
    this.plane.applyRules(this.rules);
  }

  /** A service with these servers, of the family of the first; fullnat if they do not say. Floats with the lease. */
  addService(
    protocol: Protocol,
    port: number,
    servers: readonly BenchServer[],
    scheduler: Scheduler = 'rr',
    family: 4 | 6 = servers[0]?.address.includes(':') ? 6 : 4,
  ): ServiceId {
    const [vip, lip] = family === 6 ? [VIP6, LIP6] : [VIP, LIP];
    const id: ServiceId = { kind: 'address', protocol, address: parseAddress(vip), port, subnetId: 0 };
    this.edit(
      { op: 'add-service', id, settings: { scheduler, schedulerFlags: [], onePacket: false } },
      ...servers.map(
        (server): RuleEdit => ({
          op: 'add-server',
          id,
          server: {
            address: parseAddress(server.address),
            port: server.port,
            weight: server.weight ?? 1,
            forwarding: server.forwarding ?? 'fullnat',
            upperThreshold: 0,
            lowerThreshold: 0,
            ...(server.tunnel && { tunnel: server.tunnel }),
          },
        }),
      ),
      { op: 'add-local', id, local: { address: parseAddress(lip) } },
    );
    this.placeAddresses();
    return id;
  }

  placeAddresses(): void {
    this.plane.setAddresses([
      { address: parseAddress(VIP), kind: 'virtual', floating: true, ifindex: this.front.ifindex },
      { address: parseAddress(VIP6), kind: 'virtual', floating: true, ifindex: this.front.ifindex },
      { address: parseAddress(LIP), kind: 'local', floating: true, ifindex: this.back.ifindex },
      { address: parseAddress(LIP6), kind: 'local', floating: true, ifindex: this.back.ifindex },
    ]);
  }

  openFence(term = 1): void {
    this.plane.fence.open(bootTimeUs() + 600_000_000, term);
  }

  fromClient(frame: Buffer) {
    return this.program('tandem_xdp').runPacket(this.#arriving(frame, this.front), {
      ingress: this.front.ifindex,
    });
  }

  fromServer(frame: Buffer) {
    return this.program('tandem_xdp').runPacket(this.#arriving(frame, this.back), {
      ingress: this.back.ifindex,
    });
  }

  /** Unicast frames come to the interface's own address. */
  #arriving(frame: Buffer, here: XdpInterface): Buffer {
    return frame[0] === 0xff ? frame : to(here.mac, frame);
  }

  program(name: string): BpfProgram {
    return this.plane.program(name);
  }

  /** With its plane, unless that was closed for good. */
  remove(): void {
    if (existsSync(this.namespace.pins)) this.plane.close(false);
    this.namespace.remove();
  }
}

export function setForwarding(name: string): void {
  for (const family of ['ipv4', 'ipv6']) {
    execFileSync('sysctl', ['-qw', `net.${family}.conf.${name}.forwarding=1`]);
  }
}
