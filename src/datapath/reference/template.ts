/** Templates of persistence: docs/datapath.md, "Persistence". */
import { addressToBytes } from '../../model/address.ts';
import { RECORD_FAMILY, RECORD_OP } from '../../model/record.ts';
import { FORWARDING_METHODS, type VirtualService } from '../../model/rules.ts';
import { isUp } from '../timeouts.ts';
import { ASSURED, type Held, requestOf } from './held.ts';
import type { MemoryTable } from './memory-table.ts';
import type { ServerState, ServiceState } from './rule-book.ts';
import type { TableRecord, Version } from './table-record.ts';
import { destinationOf, sourceOf, split, type Tuple, type Words } from './tuple.ts';
import { countUse } from './use.ts';
import { type Clock, raised } from './version-clock.ts';

const US_PER_S = 1_000_000;

type TemplateName = Pick<
  TableRecord,
  'protocol' | 'family' | 'client' | 'clientPort' | 'virtual' | 'virtualPort' | 'high'
> & { readonly template: true };

/** Where a template leads. */
type Way = Pick<TableRecord, 'server' | 'serverPort' | 'high' | 'extra'>;

export class Templates {
  readonly #table: MemoryTable;
  readonly #clock: Clock;
  readonly #newest: () => Version;
  readonly #only: boolean;

  /**
   * @param newest the version that something begins with now
   * @param only of connections that have one nobody is told
   */
  constructor(table: MemoryTable, clock: Clock, newest: () => Version, only: boolean) {
    this.#table = table;
    this.#clock = clock;
    this.#newest = newest;
    this.#only = only;
  }

  /** Whether nobody is told of a connection because its template is enough. */
  isEnough({ record, server, announced }: Held): boolean {
    return this.#only && !record.template && !announced && server?.service.rule.persistence !== undefined;
  }

  /** The server of the clients' template; where there is none, or that is gone, one is scheduled, and it leads there. */
  serverFor(tuple: Tuple, service: ServiceState): ServerState | undefined {
    const name = templateOf(tuple, service.rule);
    const held = this.#table.holding(name);
    if (held?.server && service.servers.includes(held.server)) {
      held.request.seenAt = this.#clock.idle();
      held.request.packets += 1;
      held.synced = false;
      return held.server;
    }
    const server = service.choose(tuple, this.#clock.idle());
    if (!server) return undefined;
    const forwarding = FORWARDING_METHODS.indexOf(server.forwarding);
    const { low, high } = split(server.words);
    const way = {
      ...{ server: low, serverPort: name.virtualPort === 0 ? 0 : server.port },
      high: high.length > 0 ? [...name.high, 0, 0, 0, ...high] : [],
      extra: forwarding === 0 ? undefined : { forwarding },
    };
    if (held) this.#move(held, server, way);
    else this.#make(name, server, { ...way, timeout: service.rule.persistence?.timeout ?? 0 });
    return server;
  }

  #move(held: Held, server: ServerState, way: Way): void {
    countUse(held, held.record, -1);
    held.server = server;
    held.request.seenAt = this.#clock.idle();
    this.#table.change(held, { ...way, version: raised(held.record.version, this.#clock.boot()) });
    countUse(held, held.record, 1);
    if (!held.announced) return;
    held.unsent = true;
    held.synced = false;
  }

  /** Without room for it the connection begins all the same. */
  #make(name: TemplateName, server: ServerState, way: Way & Pick<TableRecord, 'timeout'>): void {
    const version = this.#table.outlive(name, this.#newest());
    const rest = { op: RECORD_OP.UPDATE, state: 0, local: 0, localPort: 0 };
    this.#table.open({ ...rest, ...name, ...way, ...version }, server, this.#clock.idle());
  }

  /** A connection keeps its template. One that others were told of, or would be, shows that its client is there. */
  hold({ record, server, announced }: Held): void {
    const rule = server?.service.rule;
    if (record.template || !rule?.persistence) return;
    const template = this.#table.holding(templateOf(requestOf(record), rule));
    if (!template) return;
    template.usedAt = Math.floor(this.#clock.idle() / US_PER_S);
    const isAssured = announced || (this.#only && isUp(record.protocol, record.state));
    if (!isAssured || template.announced) return;
    template.announced = true;
    template.unsent = true;
    this.#table.change(template, { state: ASSURED });
  }
}

/** The template that a connection of this service belongs to. Of a mark there is one for all protocols and addresses. */
function templateOf(request: Tuple, { id, persistence }: VirtualService): TemplateName {
  const isMark = id.kind === 'fwmark';
  const client = split(masked(sourceOf(request), persistence));
  const destination = destinationOf(request);
  const virtual = split(isMark ? [...destination.slice(1).fill(0), id.fwmark] : destination);
  return {
    ...{ template: true, protocol: isMark ? 0 : request.protocol, family: request.family },
    ...{ client: client.low, clientPort: 0 },
    ...{ virtual: virtual.low, virtualPort: isMark ? 0 : id.port },
    high: request.family === RECORD_FAMILY.IPV6 ? [...client.high, ...virtual.high] : [],
  };
}

function masked(words: Words, persistence: VirtualService['persistence']): Words {
  const { prefix = 0, mask } = persistence ?? {};
  const own = mask && Buffer.from(addressToBytes(mask));
  return words.map((word, at) => {
    const bits = Math.min(32, Math.max(0, prefix - at * 32));
    const kept = own ? own.readUInt32BE(at * 4) : bits === 0 ? 0 : 0xffff_ffff << (32 - bits);
    return (word & kept) >>> 0;
  });
}
