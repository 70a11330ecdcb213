import { readSockaddr, type Socket } from '../../native/socket.ts';
import { destinationsOf, openUdpVrrp } from '../../native/vrrp-socket.ts';
import type { Advertisement } from '../../vrrp/advertisement.ts';
import { compareAddresses, groupOf, readAdvertisement } from '../../vrrp/ip.ts';
import { VRRP_TTL } from '../../vrrp/wire.ts';
import { type Codec, codecOf } from './codec.ts';
import type { HeartbeatRouter } from './messages.ts';
import type { Received, Transport } from './transport.ts';

/**
 * The same messages as UDP payload. The TTL is not checked: a plain socket does not show it, and this path
 * serves tests and simulation.
 */
export class UdpTransport implements Transport {
  readonly fds: readonly number[];
  /** It stays on this host. */
  readonly carrier = true;
  readonly #router: HeartbeatRouter;
  readonly #codec: Codec;
  readonly #listener: Socket;
  readonly #sender: Socket;
  readonly #port: number;
  readonly #destinations: ReturnType<typeof destinationsOf>;

  constructor(router: HeartbeatRouter) {
    this.#router = router;
    this.#codec = codecOf({ ...router, leastTtl: 0 });
    this.#destinations = destinationsOf(router);
    const { listener, sender } = openUdpVrrp(router);
    this.#listener = listener;
    this.#sender = sender;
    this.#port = sender.localPort();
    this.fds = [listener.fd];
  }

  receive(): Received | undefined {
    const { source, peers } = this.#router;
    for (;;) {
      const datagram = this.#listener.receive();
      if (!datagram) return undefined;
      const { address, port } = readSockaddr(datagram.from);
      // Two directors of one machine differ only in the port.
      const order = compareAddresses(address, source) || port - this.#port;
      // They hear each other because multicast loops back; so does our own voice.
      if (order === 0) continue;
      const destination = peers.length > 0 ? source : groupOf(source);
      const whole = { source: address, destination, ttl: VRRP_TTL, payload: datagram.bytes };
      return { from: address, order, advertisement: readAdvertisement(whole, this.#codec.reception) };
    }
  }

  send(advertisement: Advertisement): void {
    const { source } = this.#router;
    for (const { address, udp } of this.#destinations) {
      this.#sender.send(this.#codec.encode(advertisement, { source, destination: address }), udp);
    }
  }

  close(): void {
    this.#listener.close();
    this.#sender.close();
  }
}
