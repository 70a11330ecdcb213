/** `--json`: what the listings show, for programs. One object with a key for what it lists. */
import type { Connection } from '../model/connection.ts';
import { stateName } from '../model/connection.ts';
import type { LocalAddressUse, ServerCounters, TrafficCounters } from '../model/counters.ts';
import type { LocalAddress, RealServer, ServiceId, Timeouts } from '../model/rules.ts';
import { serviceFamily } from '../model/rules.ts';
import type { SyncDaemon } from '../model/sync-daemon.ts';
import { formatMask } from './netmask.ts';
import type { CountedService } from './service-table.ts';

type Json = Readonly<Record<string, unknown>>;

/** @param key `total`, or `rate` where the counters are per second */
export function servicesJson(services: readonly CountedService[], key: 'total' | 'rate'): string {
  return text({ services: services.map((service) => serviceJson(service, key)) });
}

function serviceJson({ service, counters }: CountedService, key: 'total' | 'rate'): Json {
  const { persistence, engine, establishedTimeout, drainingTimeout } = service;
  return {
    ...idJson(service.id),
    scheduler: service.scheduler,
    scheduler_flags: service.schedulerFlags,
    ...(persistence && {
      persistent: {
        timeout: persistence.timeout,
        netmask: formatMask(persistence, serviceFamily(service.id)) ?? null,
      },
    }),
    ...(engine !== undefined && { pe: engine }),
    ops: service.onePacket,
    ...(establishedTimeout !== undefined && { established_timeout: establishedTimeout }),
    ...(drainingTimeout !== undefined && { draining_timeout: drainingTimeout }),
    [key]: trafficJson(counters.total),
    servers: service.servers.map((server, at) => serverJson(server, counters.servers[at], key)),
    local_addresses: service.locals.map((local, at) => localJson(local, counters.locals[at])),
  };
}

function idJson(id: ServiceId): Json {
  if (id.kind === 'fwmark') return { fwmark: id.fwmark, family: id.family };
  const { address, port, subnetId } = id;
  const protocol = id.kind === 'raw' ? 'raw' : id.protocol;
  return { protocol, address, port, ...(subnetId !== 0 && { subnet_id: subnetId }) };
}

function serverJson(server: RealServer, counters: ServerCounters | undefined, key: 'total' | 'rate'): Json {
  const { address, port, forwarding, weight, upperThreshold, lowerThreshold, tunnel, oif } = server;
  return {
    ...{ address, port, method: forwarding, weight },
    ...{ upper_threshold: upperThreshold, lower_threshold: lowerThreshold },
    ...(tunnel && { tunnel }),
    ...(oif !== undefined && { oif }),
    active: counters?.activeConnections ?? 0,
    inactive: counters?.inactiveConnections ?? 0,
    persistent: counters?.persistentConnections ?? 0,
    ...(counters && { [key]: trafficJson(counters) }),
  };
}

function localJson({ address, oif }: LocalAddress, use: LocalAddressUse | undefined): Json {
  return {
    address,
    ...(oif !== undefined && { oif }),
    conflicts: use?.conflicts ?? 0,
    connections: use?.connections ?? 0,
  };
}

function trafficJson({ connections, inPackets, outPackets, inBytes, outBytes }: TrafficCounters): Json {
  return {
    connections,
    in_packets: inPackets,
    out_packets: outPackets,
    in_bytes: inBytes,
    out_bytes: outBytes,
  };
}

/** Of one row; the rows of a listing stand between these. */
export const CONNECTIONS_JSON = { begin: '{"connections":[\n', between: ',\n', end: '\n]}\n' } as const;

export function connectionJson(connection: Connection): string {
  const { protocol, client, virtual, local, server, forwarding, expires } = connection;
  return JSON.stringify({
    ...{ protocol, state: stateName(connection), expires, client, virtual },
    ...(local && { local }),
    ...{ server, method: forwarding },
  });
}

export function timeoutsJson({ tcp, tcpFin, udp }: Timeouts): string {
  return text({ timeouts: { tcp, tcp_fin: tcpFin, udp } });
}

export function daemonsJson(daemons: readonly SyncDaemon[]): string {
  return text({ daemons });
}

export function vlanFlagJson(on: boolean): string {
  return text({ vlanflag: on ? 1 : 0 });
}

function text(value: Json): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
