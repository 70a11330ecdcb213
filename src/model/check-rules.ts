/** Whether a rule set that somebody else made is one that edits could have made here. */
import { familyOf, formatEndpoint } from './address.ts';
import { applyEdit, type RuleEdit } from './edit.ts';
import { ModelError } from './error.ts';
import { INTERFACE_NAME, MOST_MARKS } from './mark.ts';
import {
  describeService,
  EMPTY_RULES,
  LARGEST_TIMEOUT,
  LARGEST_WEIGHT,
  type LocalAddress,
  type RealServer,
  type RuleSet,
  serviceFamily,
  serviceKey,
  type Timeouts,
  type VirtualService,
} from './rules.ts';

const LARGEST_DRAINING = 3600;
/** Names of engines and flags. */
const WORD = /^[a-z0-9-]{1,32}$/;
/** Flags that one scheduler knows are fewer. */
const MOST_FLAGS = 8;

/**
 * Costs as much as the set is long, whatever is in it.
 * @param carried refuses what the plane here does not carry
 * @throws ModelError for the first thing that is wrong
 */
export function checkRules(rules: RuleSet, carried: (edit: RuleEdit) => void): void {
  const services = new Set<string>();
  for (const service of rules.services) {
    const key = serviceKey(service.id);
    if (services.has(key)) refuse(`${describeService(service.id)} stands there twice`);
    services.add(key);
    checkService(service, carried);
  }
  checkTimeouts(rules.timeouts);
  carried({ op: 'set-vlanflag', on: rules.vlanFlag });
  let marked = EMPTY_RULES;
  for (const mark of rules.marks.slice(0, MOST_MARKS + 1)) {
    const edit: RuleEdit = { op: 'add-mark', mark };
    carried(edit);
    marked = applyEdit(marked, edit);
  }
}

function checkService(service: VirtualService, carried: (edit: RuleEdit) => void): void {
  const { id, servers, locals, ...settings } = service;
  const name = describeService(id);
  const { persistence, schedulerFlags, establishedTimeout, drainingTimeout } = settings;
  if (id.kind === 'fwmark') within(id.fwmark, 1, 0xffff_ffff, `${name}: fwmark`);
  if (persistence) {
    within(persistence.timeout, 1, LARGEST_TIMEOUT, `${name}: persistence timeout`);
    if (persistence.mask && familyOf(persistence.mask) !== 4) refuse(`${name}: mask ${persistence.mask}`);
    within(persistence.prefix, 0, serviceFamily(id) === 6 ? 128 : 32, `${name}: persistence mask`);
  }
  if (establishedTimeout !== undefined)
    within(establishedTimeout, 1, LARGEST_TIMEOUT, `${name}: established timeout`);
  if (drainingTimeout !== undefined)
    within(drainingTimeout, 0, LARGEST_DRAINING, `${name}: draining timeout`);
  within(schedulerFlags.length, 0, MOST_FLAGS, `${name}: number of scheduler flags`);
  for (const word of [...schedulerFlags, settings.engine ?? 'none'])
    if (!WORD.test(word)) refuse(`${name}: "${word}" is no name`);

  const add: RuleEdit = { op: 'add-service', id, settings };
  carried(add);
  const alone = applyEdit(EMPTY_RULES, add);
  const check = (edit: RuleEdit) => {
    carried(edit);
    applyEdit(alone, edit);
  };
  unique(servers, formatEndpoint, name);
  for (const server of servers) {
    checkServer(server, `${name}, ${formatEndpoint(server)}`);
    check({ op: 'add-server', id, server });
  }
  unique(locals, ({ address }: LocalAddress) => address, name);
  for (const local of locals) {
    checkInterface(local.oif, `${name}, ${local.address}`);
    check({ op: 'add-local', id, local });
  }
}

function checkServer(server: RealServer, name: string): void {
  within(server.weight, 0, LARGEST_WEIGHT, `${name}: weight`);
  within(server.upperThreshold, 0, LARGEST_WEIGHT, `${name}: upper threshold`);
  within(server.lowerThreshold, 0, LARGEST_WEIGHT, `${name}: lower threshold`);
  checkInterface(server.oif, name);
}

function checkInterface(oif: string | undefined, name: string): void {
  if (oif !== undefined && !INTERFACE_NAME.test(oif)) refuse(`${name}: no name of an interface`);
}

function checkTimeouts({ tcp, tcpFin, udp }: Timeouts): void {
  for (const timeout of [tcp, tcpFin, udp]) within(timeout, 1, LARGEST_TIMEOUT, 'timeout');
}

function unique<T>(values: readonly T[], key: (value: T) => string, name: string): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(key(value))) refuse(`${name}: ${key(value)} stands there twice`);
    seen.add(key(value));
  }
}

function within(value: number, min: number, max: number, what: string): void {
  if (!(value >= min && value <= max)) refuse(`${what} ${value} is not within ${min} and ${max}`);
}

function refuse(what: string): never {
  throw new ModelError('bad-value', what);
}
