/** Makes the draft of a rule-changing command an edit of the model, or says why it is none. */
import { familyOf } from '../model/address.ts';
import type { RuleEdit } from '../model/edit.ts';
import {
  type LocalAddress,
  type Persistence,
  type RealServer,
  SCHEDULERS,
  type ServiceId,
  type ServiceSettings,
  serviceFamily,
} from '../model/rules.ts';
import type { Command } from './command.ts';
import type { Draft } from './draft.ts';
import { buildTunnel } from './tunnel.ts';
import { UsageError } from './usage-error.ts';

/** IPVS's (and the seed's) default. */
const DEFAULT_SCHEDULER = 'wlc';

export function serviceIdOf(draft: Draft): ServiceId | undefined {
  const { service } = draft;
  if (!service || service.kind === 'fwmark') return service;
  const { at, subnetId } = service;
  const where = { address: at.address, port: at.port ?? 0, subnetId };
  return service.kind === 'raw'
    ? { kind: 'raw', ...where }
    : { kind: 'address', protocol: service.protocol, ...where };
}

/** -A and -E. */
export function buildServiceEdit(
  op: 'add-service' | 'edit-service',
  id: ServiceId,
  draft: Draft,
  flags: readonly string[],
): Command {
  const persistent = draft.given.has('persistent');
  if (id.kind === 'address' && id.port === 0 && !persistent)
    throw new UsageError('Zero port specified for non-persistent service');
  const onePacket = draft.given.has('ops');
  if (onePacket && id.kind === 'address' && id.protocol !== 'udp')
    throw new UsageError('One-Packet Scheduling is only for UDP virtual services');
  const scheduler = SCHEDULERS.find((name) => name === (draft.scheduler || DEFAULT_SCHEDULER));
  if (!scheduler || !['', 'sip'].includes(draft.engine)) return { kind: 'no-scheduler', op, id };
  const settings: ServiceSettings = {
    scheduler,
    schedulerFlags: flags,
    onePacket,
    // The kernel keeps -M without -p, shows it nowhere, and does nothing with it.
    ...(persistent ? { persistence: buildPersistence(id, draft) } : {}),
    ...(draft.engine === '' ? {} : { engine: draft.engine }),
    ...(draft.establishedTimeout === undefined ? {} : { establishedTimeout: draft.establishedTimeout }),
    ...(draft.drainingTimeout === undefined ? {} : { drainingTimeout: draft.drainingTimeout }),
  };
  return edit({ op, id, settings });
}

function buildPersistence(id: ServiceId, draft: Draft): Persistence {
  const whole = serviceFamily(id) === 6 ? 128 : 32;
  return { timeout: draft.persistence, prefix: whole, ...draft.mask };
}

/** -a, -e and -d. */
export function buildServerEdit(
  op: 'add-server' | 'edit-server' | 'delete-server',
  id: ServiceId,
  draft: Draft,
): Command {
  const { server: at, forwarding } = draft;
  if (!at) throw new UsageError('illegal real server address[:port] specified');
  const servicePort = id.kind === 'fwmark' ? 0 : id.port;
  if (op === 'delete-server')
    return edit({ op, id, server: { address: at.address, port: at.port ?? servicePort } });
  if (forwarding !== 'tunnel' && familyOf(at.address) !== serviceFamily(id))
    throw new UsageError('Different address family is allowed only for tunneling servers');
  const tunnel = buildTunnel(draft);
  // Neither method rewrites ports: ipvsadm puts the service's in the place of a given one, silently; a mark has none.
  const keepsPort = (forwarding === 'direct' || forwarding === 'tunnel') && id.kind !== 'fwmark';
  const port = keepsPort ? servicePort : (at.port ?? servicePort);
  const server: RealServer = {
    address: at.address,
    port,
    forwarding,
    weight: draft.weight,
    upperThreshold: draft.upperThreshold,
    lowerThreshold: draft.lowerThreshold,
    ...(tunnel ? { tunnel } : {}),
    ...(at.extra === undefined ? {} : { oif: at.extra }),
  };
  return edit({ op, id, server });
}

/** -P and -Q. */
export function buildLocalEdit(op: 'add-local' | 'delete-local', id: ServiceId, draft: Draft): Command {
  if (!draft.local) throw new UsageError('illegal local address[:oif_name] specified');
  const { address, suffix } = draft.local;
  const isPort = suffix !== undefined && /^[0-9]+$/.test(suffix);
  const notes = isPort
    ? [`port ${suffix} of local address ${address} is ignored: ports are allocated per connection`]
    : [];
  if (op === 'delete-local') return edit({ op, id, address }, notes);
  const local: LocalAddress = { address, ...(suffix === undefined || isPort ? {} : { oif: suffix }) };
  return edit({ op, id, local }, notes);
}

function edit(change: RuleEdit, notes: readonly string[] = []): Command {
  return { kind: 'edit', edit: change, notes };
}
