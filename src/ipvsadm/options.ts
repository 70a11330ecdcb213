/** Every option of the command: its letters, its words, and the name that messages use for it. */

export type CommandName =
  | 'add-service'
  | 'edit-service'
  | 'delete-service'
  | 'flush'
  | 'list'
  | 'add-server'
  | 'delete-server'
  | 'edit-server'
  | 'set'
  | 'start-daemon'
  | 'stop-daemon'
  | 'restore'
  | 'save'
  | 'zero'
  | 'add-laddr'
  | 'del-laddr'
  | 'get-laddr'
  | 'set-vlanflag'
  | 'get-vlanflag'
  | 'help'
  | 'version';

/** In the order in which ipvsadm checks them; the vendor's own come last, and behind them ours. */
export const OPTION_NAMES = [
  'numeric',
  'connection',
  'service-address',
  'scheduler',
  'persistent',
  'netmask',
  'real-server',
  'forwarding-method',
  'weight',
  'u-threshold',
  'l-threshold',
  'mcast-interface',
  'timeout',
  'daemon',
  'stats',
  'rate',
  'thresholds',
  'persistent-conn',
  'nosort',
  'syncid',
  'exact',
  'ops',
  'pe',
  'sched-flags',
  'mcast-group',
  'mcast-port',
  'mcast-ttl',
  'sync-maxlen',
  'tun-info',
  'tun-type',
  'tun-port',
  'tun-nocsum',
  'tun-csum',
  'tun-remcsum',
  'laddr',
  'vsestablish-timeout',
  'tcp_draining_timeout',
  'json',
  'atomic',
  'full',
] as const;
export type OptionName = (typeof OPTION_NAMES)[number];

/** `optional` takes the next word unless that begins with a dash. */
export type Argument = 'none' | 'required' | 'optional';

export interface OptionSpec {
  readonly long: string;
  readonly short?: string;
  readonly argument: Argument;
  /** What it does when it is the first option. */
  readonly command?: CommandName;
  /** What messages call it; several spellings may share one name, and then exclude each other. */
  readonly name?: OptionName;
}

const COMMANDS: readonly (readonly [CommandName, string, string?, Argument?])[] = [
  ['add-service', 'add-service', 'A'],
  ['edit-service', 'edit-service', 'E'],
  ['delete-service', 'delete-service', 'D'],
  ['flush', 'clear', 'C'],
  ['list', 'list', 'L'],
  ['list', 'list', 'l'],
  ['add-server', 'add-server', 'a'],
  ['delete-server', 'delete-server', 'd'],
  ['edit-server', 'edit-server', 'e'],
  ['set', 'set'],
  ['start-daemon', 'start-daemon', undefined, 'required'],
  ['stop-daemon', 'stop-daemon', undefined, 'required'],
  ['restore', 'restore', 'R'],
  ['save', 'save', 'S'],
  ['zero', 'zero', 'Z'],
  ['add-laddr', 'add-laddr', 'P'],
  ['del-laddr', 'del-laddr', 'Q'],
  ['get-laddr', 'get-laddr', 'G'],
  ['set-vlanflag', 'set-vlanflag', undefined, 'required'],
  ['get-vlanflag', 'get-vlanflag'],
  ['help', 'help', 'h'],
  ['version', 'version', 'v'],
];

const OPTIONS: readonly (readonly [OptionName | undefined, string, string | undefined, Argument])[] = [
  ['service-address', 'tcp-service', 't', 'required'],
  ['service-address', 'udp-service', 'u', 'required'],
  ['service-address', 'sctp-service', undefined, 'required'],
  ['service-address', 'fwmark-service', 'f', 'required'],
  ['service-address', 'raw-service', 'W', 'required'],
  [undefined, 'ipv6', '6', 'none'],
  ['scheduler', 'scheduler', 's', 'required'],
  ['persistent', 'persistent', 'p', 'optional'],
  ['netmask', 'netmask', 'M', 'required'],
  ['pe', 'pe', undefined, 'required'],
  ['sched-flags', 'sched-flags', 'b', 'required'],
  ['ops', 'ops', 'o', 'none'],
  ['vsestablish-timeout', 'vsestablish-timeout', 'V', 'optional'],
  ['tcp_draining_timeout', 'tcp_draining_timeout', undefined, 'required'],
  ['real-server', 'real-server', 'r', 'required'],
  ['forwarding-method', 'gatewaying', 'g', 'none'],
  ['forwarding-method', 'ipip', 'i', 'none'],
  ['forwarding-method', 'masquerading', 'm', 'none'],
  ['forwarding-method', 'fullnat', 'q', 'none'],
  ['tun-type', 'tun-type', undefined, 'required'],
  ['tun-port', 'tun-port', undefined, 'required'],
  ['tun-nocsum', 'tun-nocsum', undefined, 'none'],
  ['tun-csum', 'tun-csum', undefined, 'none'],
  ['tun-remcsum', 'tun-remcsum', undefined, 'none'],
  ['weight', 'weight', 'w', 'required'],
  ['u-threshold', 'u-threshold', 'x', 'required'],
  ['l-threshold', 'l-threshold', 'y', 'required'],
  ['laddr', 'laddr', 'z', 'required'],
  ['connection', 'connection', 'c', 'none'],
  ['numeric', 'numeric', 'n', 'none'],
  ['timeout', 'timeout', undefined, 'none'],
  ['daemon', 'daemon', undefined, 'none'],
  ['stats', 'stats', undefined, 'none'],
  ['rate', 'rate', undefined, 'none'],
  ['exact', 'exact', 'X', 'none'],
  ['thresholds', 'thresholds', undefined, 'none'],
  ['persistent-conn', 'persistent-conn', undefined, 'none'],
  ['tun-info', 'tun-info', undefined, 'none'],
  ['nosort', 'nosort', undefined, 'none'],
  [undefined, 'sort', undefined, 'none'],
  ['syncid', 'syncid', undefined, 'required'],
  ['sync-maxlen', 'sync-maxlen', undefined, 'required'],
  ['mcast-interface', 'mcast-interface', undefined, 'required'],
  ['mcast-group', 'mcast-group', undefined, 'required'],
  ['mcast-port', 'mcast-port', undefined, 'required'],
  ['mcast-ttl', 'mcast-ttl', undefined, 'required'],
  ['json', 'json', undefined, 'none'],
  ['atomic', 'atomic', undefined, 'none'],
  ['full', 'full', undefined, 'none'],
];

export const OPTION_TABLE: readonly OptionSpec[] = [
  ...COMMANDS.map(
    ([command, long, short, argument = 'none']): OptionSpec => ({
      command,
      long,
      argument,
      ...(short ? { short } : {}),
    }),
  ),
  ...OPTIONS.map(
    ([name, long, short, argument]): OptionSpec => ({
      long,
      argument,
      ...(name ? { name } : {}),
      ...(short ? { short } : {}),
    }),
  ),
];

export const LONG_NAMES: readonly string[] = OPTION_TABLE.map(({ long }) => long);
