/** Carries a command out on a director. */
import type { DirectorApi, Listing } from '../director/api.ts';
import type { Address } from '../model/address.ts';
import { type RuleSet, type ServiceId, sameService, serviceKey } from '../model/rules.ts';
import type { Command, ListFormat } from './command.ts';
import { addressesOf, connectionTitle, renderConnection } from './connection-table.ts';
import { carryOutEdits } from './edits.ts';
import { HELP_TEXT, VERSION_TEXT } from './help.ts';
import type { Io } from './io.ts';
import { describeRefusal, KERNEL_EXIT, KERNEL_TEXT } from './kernel-text.ts';
import { NameCache, type Namer, NUMERIC } from './namer.ts';
import { restore } from './restore.ts';
import { renderRules } from './save.ts';
import { type CountedService, renderServices, VERSION_LINE } from './service-table.ts';
import { renderDaemons, renderLocals, renderTimeouts } from './small-tables.ts';

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
      return listConnections(command.numeric, command.engines, api, io);
    case 'list-timeouts':
      await io.out(renderTimeouts((await api.list()).rules.timeouts));
      return 0;
    case 'list-daemons':
      await io.out(renderDaemons(await api.syncDaemons()));
      return 0;
    case 'list-locals': {
      const services = select(command.service, await api.list(), io);
      if (services) await io.out(renderLocals(services));
      return services ? 0 : LIST_EXIT;
    }
    case 'get-vlanflag':
      await io.out(`${(await api.list()).rules.vlanFlag ? 1 : 0}\n`);
      return 0;
    case 'zero':
      await api.zero(command.service);
      return 0;
    case 'save': {
      const { rules } = await api.list();
      await io.out(renderRules(rules, await namerFor(command.numeric, addressesOfRules(rules), io)));
      return 0;
    }
    case 'restore':
      return restore(api, io, run);
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

/** A kernel looks for the service first. */
async function noSchedulerText(op: string, id: ServiceId, api: DirectorApi): Promise<string> {
  const there = (await api.list()).rules.services.some((service) => sameService(service.id, id));
  if (there && op === 'add-service') return KERNEL_TEXT.serviceExists;
  return there || op === 'add-service' ? KERNEL_TEXT.noScheduler : KERNEL_TEXT.noService;
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
  const namer = await namerFor(format.numeric, addressesOfRules(listing.rules), io);
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
  numeric: boolean,
  engines: boolean,
  api: DirectorApi,
  io: Io,
): Promise<number> {
  const cache = new NameCache(io.resolver);
  await io.out(connectionTitle(engines));
  for await (const chunk of api.connections()) {
    const namer = numeric ? NUMERIC : await cache.namerFor(addressesOf(chunk));
    await io.out(chunk.map((connection) => renderConnection(connection, namer)).join(''));
  }
  return 0;
}

async function namerFor(numeric: boolean, addresses: Iterable<Address>, io: Io): Promise<Namer> {
  return numeric ? NUMERIC : new NameCache(io.resolver).namerFor(addresses);
}

function* addressesOfRules(rules: RuleSet): Generator<Address> {
  for (const { id, servers, locals } of rules.services) {
    if (id.kind !== 'fwmark') yield id.address;
    for (const { address } of [...servers, ...locals]) yield address;
  }
}
