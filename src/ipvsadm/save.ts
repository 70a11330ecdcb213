/** `ipvsadm -S`: the rules as lines that `-R` reads. */
import {
  type ForwardingMethod,
  type Persistence,
  type RealServer,
  type RuleSet,
  type ServiceId,
  serviceFamily,
  type Tunnel,
  type VirtualService,
} from '../model/rules.ts';
import { inHashOrder } from './hash-order.ts';
import type { Namer } from './namer.ts';
import { formatMask } from './netmask.ts';
import { compareEndpoints, compareServices, mergeSort } from './order.ts';
import { shownSchedulerFlags } from './scheduler-flags.ts';

const PROTOCOL_OPTION = { tcp: '-t', udp: '-u', sctp: '--sctp-service' } as const;
const METHOD_OPTION: Readonly<Record<ForwardingMethod, string>> = {
  fullnat: '-q',
  masq: '-m',
  direct: '-g',
  tunnel: '-i',
};
const CHECKSUM_OPTION = { none: '--tun-nocsum', full: '--tun-csum', remote: '--tun-remcsum' } as const;

/**
 * Timeouts and sync daemons are not part of it, as in ipvsadm.
 * @param full the thresholds of all servers: ipvsadm leaves them out, and so do we, but for its unknown FULLNAT
 */
export function renderRules(rules: RuleSet, namer: Namer, full = false): string {
  const listed = inHashOrder(rules.services, ({ id }) => id);
  return mergeSort(listed, (a, b) => compareServices(a.id, b.id))
    .map((service) => renderService(service, namer, full))
    .join('');
}

function renderService(service: VirtualService, namer: Namer, full: boolean): string {
  const id = serviceOption(service.id, namer);
  const protocol = service.id.kind === 'address' ? service.id.protocol : undefined;
  const servers = mergeSort(service.servers.toReversed(), compareEndpoints).map((server) => {
    const address = `${namer.endpoint(server, protocol)}${server.oif ? `:${server.oif}` : ''}`;
    const line = `-a ${id} -r ${address} ${METHOD_OPTION[server.forwarding]} -w ${server.weight}`;
    const thresholds = full || server.forwarding === 'fullnat' ? thresholdOptions(server) : '';
    return `${line}${tunnelOptions(server)}${thresholds}\n`;
  });
  const locals = service.locals.map(
    ({ address, oif }) => `-P ${id} -z ${localOption(namer.address(address), oif)}\n`,
  );
  return `-A ${id} -s ${service.scheduler}${settingOptions(service)}\n${servers.join('')}${locals.join('')}`;
}

function serviceOption(id: ServiceId, namer: Namer): string {
  // ipvsadm prints the unsigned mark with %d.
  if (id.kind === 'fwmark') return `-f ${id.fwmark | 0}${id.family === 6 ? ' -6' : ''}`;
  const subnet = id.subnetId === 0 ? '' : `:${id.subnetId}`;
  if (id.kind === 'raw') return `-W ${namer.endpoint(id)}${subnet}`;
  return `${PROTOCOL_OPTION[id.protocol]} ${namer.endpoint(id, id.protocol)}${subnet}`;
}

function localOption(address: string, oif: string | undefined): string {
  if (!oif) return address;
  return address.includes(':') ? `[${address}]:${oif}` : `${address}:${oif}`;
}

function settingOptions(service: VirtualService): string {
  const { persistence, engine, onePacket, establishedTimeout, drainingTimeout } = service;
  const flags = shownSchedulerFlags(service.scheduler, service.schedulerFlags);
  return [
    persistence ? persistenceOptions(persistence, service.id) : '',
    engine ? ` --pe ${engine}` : '',
    onePacket ? ' -o' : '',
    flags === undefined ? '' : ` -b ${flags}`,
    establishedTimeout === undefined ? '' : ` -V ${establishedTimeout}`,
    drainingTimeout === undefined ? '' : ` --tcp_draining_timeout ${drainingTimeout}`,
  ].join('');
}

function persistenceOptions(persistence: Persistence, id: ServiceId): string {
  const mask = formatMask(persistence, serviceFamily(id));
  return ` -p ${persistence.timeout}${mask ? ` -M ${mask}` : ''}`;
}

function thresholdOptions({ upperThreshold, lowerThreshold }: RealServer): string {
  return `${upperThreshold ? ` -x ${upperThreshold}` : ''}${lowerThreshold ? ` -y ${lowerThreshold}` : ''}`;
}

function tunnelOptions({ tunnel }: RealServer): string {
  return tunnel ? ` --tun-type ${tunnel.type}${tunnelPort(tunnel)}${tunnelChecksum(tunnel)}` : '';
}

function tunnelPort({ type, port }: Tunnel): string {
  return type === 'gue' ? ` --tun-port ${port}` : '';
}

function tunnelChecksum({ type, checksum }: Tunnel): string {
  return type === 'ipip' ? '' : ` ${CHECKSUM_OPTION[checksum]}`;
}
