/** Idle timeouts by state: of TCP tcp_timeouts of net/netfilter/ipvs/ip_vs_proto_tcp.c, in seconds. */
import { TCP_STATE } from '../model/connection.ts';
import { PROTOCOL_NUMBER, type Timeouts } from '../model/rules.ts';
import { SCTP_STATE } from './layouts.generated.ts';

const FIXED: Readonly<Record<keyof typeof TCP_STATE, number>> = {
  NONE: 2,
  ESTABLISHED: 15 * 60,
  SYN_SENT: 2 * 60,
  SYN_RECV: 60,
  FIN_WAIT: 2 * 60,
  TIME_WAIT: 2 * 60,
  CLOSE: 10,
  CLOSE_WAIT: 60,
  LAST_ACK: 30,
  LISTEN: 2 * 60,
  SYNACK: 2 * 60,
};

/** `--set tcp tcpfin udp` changes ESTABLISHED and FIN_WAIT, as ip_vs_set_timeout does. */
export function tcpTimeouts(timeouts: Timeouts): number[] {
  const all = { ...FIXED, ESTABLISHED: timeouts.tcp, FIN_WAIT: timeouts.tcpFin };
  return Object.entries(TCP_STATE)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => all[name as keyof typeof TCP_STATE]);
}

/** sctp_timeouts of net/netfilter/ipvs/ip_vs_proto_sctp.c, in seconds: `--set` changes none of them. */
export const SCTP_TIMEOUTS: readonly number[] = [2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61];

/** Whether both ends agree that a connection is there: what has no states of its own always does. is_up() of bpf/announce.h. */
export function isUp(protocol: number, state: number): boolean {
  if (protocol === PROTOCOL_NUMBER.tcp) return state === TCP_STATE.ESTABLISHED;
  return protocol !== PROTOCOL_NUMBER.sctp || state === SCTP_STATE.SCTP_S_ESTABLISHED;
}
