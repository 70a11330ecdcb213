/**
 * Small values of the control protocol. Decoders throw ModelError `bad-value` or `bad-address` on what the
 * model does not know; nothing is guessed or clamped.
 */
import { addressFromBytes, addressToBytes, type Endpoint } from '../model/address.ts';
import { type ConnectionProtocol, namedProtocol } from '../model/connection.ts';
import { ModelError } from '../model/error.ts';
import { type Protocol, protocolOf } from '../model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../model/sync-daemon.ts';
import type { tandem } from './generated/control.js';

/** A field that proto3 leaves out when it has its default value. */
type Absent = null | undefined;

export function required<T>(value: T | Absent, what: string): T {
  if (value === null || value === undefined)
    throw new ModelError('bad-value', `a message without its field ${what}`);
  return value;
}

export function oneOf<T extends string>(values: readonly T[], value: string | Absent, what: string): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new ModelError('bad-value', `"${value ?? ''}" is no ${what}`);
  return found;
}

/** A key whose value is absent must not be there at all: rule sets are compared and merged key by key. */
export function present<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

export function portFrom(value: number | Absent): number {
  const port = value ?? 0;
  if (port > 65535) throw new ModelError('bad-value', `${port} is no port`);
  return port;
}

/** A counter or a length of time: finite and not negative. */
export function amountFrom(value: number | Absent): number {
  const amount = value ?? 0;
  if (!(amount >= 0 && Number.isFinite(amount))) throw new ModelError('bad-value', `${amount} is no amount`);
  return amount;
}

export const addressFrom = (bytes: Uint8Array | Absent) => addressFromBytes(bytes ?? new Uint8Array());

export function endpointTo(endpoint: Endpoint): tandem.control.IEndpoint {
  return { address: addressToBytes(endpoint.address), port: endpoint.port };
}

export function endpointFrom(message: tandem.control.IEndpoint | Absent): Endpoint {
  const { address, port } = required(message, 'endpoint');
  return { address: addressFrom(address), port: portFrom(port) };
}

export function protocolFrom(value: number | Absent): Protocol {
  const found = protocolOf(value ?? 0);
  if (found === undefined) throw new ModelError('bad-value', `protocol ${value ?? 0} is not forwarded`);
  return found;
}

/** Of any protocol that a connection may have. */
export function anyProtocolFrom(value: number | Absent): ConnectionProtocol {
  const number = value ?? 0;
  if (number < 1 || number > 255) throw new ModelError('bad-value', `${number} is no IP protocol`);
  return namedProtocol(number);
}

export function directionFrom(value: string | Absent): SyncDirection {
  return oneOf(['master', 'backup'], value, 'direction of sync');
}

export function syncDaemonTo(daemon: SyncDaemon): tandem.control.ISyncDaemon {
  return { ...daemon, group: addressToBytes(daemon.group) };
}

export function syncDaemonFrom(message: tandem.control.ISyncDaemon): SyncDaemon {
  return {
    direction: directionFrom(message.direction),
    interface: message.interface ?? '',
    syncid: message.syncid ?? 0,
    maxlen: message.maxlen ?? 0,
    group: addressFrom(message.group),
    port: portFrom(message.port),
    ttl: message.ttl ?? 0,
  };
}
