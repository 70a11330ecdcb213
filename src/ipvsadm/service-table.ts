/** `ipvsadm -L`: the services and their servers, in six layouts. */
import { familyOf } from '../model/address.ts';
import {
  NO_TRAFFIC,
  type ServerCounters,
  type ServiceCounters,
  type TrafficCounters,
} from '../model/counters.ts';
import {
  type ForwardingMethod,
  type Persistence,
  type RealServer,
  type ServiceId,
  serviceFamily,
  type Tunnel,
  type VirtualService,
} from '../model/rules.ts';
import { counterColumn, left, nameColumn } from './columns.ts';
import type { ListFormat } from './command.ts';
import { inHashOrder } from './hash-order.ts';
import type { Namer } from './namer.ts';
import { formatMask } from './netmask.ts';
import { compareEndpoints, compareServices, mergeSort } from './order.ts';
import { shownSchedulerFlags } from './scheduler-flags.ts';

export interface CountedService {
  readonly service: VirtualService;
  readonly counters: ServiceCounters;
}

/** IPVS 1.2.1 and the kernel's usual table size, which scripts match; our table's limit is in `tandem status`. */
export const VERSION_LINE = 'IP Virtual Server version 1.2.1 (size=4096)\n';

const FORWARD: Readonly<Record<ForwardingMethod, string>> = {
  fullnat: 'FullNat',
  masq: 'Masq',
  direct: 'Route',
  tunnel: 'Tunnel',
};

const NAME_TITLE = left('Prot LocalAddress:Port', 33);
const TITLES: Readonly<Record<ListFormat['layout'], string>> = {
  plain:
    'Prot LocalAddress:Port Scheduler Flags\n' +
    '  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n',
  'tun-info':
    'Prot LocalAddress:Port Scheduler Flags\n' +
    '  -> RemoteAddress:Port           Forward TunnelInfo    Weight ActiveConn InActConn\n',
  stats: `${NAME_TITLE}    Conns   InPkts  OutPkts  InBytes OutBytes\n  -> RemoteAddress:Port\n`,
  rate: `${NAME_TITLE}      CPS    InPPS   OutPPS    InBPS   OutBPS\n  -> RemoteAddress:Port\n`,
  thresholds: `${NAME_TITLE} Uthreshold Lthreshold ActiveConn InActConn \n  -> RemoteAddress:Port\n`,
  'persistent-conn': `${NAME_TITLE} Weight    PersistConn ActiveConn InActConn \n  -> RemoteAddress:Port\n`,
};

/** Title and rows; the version line is the caller's, who leaves it out when one service is listed. */
export function renderServices(
  services: readonly CountedService[],
  format: ListFormat,
  namer: Namer,
): string {
  const rows = inListOrder(services, format).map((one) => renderService(one, format, namer));
  return TITLES[format.layout] + rows.join('');
}

export function inListOrder(
  services: readonly CountedService[],
  { sorted }: Pick<ListFormat, 'sorted'>,
): readonly CountedService[] {
  const listed = inHashOrder(services, ({ service }) => service.id);
  return sorted ? mergeSort(listed, (a, b) => compareServices(a.service.id, b.service.id)) : listed;
}

function renderService({ service, counters }: CountedService, format: ListFormat, namer: Namer): string {
  const name = serviceName(service.id, namer);
  const cut = serviceFamily(service.id) === 4;
  const head =
    format.layout === 'stats' || format.layout === 'rate'
      ? nameColumn(name, 33, cut) + traffic(counters.total, format.exact)
      : `${cut ? name.slice(0, 33) : name} ${service.scheduler}${describeSettings(service)}`;
  const protocol = service.id.kind === 'address' ? service.id.protocol : undefined;
  const rows = service.servers.map((server, at) => ({
    server,
    counters: counters.servers[at] ?? NO_COUNTERS,
  }));
  // The newest comes first, as in the kernel's list.
  const listed = rows.toReversed();
  const ordered = format.sorted ? mergeSort(listed, (a, b) => compareEndpoints(a.server, b.server)) : listed;
  const lines = ordered.map(({ server, counters: counts }) => {
    const column = nameColumn(namer.endpoint(server, protocol), 28, familyOf(server.address) === 4);
    return `  -> ${column}${serverColumns(server, counts, format)}\n`;
  });
  return `${head}\n${lines.join('')}`;
}

