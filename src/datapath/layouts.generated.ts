// Made from the BTF of tandem.bpf.o by `npm run build`: change bpf/types.h instead.

export const IP_ADDRESS = {
  size: 16,
  word: 0,
} as const;

export const FLOW_KEY = {
  size: 40,
  source: 0,
  destination: 4,
  sourcePort: 8,
  destinationPort: 10,
  protocol: 12,
  family: 13,
  sourceHigh: 16,
  destinationHigh: 28,
} as const;

export const FLOW = {
  size: 96,
  source: 0,
  destination: 4,
  sourcePort: 8,
  destinationPort: 10,
  direction: 12,
  forwarding: 13,
  learnedFrom: 14,
  flags: 15,
  lastSeen: 16,
  serverId: 24,
  packets: 28,
  nextSequence: 32,
  lastAck: 36,
  stateFlags: 40,
  version: 44,
  term: 48,
  announcedAt: 52,
  knownTerm: 56,
  maker: 60,
  mark: 64,
  announcedPackets: 68,
  sourceHigh: 72,
  destinationHigh: 84,
} as const;

export const TOMBSTONE = {
  size: 12,
  term: 0,
  version: 4,
  maker: 8,
} as const;

export const SOURCE = {
  size: 8,
  sender: 0,
  mark: 4,
} as const;

export const SERVICE_KEY = {
  size: 24,
  address: 0,
  port: 16,
  protocol: 18,
  subnet: 20,
} as const;

export const SERVICE = {
  size: 28,
  id: 0,
  scheduler: 4,
  firstSlot: 8,
  slots: 12,
  firstLocal: 16,
  locals: 20,
  flags: 24,
} as const;

export const MARK_RULE = {
  size: 80,
  source: 0,
  sourceMask: 16,
  destination: 32,
  destinationMask: 48,
  fwmark: 64,
  ifindex: 68,
  firstPort: 72,
  lastPort: 74,
  protocol: 76,
  family: 77,
} as const;

export const SERVICE_OPTIONS = {
  size: 36,
  flags: 0,
  persistenceTimeout: 4,
  establishedTimeout: 8,
  netmask: 12,
  fwmark: 28,
  port: 32,
} as const;

export const SERVER = {
  size: 56,
  address: 0,
  port: 16,
  forwarding: 18,
  serviceId: 20,
  weight: 24,
  fwmark: 28,
  lastWeight: 32,
  upperThreshold: 36,
  lowerThreshold: 40,
  flags: 44,
  quietSince: 48,
  drainAt: 52,
} as const;

export const SERVER_LOAD = {
  size: 12,
  active: 0,
  inactive: 4,
  templates: 8,
} as const;

export const TRAFFIC = {
  size: 40,
  connections: 0,
  inPackets: 8,
  outPackets: 16,
  inBytes: 24,
  outBytes: 32,
} as const;

export const SERVER_INDEX_KEY = {
  size: 44,
  service: 0,
  serverAddress: 24,
  serverPort: 40,
} as const;

export const PORT_SPACE = {
  size: 36,
  local: 0,
  server: 16,
  serverPort: 32,
  protocol: 34,
} as const;

export const LOCAL_USE_KEY = {
  size: 20,
  serviceId: 0,
  local: 4,
} as const;

export const LOCAL_USE = {
  size: 8,
  connections: 0,
  conflicts: 4,
} as const;

export const ADDRESS = {
  size: 20,
  kind: 0,
  floating: 4,
  ifindex: 8,
  mac: 12,
} as const;

export const INTERFACE = {
  size: 8,
  mac: 0,
  sendByRedirect: 6,
} as const;

export const LEASE = {
  size: 16,
  until: 0,
  term: 8,
  stale: 12,
} as const;

