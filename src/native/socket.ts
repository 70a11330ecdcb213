/** Non-blocking sockets that node:dgram does not offer. Numbers are Linux's, for 64-bit little-endian machines. */
import koffi from 'koffi';
import { type Address, addressFromBytes, addressToBytes, type Family, familyOf } from '../model/address.ts';
import { NativeError } from './error.ts';
import { checked, EAGAIN, lastErrno, libcCall } from './libc.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_BINDTODEVICE = 25;
const SO_RCVBUFFORCE = 33;
const SO_MARK = 36;
const IPPROTO_IP = 0;
const IP_TOS = 1;
const IP_MULTICAST_IF = 32;
const IP_MULTICAST_TTL = 33;
const IP_MULTICAST_LOOP = 34;
const IP_ADD_MEMBERSHIP = 35;
const IP_MULTICAST_ALL = 49;
const IP_TTL = 2;
const IPPROTO_IPV6 = 41;
const IPV6_UNICAST_HOPS = 16;
const IPV6_MULTICAST_IF = 17;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
const IPV6_JOIN_GROUP = 20;
const IPV6_MULTICAST_ALL = 29;
const IPV6_RECVPKTINFO = 49;
const IPV6_PKTINFO = 50;
const IPV6_RECVHOPLIMIT = 51;
const IPV6_HOPLIMIT = 52;
const IPV6_TCLASS = 67;

/** sockaddr_in6 is the longest that we use. */
const LONGEST_SOCKADDR = 28;

/** struct msghdr of 64-bit machines. */
const MSGHDR = {
  ...{ size: 56, name: 0, nameLength: 8, iov: 16, iovLength: 24 },
  ...{ control: 32, controlLength: 40, flags: 48 },
} as const;
/** struct cmsghdr: size_t length, int level, int type; data behind it, the next one at a multiple of 8. */
const CMSGHDR = 16;
/** Both messages that we ask for: 16 + 24 (in6_pktinfo, padded) and 16 + 8 (int, padded). */
const CONTROL = 64;

/** One received datagram. `bytes` is valid until the next receive. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Uint8Array;
}

/** One that came over IPv6, whose header a raw socket does not hand over. */
export interface Datagram6 extends Datagram {
  /** Undefined when the kernel did not say. */
  readonly destination: Address | undefined;
  readonly hopLimit: number;
}

export class Socket {
  readonly fd: number;
  #control: { readonly header: Buffer; readonly iov: BigUint64Array; readonly data: Buffer } | undefined;
  readonly #buffer: Buffer;
  readonly #from = Buffer.allocUnsafeSlow(LONGEST_SOCKADDR).fill(0);
  readonly #fromLength = new Int32Array(1);

