/** The declaration of a lab: hosts (network namespaces) whose interfaces plug into switches (bridges). */
import { LabError } from './error.ts';

export interface InterfaceSpec {
  /** As the host sees it: eth0. */
  readonly name: string;
  readonly switch: string;
  /** Fixed, so that a host that is rebuilt comes back with the hardware that it had. */
  readonly mac: string;
  /** With prefix length: 10.1.1.10/24. */
  readonly addresses: readonly string[];
  /** The host attaches XDP programs here, so the switch's end must take XDP_TX and redirected frames. */
  readonly xdp?: boolean;
}

export interface RouteSpec {
  readonly to: string;
  readonly via: string;
}

export interface HostSpec {
  readonly name: string;
  readonly interfaces: readonly InterfaceSpec[];
  readonly routes?: readonly RouteSpec[];
  /** Dotted names under /proc/sys. */
  readonly sysctls?: Readonly<Record<string, string>>;
}

export interface Topology {
  readonly switches: readonly string[];
  readonly hosts: readonly HostSpec[];
}

/** The namespace that holds the bridges; no host may have its name. */
export const SWITCH_HOST = 'switch';

/** IFNAMSIZ - 1: the switch's end of a link is called `<host>-<interface>`. */
const NAME_MAX = 15;

/** The switch's end of a host's interface. */
export const portName = (host: string, name: string): string => `${host}-${name}`;

/** @throws LabError `bad-topology` that names the first thing that cannot be built */
export function checkTopology(topology: Topology): void {
  const fail = (text: string): never => {
    throw new LabError('bad-topology', `lab topology: ${text}`);
  };
  const word = /^[a-z][a-z0-9]*$/;
  const seen = new Set<string>([SWITCH_HOST]);
  const macs = new Set<string>();
  for (const name of topology.switches) {
    if (!word.test(name) || name.length > NAME_MAX) fail(`"${name}" cannot name a switch`);
  }
  for (const host of topology.hosts) {
    if (!word.test(host.name)) fail(`"${host.name}" cannot name a host: use small letters and digits`);
    if (seen.has(host.name)) fail(`host "${host.name}" is there twice, or takes the switch's name`);
    seen.add(host.name);
    const interfaces = new Set<string>();
    for (const { name, mac, switch: on } of host.interfaces) {
      const where = `${host.name} ${name}`;
      if (!word.test(name) || interfaces.has(name)) fail(`${where}: interface names are unique words`);
      interfaces.add(name);
      if (portName(host.name, name).length > NAME_MAX) fail(`${where}: the port's name is over 15 letters`);
      if (!topology.switches.includes(on)) fail(`${where}: there is no switch "${on}"`);
      if (!/^02(:[0-9a-f]{2}){5}$/.test(mac)) fail(`${where}: "${mac}" is no local MAC address (02:...)`);
      if (macs.has(mac)) fail(`${where}: MAC address ${mac} is there twice`);
      macs.add(mac);
    }
  }
}