export const SETTINGS = {
  size: 156,
  director: 0,
  maker: 4,
  firstPort: 8,
  lastPort: 10,
  tcpTimeout: 12,
  udpTimeout: 56,
  sctpTimeout: 60,
  announcePackets: 116,
  repeatPackets: 120,
  refreshPeriod: 124,
  sloppyTcp: 128,
  templatesOnly: 132,
  lookups: 136,
  firstMark: 140,
  marks: 144,
  secret: 148,
  icmpPerSecond: 152,
} as const;

export const CONN_RECORD = {
  size: 112,
  op: 0,
  protocol: 1,
  flags: 2,
  maker: 4,
  client: 8,
  virtualAddress: 12,
  local: 16,
  server: 20,
  clientPort: 24,
  virtualPort: 26,
  localPort: 28,
  serverPort: 30,
  timeout: 32,
  term: 36,
  version: 40,
  emittedAt: 44,
  fwmark: 48,
  subnet: 52,
  state: 56,
  family: 57,
  forwarding: 58,
  clientHigh: 64,
  virtualHigh: 76,
  localHigh: 88,
  serverHigh: 100,
} as const;

export const APPLY_CALL = {
  size: 44,
  count: 0,
  source: 4,
  mark: 8,
  clash: 12,
  applied: 16,
  stale: 20,
  gone: 24,
  conflicts: 28,
  refused: 32,
  failed: 36,
  deferred: 40,
} as const;

export const CLOSING = {
  size: 112,
  key: 0,
  source: 40,
  destination: 44,
  sourcePort: 48,
  destinationPort: 50,
  sourceHigh: 52,
  destinationHigh: 64,
  nextSequence: 76,
  lastAck: 84,
  knownTerm: 92,
  term: 100,
  flags: 104,
  forwarding: 106,
} as const;

export const SWEEP_CALL = {
  size: 36,
  family: 0,
  count: 4,
  expired: 8,
  announced: 12,
  connections: 16,
  orphans: 20,
  deferred: 24,
  unsent: 28,
  drained: 32,
} as const;

export const FAMILY = {
  FAMILY_IPV4: 0,
  FAMILY_IPV6: 1,
} as const;

export const DROP_REASON = {
  DROP_FENCE_CLOSED: 0,
  DROP_ARP_FENCED: 1,
  DROP_ARP_EGRESS_FENCED: 2,
  DROP_ND_FENCED: 3,
  DROP_ND_EGRESS_FENCED: 4,
  DROP_ND_INVALID: 5,
  DROP_SYNC_LEASE: 6,
  DROP_TABLE_STALE: 7,
  DROP_TABLE_FULL: 8,
  DROP_NO_SERVER: 9,
  DROP_NO_LOCAL_ADDRESS: 10,
  DROP_NO_LOCAL_PORT: 11,
  DROP_NO_CONNECTION: 12,
  DROP_MALFORMED: 13,
  DROP_MARTIAN: 14,
  DROP_FRAGMENT: 15,
  DROP_TTL: 16,
  DROP_TOO_BIG: 17,
  DROP_NO_ROUTE: 18,
  DROP_NOT_ON_LINK: 19,
  DROP_FORWARDING_OFF: 20,
  DROP_NO_NEIGHBOUR: 21,
  DROP_UNSUPPORTED: 22,
  DROP_REASONS: 23,
} as const;

export const PLANE_EVENT = {
  EVENT_NEW_CONNECTION: 0,
  EVENT_EXPIRED: 1,
  EVENT_RESET_SENT: 2,
  EVENT_RESET_IGNORED: 3,
  EVENT_ARP_ANSWERED: 4,
  EVENT_ND_ANSWERED: 5,
  EVENT_NEIGHBOUR_RESOLVE: 6,
  EVENT_ICMP_SENT: 7,
  EVENT_ICMP_WITHHELD: 8,
  EVENT_ICMP_RELATED: 9,
  EVENT_RING_OVERFLOW: 10,
  EVENT_PORT_CONFLICT: 11,
  EVENT_DRAINED: 12,
  EVENT_DRAIN_UNSENT: 13,
  EVENT_ABORT_SENT: 14,
  EVENT_SYNC_CONFLICT: 15,
  PLANE_EVENTS: 16,
} as const;

