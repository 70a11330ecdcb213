import { type Address, ipv4ToNumber } from '../../model/address.ts';
import { readSockaddrIn, type Socket } from '../../native/socket.ts';
import { type Link, openUdpVrrp, UDP_DESTINATION } from '../../native/vrrp-socket.ts';
import { type Advertisement, decodeAdvertisement, encodeAdvertisement } from '../../vrrp/advertisement.ts';
import { VRRP_GROUP4 } from '../../vrrp/wire.ts';
import type { Received, Transport } from './transport.ts';

/**
 * The same messages as UDP payload. The TTL is not checked: a plain socket does not show it, and this path
 * serves tests and simulation.
 */
export class UdpTransport implements Transport {
  readonly own: number;
  readonly fds: readonly number[];
  /** It stays on this host. */
  readonly carrier = true;
  readonly #link: Link;
  readonly #listener: Socket;
  readonly #sender: Socket;

  constructor(link: Link) {
    this.#link = link;
    const { listener, sender } = openUdpVrrp(link);
    this.#listener = listener;
    this.#sender = sender;
    this.own = rank(link.source, sender.localPort());
    this.fds = [listener.fd];
  }

  receive(): Received | undefined {
    for (;;) {
      const datagram = this.#listener.receive();
      if (!datagram) return undefined;
      const { address, port } = readSockaddrIn(datagram.from);
      const from = rank(address, port);
      // Directors on one machine hear each other because multicast loops back; so does our own voice.
      if (from === this.own) continue;
      const path = { source: address, destination: VRRP_GROUP4 };
      return { from: address, rank: from, advertisement: decodeAdvertisement(datagram.bytes, path) };
    }
  }

  send(advertisement: Advertisement): void {
    const path = { source: this.#link.source, destination: VRRP_GROUP4 };
    this.#sender.send(encodeAdvertisement(advertisement, path), UDP_DESTINATION);
  }

  close(): void {
    this.#listener.close();
    this.#sender.close();
  }
}

/** Two directors of one machine differ only in the port. */
function rank(address: Address, port: number): number {
  return ipv4ToNumber(address) * 65536 + port;
}
