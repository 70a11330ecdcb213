import { ipv4ToNumber } from '../../model/address.ts';
import { isRunning } from '../../native/interface.ts';
import type { Socket } from '../../native/socket.ts';
import { type Link, openRawVrrp, RAW_DESTINATION } from '../../native/vrrp-socket.ts';
import { type Advertisement, decodeAdvertisement, encodeAdvertisement } from '../../vrrp/advertisement.ts';
import { VrrpError } from '../../vrrp/error.ts';
import { openIpv4 } from '../../vrrp/ipv4.ts';
import { VRRP_GROUP4 } from '../../vrrp/wire.ts';
import type { Received, Transport } from './transport.ts';

/** VRRP as RFC 9568 has it: IP protocol 112 to 224.0.0.18. */
export class RawTransport implements Transport {
  readonly own: number;
  readonly fds: readonly number[];
  readonly #link: Link;
  readonly #socket: Socket;

  /** @throws NativeError EPERM without CAP_NET_RAW */
  constructor(link: Link) {
    this.#link = link;
    this.#socket = openRawVrrp(link);
    this.own = ipv4ToNumber(link.source);
    this.fds = [this.#socket.fd];
  }

  get carrier(): boolean {
    return isRunning(this.#socket.fd, this.#link.interface);
  }

  receive(): Received | undefined {
    const datagram = this.#socket.receive();
    if (!datagram) return undefined;
    const { source, destination, payload } = openIpv4(datagram.bytes);
    if (destination !== VRRP_GROUP4)
      throw new VrrpError('destination', `${source} sent to ${destination} instead of ${VRRP_GROUP4}`);
    const advertisement = decodeAdvertisement(payload, { source, destination });
    return { from: source, rank: ipv4ToNumber(source), advertisement };
  }

  send(advertisement: Advertisement): void {
    const path = { source: this.#link.source, destination: VRRP_GROUP4 };
    this.#socket.send(encodeAdvertisement(advertisement, path), RAW_DESTINATION);
  }

  close(): void {
    this.#socket.close();
  }
}
