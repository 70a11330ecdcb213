import { familyOf } from '../../model/address.ts';
import { isRunning } from '../../native/interface.ts';
import { readSockaddr, type Socket } from '../../native/socket.ts';
import { destinationsOf, FrameSender, openRawVrrp } from '../../native/vrrp-socket.ts';
import type { Advertisement } from '../../vrrp/advertisement.ts';
import { compareAddresses, type Datagram, openIpv4, readAdvertisement } from '../../vrrp/ip.ts';
import { groupFrame } from '../../vrrp/virtual-mac.ts';
import { type Codec, codecOf } from './codec.ts';
import type { HeartbeatRouter } from './messages.ts';
import type { Received, Transport } from './transport.ts';

/** VRRP as RFC 9568 has it: IP protocol 112 to 224.0.0.18 or ff02::12, or to each peer. */
export class RawTransport implements Transport {
  readonly fds: readonly number[];
  readonly #router: HeartbeatRouter;
  readonly #socket: Socket;
  readonly #codec: Codec;
  readonly #destinations: ReturnType<typeof destinationsOf>;
  /** Of a virtual link address, which no IP socket sends from. Single peers are sent to from the interface's own. */
  readonly #frames: FrameSender | undefined;

  /** @throws NativeError EPERM without CAP_NET_RAW */
  constructor(router: HeartbeatRouter) {
    this.#router = router;
    this.#codec = codecOf(router);
    this.#destinations = destinationsOf(router);
    this.#socket = openRawVrrp(router);
    this.fds = [this.#socket.fd];
    this.#frames = router.useVmac && router.peers.length === 0 ? new FrameSender() : undefined;
  }

  get carrier(): boolean {
    return isRunning(this.#socket.fd, this.#router.interface);
  }

  receive(): Received | undefined {
    const datagram = familyOf(this.#router.source) === 4 ? this.#receive4() : this.#receive6();
    if (!datagram) return undefined;
    const { source } = datagram;
    const advertisement = readAdvertisement(datagram, this.#codec.reception);
    return { from: source, order: compareAddresses(source, this.#router.source), advertisement };
  }

  send(advertisement: Advertisement): void {
    const { source, vrid, ifindex } = this.#router;
    for (const { address, raw } of this.#destinations) {
      const message = this.#codec.encode(advertisement, { source, destination: address });
      if (this.#frames) this.#frames.send(groupFrame(vrid, source, message), ifindex);
      else this.#socket.send(message, raw);
    }
  }

  close(): void {
    this.#socket.close();
    this.#frames?.close();
  }

  #receive4(): Datagram | undefined {
    const datagram = this.#socket.receive();
    return datagram && openIpv4(datagram.bytes);
  }

  #receive6(): Datagram | undefined {
    const datagram = this.#socket.receive6();
    if (!datagram) return undefined;
    const { bytes, from, destination, hopLimit } = datagram;
    const { address: source } = readSockaddr(from);
    return { source, destination: destination ?? source, ttl: hopLimit, payload: bytes };
  }
}
