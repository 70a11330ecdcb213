/** The vocabulary of a rule set: virtual services, real servers, local addresses, timeouts. Plain values. */
import { type Address, type Endpoint, type Family, familyOf, formatEndpoint } from './address.ts';
import type { Mark } from './mark.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** IP protocol numbers (IANA). */
export const PROTOCOL_NUMBER: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** The protocol of an IP protocol number, if it is one that services have. */
export function protocolOf(number: number): Protocol | undefined {
  return (Object.keys(PROTOCOL_NUMBER) as Protocol[]).find((name) => PROTOCOL_NUMBER[name] === number);
}

/** In the order of the plane's `enum forwarding`. */
export const FORWARDING_METHODS = ['fullnat', 'masq', 'direct', 'tunnel'] as const;
export type ForwardingMethod = (typeof FORWARDING_METHODS)[number];

export const SCHEDULERS = [
  'rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh',
] as const; // biome-ignore format: one line reads better
export type Scheduler = (typeof SCHEDULERS)[number];

/** What identifies a virtual service. `subnetId` names a tenant network, 0 by default. */
export type ServiceId =
  | {
      readonly kind: 'address';
      readonly protocol: Protocol;
      readonly address: Address;
      readonly port: number;
      readonly subnetId: number;
    }
  | { readonly kind: 'fwmark'; readonly fwmark: number; readonly family: Family }
  | { readonly kind: 'raw'; readonly address: Address; readonly port: number; readonly subnetId: number };

export interface Persistence {
  /** Seconds. */
  readonly timeout: number;
  /** Leading bits of the client's address that count as one client: 32 or 128 for the whole address. */
  readonly prefix: number;
  /** An IPv4 mask with holes, as ipvsadm makes of `-M 24`; it counts instead of the prefix. */
  readonly mask?: Address;
}

export interface Tunnel {
  readonly type: 'ipip' | 'gue' | 'gre';
  readonly port: number;
  readonly checksum: 'none' | 'full' | 'remote';
}

export interface RealServer extends Endpoint {
  readonly forwarding: ForwardingMethod;
  /** 0 takes no new connections. */
  readonly weight: number;
  readonly upperThreshold: number;
  readonly lowerThreshold: number;
  readonly tunnel?: Tunnel;
  /** Packets to this server leave through this interface. */
  readonly oif?: string;
}

export interface LocalAddress {
  readonly address: Address;
  readonly oif?: string;
}

/** What `-A` and `-E` set: everything of a service but its servers and local addresses. */
export interface ServiceSettings {
  readonly scheduler: Scheduler;
  readonly schedulerFlags: readonly string[];
  readonly onePacket: boolean;
  readonly persistence?: Persistence;
  /** Persistence engine; it does something only with persistence. */
  readonly engine?: string;
  /** Seconds; the global timeout applies when absent. */
  readonly establishedTimeout?: number;
  /** Seconds; 0 or absent is off. */
  readonly drainingTimeout?: number;
}

export interface VirtualService extends ServiceSettings {
  readonly id: ServiceId;
  /** In the order they were added. */
  readonly servers: readonly RealServer[];
  readonly locals: readonly LocalAddress[];
}

/** Idle timeouts in seconds, as `ipvsadm --set tcp tcpfin udp`. */
export interface Timeouts {
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

/** ipvsadm's bound of every timeout: 31 days. */
export const LARGEST_TIMEOUT = 31 * 24 * 3600;

/** Debian's ipvsadm takes the greatest int. */
export const LARGEST_WEIGHT = 0x7fff_ffff;

export interface RuleSet {
  readonly services: readonly VirtualService[];
  readonly timeouts: Timeouts;
  /** `--set-vlanflag`: whether VLAN tags take part in matching. */
  readonly vlanFlag: boolean;
  /** In the order in which they are asked. */
  readonly marks: readonly Mark[];
}

/** IPVS's defaults: net/netfilter/ipvs/ip_vs_proto_tcp.c and ip_vs_proto_udp.c. */
export const DEFAULT_TIMEOUTS: Timeouts = { tcp: 900, tcpFin: 120, udp: 300 };

export const EMPTY_RULES: RuleSet = { services: [], timeouts: DEFAULT_TIMEOUTS, vlanFlag: false, marks: [] };

/** A text that is equal for equal ids: a map key. */
export function serviceKey(id: ServiceId): string {
  switch (id.kind) {
    case 'address':
      return `${id.protocol} ${formatEndpoint(id)} ${id.subnetId}`;
    case 'fwmark':
      return `fwmark ${id.fwmark} ${id.family}`;
    case 'raw':
      return `raw ${formatEndpoint(id)} ${id.subnetId}`;
  }
}

/** Whether {@link serviceKey} is the same, without the texts: one service is looked for among thousands. */
export function sameService(a: ServiceId, b: ServiceId): boolean {
  if (a.kind === 'fwmark') return b.kind === 'fwmark' && a.fwmark === b.fwmark && a.family === b.family;
  if (b.kind !== a.kind || a.port !== b.port || a.address !== b.address) return false;
  if (a.kind === 'address' && b.kind === 'address' && a.protocol !== b.protocol) return false;
  return a.subnetId === b.subnetId;
}

/** How messages name a service: `TCP 10.1.1.1:80`, `FWM 5`. */
export function describeService(id: ServiceId): string {
  if (id.kind === 'fwmark') return `FWM ${id.fwmark}${id.family === 6 ? ' IPv6' : ''}`;
  return `${id.kind === 'raw' ? 'RAW' : id.protocol.toUpperCase()} ${formatEndpoint(id)}`;
}

export function serviceFamily(id: ServiceId): Family {
  return id.kind === 'fwmark' ? id.family : familyOf(id.address);
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}
