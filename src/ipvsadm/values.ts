/** Reads the value of each option into the draft, with ipvsadm's bounds and words. */
import { familyOf, isMulticast } from '../model/address.ts';
import { type ForwardingMethod, LARGEST_TIMEOUT, LARGEST_WEIGHT, type Protocol } from '../model/rules.ts';
import { LARGEST_MAXLEN, type SyncDirection } from '../model/sync-daemon.ts';
import type { Draft } from './draft.ts';
import {
  type ParsedEndpoint,
  parseEndpoint,
  parseHost,
  parseIPv4,
  parseIPv6,
  parseLocal,
} from './endpoint.ts';
import type { NameSource } from './names.ts';
import { maskOf } from './netmask.ts';
import { parseNumber } from './number.ts';
import type { OptionName } from './options.ts';
import type { FoundOption } from './popt.ts';
import { UsageError } from './usage-error.ts';

/** The greatest int: Debian's bound of thresholds. */
const MAX_INT = 0x7fff_ffff;
const MAX_U32 = 0xffff_ffff;
/** The vendor's bound of draining, in seconds. */
const MAX_DRAINING = 3600;

const PROTOCOL_OPTION: Readonly<Record<string, Protocol>> = {
  'tcp-service': 'tcp',
  'udp-service': 'udp',
  'sctp-service': 'sctp',
};

const METHOD_OPTION: Readonly<Record<string, ForwardingMethod>> = {
  gatewaying: 'direct',
  ipip: 'tunnel',
  masquerading: 'masq',
  fullnat: 'fullnat',
};

type Reader = (draft: Draft, value: string, names: NameSource, option: FoundOption) => void;

/** Options without an entry say all by being given. */
const READERS: Readonly<Partial<Record<OptionName, Reader>>> = {
  'service-address': readService,
  scheduler: (draft, value) => {
    draft.scheduler = value;
  },
  persistent: (draft, value, _names, option) => {
    if (option.value !== undefined) draft.persistence = parseTimeout(value, 1);
  },
  netmask: readNetmask,
  pe: (draft, value) => {
    draft.engine = value;
  },
  'sched-flags': (draft, value) => {
    draft.schedulerFlags = value;
  },
  'vsestablish-timeout': (draft, value, _names, option) => {
    if (option.value !== undefined) draft.establishedTimeout = parseTimeout(value, 1);
  },
  tcp_draining_timeout: (draft, value) => {
    draft.drainingTimeout = within(value, 0, MAX_DRAINING, 'illegal tcp_draining_timeout specified');
  },
  'real-server': (draft, value, names) => {
    draft.server = parseEndpoint(value, protocolOf(draft), names);
    if (!draft.server) throw new UsageError('illegal real server address[:port] specified');
  },
  'forwarding-method': (draft, _value, _names, option) => {
    draft.forwarding = METHOD_OPTION[option.spec.long] ?? draft.forwarding;
  },
  weight: (draft, value) => {
    draft.weight = within(value, 0, LARGEST_WEIGHT, 'illegal weight specified');
  },
  'u-threshold': (draft, value) => {
    draft.upperThreshold = within(value, 0, MAX_INT, 'illegal u_threshold specified');
  },
  'l-threshold': (draft, value) => {
    draft.lowerThreshold = within(value, 0, MAX_INT, 'illegal l_threshold specified');
  },
  'tun-type': (draft, value) => {
    if (value !== 'ipip' && value !== 'gue' && value !== 'gre')
      throw new UsageError('illegal tunnel type specified');
    draft.tunnelType = value;
  },
  'tun-port': (draft, value) => {
    draft.tunnelPort = within(value, 1, 65535, 'illegal tunnel port specified');
  },
  laddr: (draft, value, names) => {
    draft.local = parseLocal(value, names);
    if (!draft.local) throw new UsageError('illegal local address[:oif_name] specified');
  },
  'mcast-interface': (draft, value) => {
    if (value !== '') draft.daemon.interface = value;
  },
  syncid: (draft, value) => {
    draft.daemon.syncid = within(value, 0, 255, 'illegal syncid specified');
  },
  'mcast-group': readGroup,
  'mcast-port': (draft, value) => {
    draft.daemon.port = within(value, 1, 65535, 'illegal mcast-port specified');
  },
  'mcast-ttl': (draft, value) => {
    draft.daemon.ttl = within(value, 1, 255, 'illegal mcast-ttl specified');
  },
  'sync-maxlen': (draft, value) => {
    draft.daemon.maxlen = within(value, 1, LARGEST_MAXLEN, 'illegal sync-maxlen specified');
  },
};

