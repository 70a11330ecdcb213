/** Reads what has come for the virtual routers: refuses, counts, complains, and hands on the rest. */
import { sameAddresses } from '../../vrrp/advertisement.ts';
import { VrrpError } from '../../vrrp/error.ts';
import { PRIORITY } from '../../vrrp/wire.ts';
import type { HeartbeatCount } from './counters.ts';
import type { HeartbeatRouter } from './messages.ts';
import type { Received, Transport } from './transport.ts';

/** More than a socket's default buffer (212992 bytes) holds: after a pause, one turn reads all that waited. */
const READ_AT_MOST = 512;

export interface Heard {
  readonly priority: number;
  readonly intervalUs: number;
  /** See the machine's `advert` event. */
  readonly outranks: boolean | undefined;
}

export interface ReceptionPorts {
  readonly count: (name: HeartbeatCount) => void;
  /** Of what may come as often as a stranger, or a broken link, likes. */
  readonly warn: (subject: string, text: string) => void;
  readonly say: (text: string) => void;
  readonly heard: (advert: Heard) => void;
}

export class Reception {
  readonly #routers: readonly HeartbeatRouter[];
  readonly #transports: readonly Transport[];
  readonly #ports: ReceptionPorts;
  /** Virtual routers of others that were heard, and told of: 254 at most for each of ours. */
  readonly #foreign = new Set<string>();

  constructor(routers: readonly HeartbeatRouter[], transports: readonly Transport[], ports: ReceptionPorts) {
    this.#routers = routers;
    this.#transports = transports;
    this.#ports = ports;
  }

  readAll(): void {
    this.#routers.forEach((router, index) => {
      const transport = this.#transports[index];
      if (!transport) return;
      for (let reads = 0; reads < READ_AT_MOST; reads += 1) {
        if (!this.#readOne(router, transport, index === 0)) return;
      }
    });
  }

  /** @returns whether more may wait */
  #readOne(router: HeartbeatRouter, transport: Transport, first: boolean): boolean {
    try {
      const received = transport.receive();
      if (received) this.#accept(router, received, first);
      return received !== undefined;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { count, warn } = this.#ports;
      if (error instanceof VrrpError) {
        count(error.code);
        warn(error.code, `router ${router.name}: refused an advertisement: ${error.message}`);
        return true;
      }
      count('receive_failures');
      warn('receive', `router ${router.name}: cannot receive: ${error.message}`);
      return false;
    }
  }

  #accept(router: HeartbeatRouter, { from, order, advertisement }: Received, first: boolean): void {
    const { count, warn, heard } = this.#ports;
    const { vrid, priority, intervalCs, addresses } = advertisement;
    if (vrid !== router.vrid) {
      this.#foreigner(router, vrid, from);
      return;
    }
    if (order === 0) {
      count('own_address');
      const text = `router ${router.name}: an advertisement came from our own address ${from}: is it used twice?`;
      warn('own_address', text);
      return;
    }
    if (!sameAddresses(addresses, router.addresses)) {
      count('address_list');
      const text = `router ${router.name}: ${from} advertises ${addresses.join(' ')}, we have ${router.addresses.join(' ')}`;
      warn('address_list', text);
    }
    if (intervalCs * 10 !== router.advertMs && priority !== PRIORITY.RELEASE) {
      count('interval_differs');
      const text = `router ${router.name}: ${from} advertises every ${intervalCs * 10} ms, we have ${router.advertMs} ms`;
      warn('interval_differs', text);
    }
    count(priority === PRIORITY.RELEASE ? 'releases_received' : 'adverts_received');
    // Addresses of different links may come in another order; then both would yield, or none.
    const outranks = first ? order > 0 : undefined;
    heard({ priority, intervalUs: intervalCs * 10_000, outranks });
  }

  #foreigner(router: HeartbeatRouter, vrid: number, from: string): void {
    // A sibling on the same interface reads its own copy.
    if (this.#routers.some((ours) => ours.vrid === vrid && ours.interface === router.interface)) return;
    this.#ports.count('vrid');
    const subject = `${router.name} ${vrid}`;
    if (this.#foreign.has(subject)) return;
    this.#foreign.add(subject);
    this.#ports.say(
      `router ${router.name}: ${from} speaks for virtual router ${vrid}, ours is ${router.vrid}`,
    );
  }
}
