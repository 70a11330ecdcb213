/** Reads a command line of ipvsadm. Pure: names are handed in, nothing is asked of the director. */
import type { RuleEdit } from '../model/edit.ts';
import type { ServiceId } from '../model/rules.ts';
import { syncDaemon } from '../model/sync-daemon.ts';
import { buildLocalEdit, buildServerEdit, buildServiceEdit, serviceIdOf } from './build.ts';
import { type Command, type Layout, PLAIN } from './command.ts';
import { type Draft, newDraft } from './draft.ts';
import { checkLegal } from './legality.ts';
import { type NameSource, NO_NAMES } from './names.ts';
import { type CommandName, OPTION_TABLE } from './options.ts';
import { type FoundOption, PoptReader } from './popt.ts';
import { parseSchedulerFlags } from './scheduler-flags.ts';
import { tryHelp, UsageError } from './usage-error.ts';
import { parseDirection, parseTimeout, parseVlanFlag, takeOption } from './values.ts';

/** ipvsadm's own, which the help text does not name. */
const DEFAULT_INTERFACE = 'eth0';

/**
 * @param argv without the program's name; empty means a plain listing
 * @throws UsageError for what ipvsadm would refuse before it asks the kernel
 * @throws HostWanted when a host name must be looked up first
 */
export function parse(argv: readonly string[], names: NameSource = NO_NAMES): Command {
  if (argv.length === 0) return { kind: 'list', format: PLAIN };
  const reader = new PoptReader(argv, OPTION_TABLE);
  const first = firstOption(reader);
  const command = first?.spec.command;
  if (!first || !command) throw tryHelp();
  if (command === 'help' || command === 'version') return { kind: command };
  const draft = newDraft();
  readCommandValue(draft, first);
  for (let option = reader.next(); option; option = reader.next()) takeOption(draft, option, names);
  const words = [...reader.leftovers];
  const timeouts = command === 'set' ? readTimeouts(words) : undefined;
  if (words.length > 0) throw new UsageError(`unexpected argument ${words[0]}`);
  const flags = parseSchedulerFlags(draft.schedulerFlags, draft.scheduler || 'wlc');
  checkLegal(command, draft.given);
  if (timeouts) return { kind: 'edit', edit: timeouts, notes: [] };
  return buildCommand(command, draft, flags);
}

/** Before the command is known, every mistake is answered with a hint at the help. */
function firstOption(reader: PoptReader): FoundOption | undefined {
  try {
    return reader.next();
  } catch (error) {
    if (error instanceof UsageError) throw tryHelp(error.word);
    throw error;
  }
}

function readCommandValue(draft: Draft, { spec, value = '' }: FoundOption): void {
  if (spec.command === 'start-daemon') draft.direction = parseDirection(value, 'start-daemon parameter');
  if (spec.command === 'stop-daemon') draft.direction = parseDirection(value, 'start_daemon');
  if (spec.command === 'set-vlanflag') draft.vlanFlag = parseVlanFlag(value);
}

/** `--set` takes its three values from the words; more of them are left. */
function readTimeouts(words: string[]): RuleEdit {
  const [tcp, tcpFin, udp] = words.splice(0, 3);
  if (tcp === undefined || tcpFin === undefined || udp === undefined)
    throw new UsageError('--set option requires 3 timeout values');
  return {
    op: 'set-timeouts',
    timeouts: { tcp: parseTimeout(tcp, 0), tcpFin: parseTimeout(tcpFin, 0), udp: parseTimeout(udp, 0) },
  };
}

function buildCommand(command: CommandName, draft: Draft, flags: readonly string[]): Command {
  const service = serviceIdOf(draft);
  const one = service ? { service } : {};
  const json = draft.given.has('json');
  switch (command) {
    case 'add-service':
    case 'edit-service':
      return buildServiceEdit(command, need(service), draft, flags);
    case 'delete-service':
      return { kind: 'edit', edit: { op: command, id: need(service) }, notes: [] };
    case 'flush':
      return { kind: 'edit', edit: { op: 'clear' }, notes: [] };
    case 'add-server':
    case 'edit-server':
    case 'delete-server':
      return buildServerEdit(command, need(service), draft);
    case 'add-laddr':
      return buildLocalEdit('add-local', need(service), draft);
    case 'del-laddr':
      return buildLocalEdit('delete-local', need(service), draft);
    case 'list':
      return buildListing(draft, service);
    case 'get-laddr':
      return { kind: 'list-locals', ...one, json };
    case 'zero':
      return { kind: 'zero', ...one };
    case 'save':
      return { kind: 'save', numeric: draft.given.has('numeric'), full: draft.given.has('full') };
    case 'restore':
      return { kind: 'restore', atomic: draft.given.has('atomic') };
    case 'start-daemon': {
      const { direction, daemon } = draft;
      return {
        kind: 'start-sync',
        // What is not given is fitted to the interface, which only the director sees.
        daemon: syncDaemon({ interface: DEFAULT_INTERFACE, maxlen: 0, ...daemon, direction }),
      };
    }
    case 'stop-daemon':
      return { kind: 'stop-sync', direction: draft.direction };
    case 'set-vlanflag':
      return { kind: 'edit', edit: { op: 'set-vlanflag', on: draft.vlanFlag }, notes: [] };
    case 'get-vlanflag':
      return { kind: 'get-vlanflag', json };
    default:
      throw tryHelp();
  }
}

/** Several may be given; the first of these wins, as in ipvsadm. */
const LAYOUTS = ['stats', 'rate', 'thresholds', 'persistent-conn', 'tun-info'] as const;

function buildListing({ given }: Draft, service: ServiceId | undefined): Command {
  const numeric = given.has('numeric');
  const json = given.has('json');
  if (given.has('connection'))
    return { kind: 'list-connections', format: { json, numeric, engines: given.has('persistent-conn') } };
  if (given.has('timeout')) return { kind: 'list-timeouts', json };
  if (given.has('daemon')) return { kind: 'list-daemons', json };
  const layout: Layout = LAYOUTS.find((name) => given.has(name)) ?? 'plain';
  const format = { json, numeric, layout, exact: given.has('exact'), sorted: !given.has('nosort') };
  return { kind: 'list', format, ...(service ? { service } : {}) };
}

/** The legality check asked for it already. */
function need(service: ServiceId | undefined): ServiceId {
  if (!service) throw tryHelp();
  return service;
}
