/** Edits of a rule set as data. `applyEdit` is pure: it returns a new rule set, or throws and changes nothing. */
import { type Address, type Endpoint, familyOf, formatEndpoint } from './address.ts';
import { ModelError } from './error.ts';
import {
  describeService,
  type LocalAddress,
  type RealServer,
  type RuleSet,
  type ServiceId,
  type ServiceSettings,
  sameEndpoint,
  sameService,
  serviceFamily,
  type Timeouts,
  type VirtualService,
} from './rules.ts';

export type RuleEdit =
  | { readonly op: 'add-service'; readonly id: ServiceId; readonly settings: ServiceSettings }
  | { readonly op: 'edit-service'; readonly id: ServiceId; readonly settings: ServiceSettings }
  | { readonly op: 'delete-service'; readonly id: ServiceId }
  | { readonly op: 'clear' }
  | { readonly op: 'add-server'; readonly id: ServiceId; readonly server: RealServer }
  | { readonly op: 'edit-server'; readonly id: ServiceId; readonly server: RealServer }
  | { readonly op: 'delete-server'; readonly id: ServiceId; readonly server: Endpoint }
  | { readonly op: 'add-local'; readonly id: ServiceId; readonly local: LocalAddress }
  | { readonly op: 'delete-local'; readonly id: ServiceId; readonly address: Address }
  /** A value of 0 keeps what is set, as ipvsadm's --set does. */
  | { readonly op: 'set-timeouts'; readonly timeouts: Timeouts }
  | { readonly op: 'set-vlanflag'; readonly on: boolean };

/** @throws ModelError naming the service or server, when the edit cannot apply. */
export function applyEdit(rules: RuleSet, edit: RuleEdit): RuleSet {
  switch (edit.op) {
    case 'add-service':
      if (findService(rules, edit.id)) {
        throw new ModelError('service-exists', `${describeService(edit.id)} already exists: edit it with -E`);
      }
      return {
        ...rules,
        services: rules.services.concat({ id: edit.id, ...edit.settings, servers: [], locals: [] }),
      };
    case 'edit-service':
      return replace(rules, edit.id, ({ id, servers, locals }) => ({
        id,
        ...edit.settings,
        servers,
        locals,
      }));
    case 'delete-service': {
      const at = rules.services.indexOf(requireService(rules, edit.id));
      return { ...rules, services: rules.services.toSpliced(at, 1) };
    }
    case 'clear':
      return { ...rules, services: [] };
    case 'add-server':
      return replace(rules, edit.id, (service) => addServer(service, edit.server));
    case 'edit-server':
      return replace(rules, edit.id, (service) => {
        checkServer(service, edit.server);
        requireServer(service, edit.server);
        const servers = service.servers.map((old) => (sameEndpoint(old, edit.server) ? edit.server : old));
        return { ...service, servers };
      });
    case 'delete-server':
      return replace(rules, edit.id, (service) => {
        requireServer(service, edit.server);
        return { ...service, servers: service.servers.filter((old) => !sameEndpoint(old, edit.server)) };
      });
    case 'add-local':
      return replace(rules, edit.id, (service) => addLocal(service, edit.local));
    case 'delete-local':
      return replace(rules, edit.id, (service) => {
        const locals = service.locals.filter((local) => local.address !== edit.address);
        if (locals.length === service.locals.length) {
          throw new ModelError(
            'no-such-local',
            `${describeService(service.id)} has no local address ${edit.address}: list them with -G`,
          );
        }
        return { ...service, locals };
      });
    case 'set-timeouts': {
      const { tcp, tcpFin, udp } = edit.timeouts;
      const old = rules.timeouts;
      return {
        ...rules,
        timeouts: { tcp: tcp || old.tcp, tcpFin: tcpFin || old.tcpFin, udp: udp || old.udp },
      };
    }
    case 'set-vlanflag':
      return { ...rules, vlanFlag: edit.on };
  }
}

function findService(rules: RuleSet, id: ServiceId): VirtualService | undefined {
  // From the end: most edits follow the one that added their service.
  return rules.services.findLast((service) => sameService(service.id, id));
}

