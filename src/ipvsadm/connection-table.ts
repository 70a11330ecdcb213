/** `ipvsadm -Lc`: the connection table. */
import type { Address } from '../model/address.ts';
import { type Connection, stateName } from '../model/connection.ts';
import { left } from './columns.ts';
import type { Namer } from './namer.ts';

/** With `engines` the title names the columns of persistence engines, which only their rows fill. */
export function connectionTitle(engines: boolean): string {
  const title = `pro expire ${left('state', 11)} ${left('source', 18)} ${left('virtual', 18)}`;
  const rest = engines ? `${left('destination', 18)} ${left('pe name', 16)} pe_data` : 'destination';
  return `IPVS connection entries\n${title} ${rest}\n`;
}

export function renderConnection(connection: Connection, namer: Namer): string {
  const { protocol, client, virtual, server, local, expires } = connection;
  const named = typeof protocol === 'number' ? undefined : protocol;
  const name = (endpoint: Connection['client']) => namer.endpoint(endpoint, named);
  const row = [
    // ip_vs_proto_name() writes other protocols so.
    left(named?.toUpperCase() ?? `IP_${protocol}`, 3),
    left(minutes(expires), 6),
    left(stateName(connection), 11),
    left(name(client), 18),
    left(name(virtual), 18),
  ].join(' ');
  // The vendor's programs need the local address; others parse only the columns before it.
  return local ? `${row} ${left(name(server), 18)} ${name(local)}\n` : `${row} ${name(server)}\n`;
}

/** `14:59`: minutes are not folded into hours. */
function minutes(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(Math.floor(seconds % 60))}`;
}

export function* addressesOfConnections(connections: readonly Connection[]): Generator<Address> {
  for (const { client, virtual, server, local } of connections) {
    yield client.address;
    yield virtual.address;
    yield server.address;
    if (local) yield local.address;
  }
}
