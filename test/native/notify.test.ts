import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { libcCall } from '../../src/native/libc.ts';
import { notify, watchdogInterval } from '../../src/native/notify.ts';
import { SOCK_DGRAM, Socket } from '../../src/native/socket.ts';
import { scratch } from '../support/scratch.ts';

const AF_UNIX = 1;

/** A service manager: what it reads next, or undefined. */
function manager(name: string): () => string | undefined {
  const socket = new Socket(AF_UNIX, SOCK_DGRAM, 0, 4096);
  onTestFinished(() => void libcCall.close(socket.fd));
  socket.bind(Buffer.from(`\x01\x00${name}`, 'latin1'));
  return () => {
    const datagram = socket.receive();
    return datagram && Buffer.from(datagram.bytes).toString();
  };
}

test('a manager at a path is told', () => {
  const path = join(scratch(), 'notify');
  const read = manager(path);
  expect(notify('READY=1', { NOTIFY_SOCKET: path })).toBe(true);
  expect(read()).toBe('READY=1');
});

test('a manager with an abstract name is told', () => {
  const name = `tandem-test-${process.pid}`;
  const read = manager(`\0${name}`);
  expect(notify('WATCHDOG=1', { NOTIFY_SOCKET: `@${name}` })).toBe(true);
  expect(read()).toBe('WATCHDOG=1');
});

test('without a manager, or with one that is gone, nobody is told and nothing fails', () => {
  expect(notify('READY=1', {})).toBe(false);
  expect(notify('READY=1', { NOTIFY_SOCKET: join(scratch(), 'gone') })).toBe(false);
  expect(notify('READY=1', { NOTIFY_SOCKET: 'vsock:2:1' })).toBe(false);
});

test('the watchdog is petted twice in its limit, and only by the process that it watches', () => {
  expect(watchdogInterval({ WATCHDOG_USEC: '5000000' })).toBe(2500);
  expect(watchdogInterval({ WATCHDOG_USEC: '5000000', WATCHDOG_PID: String(process.pid) })).toBe(2500);
  expect(watchdogInterval({ WATCHDOG_USEC: '5000000', WATCHDOG_PID: '1' })).toBeUndefined();
  expect(watchdogInterval({})).toBeUndefined();
});
