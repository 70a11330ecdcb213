/** What a configuration comes to on this host. Everything that it can be refused for, before anything is touched. */
import { allInterfaces, type InterfaceFacts, ownAddress } from '../host/interfaces.ts';
import { type Address, familyOf, parseAddress } from '../model/address.ts';
import type { RuleSet } from '../model/rules.ts';
import { isLinkLocal } from '../vrrp/ip.ts';
import type { SealKey } from '../wire/seal-key.ts';
import { DirectorError } from './api.ts';
import type { DirectorConfig, RouterConfig } from './config.ts';
import type { HeartbeatRouter } from './heartbeat/messages.ts';
import { KeptRules } from './kept-rules.ts';
import { rulesOf } from './rule-keeper.ts';
import { readKeyFile } from './sync/key-file.ts';
import { checkScripts } from './tracker.ts';

export interface Prepared {
  readonly rules: RuleSet;
  /** That seal sync, the newest last; none: it travels in clear. */
  readonly keys: readonly SealKey[];
  /** Those that carry the program. */
  readonly interfaces: readonly InterfaceFacts[];
  readonly routers: readonly HeartbeatRouter[];
}

/** @throws DirectorError `no-such-device`, HostError, ModelError */
export async function prepare(config: DirectorConfig): Promise<Prepared> {
  const kept = config.keptRules === undefined ? undefined : keptRules(config.keptRules, config.datapath.kind);
  const rules = kept ?? rulesOf(config.rules, config.datapath.kind);
  const keys = config.syncKeyFile === undefined ? [] : readKeyFile(config.syncKeyFile);
  const facts = new Map((await allInterfaces()).map((each) => [each.name, each]));
  const floating = config.routers.flatMap(({ addresses }) => addresses);
  const routers = config.routers.map((router) => {
    const its = existing(router.interface, facts);
    return { ...router, ifindex: its.ifindex, source: sourceOf(router, its, floating) };
  });
  const interfaces = config.interfaces.map((name) => existing(name, facts));
  for (const { name } of config.track?.links ?? []) existing(name, facts);
  checkScripts(config.track?.scripts ?? []);
  for (const daemon of config.sync) existing(daemon.interface, facts);
  return { rules, keys, interfaces, routers };
}

/** Where a router advertises from: of IPv6 the link's own address, unless its peers are further away. */
export function sourceOf(
  { addresses, peers }: Pick<RouterConfig, 'addresses' | 'peers'>,
  facts: InterfaceFacts,
  floating: readonly Address[],
): Address {
  const [first = parseAddress('0.0.0.0')] = addresses;
  return ownAddress(facts, { family: familyOf(first), linkLocal: peers.every(isLinkLocal), floating });
}

/** Undefined when none were kept yet. @throws DirectorError `bad-rules` */
function keptRules(path: string, plane: DirectorConfig['datapath']['kind']): RuleSet | undefined {
  const file = new KeptRules(path);
  const edits = file.read();
  try {
    return edits && rulesOf(edits, plane);
  } catch (error) {
    throw file.refusal(error instanceof Error ? error.message : String(error));
  }
}

function existing(name: string, facts: ReadonlyMap<string, InterfaceFacts>): InterfaceFacts {
  const its = facts.get(name);
  if (its) return its;
  throw new DirectorError(
    'no-such-device',
    `interface ${name} does not exist: name one that "ip link" lists`,
  );
}
