/** The listings of a few lines: timeouts, sync daemons, local addresses. */
import { formatEndpoint } from '../model/address.ts';
import type { ServiceId, Timeouts } from '../model/rules.ts';
import type { SyncDaemon } from '../model/sync-daemon.ts';
import { left } from './columns.ts';
import type { CountedService } from './service-table.ts';

export function renderTimeouts({ tcp, tcpFin, udp }: Timeouts): string {
  return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
}

export function renderVlanFlag(on: boolean): string {
  return on ? '1\n' : '0\n';
}

/** The sender first. */
export function renderDaemons(daemons: readonly SyncDaemon[]): string {
  const order = [...daemons].sort((a, b) => (a.direction < b.direction ? 1 : -1));
  return order
    .map(
      (one) =>
        `${one.direction} sync daemon (mcast=${one.interface}, syncid=${one.syncid}, maxlen=${one.maxlen}, ` +
        `group=${one.group}, port=${one.port}, ttl=${one.ttl})\n`,
    )
    .join('');
}

/** `-G` in the layout of DPVS and Alibaba's LVS: numeric, in the order of the rules. */
export function renderLocals(services: readonly CountedService[]): string {
  const row = (...[service, total, local, conflicts, connections]: (string | number)[]) =>
    `${left(service ?? '', 20)} ${left(total ?? '', 8)} ${left(local ?? '', 20)} ` +
    `${left(conflicts ?? '', 10)} ${left(connections ?? '', 10)}\n`;
  const rows = services.map(({ service, counters }) => {
    const head = `${left(serviceLabel(service.id), 20)} ${left(service.locals.length, 8)} \n`;
    const locals = service.locals.map(({ address }, at) => {
      const use = counters.locals[at];
      return row('', '', address, use?.conflicts ?? 0, use?.connections ?? 0);
    });
    return head + locals.join('');
  });
  return row('VIP:VPORT', 'TOTAL', 'SNAT_IP', 'CONFLICTS', 'CONNS') + rows.join('');
}

function serviceLabel(id: ServiceId): string {
  return id.kind === 'fwmark' ? `FWM ${id.fwmark}` : formatEndpoint(id);
}
