/** A connection as people and the wire see it. Times are whole seconds unless a name says otherwise. */
import type { Endpoint } from './address.ts';
import { type ForwardingMethod, PROTOCOL_NUMBER, type Protocol, protocolOf } from './rules.ts';

/** IPVS's numbers (include/net/ip_vs.h): they travel in listings and in the kernel's sync messages. */
export const TCP_STATE = {
  NONE: 0,
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT: 4,
  TIME_WAIT: 5,
  CLOSE: 6,
  CLOSE_WAIT: 7,
  LAST_ACK: 8,
  LISTEN: 9,
  SYNACK: 10,
} as const;

/** The same of SCTP, with the names that IPVS's listing has for them (ip_vs_proto_sctp.c). */
export const SCTP_STATE_NAME: readonly string[] = [
  'NONE', 'INIT1', 'INIT', 'C-SENT', 'C-REPLIED', 'C-WAIT', 'COOKIE', 'C-ECHOED', 'ESTABLISHED', 'S-SENT',
  'S-RECEIVED', 'S-ACK-SENT', 'REJECTED', 'CLOSED',
]; // biome-ignore format: one line reads better
const SCTP_ESTABLISHED = SCTP_STATE_NAME.indexOf('ESTABLISHED');

export const TCP_STATE_NAME: readonly string[] = Object.keys(TCP_STATE);

/** A protocol that services have, or the IP protocol number of another one, which raw services take. */
export type ConnectionProtocol = Protocol | number;

export function namedProtocol(number: number): ConnectionProtocol {
  return protocolOf(number) ?? number;
}

export function protocolNumber(protocol: ConnectionProtocol): number {
  return typeof protocol === 'number' ? protocol : PROTOCOL_NUMBER[protocol];
}

export interface Connection {
  readonly protocol: ConnectionProtocol;
  readonly client: Endpoint;
  readonly virtual: Endpoint;
  /** The FULLNAT source toward the server; absent for the other forwarding methods. */
  readonly local?: Endpoint;
  readonly server: Endpoint;
  readonly forwarding: ForwardingMethod;
  readonly state: number;
  /** Seconds until it expires if nothing more is seen. */
  readonly expires: number;
}

/** tcp_state_active_table of net/netfilter/ipvs/ip_vs_proto_tcp.c: the others count as inactive, and so does UDP. */
const ACTIVE: readonly number[] = [
  TCP_STATE.ESTABLISHED,
  TCP_STATE.SYN_SENT,
  TCP_STATE.SYN_RECV,
  TCP_STATE.SYNACK,
];

/** Whether it counts as active at its server. */
export function isActive({ protocol, state }: Pick<Connection, 'protocol' | 'state'>): boolean {
  if (protocol === 'sctp') return state === SCTP_ESTABLISHED;
  return protocol === 'tcp' && ACTIVE.includes(state);
}

/** IP_VS_CTPL_S_NONE and IP_VS_CTPL_S_ASSURED. */
const TEMPLATE_STATE_NAME = ['NONE', 'ASSURED'] as const;

/** Whether it is a template of persistence: it stands for a network of clients, and all of their ports. */
export function isTemplate({ client }: Pick<Connection, 'client'>): boolean {
  return client.port === 0;
}

export function stateName(connection: Pick<Connection, 'protocol' | 'state' | 'client'>): string {
  if (isTemplate(connection)) return TEMPLATE_STATE_NAME[connection.state] ?? 'NONE';
  if (connection.protocol === 'udp') return 'UDP';
  if (typeof connection.protocol === 'number') return 'NONE';
  const names = connection.protocol === 'sctp' ? SCTP_STATE_NAME : TCP_STATE_NAME;
  return names[connection.state] ?? `STATE_${connection.state}`;
}
