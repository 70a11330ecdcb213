/** The daemon options of ipvsadm's help text, as `tandem start-daemon` takes them. */
import type { Argv } from 'yargs';
import { type Address, isMulticast, parseAddress } from '../model/address.ts';
import { ModelError } from '../model/error.ts';
import { LARGEST_MAXLEN, SMALLEST_MAXLEN, type SyncDaemon } from '../model/sync-daemon.ts';
import { UsageError } from './exit.ts';

export interface SyncOptions {
  readonly syncid?: number;
  readonly 'sync-maxlen'?: number;
  readonly 'mcast-interface'?: string;
  readonly 'mcast-group'?: string;
  readonly 'mcast-port'?: number;
  readonly 'mcast-ttl'?: number;
}

export function withSyncOptions<T>(yargs: Argv<T>) {
  const number = (describe: string) => ({ type: 'number', requiresArg: true, describe }) as const;
  const text = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;
  return yargs
    .option('syncid', number('Tells pairs apart, 0-255; a receiver with 0 takes all [default: 255]'))
    .option('sync-maxlen', number('Largest payload of a datagram in bytes, 512-65507 [default: 1472]'))
    .option('mcast-interface', text('The link to the peer [default: as configured]'))
    .option('mcast-group', text('Multicast group [default: 224.0.0.81]'))
    .option('mcast-port', number('UDP port [default: 8848]'))
    .option('mcast-ttl', number('Hops that a datagram may take [default: 1]'));
}

/** What was given, checked. @throws UsageError naming the option */
export function givenSync(options: SyncOptions): Partial<Omit<SyncDaemon, 'direction'>> {
  const within = (name: keyof SyncOptions, min: number, max: number) => {
    const value = options[name];
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}`);
  };
  const given = {
    syncid: within('syncid', 0, 255),
    maxlen: within('sync-maxlen', SMALLEST_MAXLEN, LARGEST_MAXLEN),
    interface: options['mcast-interface'],
    group: group(options['mcast-group']),
    port: within('mcast-port', 1, 65_535),
    ttl: within('mcast-ttl', 1, 255),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function group(text: string | undefined): Address | undefined {
  if (text === undefined) return undefined;
  try {
    const address = parseAddress(text);
    if (isMulticast(address)) return address;
    throw new UsageError(
      `--mcast-group is ${address}, which is no multicast group: use 224.0.0.81 or ff02::51`,
    );
  } catch (error) {
    if (error instanceof ModelError) throw new UsageError(`--mcast-group: ${error.message}`);
    throw error;
  }
}
