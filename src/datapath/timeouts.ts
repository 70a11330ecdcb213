/** Idle timeouts by TCP state: tcp_timeouts of net/netfilter/ipvs/ip_vs_proto_tcp.c, in seconds. */
import { TCP_STATE } from '../model/connection.ts';
import type { Timeouts } from '../model/rules.ts';

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
