/** The sync worker thread. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SyncShare } from '../../datapath/plane.ts';
import { openSyncPort } from '../../datapath/share.ts';
import { bootTimeUs } from '../../native/clock.ts';
import type { SyncSettings } from './messages.ts';
import { runSyncWorker } from './worker.ts';

export interface SyncWorkerData {
  readonly settings: SyncSettings;
  readonly share: SyncShare;
}

function main(port: MessagePort, { settings, share }: SyncWorkerData): void {
  runSyncWorker(port, settings, { port: openSyncPort(share), clock: bootTimeUs });
}

if (!parentPort) throw new Error('entry.ts is a worker thread: start it with SyncThread.start()');
main(parentPort, workerData as SyncWorkerData);
