import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOARD_ROLE, Board } from '../../../src/director/board.ts';
import type { MainToSync, SyncSettings, SyncToMain } from '../../../src/director/sync/messages.ts';
import { udpSockets } from '../../../src/director/sync/sockets.ts';
import { runSyncWorker } from '../../../src/director/sync/worker.ts';
import { type SyncDirection, syncDaemon } from '../../../src/model/sync-daemon.ts';
import { sealKey } from '../../../src/wire/seal-key.ts';
import { scratch } from '../../support/scratch.ts';
import { until } from '../../support/until.ts';
import { microseconds } from './clock.ts';
import { MemoryPort } from './memory-port.ts';

let directory: string;
let port: number;
const running = new Set<Director>();

beforeEach(async () => {
  directory = scratch();
  const socket = createSocket('udp4').bind(0);
  await once(socket, 'listening');
  port = socket.address().port;
  socket.close();
});
afterEach(async () => {
  for (const director of running) await director.close();
});

/** What main does, on loopback: the worker runs beside it in this thread. */
class Director {
  readonly plane: MemoryPort;
  readonly board = new Board();
  readonly messages: SyncToMain[] = [];
  readonly #main: MessagePort;
  #closed = false;

  constructor(name: string, settings: Partial<SyncSettings> = {}, plane = new MemoryPort(microseconds)) {
    const { port1, port2 } = new MessageChannel();
    this.#main = port1;
    this.plane = plane;
    this.board.set('role', BOARD_ROLE.BACKUP);
    port1.on('message', (message: SyncToMain) => this.messages.push(message));
    port1.on('close', () => {
      this.#closed = true;
    });
    runSyncWorker(
      port2,
      {
        ...{ name, priority: 100, advertInterval: 20_000, gated: false, keys: [], adopted: false },
        replicates: false,
        ...{ board: this.board.buffer, progressFile: join(directory, name), ...settings },
      },
      { port: plane, clock: microseconds, sockets: udpSockets({ loopback: true }) },
    );
    running.add(this);
  }

  tell(message: MainToSync): void {
    this.#main.postMessage(message);
  }

  async ask(message: MainToSync & { id: number }): Promise<SyncToMain> {
    this.tell(message);
    const answer = () => this.messages.find((reply) => 'id' in reply && reply.id === message.id);
    await until(`${message.type} was answered`, () => answer() !== undefined);
    return answer() as SyncToMain;
  }

  async start(direction: SyncDirection, id: number): Promise<SyncToMain> {
    return this.ask({ type: 'start', id, daemon: syncDaemon({ direction, interface: 'lo', port }) });
  }

