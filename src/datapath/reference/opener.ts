/** How a connection begins at a server: docs/datapath.md, "A packet that begins a connection", from its local port on. */
import { TCP_STATE } from '../../model/connection.ts';
import { RECORD_OP } from '../../model/record.ts';
import { FORWARDING_METHODS, PROTOCOL_NUMBER } from '../../model/rules.ts';
import type { Held } from './held.ts';
import { PortCursors } from './local-ports.ts';
import type { MemoryTable } from './memory-table.ts';
import { hasPorts, type Packet } from './packet.ts';
import type { ServerState, ServiceState } from './rule-book.ts';
import type { TableRecord, Version } from './table-record.ts';
import { sourceOf, split, type Tuple, type Words } from './tuple.ts';
import { useOf } from './use.ts';
import type { Clock } from './version-clock.ts';

/** Ports that are tried where masquerading cannot keep the client's, its own included. */
const MASQ_PROBES = 16;

/** Whom the server sees. */
interface NearEnd {
  readonly words: Words;
  readonly port: number;
}

export interface OpenerOptions {
  readonly table: MemoryTable;
  readonly localPorts: readonly [number, number];
  readonly clock: Clock;
  /** A number of 32 bits, by chance. */
  readonly random: () => number;
  readonly director: () => number;
  /** The version that something begins with now. */
  readonly newest: () => Version;
  /** Seconds. */
  readonly timeout: (record: Pick<TableRecord, 'protocol' | 'state'>, server: ServerState) => number;
  readonly count: (event: string) => void;
}

export class Opener {
  readonly #options: OpenerOptions;
  readonly #ports = new PortCursors();

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  /** @returns why not, if it does not */
  open({ tuple, tcp }: Packet, service: ServiceState, server: ServerState): Held | string {
    // A segment that is no SYN moves it on from there itself.
    const state = tcp?.syn ? TCP_STATE.SYN_RECV : TCP_STATE.NONE;
    const port = server.port || tuple.destinationPort;
    const isOnePacket = service.rule.onePacket && tuple.protocol === PROTOCOL_NUMBER.udp;
    for (const near of this.#nearEnds(tuple, server, port, service)) {
      const record = this.#record(tuple, server, port, near, state);
      const held = this.#options.table[isOnePacket ? 'openOnePacket' : 'open'](
        record,
        server,
        this.#options.clock.idle(),
      );
      if (held === 'full') return 'table_full';
      if (held !== 'taken') {
        this.#options.count('new_connection');
        return held;
      }
      this.#options.count('port_conflict');
      if (server.forwarding === 'fullnat') useOf(service, near.words).conflicts += 1;
    }
    return 'no_local_port';
  }

  /** The addresses and ports to try that the server may see: but for fullnat the client's own is the first. */
  *#nearEnds(tuple: Tuple, server: ServerState, port: number, service: ServiceState): Generator<NearEnd> {
    const [first, last] = this.#options.localPorts;
    const director = this.#options.director();
    if (server.forwarding === 'fullnat') {
      const range = { director, first, last };
      for (const each of this.#ports.tries(tuple, server, port, service.locals, range))
        yield { words: each.local.words, port: each.port };
      return;
    }
    const words = sourceOf(tuple);
    yield { words, port: tuple.sourcePort };
    if (!hasPorts(tuple.protocol)) return;
    const width = Math.floor((last - first + 1) / 2) * 2;
    for (let probe = 1; probe < MASQ_PROBES; probe++)
      yield { words, port: first + (this.#options.random() % width) };
  }

  #record(
    request: Tuple,
    server: ServerState,
    serverPort: number,
    near: NearEnd,
    state: number,
  ): TableRecord {
    const [lip, rip] = [split(near.words), split(server.words)];
    const forwarding = FORWARDING_METHODS.indexOf(server.forwarding);
    const names = {
      ...{ protocol: request.protocol, family: request.family },
      ...{ client: request.source, clientPort: request.sourcePort },
      ...{ virtual: request.destination, virtualPort: request.destinationPort },
      ...{ local: lip.low, localPort: near.port, server: rip.low, serverPort },
      high: request.high.length > 0 ? [...request.high, ...lip.high, ...rip.high] : [],
    };
    return {
      ...{ op: RECORD_OP.UPDATE, ...names, state },
      timeout: this.#options.timeout({ protocol: request.protocol, state }, server),
      ...this.#options.table.outlive(names, this.#options.newest()),
      ...(forwarding === 0 ? {} : { extra: { forwarding } }),
    };
  }
}