export const SCHEDULER = {
  SCHEDULE_ROTATE: 0,
  SCHEDULE_LC: 1,
  SCHEDULE_WLC: 2,
  SCHEDULE_SED: 3,
  SCHEDULE_NQ: 4,
  SCHEDULE_FO: 5,
  SCHEDULE_OVF: 6,
  SCHEDULE_SOURCE: 7,
  SCHEDULE_DESTINATION: 8,
  SCHEDULE_MAGLEV: 9,
  SCHEDULE_LBLC: 10,
  SCHEDULE_LBLCR: 11,
} as const;

export const SERVICE_FLAG = {
  SERVICE_FALLBACK: 1,
  SERVICE_HASH_PORT: 2,
  SERVICE_ONE_PACKET: 4,
  SERVICE_PERSISTENT: 8,
} as const;

export const SERVER_FLAG = {
  SERVER_DELETED: 1,
} as const;

export const ENTRY_FLAG = {
  ENTRY_ONE_PACKET: 1,
} as const;

export const FORWARDING = {
  FORWARD_FULLNAT: 0,
  FORWARD_MASQ: 1,
  FORWARD_DIRECT: 2,
  FORWARD_TUNNEL: 3,
} as const;

export const DIRECTION = {
  DIRECTION_REQUEST: 0,
  DIRECTION_REPLY: 1,
} as const;

export const TCP_STATE = {
  TCP_S_NONE: 0,
  TCP_S_ESTABLISHED: 1,
  TCP_S_SYN_SENT: 2,
  TCP_S_SYN_RECV: 3,
  TCP_S_FIN_WAIT: 4,
  TCP_S_TIME_WAIT: 5,
  TCP_S_CLOSE: 6,
  TCP_S_CLOSE_WAIT: 7,
  TCP_S_LAST_ACK: 8,
  TCP_S_LISTEN: 9,
  TCP_S_SYNACK: 10,
  TCP_STATES: 11,
} as const;

export const SCTP_STATE = {
  SCTP_S_NONE: 0,
  SCTP_S_INIT1: 1,
  SCTP_S_INIT: 2,
  SCTP_S_COOKIE_SENT: 3,
  SCTP_S_COOKIE_REPLIED: 4,
  SCTP_S_COOKIE_WAIT: 5,
  SCTP_S_COOKIE: 6,
  SCTP_S_COOKIE_ECHOED: 7,
  SCTP_S_ESTABLISHED: 8,
  SCTP_S_SHUTDOWN_SENT: 9,
  SCTP_S_SHUTDOWN_RECEIVED: 10,
  SCTP_S_SHUTDOWN_ACK_SENT: 11,
  SCTP_S_REJECTED: 12,
  SCTP_S_CLOSED: 13,
  SCTP_STATES: 14,
} as const;

export const FLOW_FLAG = {
  FLOW_ANNOUNCED: 1,
  FLOW_UNSENT: 2,
  FLOW_SYNCED: 4,
  FLOW_INACTIVE: 8,
  FLOW_SEQUENCE_KNOWN: 16,
  FLOW_GONE: 32,
  FLOW_ACK_KNOWN: 64,
  FLOW_TEMPLATE: 128,
} as const;

export const ADDRESS_KIND = {
  ADDRESS_VIRTUAL: 0,
  ADDRESS_LOCAL: 1,
} as const;

export const RECORD_OP = {
  RECORD_UPDATE: 0,
  RECORD_DELETE: 1,
  RECORD_FORGET: 2,
} as const;

export const CLASH_RULE = {
  CLASH_NEWER: 0,
  CLASH_OURS: 1,
  CLASH_THEIRS: 2,
} as const;

export const LOOKUP = {
  LOOKUP_MARK: 1,
  LOOKUP_EVERY_PORT: 2,
  LOOKUP_RAW_PORT: 4,
  LOOKUP_RAW: 8,
} as const;