  async close(): Promise<void> {
    running.delete(this);
    this.tell({ type: 'close' });
    await until('the worker ended', () => this.#closed);
  }

  has(type: SyncToMain['type']): boolean {
    return this.messages.some((message) => message.type === type);
  }
}

async function both(director: Director): Promise<Director> {
  expect(await director.start('master', 1)).toEqual({ type: 'done', id: 1 });
  expect(await director.start('backup', 2)).toEqual({ type: 'done', id: 2 });
  return director;
}

test('two workers on real sockets carry connections both ways and hand over', async () => {
  const keys = [sealKey(new Uint8Array(32).fill(7))];
  const one = await both(new Director('lb1', { keys }));
  const two = await both(new Director('lb2', { keys }));
  await until('they are synced', () => one.board.get('synced') === 1 && two.board.get('synced') === 1);
  for (let n = 0; n < 2000; n++) one.plane.connect(n);
  two.plane.connect(5000);
  await until('the tables are equal', () => one.plane.table.size === 2001 && two.plane.table.size === 2001);

  one.board.set('role', BOARD_ROLE.MASTER);
  one.tell({ type: 'handover' });
  await until('lb1 is to close its fence', () => one.has('handover-close-fence'));
  one.tell({ type: 'fence-closed' });
  await until('lb2 is to take over', () => two.has('handover-take'));

  one.tell({ type: 'status' });
  await until('the status came', () => one.has('status'));
  await until('the lag was measured', () => {
    const last = one.messages.findLast((message) => message.type === 'status');
    return last?.type === 'status' && last.status.lag_ms.max > 0 && last.status.sealed;
  });
});

test('a worker that is closed sends what the plane emitted until then', async () => {
  const one = await both(new Director('lb1'));
  const two = await both(new Director('lb2'));
  await until('they are synced', () => two.board.get('synced') === 1 && one.board.get('synced') === 1);
  one.plane.connect(1);
  await one.close();
  await until('it came', () => two.plane.table.size === 1);
  expect(one.plane.events).toEqual([]);
});

test('a worker restarted with its plane leaves the peer synced', async () => {
  const one = await both(new Director('lb1'));
  const two = await both(new Director('lb2'));
  await until('they are synced', () => two.board.get('synced') === 1 && one.board.get('synced') === 1);
  one.plane.connect(1);
  await until('it came', () => two.plane.table.size === 1);
  await one.close();
  const again = await both(new Director('lb1', { adopted: true }, one.plane.adopted()));
  await until('lb2 found it again', () =>
    two.messages.some((message) => message.type === 'peer-found' && message.restarted),
  );
  again.plane.connect(2);
  await until('it came', () => two.plane.table.size === 2);
  expect(two.board.get('synced')).toBe(1);
});

test('a worker that had sent nothing, restarted with its plane, leaves the peer synced', async () => {
  let one = await both(new Director('lb1'));
  const two = await both(new Director('lb2'));
  await until('they are synced', () => two.board.get('synced') === 1 && one.board.get('synced') === 1);
  for (let life = 2; life < 4; life++) {
    await one.close();
    one = await both(new Director('lb1', { adopted: true }, one.plane.adopted()));
    const found = () => two.messages.filter(({ type }) => type === 'peer-found').length === life;
    await until('lb2 found it again', found);
    await until(
      'they are synced again',
      () => two.board.get('synced') === 1 && one.board.get('synced') === 1,
    );
  }
  one.plane.connect(1);
  await until('what it sends then comes', () => two.plane.table.size === 1);
  expect(two.board.get('synced')).toBe(1);
});

test('a worker whose plane had connections while sync did not send is not believed after a restart', async () => {
  const one = new Director('lb1');
  expect(await one.start('backup', 2)).toEqual({ type: 'done', id: 2 });
  const two = await both(new Director('lb2'));
  await until('lb2 found it', () => two.has('peer-found'));
  one.plane.connect(1);
  await until('the event was passed over', () => one.plane.events.length === 0);
  await one.close();
  await both(new Director('lb1', { adopted: true }, one.plane.adopted()));
  await until('lb2 found it again', () =>
    two.messages.some((message) => message.type === 'peer-found' && message.restarted),
  );
  // Its word does not do: the whole table comes by a bulk transfer.
  const since = two.messages.findLastIndex((message) => message.type === 'peer-found' && message.restarted);
  await until('lb2 has the whole table', () =>
    two.messages
      .slice(since)
      .some((message) => message.type === 'bulk' && message.way === 'from' && message.phase === 'end'),
  );
});

test('refusals come back with the id of the request', async () => {
  const one = new Director('lb1');
  const daemon = syncDaemon({ direction: 'master', interface: 'nosuch0', port });
  expect(await one.ask({ type: 'start', id: 1, daemon })).toMatchObject({
    ...{ type: 'refused', id: 1, code: 'no-such-device' },
    message: expect.stringContaining('nosuch0'),
  });
  expect(await one.ask({ type: 'stop', id: 2, direction: 'master' })).toMatchObject({
    ...{ type: 'refused', code: 'sync-stopped' },
  });
  expect(await one.start('master', 3)).toEqual({ type: 'done', id: 3 });
  expect(await one.start('master', 4)).toMatchObject({ type: 'refused', code: 'sync-running' });
  expect(await one.ask({ type: 'stop', id: 5, direction: 'master' })).toEqual({ type: 'done', id: 5 });
});
