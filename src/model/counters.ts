/** Traffic counters as `ipvsadm --stats` shows them: totals since the service or server was added or zeroed. */
export interface TrafficCounters {
  readonly connections: number;
  readonly inPackets: number;
  readonly outPackets: number;
  readonly inBytes: number;
  readonly outBytes: number;
}

export const NO_TRAFFIC: TrafficCounters = {
  connections: 0,
  inPackets: 0,
  outPackets: 0,
  inBytes: 0,
  outBytes: 0,
};

export function addTraffic(a: TrafficCounters, b: TrafficCounters): TrafficCounters {
  return {
    connections: a.connections + b.connections,
    inPackets: a.inPackets + b.inPackets,
    outPackets: a.outPackets + b.outPackets,
    inBytes: a.inBytes + b.inBytes,
    outBytes: a.outBytes + b.outBytes,
  };
}

export interface ServerCounters extends TrafficCounters {
  readonly activeConnections: number;
  readonly inactiveConnections: number;
  /** Templates of persistence; absent: none. */
  readonly persistentConnections?: number;
}

/** Use of one local address by one service, as `ipvsadm -G` shows it. */
export interface LocalAddressUse {
  /** Times that a port was taken already when it was tried. */
  readonly conflicts: number;
  readonly connections: number;
}

/** Counters of a service, in the order of the rule set's servers and local addresses. */
export interface ServiceCounters {
  readonly total: TrafficCounters;
  readonly servers: readonly ServerCounters[];
  readonly locals: readonly LocalAddressUse[];
}
