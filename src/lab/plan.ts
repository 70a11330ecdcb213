/**
 * From a declaration to what is typed: lines for `ip -batch` and shell scripts, in order. Pure, so that the
 * traps of XDP over veth are kept in one place and can be tested without a kernel.
 */
import { type HostSpec, type InterfaceSpec, portName, type Topology } from './topology.ts';

/** Lines for one `ip -batch`. */
export type IpLines = readonly string[];

/** Inside the switch's namespace: bridges that forward at once and flood multicast to every port. */
export function switchLines(topology: Topology): IpLines {
  return topology.switches.flatMap((name) => [
    `link add name ${name} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set dev ${name} up`,
  ]);
}

/**
 * Inside the switch's namespace: the links of one host, the far ends already in `namespace`. They are made
 * here so that no link ever stands in the machine's own namespace.
 */
export function portLines(host: HostSpec, namespace: string): IpLines {
  return host.interfaces.flatMap((each) => {
    const port = portName(host.name, each.name);
    return [
      `link add name ${port} type veth peer name ${each.name} address ${each.mac} netns ${namespace}`,
      `link set dev ${port} master ${each.switch} up`,
    ];
  });
}

/** Inside the host. */
export function hostLines(host: HostSpec): IpLines {
  return [
    'link set dev lo up',
    ...host.interfaces.flatMap(({ name, addresses }) => [
      ...addresses.map((address) =>
        isIpv6(address)
          ? `address add ${address} dev ${name} nodad`
          : `address add ${address} brd + dev ${name}`,
      ),
      `link set dev ${name} up`,
    ]),
    ...(host.routes ?? []).map(({ to, via }) => `route add ${to} via ${via}`),
  ];
}

export const cutLines = (host: HostSpec): IpLines => setPorts(host, 'down');
export const restoreLines = (host: HostSpec): IpLines => setPorts(host, 'up');
export const unplugLines = (host: HostSpec): IpLines =>
  host.interfaces.map(({ name }) => `link delete dev ${portName(host.name, name)}`);

const setPorts = (host: HostSpec, state: 'up' | 'down'): IpLines =>
  host.interfaces.map(({ name }) => `link set dev ${portName(host.name, name)} ${state}`);

const isIpv6 = (address: string): boolean => address.includes(':');

const NO_IPV6 = '[ ! -d /proc/sys/net/ipv6 ] || echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6';

/**
 * Shell script for inside the host. Checksums that veth leaves to hardware would travel on unfinished once
 * XDP has rewritten the packet, so every end computes its own.
 */
export function hostScript(host: HostSpec): string {
  const speaksIpv6 = host.interfaces.some(({ addresses }) => addresses.some(isIpv6));
  return [
    'set -e',
    // Only who has an address of it speaks IPv6: nobody else's neighbour discovery is on the wires.
    ...(speaksIpv6 ? [] : [NO_IPV6]),
    // Debian's /usr/lib/sysctl.d/50-default.conf: loose reverse-path filter on every interface.
    ...['default', ...host.interfaces.map(({ name }) => name)].map((name) =>
      writeSysctl(`net.ipv4.conf.${name}.rp_filter`, '2'),
    ),
    ...Object.entries(host.sysctls ?? {}).map(([name, value]) => writeSysctl(name, value)),
    ...host.interfaces.map(({ name }) => offload(name, 'off')),
  ].join('\n');
}

/**
 * Shell script for inside the switch's namespace. A port that faces a director gets a program that passes
 * everything (a frame that the director sends with XDP_TX arrives only then) and NAPI through GRO (so that
 * redirected frames arrive).
 */
export function portScript(host: HostSpec, passProgram: string, pins: string): string {
  return [
    'set -e',
    // ip makes directories in the bpf filesystem that it finds: let it be the lab's.
    `export TC_BPF_MNT=${pins}`,
    NO_IPV6,
    ...host.interfaces.flatMap((each) => portSettings(host, each, passProgram)),
  ].join('\n');
}

function portSettings(host: HostSpec, { name, xdp }: InterfaceSpec, passProgram: string): string[] {
  const port = portName(host.name, name);
  if (!xdp) return [offload(port, 'off')];
  return [offload(port, 'on'), `ip link set dev ${port} xdpdrv object ${passProgram} section xdp`];
}

const offload = (name: string, gro: 'on' | 'off'): string =>
  `ethtool -K ${name} tx off tso off gso off gro ${gro}`;

const writeSysctl = (name: string, value: string): string =>
  `echo '${value}' > /proc/sys/${name.replaceAll('.', '/')}`;
