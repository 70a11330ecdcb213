import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { NativeError } from '../../src/native/error.ts';
import { checked, libcCall } from '../../src/native/libc.ts';
import { Bell, Poller } from '../../src/native/poll.ts';
import { AF_INET, readSockaddr, SOCK_DGRAM, Socket, sockaddrOf } from '../../src/native/socket.ts';
import { destinationsOf, openUdpVrrp } from '../../src/native/vrrp-socket.ts';

const LOOPBACK = parseAddress('127.0.0.1');
const LINK = { interface: 'lo', ifindex: 1, source: LOOPBACK, peers: [] };

describe('a failed call', () => {
  test('names itself and the reason', () => {
    const error = (() => {
      try {
        return checked('close', libcCall.close(-1));
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(NativeError);
    expect(error).toMatchObject({ syscall: 'close', errno: 9, code: 'EBADF' });
    expect(String(error)).toContain('close: bad file descriptor (EBADF)');
  });

  test('with an unknown number still says it', () => {
    expect(new NativeError('x', 4000).message).toContain('4000');
  });
});

test('the boot clock is what the kernel says in /proc/uptime or newer, and never runs back', () => {
  const before = process.hrtime.bigint();
  const first = bootTimeUs();
  const second = bootTimeUs();
  expect(second).toBeGreaterThanOrEqual(first);
  expect(Number.isSafeInteger(first)).toBe(true);
  // CLOCK_BOOTTIME is never behind CLOCK_MONOTONIC, which hrtime reads.
  expect(BigInt(first) * 1000n + 1000n).toBeGreaterThanOrEqual(before);
});

describe('waiting', () => {
  test('ends when its time is over, not before', () => {
    const bell = new Bell();
    const end = bootTimeUs() + 3000;
    new Poller([bell.fd]).wait(3000);
    expect(bootTimeUs()).toBeGreaterThanOrEqual(end);
    bell.close();
  });

  test('ends when the bell rings, also from another handle on it', () => {
    const bell = new Bell();
    new Bell(bell.fd).ring();
    new Poller([bell.fd]).wait(3_600_000_000);
    expect(bell.silence()).toBe(true);
    expect(bell.silence()).toBe(false);
    bell.close();
  });

  test('for a time that is past does not wait', () => {
    const bell = new Bell();
    new Poller([bell.fd]).wait(-5);
    bell.close();
  });
});

describe('a socket', () => {
  test('gives nothing when nothing waits, and each datagram with its sender once', () => {
    const receiver = new Socket(AF_INET, SOCK_DGRAM, 0, 100);
    receiver.bind(sockaddrOf(LOOPBACK, 0));
    const sender = new Socket(AF_INET, SOCK_DGRAM, 0, 1);
    sender.bind(sockaddrOf(LOOPBACK, 0));
    expect(receiver.receive()).toBeUndefined();
    sender.send(Uint8Array.of(1, 2, 3), sockaddrOf(LOOPBACK, receiver.localPort()));
    const datagram = receiver.receive();
    expect([...(datagram?.bytes ?? [])]).toEqual([1, 2, 3]);
    expect(readSockaddr(datagram?.from ?? new Uint8Array(8))).toEqual({
      address: '127.0.0.1',
      port: sender.localPort(),
    });
    expect(receiver.receive()).toBeUndefined();
    receiver.close();
    sender.close();
  });

  test('that cannot be had says why', () => {
    const socket = new Socket(AF_INET, SOCK_DGRAM, 0, 1);
    expect(() => socket.bindToDevice('nowhere0')).toThrow('setsockopt(SO_BINDTODEVICE)');
    expect(() => socket.bind(sockaddrOf(parseAddress('192.0.2.1'), 0))).toThrow('EADDRNOTAVAIL');
    socket.close();
  });

  test('of VRRP over UDP reaches every listener of this host, by multicast', () => {
    const [one, other] = [openUdpVrrp(LINK), openUdpVrrp(LINK)];
    one.sender.send(Uint8Array.of(7), destinationsOf(LINK)[0]?.udp as Uint8Array);
    expect([...(one.listener.receive()?.bytes ?? [])]).toEqual([7]);
    expect([...(other.listener.receive()?.bytes ?? [])]).toEqual([7]);
    for (const { listener, sender } of [one, other]) {
      listener.close();
      sender.close();
    }
  });
});
