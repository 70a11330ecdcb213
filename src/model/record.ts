/**
 * Connection records in columns: what the plane tells the sync stream and the stream tells the peer's
 * plane. Columns, because a hundred thousand records a second pass through here and none may become an object.
 */

/** What happened to the connection. */
export const RECORD_OP = {
  /** Create it, or bring it up to date. */
  UPDATE: 0,
  /** It is gone. */
  DELETE: 1,
  /** Only from userland to its own plane: gone, because its source did not name it in a bulk transfer. */
  FORGET: 2,
} as const;

/**
 * Columns of what most connections do not have: 0 then, and a message leaves out a column that is 0 in all its records.
 * A new one is a name here, a field of `Records` in proto/sync.proto, and a line in datapath/record-bytes.ts.
 */
export const EXTRA_COLUMNS = ['forwarding', 'fwmark', 'subnet'] as const;
export type ExtraColumn = (typeof EXTRA_COLUMNS)[number];
type Extras = Readonly<Record<ExtraColumn, Uint32Array>>;

/** The plane's `enum family`. */
export const RECORD_FAMILY = { IPV4: 0, IPV6: 1 } as const;

/** Words of {@link RecordBatch.high} that a record has: three for each of its four addresses. */
export const HIGH_WORDS = 12;

/**
 * Addresses are numbers whose most significant byte comes first on the wire: of IPv4 the whole address, of IPv6 its
 * last four bytes.
 */
export class RecordBatch {
  /** Records in use; the columns are longer. */
  length = 0;
  readonly capacity: number;
  readonly op: Uint8Array;
  /** IP protocol number. */
  readonly protocol: Uint8Array;
  /** One of {@link RECORD_FAMILY}. */
  readonly family: Uint8Array;
  readonly state: Uint8Array;
  /** Bits of the plane's `enum flow_flag` that mean the same on both: FLOW_INACTIVE, FLOW_TEMPLATE. */
  readonly flags: Uint16Array;
  readonly client: Uint32Array;
  readonly virtual: Uint32Array;
  readonly local: Uint32Array;
  readonly server: Uint32Array;
  /** The first twelve bytes of client, virtual, local and server, {@link HIGH_WORDS} a record; of IPv4 nothing. */
  readonly high: Uint32Array;
  readonly clientPort: Uint16Array;
  readonly virtualPort: Uint16Array;
  readonly localPort: Uint16Array;
  readonly serverPort: Uint16Array;
  /** Idle timeout of its state in seconds. */
  readonly timeout: Uint32Array;
  /** The plane that made this version: a number of 32 bits, of one plane as long as it is loaded. */
  readonly maker: Uint32Array;
  /**
   * Rises at every takeover. A record with a newer (term, version) replaces an older one; of two makers that made the
   * same version the greater number wins, here and there.
   */
  readonly term: Uint32Array;
  readonly version: Uint32Array;
  /** Microseconds of CLOCK_BOOTTIME, modulo 2^32, when the plane emitted it: the start of the lag. 0 in a bulk. */
  readonly emittedAt: Uint32Array;
  readonly extra: Extras;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.op = new Uint8Array(capacity);
    this.protocol = new Uint8Array(capacity);
    this.family = new Uint8Array(capacity);
    this.state = new Uint8Array(capacity);
    this.flags = new Uint16Array(capacity);
    this.client = new Uint32Array(capacity);
    this.virtual = new Uint32Array(capacity);
    this.local = new Uint32Array(capacity);
    this.server = new Uint32Array(capacity);
    this.high = new Uint32Array(capacity * HIGH_WORDS);
    this.clientPort = new Uint16Array(capacity);
    this.virtualPort = new Uint16Array(capacity);
    this.localPort = new Uint16Array(capacity);
    this.serverPort = new Uint16Array(capacity);
    this.timeout = new Uint32Array(capacity);
    this.maker = new Uint32Array(capacity);
    this.term = new Uint32Array(capacity);
    this.version = new Uint32Array(capacity);
    this.emittedAt = new Uint32Array(capacity);
    const extra = EXTRA_COLUMNS.map((name) => [name, new Uint32Array(capacity)]);
    this.extra = Object.fromEntries(extra) as Extras;
  }
}
