import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { udpSockets } from '../../../src/director/sync/sockets.ts';
import { type SyncDaemon, syncDaemon } from '../../../src/model/sync-daemon.ts';
import { until } from '../../support/until.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});
function keep<T extends { close(): void }>(socket: T): T {
  open.push(socket);
  return socket;
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

async function daemon(options: Partial<SyncDaemon> = {}): Promise<SyncDaemon> {
  return syncDaemon({ direction: 'master', interface: 'lo', port: await freePort(), ...options });
}

test('a datagram reaches every receiver on the port', async () => {
  const settings = await daemon();
  const sockets = udpSockets({ loopback: true });
  const heard: string[] = [];
  for (const name of ['a', 'b'])
    keep(await sockets.receiver(settings, (datagram) => heard.push(`${name} ${datagram}`)));
  const transmitter = keep(await sockets.transmitter(settings));
  const failed = await new Promise((resolve) =>
    transmitter.send([Buffer.from('1'), Buffer.from('2')], resolve),
  );
  expect(failed).toBe(0);
  await until('all four came', () => heard.length === 4);
  expect(heard.toSorted()).toEqual(['a 1', 'a 2', 'b 1', 'b 2']);
});

test('a datagram that the kernel does not take is counted, with the reason', async () => {
  const transmitter = keep(await udpSockets().transmitter(await daemon()));
  const result = await new Promise<[number, Error | undefined]>((resolve) =>
    transmitter.send([Buffer.alloc(70_000), Buffer.from('1')], (failed, error) => resolve([failed, error])),
  );
  expect(result[0]).toBe(1);
  expect(result[1]?.message).toContain('EMSGSIZE');
});

test('an interface that does not exist is refused by name', async () => {
  const settings = await daemon({ interface: 'nosuch0' });
  const refusal = { code: 'no-such-device', message: expect.stringContaining('nosuch0') };
  await expect(udpSockets().transmitter(settings)).rejects.toMatchObject(refusal);
  await expect(udpSockets().receiver(settings, () => {})).rejects.toMatchObject(refusal);
});
