import { NativeError } from './error.ts';
import { checked, lastErrno, libcCall } from './libc.ts';
import { AF_INET, SOCK_CLOEXEC, SOCK_DGRAM } from './socket.ts';

/** The kernel's number of an interface; 0 when there is none of that name. */
export function interfaceIndex(name: string): number {
  return libcCall.ifNametoindex(name);
}

/** linux/sockios.h */
const SIOCGIFHWADDR = 0x8927;
/** struct ifreq: char name[16], then a union; here a sockaddr: unsigned short family, the address. */
const IFREQ = { size: 40, family: 16, address: 18 } as const;
/** linux/if_arp.h */
const ARPHRD_ETHER = 1;

/** `02:00:5e:10:00:01`; undefined when there is no such interface, or it is no Ethernet. @throws NativeError */
export function interfaceMac(name: string): string | undefined {
  const request = Buffer.allocUnsafeSlow(IFREQ.size).fill(0);
  request.write(name, 0, IFREQ.family - 1);
  const fd = checked('socket', libcCall.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  try {
    if (libcCall.ioctl(fd, SIOCGIFHWADDR, request) < 0) {
      const error = new NativeError('ioctl(SIOCGIFHWADDR)', lastErrno());
      if (error.code === 'ENODEV') return undefined;
      throw error;
    }
  } finally {
    libcCall.close(fd);
  }
  if (request.readUInt16LE(IFREQ.family) !== ARPHRD_ETHER) return undefined;
  const mac = request.subarray(IFREQ.address, IFREQ.address + 6);
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
