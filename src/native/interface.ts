import { NativeError } from './error.ts';
import { checked, lastErrno, libcCall } from './libc.ts';
import { AF_INET, SOCK_CLOEXEC, SOCK_DGRAM } from './socket.ts';

/** The kernel's number of an interface; 0 when there is none of that name. */
export function interfaceIndex(name: string): number {
  return libcCall.ifNametoindex(name);
}

/** linux/sockios.h */
const SIOCGIFFLAGS = 0x8913;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFMTU = 0x8921;
/** struct ifreq: char name[16], then a union: short flags; int mtu; or a sockaddr, unsigned short family and the address. */
const IFREQ = { size: 40, flags: 16, mtu: 16, family: 16, address: 18 } as const;
/** net/if.h: it is up, and its driver has a carrier. */
const IFF_RUNNING = 0x40;
/** linux/if_arp.h */
const ARPHRD_ETHER = 1;

/**
 * Whether frames can leave through an interface: false without a carrier (RFC 2863's "operational"), and when it is
 * down or gone. Takes no lock of the kernel's network configuration, as netlink and ethtool do.
 * @param fd any socket
 */
export function isRunning(fd: number, name: string): boolean {
  const request = ifreq(name);
  if (libcCall.ioctl(fd, SIOCGIFFLAGS, request) < 0) return false;
  return (request.readUInt16LE(IFREQ.flags) & IFF_RUNNING) !== 0;
}

function ifreq(name: string): Buffer {
  const request = Buffer.allocUnsafeSlow(IFREQ.size).fill(0);
  request.write(name, 0, IFREQ.flags - 1);
  return request;
}

/** `02:00:5e:10:00:01`; undefined when there is no such interface, or it is no Ethernet. @throws NativeError */
export function interfaceMac(name: string): string | undefined {
  const request = asked('SIOCGIFHWADDR', SIOCGIFHWADDR, name);
  if (!request || request.readUInt16LE(IFREQ.family) !== ARPHRD_ETHER) return undefined;
  const mac = request.subarray(IFREQ.address, IFREQ.address + 6);
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** Bytes; 0 when there is no such interface. @throws NativeError */
export function interfaceMtu(name: string): number {
  return asked('SIOCGIFMTU', SIOCGIFMTU, name)?.readInt32LE(IFREQ.mtu) ?? 0;
}

/** The kernel's answer about an interface; undefined when there is none of that name. */
function asked(what: string, code: number, name: string): Buffer | undefined {
  const request = ifreq(name);
  const fd = checked('socket', libcCall.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  try {
    if (libcCall.ioctl(fd, code, request) >= 0) return request;
    const error = new NativeError(`ioctl(${what})`, lastErrno());
    if (error.code === 'ENODEV') return undefined;
    throw error;
  } finally {
    libcCall.close(fd);
  }
}
