/** The sockets of the heartbeat: VRRP in raw IPv4, VRRP in plain UDP, and whole Ethernet frames. */
import type { Address } from '../model/address.ts';
import { VRRP_GROUP4, VRRP_PROTOCOL, VRRP_TOS, VRRP_TTL } from '../vrrp/wire.ts';
import { AF_INET, AF_PACKET, SOCK_DGRAM, SOCK_RAW, Socket, sockaddrIn, sockaddrLl } from './socket.ts';

export interface Link {
  readonly interface: string;
  readonly ifindex: number;
  /** The address that advertisements come from. */
  readonly source: Address;
}

/** 60 (longest IPv4 header) + 8 + 255 * 4 (the longest advertisement). */
const LARGEST = 1088;

/**
 * Receives IPv4 datagrams of protocol 112, header included, on one interface.
 * @throws NativeError EPERM without CAP_NET_RAW
 */
export function openRawVrrp(link: Link): Socket {
  return configured(new Socket(AF_INET, SOCK_RAW, VRRP_PROTOCOL, LARGEST), (socket) => {
    socket.bindToDevice(link.interface);
    socket.join(VRRP_GROUP4, link.ifindex);
    socket.multicastOut({ ifindex: link.ifindex, source: link.source, ttl: VRRP_TTL, loop: false });
    socket.typeOfService(VRRP_TOS);
  });
}

export const RAW_DESTINATION = sockaddrIn(VRRP_GROUP4, 0);

/** No port is assigned to VRRP over UDP; this one is our own, above those that need privileges. */
const UDP_PORT = 11212;

/**
 * Advertisements as UDP payload, for machines without privileges. Two directors of one machine share the
 * listening port, and are told apart by the port that they send from.
 */
export function openUdpVrrp(link: Link): { readonly listener: Socket; readonly sender: Socket } {
  const listener = configured(new Socket(AF_INET, SOCK_DGRAM, 0, LARGEST), (socket) => {
    socket.reuseAddress();
    socket.bind(sockaddrIn(VRRP_GROUP4, UDP_PORT));
    socket.join(VRRP_GROUP4, link.ifindex);
  });
  try {
    const sender = configured(new Socket(AF_INET, SOCK_DGRAM, 0, 1), (socket) => {
      socket.bind(sockaddrIn(link.source, 0));
      socket.multicastOut({ ifindex: link.ifindex, source: link.source, ttl: VRRP_TTL, loop: true });
    });
    return { listener, sender };
  } catch (error) {
    listener.close();
    throw error;
  }
}

export const UDP_DESTINATION = sockaddrIn(VRRP_GROUP4, UDP_PORT);

/** Sends Ethernet frames and receives none: protocol 0 asks the kernel for nothing. */
export class FrameSender {
  readonly #socket = new Socket(AF_PACKET, SOCK_RAW, 0, 1);

  /** @throws NativeError ENETDOWN, ENXIO when the interface is down or gone */
  send(frame: Uint8Array, ifindex: number): void {
    this.#socket.send(frame, sockaddrLl(ifindex));
  }

  close(): void {
    this.#socket.close();
  }
}

function configured(socket: Socket, configure: (socket: Socket) => void): Socket {
  try {
    configure(socket);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
