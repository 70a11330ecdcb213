/** One director's sync worker in a process of its own, told what to do by its parent. */
import { MessageChannel } from 'node:worker_threads';
import { BOARD_ROLE, Board } from '../../../src/director/board.ts';
import type { SyncStatus } from '../../../src/director/status.ts';
import type { SyncToMain } from '../../../src/director/sync/messages.ts';
import { runSyncWorker } from '../../../src/director/sync/worker.ts';
import { parseAddress } from '../../../src/model/address.ts';
import { syncDaemon } from '../../../src/model/sync-daemon.ts';
import { microseconds } from './clock.ts';
import { MemoryPort } from './memory-port.ts';

const [, , name = '', group = ''] = process.argv;
const board = new Board();
board.set('role', BOARD_ROLE.BACKUP);
const plane = new MemoryPort(microseconds);
const { port1, port2 } = new MessageChannel();
runSyncWorker(
  port2,
  {
    name,
    priority: 100,
    advertInterval: 50_000,
    gated: false,
    keys: [],
    adopted: false,
    replicates: false,
    board: board.buffer,
  },
  { port: plane, clock: microseconds },
);
for (const [id, direction] of (['master', 'backup'] as const).entries())
  port1.postMessage({
    type: 'start',
    id,
    daemon: syncDaemon({ direction, interface: 'sync0', group: parseAddress(group) }),
  });

let refused = '';
let started = 0;
let status: SyncStatus | undefined;
port1.on('message', (message: SyncToMain) => {
  if (message.type === 'status') status = message.status;
  if (message.type === 'done') started++;
  if (message.type === 'refused') refused = message.message;
});
process.on('message', (command: { connect?: number }) => {
  for (let n = 0; n < (command.connect ?? 0); n++) plane.connect(n);
});
process.on('disconnect', () => process.exit());
setInterval(
  () => process.send?.({ table: plane.table.size, synced: board.get('synced'), refused, started, status }),
  20,
);
