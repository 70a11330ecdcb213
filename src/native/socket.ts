/** Non-blocking sockets that node:dgram does not offer. Numbers are Linux's, for 64-bit little-endian machines. */
import { type Address, addressFromBytes, addressToBytes } from '../model/address.ts';
import { NativeError } from './error.ts';
import { checked, EAGAIN, lastErrno, libcCall } from './libc.ts';

export const AF_INET = 2;
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

/** sockaddr_ll is the longest that we use. */
const LONGEST_SOCKADDR = 20;

/** One received datagram. `bytes` is valid until the next receive. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: Uint8Array;
}

export class Socket {
  readonly fd: number;
  readonly #buffer: Buffer;
  readonly #from = Buffer.alloc(LONGEST_SOCKADDR);
  readonly #fromLength = new Int32Array(1);

  /**
   * @param largest bytes of the longest datagram that can be received; longer ones arrive cut
   * @throws NativeError EPERM or EACCES for raw and packet sockets without CAP_NET_RAW
   */
  constructor(family: number, type: number, protocol: number, largest: number) {
    this.fd = checked('socket', libcCall.socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
    this.#buffer = Buffer.alloc(largest);
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

  typeOfService(tos: number): void {
    this.#option('IP_TOS', IPPROTO_IP, IP_TOS, int(tos));
  }

  /** Receives what is sent to the group on that interface, and no other group. */
  join(group: Address, ifindex: number): void {
    this.#option('IP_MULTICAST_ALL', IPPROTO_IP, IP_MULTICAST_ALL, int(0));
    const request = ipMreqn(addressToBytes(group), new Uint8Array(4), ifindex);
    this.#option('IP_ADD_MEMBERSHIP', IPPROTO_IP, IP_ADD_MEMBERSHIP, request);
  }

  /**
   * How multicast leaves: through which interface, from which of its addresses, with which TTL, and whether
   * sockets of this host get it too.
   */
  multicastOut(out: { ifindex: number; source: Address; ttl: number; loop: boolean }): void {
    const request = ipMreqn(new Uint8Array(4), addressToBytes(out.source), out.ifindex);
    this.#option('IP_MULTICAST_IF', IPPROTO_IP, IP_MULTICAST_IF, request);
    this.#option('IP_MULTICAST_TTL', IPPROTO_IP, IP_MULTICAST_TTL, int(out.ttl));
    this.#option('IP_MULTICAST_LOOP', IPPROTO_IP, IP_MULTICAST_LOOP, int(out.loop ? 1 : 0));
  }

  close(): void {
    checked('close', libcCall.close(this.fd));
  }

  #option(name: string, level: number, number: number, value: Uint8Array): void {
    checked(`setsockopt(${name})`, libcCall.setsockopt(this.fd, level, number, value, value.length));
  }
}

/** struct sockaddr_in: family, port (network order), address, 8 bytes of nothing. */
export function sockaddrIn(address: Address, port: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt16LE(AF_INET, 0);
  bytes.writeUInt16BE(port, 2);
  bytes.set(addressToBytes(address), 4);
  return bytes;
}

/** What a {@link Datagram}'s `from` says for AF_INET. */
export function readSockaddrIn(bytes: Uint8Array): { address: Address; port: number } {
  return {
    address: addressFromBytes(bytes.subarray(4, 8)),
    port: ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0),
  };
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
