import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../../src/control/client.ts';
import { MAX_FRAME } from '../../src/control/frames.ts';
import { serve } from '../../src/control/server.ts';
import { type Log, SILENT } from '../../src/director/log.ts';
import { scratch } from '../support/scratch.ts';
import { FakeDirector } from './fake-director.ts';

async function start(path: string, log: Log = SILENT) {
  const director = new FakeDirector();
  const server = await serve(director, path, log);
  onTestFinished(() => server.close());
  return { director, server };
}

/** A socket file whose owner was killed: bound, and nobody listens. */
async function deadSocket(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  const { spawnSync } = await import('node:child_process');
  spawnSync(process.execPath, ['-e', script]);
  expect(existsSync(path)).toBe(true);
}

/** Sends bytes and returns when the daemon has closed the connection. */
function cutOff(path: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path, () => socket.write(bytes));
    socket.on('close', () => resolve());
    socket.on('error', reject);
    socket.resume();
  });
}

const framed = (body: Uint8Array) => {
  const bytes = Buffer.alloc(4 + body.length);
  bytes.writeUInt32BE(body.length);
  bytes.set(body, 4);
  return bytes;
};

test('the socket is for its owner alone, and leaves nothing beside it', async () => {
  const folder = scratch();
  await start(join(folder, 'a.sock'));
  expect(statSync(join(folder, 'a.sock')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['a.sock']);
});

test('a missing folder of the socket is made', async () => {
  const path = join(scratch(), 'run', 'tandem.sock');
  await start(path);
  (await connect(path)).close();
});

test('the socket is gone after close', async () => {
  const folder = scratch();
  const { server } = await start(join(folder, 'a.sock'));
  await server.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a second daemon on the same socket is refused, and the first goes on', async () => {
  const path = join(scratch(), 'a.sock');
  await start(path);
  await expect(serve(new FakeDirector(), path)).rejects.toMatchObject({
    name: 'DirectorError',
    code: 'already-running',
  });
  const client = await connect(path);
  expect((await client.status()).name).toBe('lb1');
  client.close();
});

test('of daemons that start at once exactly one serves', async () => {
  const path = join(scratch(), 'a.sock');
  const results = await Promise.allSettled([1, 2, 3].map(() => serve(new FakeDirector(), path)));
  const served = results.filter((result) => result.status === 'fulfilled');
  for (const { value } of served) onTestFinished(() => value.close());
  expect(served).toHaveLength(1);
});

test('the socket of a daemon that was killed is replaced', async () => {
  const folder = scratch();
  const path = join(folder, 'a.sock');
  await deadSocket(path);
  await expect(connect(path)).rejects.toMatchObject({ code: 'no-daemon' });
  await start(path);
  (await connect(path)).close();
  expect(readdirSync(folder)).toEqual(['a.sock']);
});

test('a file that is no socket is never replaced', async () => {
  const path = join(scratch(), 'a.sock');
  writeFileSync(path, 'precious');
  await expect(serve(new FakeDirector(), path)).rejects.toMatchObject({ code: 'bad-socket' });
});

test('without a daemon the client says how to start one', async () => {
  await expect(connect(join(scratch(), 'none.sock'))).rejects.toMatchObject({
    code: 'no-daemon',
    message: /start one with "tandem daemon"/,
  });
});

test('a path that is longer than a socket address is refused with its length', async () => {
  const path = join(scratch(), 'x'.repeat(120));
  await expect(connect(path)).rejects.toMatchObject({ code: 'bad-socket', message: /the kernel takes 107/ });
  await expect(serve(new FakeDirector(), path)).rejects.toMatchObject({ code: 'bad-socket' });
});

test('a path below a file is refused, and another one is asked for', async () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  const refused = { code: 'bad-socket', message: /ENOTDIR.*choose another --socket$/ };
  await expect(connect(join(file, 'a.sock'))).rejects.toMatchObject(refused);
  await expect(serve(new FakeDirector(), join(file, 'a.sock'))).rejects.toMatchObject({ code: 'bad-socket' });
});

test.each([
  ['a length beyond the limit', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['a length just beyond the limit', Buffer.from(new Uint32Array([MAX_FRAME + 1]).buffer).swap32()],
  ['a body that is no protobuf', framed(Buffer.from([0x0f, 0xff, 0xff]))],
  ['a truncated message', framed(Buffer.from([0x12, 0x20, 0x0a]))],
  ['an empty request', framed(Buffer.alloc(0))],
  ['an edit of no kind', framed(Buffer.from([0x08, 1, 0x12, 2, 0x0a, 0]))],
  ['a service without an address', framed(Buffer.from([0x08, 1, 0x12, 6, 0x0a, 4, 0x1a, 2, 0x0a, 0]))],
  ['an unknown direction of sync', framed(Buffer.from([0x08, 1, 0x4a, 3, 0x0a, 1, 0x78]))],
])('%s closes that connection, is logged, and changes nothing', async (_name, bytes) => {
  const path = join(scratch(), 'a.sock');
  const lines: string[] = [];
  const { director } = await start(path, { ...SILENT, warn: (text) => lines.push(text) });
  const before = director.rules;
  const bystander = await connect(path);
  await cutOff(path, bytes);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/malformed request: ./);
  expect(director.rules).toBe(before);
  expect((await bystander.status()).name).toBe('lb1');
  bystander.close();
});

test('a daemon that goes away fails the calls that wait for it', async () => {
  const path = join(scratch(), 'a.sock');
  const { director, server } = await start(path);
  director.handoverGate = new Promise(() => {});
  const client = await connect(path);
  const handover = client.handover();
  const failed = expect(handover).rejects.toMatchObject({ code: 'no-daemon' });
  await client.status();
  await server.close();
  await failed;
  await expect(client.status()).rejects.toMatchObject({ code: 'no-daemon' });
});

test('something else that listens there is told apart from a daemon', async () => {
  const path = join(scratch(), 'a.sock');
  const other = createServer((socket) => socket.end(framed(Buffer.from([0x0f, 0xff, 0xff]))));
  await new Promise<void>((resolve) => other.listen(path, resolve));
  onTestFinished(() => void other.close());
  const client = await connect(path);
  await expect(client.status()).rejects.toMatchObject({ code: 'protocol' });
});
