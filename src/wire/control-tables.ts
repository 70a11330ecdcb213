/** Counters and connections as messages of the control protocol, and back. */
import { type Connection, protocolNumber } from '../model/connection.ts';
import type { LocalAddressUse, ServerCounters, ServiceCounters, TrafficCounters } from '../model/counters.ts';
import { FORWARDING_METHODS } from '../model/rules.ts';
import { amountFrom, anyProtocolFrom, endpointFrom, endpointTo, oneOf, present } from './control-values.ts';
import type { tandem } from './generated/control.js';

function trafficFrom(message: tandem.control.ITrafficCounters | null | undefined): TrafficCounters {
  return {
    connections: amountFrom(message?.connections),
    inPackets: amountFrom(message?.inPackets),
    outPackets: amountFrom(message?.outPackets),
    inBytes: amountFrom(message?.inBytes),
    outBytes: amountFrom(message?.outBytes),
  };
}

function serverCountersTo(counters: ServerCounters): tandem.control.IServerCounters {
  const { activeConnections, inactiveConnections, persistentConnections, ...traffic } = counters;
  return { traffic, activeConnections, inactiveConnections, persistentConnections };
}

function serverCountersFrom(message: tandem.control.IServerCounters): ServerCounters {
  return {
    ...trafficFrom(message.traffic),
    activeConnections: amountFrom(message.activeConnections),
    inactiveConnections: amountFrom(message.inactiveConnections),
    ...(message.persistentConnections
      ? { persistentConnections: amountFrom(message.persistentConnections) }
      : {}),
  };
}

function localUseFrom(message: tandem.control.ILocalAddressUse): LocalAddressUse {
  return { conflicts: amountFrom(message.conflicts), connections: amountFrom(message.connections) };
}

export function serviceCountersTo(counters: ServiceCounters): tandem.control.IServiceCounters {
  const { total, servers, locals } = counters;
  return { total, servers: servers.map(serverCountersTo), locals: [...locals] };
}

export function serviceCountersFrom(message: tandem.control.IServiceCounters): ServiceCounters {
  return {
    total: trafficFrom(message.total),
    servers: (message.servers ?? []).map(serverCountersFrom),
    locals: (message.locals ?? []).map(localUseFrom),
  };
}

export function connectionTo(connection: Connection): tandem.control.IConnection {
  const { protocol, client, virtual, local, server, forwarding, state, expires } = connection;
  return {
    protocol: protocolNumber(protocol),
    client: endpointTo(client),
    virtual: endpointTo(virtual),
    ...present('local', local && endpointTo(local)),
    server: endpointTo(server),
    ...{ forwarding, state, expires },
  };
}

export function connectionFrom(message: tandem.control.IConnection): Connection {
  return {
    protocol: anyProtocolFrom(message.protocol),
    client: endpointFrom(message.client),
    virtual: endpointFrom(message.virtual),
    ...present('local', message.local && endpointFrom(message.local)),
    server: endpointFrom(message.server),
    forwarding: oneOf(FORWARDING_METHODS, message.forwarding, 'forwarding method'),
    state: message.state ?? 0,
    expires: amountFrom(message.expires),
  };
}
