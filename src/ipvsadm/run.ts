/** Carries a command out on a director. */
import type { DirectorApi, Listing } from '../director/api.ts';
import type { Address } from '../model/address.ts';
import { type ServiceId, serviceKey, type VirtualService } from '../model/rules.ts';
import { restoreWhole } from './atomic.ts';
import type { Command, ConnectionFormat, ListFormat } from './command.ts';
import { addressesOfConnections, connectionTitle, renderConnection } from './connection-table.ts';
import { carryOutEdits } from './edits.ts';
import { HELP_TEXT, VERSION_TEXT } from './help.ts';
import type { Io } from './io.ts';
import {
  CONNECTIONS_JSON,
  connectionJson,
  daemonsJson,
  servicesJson,
  timeoutsJson,
  vlanFlagJson,
} from './json.ts';
import { describeRefusal, KERNEL_EXIT, KERNEL_TEXT } from './kernel-text.ts';
import { NameCache, type Namer, NUMERIC } from './namer.ts';
import { noSchedulerText } from './no-scheduler.ts';
import { restore } from './restore.ts';
import { renderRules } from './save.ts';
import { type CountedService, inListOrder, renderServices, VERSION_LINE } from './service-table.ts';
import { renderDaemons, renderLocals, renderTimeouts, renderVlanFlag } from './small-tables.ts';

/** Exit code of a listing of what is not there. */
const LIST_EXIT = 1;

/**
 * @returns ipvsadm's exit code, after anything wrong was printed
 * @throws ControlError when the director went away
 */
export async function run(command: Command, api: DirectorApi, io: Io): Promise<number> {
  try {
    return await carryOut(command, api, io);
  } catch (error) {
    const refusal = describeRefusal(error, false);
    if (!refusal) throw error;
    io.err(`${refusal.text}\n`);
    return refusal.exitCode;
  }
}

async function carryOut(command: Command, api: DirectorApi, io: Io): Promise<number> {
  switch (command.kind) {
    case 'help':
    case 'version':
      await io.out(command.kind === 'help' ? HELP_TEXT : VERSION_TEXT);
      return 0;
    case 'edit':
      return carryOutEdits([command], api, io);
    case 'list':
      return listServices(command.service, command.format, api, io);
    case 'list-connections':
      return listConnections(command.format, api, io);
    case 'list-timeouts':
      await io.out((command.json ? timeoutsJson : renderTimeouts)((await api.list()).rules.timeouts));
      return 0;
    case 'list-daemons':
      await io.out((command.json ? daemonsJson : renderDaemons)(await api.syncDaemons()));
      return 0;
    case 'list-locals': {
      const services = select(command.service, await api.list(), io);
      if (services) await io.out(command.json ? servicesJson(services, 'total') : renderLocals(services));
      return services ? 0 : LIST_EXIT;
    }
    case 'get-vlanflag':
      await io.out((command.json ? vlanFlagJson : renderVlanFlag)((await api.list()).rules.vlanFlag));
      return 0;
    case 'zero':
      await api.zero(command.service);
      return 0;
    case 'save': {
      const { rules } = await api.list();
      const namer = await namerFor(command.numeric, addressesOfRules(rules.services), io);
      await io.out(renderRules(rules, namer, command.full));
      return 0;
    }
    case 'restore':
      return command.atomic ? restoreWhole(api, io) : restore(api, io, run);
    case 'start-sync':
      await api.startSync(command.daemon);
      return 0;
    case 'stop-sync':
      await api.stopSync(command.direction);
      return 0;
    case 'no-scheduler':
      io.err(`${await noSchedulerText(command.op, command.id, api)}\n`);
      return KERNEL_EXIT;
  }
}

async function listServices(
  one: ServiceId | undefined,
  format: ListFormat,
  api: DirectorApi,
  io: Io,
): Promise<number> {
  const listing = await (format.layout === 'rate' ? api.rates() : api.list());
  const services = select(one, listing, io);
  if (!services) return LIST_EXIT;
  if (format.json) {
    await io.out(servicesJson(inListOrder(services, format), format.layout === 'rate' ? 'rate' : 'total'));
    return 0;
  }
  const namer = await namerFor(format.numeric, addressesOf(services), io);
  await io.out((one ? '' : VERSION_LINE) + renderServices(services, format, namer));
  return 0;
}

/** All services, or the one asked for; undefined when it is not there, which is printed. */
function select(one: ServiceId | undefined, listing: Listing, io: Io): readonly CountedService[] | undefined {
  const all = listing.rules.services.map((service, at) => {
    const counters = listing.counters[at];
    if (!counters) throw new Error(`the director listed ${serviceKey(service.id)} without its counters`);
    return { service, counters };
  });
  if (!one) return all;
  const found = all.filter(({ service }) => serviceKey(service.id) === serviceKey(one));
  if (found.length > 0) return found;
  io.err(`${KERNEL_TEXT.noService}\n`);
  return undefined;
}

async function listConnections(
  { json, numeric, engines }: ConnectionFormat,
  api: DirectorApi,
  io: Io,
): Promise<number> {
  if (json) return listConnectionsJson(api, io);
  const cache = new NameCache(io.resolver);
  await io.out(connectionTitle(engines));
  for await (const chunk of api.connections()) {
    const namer = numeric ? NUMERIC : await cache.namerFor(addressesOfConnections(chunk));
    await io.out(chunk.map((connection) => renderConnection(connection, namer)).join(''));
  }
  return 0;
}

async function listConnectionsJson(api: DirectorApi, io: Io): Promise<number> {
  let before: string = CONNECTIONS_JSON.begin;
  for await (const chunk of api.connections()) {
    if (chunk.length === 0) continue;
    await io.out(before + chunk.map(connectionJson).join(CONNECTIONS_JSON.between));
    before = CONNECTIONS_JSON.between;
  }
  await io.out((before === CONNECTIONS_JSON.begin ? before : '') + CONNECTIONS_JSON.end);
  return 0;
}

async function namerFor(numeric: boolean, addresses: Iterable<Address>, io: Io): Promise<Namer> {
  return numeric ? NUMERIC : new NameCache(io.resolver).namerFor(addresses);
}

function addressesOf(services: readonly CountedService[]): Iterable<Address> {
  return addressesOfRules(services.map(({ service }) => service));
}

function* addressesOfRules(services: readonly VirtualService[]): Generator<Address> {
  for (const { id, servers, locals } of services) {
    if (id.kind !== 'fwmark') yield id.address;
    for (const { address } of [...servers, ...locals]) yield address;
  }
}