/** @throws ModelError `no-such-service` */
export function requireService(rules: RuleSet, id: ServiceId): VirtualService {
  const service = findService(rules, id);
  if (!service) {
    throw new ModelError('no-such-service', `${describeService(id)} is no virtual service: add it with -A`);
  }
  return service;
}

function replace(
  rules: RuleSet,
  id: ServiceId,
  change: (service: VirtualService) => VirtualService,
): RuleSet {
  const old = requireService(rules, id);
  return { ...rules, services: rules.services.with(rules.services.lastIndexOf(old), change(old)) };
}

function requireServer(service: VirtualService, server: Endpoint): void {
  if (!service.servers.some((old) => sameEndpoint(old, server))) {
    throw new ModelError(
      'no-such-server',
      `${describeService(service.id)} has no real server ${formatEndpoint(server)}: add it with -a`,
    );
  }
}

function addServer(service: VirtualService, server: RealServer): VirtualService {
  const name = formatEndpoint(server);
  checkServer(service, server);
  if (service.servers.some((old) => sameEndpoint(old, server))) {
    throw new ModelError(
      'server-exists',
      `${describeService(service.id)} already has real server ${name}: edit it with -e`,
    );
  }
  if (!isUnicast(server.address)) {
    throw new ModelError('not-unicast', `real server ${name} is not a unicast address`);
  }
  return { ...service, servers: [...service.servers, server] };
}

/** What IPVS asks of a server before it looks whether there is one. */
function checkServer({ id }: VirtualService, server: RealServer): void {
  const name = formatEndpoint(server);
  if (isMixed(id, server) && server.forwarding !== 'tunnel') {
    throw new ModelError(
      'family-mismatch',
      `real server ${name} has another address family than its service`,
    );
  }
  if (server.lowerThreshold > server.upperThreshold) {
    throw new ModelError(
      'threshold-range',
      `real server ${name}: the lower threshold ${server.lowerThreshold} is above the upper one, ${server.upperThreshold}`,
    );
  }
}

/** The kernel's rule for connection sync. @throws ModelError `family-mismatch` */
export function refuseMixedFamilies(rules: RuleSet): void {
  for (const { id, servers } of rules.services) {
    const server = servers.find((one) => isMixed(id, one));
    if (server) throw mixedWithSync(id, server);
  }
}

/** @throws ModelError `family-mismatch` for an edit that connection sync does not go with, `no-such-service` */
export function refuseMixedFamily(rules: RuleSet, edit: RuleEdit): void {
  if (edit.op !== 'add-server' && edit.op !== 'edit-server') return;
  requireService(rules, edit.id);
  if (isMixed(edit.id, edit.server)) throw mixedWithSync(edit.id, edit.server);
}

function mixedWithSync(id: ServiceId, server: Endpoint): ModelError {
  return new ModelError(
    'family-mismatch',
    `connection sync does not go with real server ${formatEndpoint(server)} of ${describeService(id)}: ` +
      'it has another address family than its service',
  );
}

/** Whether the server is reached over another IP version than its service. */
export function isMixed(id: ServiceId, server: Endpoint): boolean {
  return familyOf(server.address) !== serviceFamily(id);
}

function addLocal(service: VirtualService, local: LocalAddress): VirtualService {
  if (service.locals.some((old) => old.address === local.address)) {
    throw new ModelError(
      'local-exists',
      `${describeService(service.id)} already has local address ${local.address}`,
    );
  }
  if (!isUnicast(local.address)) {
    throw new ModelError('not-unicast', `local address ${local.address} is not a unicast address`);
  }
  return { ...service, locals: [...service.locals, local] };
}

/** Not unspecified, broadcast, multicast, and (IPv6) not link-local: what IPVS refuses for a destination. */
function isUnicast(address: Address): boolean {
  if (familyOf(address) === 6) return address !== '::' && !/^(ff|fe[89ab])/.test(address);
  const first = Number.parseInt(address, 10);
  return first > 0 && first < 224;
}
