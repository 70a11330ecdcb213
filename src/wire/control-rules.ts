/** Rule sets as messages of the control protocol, and back. */
import { addressToBytes } from '../model/address.ts';
import {
  FORWARDING_METHODS,
  type LocalAddress,
  PROTOCOL_NUMBER,
  type RealServer,
  type RuleSet,
  SCHEDULERS,
  type ServiceId,
  type ServiceSettings,
  type Timeouts,
  type VirtualService,
} from '../model/rules.ts';
import { markFrom, markTo } from './control-marks.ts';
import {
  addressFrom,
  endpointFrom,
  endpointTo,
  oneOf,
  portFrom,
  present,
  protocolFrom,
  required,
} from './control-values.ts';
import type { tandem } from './generated/control.js';

type Message<T> = T | null | undefined;

export function serviceIdTo(id: ServiceId): tandem.control.IServiceId {
  switch (id.kind) {
    case 'address':
      return {
        address: {
          protocol: PROTOCOL_NUMBER[id.protocol],
          endpoint: endpointTo(id),
          subnetId: id.subnetId,
        },
      };
    case 'fwmark':
      return { fwmark: { fwmark: id.fwmark, family: id.family } };
    case 'raw':
      return { raw: { endpoint: endpointTo(id), subnetId: id.subnetId } };
  }
}

export function serviceIdFrom(message: Message<tandem.control.IServiceId>): ServiceId {
  const { address, fwmark, raw } = required(message, 'service');
  if (address) {
    return {
      kind: 'address',
      protocol: protocolFrom(address.protocol),
      ...endpointFrom(address.endpoint),
      subnetId: address.subnetId ?? 0,
    };
  }
  if (fwmark) return { kind: 'fwmark', fwmark: fwmark.fwmark ?? 0, family: fwmark.family === 6 ? 6 : 4 };
  const { endpoint, subnetId } = required(raw, 'service.kind');
  return { kind: 'raw', ...endpointFrom(endpoint), subnetId: subnetId ?? 0 };
}

export function settingsTo(settings: ServiceSettings): tandem.control.IServiceSettings {
  const { scheduler, schedulerFlags, onePacket, persistence, engine } = settings;
  const { establishedTimeout, drainingTimeout } = settings;
  return {
    scheduler,
    schedulerFlags: [...schedulerFlags],
    onePacket,
    ...present(
      'persistence',
      persistence && {
        timeout: persistence.timeout,
        prefix: persistence.prefix,
        ...present('mask', persistence.mask && addressToBytes(persistence.mask)),
      },
    ),
    ...present('engine', engine),
    ...present('establishedTimeout', establishedTimeout),
    ...present('drainingTimeout', drainingTimeout),
  };
}

export function settingsFrom(message: Message<tandem.control.IServiceSettings>): ServiceSettings {
  const settings = required(message, 'settings');
  const { persistence } = settings;
  return {
    scheduler: oneOf(SCHEDULERS, settings.scheduler, 'scheduler'),
    schedulerFlags: settings.schedulerFlags ?? [],
    onePacket: settings.onePacket ?? false,
    ...present(
      'persistence',
      persistence && {
        timeout: persistence.timeout ?? 0,
        prefix: persistence.prefix ?? 0,
        ...present('mask', persistence.mask && addressFrom(persistence.mask)),
      },
    ),
    ...present('engine', settings.engine),
    ...present('establishedTimeout', settings.establishedTimeout),
    ...present('drainingTimeout', settings.drainingTimeout),
  };
}

export function serverTo(server: RealServer): tandem.control.IRealServer {
  const { forwarding, weight, upperThreshold, lowerThreshold, tunnel, oif } = server;
  return {
    endpoint: endpointTo(server),
    ...{ forwarding, weight, upperThreshold, lowerThreshold },
    ...present('tunnel', tunnel),
    ...present('oif', oif),
  };
}

export function serverFrom(message: Message<tandem.control.IRealServer>): RealServer {
  const server = required(message, 'server');
  const { tunnel } = server;
  return {
    ...endpointFrom(server.endpoint),
    forwarding: oneOf(FORWARDING_METHODS, server.forwarding, 'forwarding method'),
    weight: server.weight ?? 0,
    upperThreshold: server.upperThreshold ?? 0,
    lowerThreshold: server.lowerThreshold ?? 0,
    ...present(
      'tunnel',
      tunnel && {
        type: oneOf(['ipip', 'gue', 'gre'] as const, tunnel.type, 'tunnel type'),
        port: portFrom(tunnel.port),
        checksum: oneOf(['none', 'full', 'remote'] as const, tunnel.checksum, 'tunnel checksum'),
      },
    ),
    ...present('oif', server.oif),
  };
}

export function localTo(local: LocalAddress): tandem.control.ILocalAddress {
  return { address: addressToBytes(local.address), ...present('oif', local.oif) };
}

export function localFrom(message: Message<tandem.control.ILocalAddress>): LocalAddress {
  const { address, oif } = required(message, 'local address');
  return { address: addressFrom(address), ...present('oif', oif) };
}

export function timeoutsFrom(message: Message<tandem.control.ITimeouts>): Timeouts {
  const { tcp, tcpFin, udp } = required(message, 'timeouts');
  return { tcp: tcp ?? 0, tcpFin: tcpFin ?? 0, udp: udp ?? 0 };
}

function serviceTo(service: VirtualService): tandem.control.IVirtualService {
  return {
    id: serviceIdTo(service.id),
    settings: settingsTo(service),
    servers: service.servers.map(serverTo),
    locals: service.locals.map(localTo),
  };
}

function serviceFrom(message: tandem.control.IVirtualService): VirtualService {
  return {
    id: serviceIdFrom(message.id),
    ...settingsFrom(message.settings),
    servers: (message.servers ?? []).map(serverFrom),
    locals: (message.locals ?? []).map(localFrom),
  };
}

export function ruleSetTo(rules: RuleSet): tandem.control.IRuleSet {
  const { services, timeouts, vlanFlag, marks } = rules;
  return { services: services.map(serviceTo), timeouts, vlanFlag, marks: marks.map(markTo) };
}

export function ruleSetFrom(message: Message<tandem.control.IRuleSet>): RuleSet {
  const { services, timeouts, vlanFlag, marks } = required(message, 'rules');
  return {
    services: (services ?? []).map(serviceFrom),
    timeouts: timeoutsFrom(timeouts),
    vlanFlag: vlanFlag ?? false,
    marks: (marks ?? []).map(markFrom),
  };
}
