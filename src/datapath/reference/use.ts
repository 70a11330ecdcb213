/** What is counted of connections: at their servers, and at their local addresses. */
import { isActive } from '../../model/connection.ts';
import { protocolOf } from '../../model/rules.ts';
import { type Held, methodOf, wordsAt } from './held.ts';
import { addressKey, type LocalUse, type ServerState, type ServiceState } from './rule-book.ts';
import type { TableRecord } from './table-record.ts';
import type { Words } from './tuple.ts';

/** Of the service that it is a server of. */
export function fwmarkOf(server: ServerState | undefined): number {
  const id = server?.service.rule.id;
  return id?.kind === 'fwmark' ? id.fwmark : 0;
}

export function useOf(service: ServiceState, local: Words): LocalUse {
  const key = addressKey(local);
  const use = service.localUse.get(key) ?? { connections: 0, conflicts: 0 };
  service.localUse.set(key, use);
  return use;
}

export function countsAsActive({ protocol, state }: TableRecord): boolean {
  return isActive({ protocol: protocolOf(protocol) ?? 'udp', state });
}

/** One that joined or left, at its server and at its local address. */
export function countUse({ server }: Held, record: TableRecord, change: number): void {
  if (!server) return;
  if (record.template) {
    server.templates += change;
    return;
  }
  if (change > 0) server.gain(countsAsActive(record));
  else server.lose(countsAsActive(record));
  if (methodOf(record) !== 'fullnat') return;
  const local = wordsAt(record, 2, record.local);
  // Of a service that is gone nobody asks.
  if (change > 0 || server.service.localUse.has(addressKey(local)))
    useOf(server.service, local).connections += change;
}