/**
 * Takes one option behind the command.
 * @throws UsageError exit 2: a second command, a repeated option, a value outside its grammar or bounds
 */
export function takeOption(draft: Draft, option: FoundOption, names: NameSource): void {
  const { spec, value = '', word } = option;
  if (spec.command) throw new UsageError(`invalid option \`${word}'`);
  if (spec.long === 'ipv6') readIPv6(draft);
  // -6 may be repeated, and --sort is what happens anyway.
  if (!spec.name) return;
  if (draft.given.has(spec.name)) throw new UsageError(`multiple '${spec.name}' options specified`);
  draft.given.add(spec.name);
  READERS[spec.name]?.(draft, value, names, option);
}

/** @throws UsageError exit 2 outside min..31 days */
export function parseTimeout(text: string, min: number): number {
  return within(text, min, LARGEST_TIMEOUT, `invalid timeout value \`${text}' specified`);
}

/** @param what the option's own words for a wrong direction: the two commands differ */
export function parseDirection(text: string, what: string): SyncDirection {
  if (text === 'master' || text === 'backup') return text;
  throw new UsageError(`illegal ${what} specified`);
}

export function parseVlanFlag(text: string): boolean {
  return within(text, 0, 1, `illegal vlanflag \`${text}' specified`) === 1;
}

function within(text: string, min: number, max: number, message: string): number {
  const value = parseNumber(text, min, max);
  if (value === undefined) throw new UsageError(message);
  return value;
}

function readService(draft: Draft, value: string, names: NameSource, option: FoundOption): void {
  const { long } = option.spec;
  if (long === 'fwmark-service') {
    const fwmark = within(value, 1, MAX_U32, `invalid fwmark value \`${value}' specified`);
    draft.service = { kind: 'fwmark', fwmark, family: 4 };
    return;
  }
  const protocol = PROTOCOL_OPTION[long];
  const at = parseEndpoint(value, protocol, names);
  if (!at) throw new UsageError('illegal virtual server address[:port] specified');
  const subnetId = readSubnet(at);
  draft.service = protocol ? { kind: 'address', protocol, at, subnetId } : { kind: 'raw', at, subnetId };
  // A mask given before is an IPv4 one, which ipvsadm overwrites here.
  if (familyOf(at.address) === 6) delete draft.mask;
}

function readSubnet(at: ParsedEndpoint): number {
  return at.extra === undefined ? 0 : within(at.extra, 0, MAX_U32, 'illegal subnet_id specified');
}

function readIPv6(draft: Draft): void {
  // Two newlines: one is in ipvsadm's own text.
  if (draft.service?.kind !== 'fwmark') throw new UsageError('-6 used before -f\n');
  draft.service.family = 6;
  delete draft.mask;
}

function protocolOf(draft: Draft): Protocol | undefined {
  return draft.service?.kind === 'address' ? draft.service.protocol : undefined;
}

/** A prefix length for an IPv6 service, else a dotted quad in any form of inet_aton, or a host that has one. */
function readNetmask(draft: Draft, value: string, names: NameSource): void {
  const { service } = draft;
  const six =
    service?.kind === 'fwmark' ? service.family === 6 : service && familyOf(service.at.address) === 6;
  if (six) {
    // atoi(3): the digits in front count, whatever follows.
    const digits = /^\s*\+?([0-9]+)/.exec(value)?.[1] ?? '';
    draft.mask = { prefix: within(digits, 1, 128, 'illegal ipv6 netmask specified') };
    return;
  }
  const quad = parseHost(value, names);
  if (!quad) throw new UsageError('illegal virtual server persistent mask specified');
  draft.mask = maskOf(quad);
}

function readGroup(draft: Draft, value: string): void {
  const six = value.includes(':');
  const group = six ? parseIPv6(value) : parseIPv4(value);
  if (!group || !isMulticast(group))
    throw new UsageError(`invalid IPv${six ? 6 : 4} mcast-group \`${value}'`);
  draft.daemon.group = group;
}
