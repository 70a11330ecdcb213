/** Which command needs, takes or refuses which option. */
import { type CommandName, OPTION_NAMES, type OptionName } from './options.ts';
import { UsageError } from './usage-error.ts';

interface Rule {
  readonly needs?: readonly OptionName[];
  readonly takes?: readonly OptionName[];
}

const SETTINGS: readonly OptionName[] = [
  'scheduler',
  'persistent',
  'netmask',
  'ops',
  'pe',
  'sched-flags',
  'vsestablish-timeout',
  'tcp_draining_timeout',
];
const SERVER: readonly OptionName[] = [
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
];

const RULES: Readonly<Record<CommandName, Rule>> = {
  'add-service': { needs: ['service-address'], takes: SETTINGS },
  'edit-service': { needs: ['service-address'], takes: SETTINGS },
  'delete-service': { needs: ['service-address'] },
  flush: {},
  list: {
    takes: [
      'numeric',
      'connection',
      'service-address',
      'timeout',
      'daemon',
      'stats',
      'rate',
      'thresholds',
      'persistent-conn',
      'nosort',
      'syncid',
      'exact',
      'tun-info',
      'json',
    ],
  },
  'add-server': { needs: ['service-address', 'real-server'], takes: SERVER },
  'delete-server': { needs: ['service-address', 'real-server'] },
  'edit-server': { needs: ['service-address', 'real-server'], takes: SERVER },
  set: {},
  'start-daemon': {
    takes: ['mcast-interface', 'syncid', 'mcast-group', 'mcast-port', 'mcast-ttl', 'sync-maxlen'],
  },
  'stop-daemon': { takes: ['syncid'] },
  restore: { takes: ['atomic'] },
  save: { takes: ['numeric', 'full'] },
  zero: { takes: ['service-address'] },
  'add-laddr': { needs: ['service-address', 'laddr'] },
  'del-laddr': { needs: ['service-address', 'laddr'] },
  'get-laddr': { takes: ['service-address', 'numeric', 'json'] },
  'set-vlanflag': {},
  'get-vlanflag': { takes: ['json'] },
  help: {},
  version: {},
};

/** Of these `-L` takes one. */
const VIEWS: readonly OptionName[] = ['connection', 'service-address', 'timeout', 'daemon'];

/** @throws UsageError exit 2, for the first option in the table's order that is missing, illegal or too much */
export function checkLegal(command: CommandName, given: ReadonlySet<OptionName>): void {
  const { needs = [], takes = [] } = RULES[command];
  let view: OptionName | undefined;
  for (const name of OPTION_NAMES) {
    if (!given.has(name)) {
      if (needs.includes(name))
        throw new UsageError(`You need to supply the '${name}' option for the '${command}' command`);
      continue;
    }
    if (!needs.includes(name) && !takes.includes(name))
      throw new UsageError(`Illegal '${name}' option with the '${command}' command`);
    if (command !== 'list' || !VIEWS.includes(name)) continue;
    if (view)
      throw new UsageError(`The option '${name}' conflicts with the '${view}' option in the 'list' command`);
    view = name;
  }
  if (command === 'list') checkListing(given);
}

function checkListing(given: ReadonlySet<OptionName>): void {
  const some = (...names: OptionName[]) => names.some((name) => given.has(name));
  const wrong =
    (some('connection', 'timeout', 'daemon') && some('stats', 'rate', 'thresholds')) ||
    (some('timeout', 'daemon') && some('persistent-conn'));
  if (wrong) throw new UsageError('options conflicts in the list command');
}
