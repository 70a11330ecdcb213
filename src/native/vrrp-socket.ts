/** The sockets of the heartbeat: VRRP in raw IP, VRRP in plain UDP, and whole Ethernet frames. */
import { type Address, familyOf } from '../model/address.ts';
import { groupOf, isLinkLocal } from '../vrrp/ip.ts';
import { VRRP_PROTOCOL, VRRP_TOS, VRRP_TTL } from '../vrrp/wire.ts';
import {
  AF_INET,
  AF_INET6,
  AF_PACKET,
  SOCK_DGRAM,
  SOCK_RAW,
  Socket,
  sockaddrLl,
  sockaddrOf,
} from './socket.ts';

export interface Link {
  readonly interface: string;
  readonly ifindex: number;
  /** The address that advertisements come from; its family is the router's. */
  readonly source: Address;
  /** Peers that are spoken to one by one; empty for multicast. */
  readonly peers: readonly Address[];
}

/** 60 (longest IPv4 header) + 8 + 255 * 16 (the longest advertisement) + 8 (version 2). */
const LARGEST = 4156;

/**
 * Receives IP protocol 112 on one interface: over IPv4 whole datagrams, over IPv6 (`receive6`) what is in them.
 * @throws NativeError EPERM without CAP_NET_RAW; EADDRNOTAVAIL when the interface has not (yet) the source address
 */
export function openRawVrrp(link: Link): Socket {
  const family = familyOf(link.source);
  const raw = new Socket(family === 4 ? AF_INET : AF_INET6, SOCK_RAW, VRRP_PROTOCOL, LARGEST);
  return configured(raw, (socket) => {
    socket.bindToDevice(link.interface);
    // Bound, an IPv4 socket hears no group. An IPv6 socket does, and is told its source in no other way.
    if (family === 6 || link.peers.length > 0)
      socket.bind(sockaddrOf(link.source, 0, scopeOf(link, link.source)));
    if (family === 6) socket.askForHeader6();
    if (link.peers.length > 0) {
      if (family === 4) socket.joinNoOther();
      socket.unicastHops(family, VRRP_TTL);
    } else {
      socket.join(groupOf(link.source), link.ifindex);
      socket.multicastOut({ ifindex: link.ifindex, source: link.source, ttl: VRRP_TTL, loop: false });
    }
    socket.trafficClass(family, VRRP_TOS);
  });
}

/** Where its advertisements go to: the group, or each of the peers. */
export function destinationsOf(
  link: Link,
): readonly { address: Address; raw: Uint8Array; udp: Uint8Array }[] {
  const addresses = link.peers.length > 0 ? link.peers : [groupOf(link.source)];
  return addresses.map((address) => ({
    address,
    raw: sockaddrOf(address, 0, scopeOf(link, address)),
    udp: sockaddrOf(address, UDP_PORT, scopeOf(link, address)),
  }));
}

/** An IPv6 address that is good on one link only names that link. */
function scopeOf({ ifindex, source }: Link, address: Address): number {
  return isLinkLocal(address) || address === groupOf(source) ? ifindex : 0;
}

/** No port is assigned to VRRP over UDP; this one is our own, above those that need privileges. */
const UDP_PORT = 11212;

/**
 * Advertisements as UDP payload, for machines without privileges. Two directors of one machine share the
 * listening port, and are told apart by the port that they send from.
 */
export function openUdpVrrp(link: Link): { readonly listener: Socket; readonly sender: Socket } {
  const family = familyOf(link.source) === 4 ? AF_INET : AF_INET6;
  const group = groupOf(link.source);
  const own = scopeOf(link, link.source);
  const listener = configured(new Socket(family, SOCK_DGRAM, 0, LARGEST), (socket) => {
    socket.reuseAddress();
    if (link.peers.length > 0) socket.bind(sockaddrOf(link.source, UDP_PORT, own));
    else {
      socket.bind(sockaddrOf(group, UDP_PORT, link.ifindex));
      socket.join(group, link.ifindex);
    }
  });
  try {
    const sender = configured(new Socket(family, SOCK_DGRAM, 0, 1), (socket) => {
      socket.bind(sockaddrOf(link.source, 0, own));
      socket.multicastOut({ ifindex: link.ifindex, source: link.source, ttl: VRRP_TTL, loop: true });
    });
    return { listener, sender };
  } catch (error) {
    listener.close();
    throw error;
  }
}

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
