/**
 * What this version's XDP plane carries of the model. The model knows more, so that rules, listings and the
 * grammar need not change when the plane learns it: then only this page does.
 */
import { type Address, type Endpoint, familyOf } from './address.ts';
import type { RuleEdit } from './edit.ts';
import { ModelError } from './error.ts';
import {
  type LocalAddress,
  type RealServer,
  type ServiceId,
  type ServiceSettings,
  serviceFamily,
} from './rules.ts';

/**
 * Refuses what the plane would not do; it never lets an option through that would then be ignored. What may not
 * be added is not there, and the rules themselves say so to who would change or delete it.
 * @throws ModelError `not-supported`, naming the option and what can be used instead
 */
export function checkSupported(edit: RuleEdit): void {
  switch (edit.op) {
    case 'add-service':
      checkService(edit.id);
      checkSettings(edit.settings);
      break;
    case 'edit-service':
      if (mayBeThere(edit.id)) checkSettings(edit.settings);
      break;
    case 'add-server':
      checkService(edit.id);
      checkServer(edit.id, edit.server);
      break;
    case 'edit-server':
      if (mayBeThere(edit.id, edit.server)) checkServer(edit.id, edit.server);
      break;
    case 'add-local':
      checkService(edit.id);
      checkLocal(edit.id, edit.local);
      break;
    case 'set-vlanflag':
      if (edit.on) refuse('VLAN matching (--set-vlanflag 1)', 'leave it at 0');
      break;
  }
}

function mayBeThere(id: ServiceId, server?: Endpoint): boolean {
  try {
    checkService(id);
    if (server) checkEndpoint(server);
    return true;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
  }
}

function checkService(id: ServiceId): void {
  if (id.kind === 'fwmark') return;
  checkAddress(id.address, 'virtual service');
  if (id.subnetId !== 0) refuse(`subnet_id ${id.subnetId}`, 'leave it out, or write 0');
}

function checkSettings(settings: ServiceSettings): void {
  if (settings.engine !== undefined) refuse('a persistence engine (--pe)', 'leave it out');
}

function checkServer(service: ServiceId, server: RealServer): void {
  if (server.forwarding === 'tunnel') refuse('tunneling (-i)', 'use -q (FULLNAT), -m or -g');
  checkEndpoint(server);
  checkPort(service, server);
  if (server.oif !== undefined) refuse(`an interface for a real server (${server.oif})`, 'leave it out');
}

function checkEndpoint({ address }: Endpoint): void {
  checkAddress(address, 'real server');
}

function checkLocal(service: ServiceId, local: LocalAddress): void {
  checkAddress(local.address, 'local address');
  if (familyOf(local.address) !== serviceFamily(service))
    refuse(`a local address of another family than its service (${local.address})`, 'use one of the same');
  if (local.oif !== undefined) refuse(`an interface for a local address (${local.oif})`, 'leave it out');
}

/** Where packets are not rewritten the server must listen where the client asks. ipvsadm sees to it by itself. */
function checkPort(service: ServiceId, { forwarding, port }: RealServer): void {
  if (service.kind !== 'address' || (forwarding !== 'direct' && forwarding !== 'tunnel')) return;
  if (port === service.port) return;
  throw new ModelError(
    'not-supported',
    `direct routing and tunnels cannot map port ${service.port} to ${port}: give the server port ${service.port}`,
  );
}

/** The plane's maps hold IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), which no packet bears. */
function checkAddress(address: Address, what: string): void {
  if (address.startsWith('::ffff:'))
    refuse(`an IPv4-mapped ${what} (${address})`, 'write it as an IPv4 address');
}

function refuse(what: string, instead: string): never {
  throw new ModelError('not-supported', `${what} is not built yet: ${instead}`);
}