const NO_COUNTERS: ServerCounters = { ...NO_TRAFFIC, activeConnections: 0, inactiveConnections: 0 };

/** `TCP  10.1.1.1:80`, `FWM  5 IPv6`, `RAW  10.1.1.1:0`. */
function serviceName(id: ServiceId, namer: Namer): string {
  // ipvsadm prints the unsigned mark with %d.
  if (id.kind === 'fwmark') return `FWM  ${id.fwmark | 0}${id.family === 6 ? ' IPv6' : ''}`;
  const protocol = id.kind === 'raw' ? undefined : id.protocol;
  const subnet = id.subnetId === 0 ? '' : `:${id.subnetId}`;
  return `${left(protocol?.toUpperCase() ?? 'RAW', 4)} ${namer.endpoint(id, protocol)}${subnet}`;
}

function describeSettings(service: VirtualService): string {
  const flags = shownSchedulerFlags(service.scheduler, service.schedulerFlags);
  const { persistence } = service;
  return [
    flags === undefined ? '' : ` (${flags})`,
    persistence ? describePersistence(persistence, service) : '',
    service.onePacket ? ' ops' : '',
  ].join('');
}

function describePersistence(persistence: Persistence, { id, engine }: VirtualService): string {
  const mask = formatMask(persistence, serviceFamily(id));
  return ` persistent ${persistence.timeout}${mask ? ` mask ${mask}` : ''}${engine ? ` pe ${engine}` : ''}`;
}

function serverColumns(server: RealServer, counters: ServerCounters, format: ListFormat): string {
  const active = left(counters.activeConnections, 10);
  const inactive = left(counters.inactiveConnections, 10);
  const forward = left(FORWARD[server.forwarding], 7);
  switch (format.layout) {
    case 'plain':
      return ` ${forward} ${left(server.weight, 6)} ${active} ${inactive}`;
    case 'tun-info':
      return ` ${forward} ${left(tunnelInfo(server.tunnel), 13)} ${left(server.weight, 6)} ${active} ${inactive}`;
    case 'thresholds':
      return ` ${left(server.upperThreshold, 10)} ${left(server.lowerThreshold, 10)} ${active} ${inactive}`;
    case 'persistent-conn':
      return ` ${left(server.weight, 9)} ${left(counters.persistentConnections ?? 0, 11)} ${active} ${inactive}`;
    case 'stats':
      return traffic(counters, format.exact);
    case 'rate':
      return serverRates(counters, format.exact);
  }
}

function traffic(counters: TrafficCounters, exact: boolean): string {
  const { connections, inPackets, outPackets, inBytes, outBytes } = counters;
  return [connections, inPackets, outPackets, inBytes, outBytes]
    .map((value) => counterColumn(value, exact))
    .join('');
}

/** ipvsadm cuts only the bytes of a server to thousands. */
function serverRates(counters: TrafficCounters, exact: boolean): string {
  const { connections, inPackets, outPackets, inBytes, outBytes } = counters;
  const whole = [connections, inPackets, outPackets].map((value) => counterColumn(value, true));
  return [...whole, ...[inBytes, outBytes].map((value) => counterColumn(value, exact))].join('');
}

const CHECKSUM = { none: '-c', full: '+c', remote: 'r+c' } as const;

function tunnelInfo(tunnel: Tunnel | undefined): string {
  if (!tunnel) return 'n/a';
  if (tunnel.type === 'ipip') return 'ipip';
  const port = tunnel.type === 'gue' ? `:${tunnel.port}` : '';
  return `${tunnel.type}${port}:${CHECKSUM[tunnel.checksum]}`;
}
