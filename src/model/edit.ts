/** Edits of a rule set as data. `applyEdit` is pure: it returns a new rule set, or throws and changes nothing. */
import { type Address, type Endpoint, familyOf, formatEndpoint } from './address.ts';
import { ModelError } from './error.ts';
import { checkMark, describeMark, type Mark, MOST_MARKS, markKey } from './mark.ts';
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
  serviceKey,
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
  | { readonly op: 'set-vlanflag'; readonly on: boolean }
  /** Behind those that are there. */
  | { readonly op: 'add-mark'; readonly mark: Mark }
  | { readonly op: 'delete-mark'; readonly mark: Mark };

/** @throws ModelError naming the service or server, when the edit cannot apply. */
export function applyEdit(rules: RuleSet, edit: RuleEdit): RuleSet {
  const editor = new RuleEditor(rules);
  editor.apply(edit);
  return editor.rules;
}

/** Applies many edits to one rule set, which costs little more than one: each finds its service by key. */
export class RuleEditor {
  readonly #services: Map<string, VirtualService>;
  #rules: RuleSet;
  #changed = false;

  constructor(rules: RuleSet) {
    this.#rules = rules;
    this.#services = new Map(rules.services.map((service) => [serviceKey(service.id), service]));
  }

  /** What was given, as long as no edit has changed it. */
  get rules(): RuleSet {
    if (this.#changed) this.#rules = { ...this.#rules, services: [...this.#services.values()] };
    this.#changed = false;
    return this.#rules;
  }

  /** @throws ModelError `no-such-service` */
  require(id: ServiceId): VirtualService {
    const service = this.#services.get(serviceKey(id));
    if (!service) throw missing(id);
    return service;
  }

  /** @throws ModelError naming the service or server, when the edit cannot apply; then nothing has changed */
  apply(edit: RuleEdit): void {
    switch (edit.op) {
      case 'add-service':
        if (this.#services.has(serviceKey(edit.id))) {
          throw new ModelError(
            'service-exists',
            `${describeService(edit.id)} already exists: edit it with -E`,
          );
        }
        this.#put({ id: edit.id, ...edit.settings, servers: [], locals: [] });
        return;
      case 'edit-service': {
        const { id, servers, locals } = this.require(edit.id);
        this.#put({ id, ...edit.settings, servers, locals });
        return;
      }
      case 'delete-service':
        this.require(edit.id);
        this.#services.delete(serviceKey(edit.id));
        this.#changed = true;
        return;
      case 'clear':
        this.#services.clear();
        this.#changed = true;
        return;
      case 'add-server':
        this.#put(addServer(this.require(edit.id), edit.server));
        return;
      case 'edit-server':
        this.#put(editServer(this.require(edit.id), edit.server));
        return;
      case 'delete-server':
        this.#put(deleteServer(this.require(edit.id), edit.server));
        return;
      case 'add-local':
        this.#put(addLocal(this.require(edit.id), edit.local));
        return;
      case 'delete-local':
        this.#put(deleteLocal(this.require(edit.id), edit.address));
        return;
      case 'set-timeouts': {
        const { tcp, tcpFin, udp } = edit.timeouts;
        const old = this.#rules.timeouts;
        const timeouts = { tcp: tcp || old.tcp, tcpFin: tcpFin || old.tcpFin, udp: udp || old.udp };
        this.#rules = { ...this.#rules, timeouts };
        return;
      }
      case 'set-vlanflag':
        this.#rules = { ...this.#rules, vlanFlag: edit.on };
        return;
      case 'add-mark':
        this.#rules = { ...this.#rules, marks: addMark(this.#rules.marks, edit.mark) };
        return;
      case 'delete-mark':
        this.#rules = { ...this.#rules, marks: deleteMark(this.#rules.marks, edit.mark) };
    }
  }

  /** One that is there keeps its place. */
  #put(service: VirtualService): void {
    this.#services.set(serviceKey(service.id), service);
    this.#changed = true;
  }
}

/** @throws ModelError `no-such-service` */
export function requireService(rules: RuleSet, id: ServiceId): VirtualService {
  const service = rules.services.find((one) => sameService(one.id, id));
  if (!service) throw missing(id);
  return service;
}

function missing(id: ServiceId): ModelError {
  return new ModelError('no-such-service', `${describeService(id)} is no virtual service: add it with -A`);
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
export function refuseMixedFamily(editor: RuleEditor, edit: RuleEdit): void {
  if (edit.op !== 'add-server' && edit.op !== 'edit-server') return;
  editor.require(edit.id);
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

function editServer(service: VirtualService, server: RealServer): VirtualService {
  checkServer(service, server);
  requireServer(service, server);
  return { ...service, servers: service.servers.map((old) => (sameEndpoint(old, server) ? server : old)) };
}

function deleteServer(service: VirtualService, server: Endpoint): VirtualService {
  requireServer(service, server);
  return { ...service, servers: service.servers.filter((old) => !sameEndpoint(old, server)) };
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

function deleteLocal(service: VirtualService, address: Address): VirtualService {
  const locals = service.locals.filter((local) => local.address !== address);
  if (locals.length < service.locals.length) return { ...service, locals };
  throw new ModelError(
    'no-such-local',
    `${describeService(service.id)} has no local address ${address}: list them with -G`,
  );
}

function addMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  checkMark(mark);
  if (marks.some((old) => markKey(old) === markKey(mark)))
    throw new ModelError('mark-exists', `${describeMark(mark)} is there already`);
  if (marks.length >= MOST_MARKS)
    throw new ModelError(
      'too-many-marks',
      `${describeMark(mark)}: there are ${MOST_MARKS} rules already: join some`,
    );
  return [...marks, mark];
}

function deleteMark(marks: readonly Mark[], mark: Mark): readonly Mark[] {
  const left = marks.filter((old) => markKey(old) !== markKey(mark));
  if (left.length < marks.length) return left;
  throw new ModelError('no-such-mark', `${describeMark(mark)} is not there: tandem mark list`);
}

/** Not unspecified, broadcast, multicast, and (IPv6) not link-local: what IPVS refuses for a destination. */
function isUnicast(address: Address): boolean {
  if (familyOf(address) === 6) return address !== '::' && !/^(ff|fe[89ab])/.test(address);
  const first = Number.parseInt(address, 10);
  return first > 0 && first < 224;
}
