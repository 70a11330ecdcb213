/** Addresses and ports in listings: as names, unless -n. */
import { type Address, type Endpoint, familyOf, formatEndpoint } from '../model/address.ts';
import type { Protocol } from '../model/rules.ts';

/** What the machine knows of names; the edge of the command. */
export interface Resolver {
  /** The port of a service name or alias of /etc/services. */
  port(name: string, protocol: Protocol): number | undefined;
  /** The first service name of a port. */
  service(port: number, protocol: Protocol): string | undefined;
  /** An IPv4 address, as gethostbyname(3) finds it. */
  hostAddress(name: string): Promise<Address | undefined>;
  hostName(address: Address): Promise<string | undefined>;
}

export interface Namer {
  address(address: Address): string;
  /** Without a protocol (fwmark services) the port stays a number. */
  endpoint(endpoint: Endpoint, protocol?: Protocol): string;
}

export const NUMERIC: Namer = { address: (address) => address, endpoint: formatEndpoint };

/** Looks names up, each address once, and remembers them for as long as it lives. */
export class NameCache {
  readonly #resolver: Resolver;
  readonly #hosts = new Map<Address, string>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** A namer that knows these addresses, and those asked for before. */
  async namerFor(addresses: Iterable<Address>): Promise<Namer> {
    const unknown = new Set([...addresses].filter((address) => !this.#hosts.has(address)));
    await Promise.all(
      [...unknown].map(async (address) => {
        this.#hosts.set(address, (await this.#resolver.hostName(address)) ?? address);
      }),
    );
    const host = (address: Address) => this.#hosts.get(address) ?? address;
    return {
      address: host,
      endpoint: ({ address, port }, protocol) => {
        const name = protocol && this.#resolver.service(port, protocol);
        const shown = familyOf(address) === 6 ? `[${host(address)}]` : host(address);
        return `${shown}:${name ?? port}`;
      },
    };
  }
}
