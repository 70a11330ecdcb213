/** Names on the command line. The parser is pure: what it knows of names is handed in. */
import type { Address } from '../model/address.ts';
import type { Protocol } from '../model/rules.ts';

export interface NameSource {
  /** The port of a service name (`http`), if it has one for the protocol. */
  port(name: string, protocol: Protocol): number | undefined;
  /**
   * The IPv4 address of a host name, if it has one.
   * @throws HostWanted when the name was not looked up yet: look it up and parse again
   */
  host(name: string): Address | undefined;
}

/** Numbers only: for places that must not depend on a resolver. */
export const NO_NAMES: NameSource = { port: () => undefined, host: () => undefined };

export class HostWanted extends Error {
  readonly host: string;

  constructor(host: string) {
    super(`host ${host} was not looked up`);
    this.name = 'HostWanted';
    this.host = host;
  }
}