  /**
   * @param largest bytes of the longest datagram that can be received; longer ones arrive cut
   * @throws NativeError EPERM or EACCES for raw and packet sockets without CAP_NET_RAW
   */
  constructor(family: number, type: number, protocol: number, largest: number) {
    this.fd = checked('socket', libcCall.socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    this.#buffer = Buffer.allocUnsafeSlow(largest);
  }

  bind(sockaddr: Uint8Array): void {
    checked('bind', libcCall.bind(this.fd, sockaddr, sockaddr.length));
  }

  /** @returns undefined when nothing waits. @throws NativeError */
  receive(): Datagram | undefined {
    this.#fromLength[0] = LONGEST_SOCKADDR;
    const size = libcCall.recvfrom(
      this.fd,
      this.#buffer,
      this.#buffer.length,
      0,
      this.#from,
      this.#fromLength,
    );
    if (size >= 0) return { bytes: this.#buffer.subarray(0, size), from: this.#from };
    if (lastErrno() === EAGAIN) return undefined;
    throw new NativeError('recvfrom', lastErrno());
  }

  /** Of a socket that {@link askForHeader6} was called on. @returns undefined when nothing waits. @throws NativeError */
  receive6(): Datagram6 | undefined {
    const { header, data } = this.#receiveControl();
    header.writeUInt32LE(LONGEST_SOCKADDR, MSGHDR.nameLength);
    header.writeBigUInt64LE(BigInt(CONTROL), MSGHDR.controlLength);
    const size = libcCall.recvmsg(this.fd, header, 0);
    if (size >= 0) {
      const control = data.subarray(0, Number(header.readBigUInt64LE(MSGHDR.controlLength)));
      return { bytes: this.#buffer.subarray(0, size), from: this.#from, ...readControl6(control) };
    }
    if (lastErrno() === EAGAIN) return undefined;
    throw new NativeError('recvmsg', lastErrno());
  }

  #receiveControl() {
    if (this.#control) return this.#control;
    // The kernel writes through these addresses: memory that never moves.
    const data = Buffer.allocUnsafeSlow(CONTROL);
    const iov = new BigUint64Array(new ArrayBuffer(16));
    iov[0] = koffi.address(this.#buffer);
    iov[1] = BigInt(this.#buffer.length);
    const header = Buffer.allocUnsafeSlow(MSGHDR.size).fill(0);
    header.writeBigUInt64LE(koffi.address(this.#from), MSGHDR.name);
    header.writeBigUInt64LE(koffi.address(iov), MSGHDR.iov);
    header.writeBigUInt64LE(1n, MSGHDR.iovLength);
    header.writeBigUInt64LE(koffi.address(data), MSGHDR.control);
    this.#control = { header, iov, data };
    return this.#control;
  }

  /** Destination and hop limit of what is received over IPv6. */
  askForHeader6(): void {
    this.#option('IPV6_RECVPKTINFO', IPPROTO_IPV6, IPV6_RECVPKTINFO, int(1));
    this.#option('IPV6_RECVHOPLIMIT', IPPROTO_IPV6, IPV6_RECVHOPLIMIT, int(1));
  }

  /** @throws NativeError */
  send(bytes: Uint8Array, sockaddr: Uint8Array): void {
    checked('sendto', libcCall.sendto(this.fd, bytes, bytes.length, 0, sockaddr, sockaddr.length));
  }

  /** The bound port in host order. */
  localPort(): number {
    const sockaddr = Buffer.alloc(16);
    checked('getsockname', libcCall.getsockname(this.fd, sockaddr, new Int32Array([16])));
    return sockaddr.readUInt16BE(2);
  }

  /** Traffic of this interface only. @throws NativeError EPERM, ENODEV */
  bindToDevice(name: string): void {
    this.#option('SO_BINDTODEVICE', SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${name}\0`));
  }

  reuseAddress(): void {
    this.#option('SO_REUSEADDR', SOL_SOCKET, SO_REUSEADDR, int(1));
  }

  /** What waits to be received, in bytes, also beyond net.core.rmem_max. @throws NativeError EPERM */
  receiveBuffer(bytes: number): void {
    this.#option('SO_RCVBUFFORCE', SOL_SOCKET, SO_RCVBUFFORCE, int(bytes));
  }

  /** Everything that is sent carries this mark inside the machine. @throws NativeError EPERM */
  mark(mark: number): void {
    this.#option('SO_MARK', SOL_SOCKET, SO_MARK, int(mark));
  }

  /** Type of service of IPv4, traffic class of IPv6. */
  trafficClass(family: Family, value: number): void {
    if (family === 4) this.#option('IP_TOS', IPPROTO_IP, IP_TOS, int(value));
    else this.#option('IPV6_TCLASS', IPPROTO_IPV6, IPV6_TCLASS, int(value));
  }

  /** Time to live, or hop limit, of what goes to single hosts. */
  unicastHops(family: Family, hops: number): void {
    if (family === 4) this.#option('IP_TTL', IPPROTO_IP, IP_TTL, int(hops));
    else this.#option('IPV6_UNICAST_HOPS', IPPROTO_IPV6, IPV6_UNICAST_HOPS, int(hops));
  }

  /** Receives what is sent to the group on that interface, and no other group. */
  join(group: Address, ifindex: number): void {
    if (familyOf(group) === 6) {
      this.#option('IPV6_MULTICAST_ALL', IPPROTO_IPV6, IPV6_MULTICAST_ALL, int(0));
      // struct ipv6_mreq: group, interface index
      const request = Buffer.concat([addressToBytes(group), int(ifindex)]);
      this.#option('IPV6_JOIN_GROUP', IPPROTO_IPV6, IPV6_JOIN_GROUP, request);
      return;
    }
    this.joinNoOther();
    const request = ipMreqn(addressToBytes(group), new Uint8Array(4), ifindex);
    this.#option('IP_ADD_MEMBERSHIP', IPPROTO_IP, IP_ADD_MEMBERSHIP, request);
  }

  /** Without it an IPv4 socket that joined nothing hears the groups that others on this host joined. */
  joinNoOther(): void {
    this.#option('IP_MULTICAST_ALL', IPPROTO_IP, IP_MULTICAST_ALL, int(0));
  }

  /**
   * How multicast leaves: through which interface, from which of its addresses, with which TTL, and whether
   * sockets of this host get it too. Over IPv6 the address is the one that the socket is bound to.
   */
  multicastOut(out: { ifindex: number; source: Address; ttl: number; loop: boolean }): void {
    const loop = int(out.loop ? 1 : 0);
    if (familyOf(out.source) === 6) {
      this.#option('IPV6_MULTICAST_IF', IPPROTO_IPV6, IPV6_MULTICAST_IF, int(out.ifindex));
      this.#option('IPV6_MULTICAST_HOPS', IPPROTO_IPV6, IPV6_MULTICAST_HOPS, int(out.ttl));
      this.#option('IPV6_MULTICAST_LOOP', IPPROTO_IPV6, IPV6_MULTICAST_LOOP, loop);
      return;
    }
    const request = ipMreqn(new Uint8Array(4), addressToBytes(out.source), out.ifindex);
    this.#option('IP_MULTICAST_IF', IPPROTO_IP, IP_MULTICAST_IF, request);
    this.#option('IP_MULTICAST_TTL', IPPROTO_IP, IP_MULTICAST_TTL, int(out.ttl));
    this.#option('IP_MULTICAST_LOOP', IPPROTO_IP, IP_MULTICAST_LOOP, loop);
  }

  close(): void {
    checked('close', libcCall.close(this.fd));
  }

  #option(name: string, level: number, number: number, value: Uint8Array): void {
    checked(`setsockopt(${name})`, libcCall.setsockopt(this.fd, level, number, value, value.length));
  }
}

/**
 * struct sockaddr_in: family, port (network order), address, 8 bytes of nothing. struct sockaddr_in6: family, port,
 * flow label, address, scope.
 * @param scope index of the interface that a link-local or multicast IPv6 address belongs to
 */
export function sockaddrOf(address: Address, port: number, scope = 0): Uint8Array {
  const six = familyOf(address) === 6;
  const bytes = Buffer.alloc(six ? 28 : 16);
  bytes.writeUInt16LE(six ? AF_INET6 : AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(addressToBytes(address), six ? 8 : 4);
  if (six) bytes.writeUInt32LE(scope, 24);
  return bytes;
}

/** What a {@link Datagram}'s `from` says. */
export function readSockaddr(bytes: Uint8Array): { address: Address; port: number } {
  const six = bytes[0] === AF_INET6;
  return {
    address: addressFromBytes(six ? bytes.subarray(8, 24) : bytes.subarray(4, 8)),
    port: ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0),
  };
}

/** struct in6_pktinfo: address, interface index; the hop limit is an int. */
function readControl6(control: Buffer): { destination: Address | undefined; hopLimit: number } {
  let destination: Address | undefined;
  let hopLimit = 0;
  for (let at = 0; at + CMSGHDR <= control.length; ) {
    const length = Number(control.readBigUInt64LE(at));
    if (length < CMSGHDR || at + length > control.length) break;
    const type = control.readInt32LE(at + 12);
    const data = control.subarray(at + CMSGHDR, at + length);
    if (control.readInt32LE(at + 8) === IPPROTO_IPV6) {
      if (type === IPV6_PKTINFO && data.length >= 16) destination = addressFromBytes(data.subarray(0, 16));
      if (type === IPV6_HOPLIMIT && data.length >= 4) hopLimit = data.readInt32LE(0);
    }
    at += Math.ceil(length / 8) * 8;
  }
  return { destination, hopLimit };
}

/** struct sockaddr_ll to send a frame that brings its own Ethernet header. */
export function sockaddrLl(ifindex: number): Uint8Array {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt16LE(AF_PACKET, 0);
  bytes.writeInt32LE(ifindex, 4);
  return bytes;
}

/** struct ip_mreqn: group, local address, interface index. */
function ipMreqn(group: Uint8Array, address: Uint8Array, ifindex: number): Uint8Array {
  const bytes = Buffer.alloc(12);
  bytes.set(group, 0);
  bytes.set(address, 4);
  bytes.writeInt32LE(ifindex, 8);
  return bytes;
}

function int(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
