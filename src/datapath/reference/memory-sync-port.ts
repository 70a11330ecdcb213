/**
 * The memory plane's side of connection sync, in the worker. The table lives in the main thread; records go there by
 * message, without an answer: what becomes of them is not counted here.
 */
import type { MessagePort } from 'node:worker_threads';
import type { RecordBatch } from '../../model/record.ts';
import { type ApplyResult, NOTHING_APPLIED, type SyncPort } from '../ports.ts';
import { recordAt, type TableRecord } from './memory-table.ts';

/** What the worker sends to the main thread. */
export interface MemoryApply {
  readonly records: readonly TableRecord[];
}

export class MemorySyncPort implements SyncPort {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** Without packets nothing happens that the peer should know of. */
  read(): number {
    return 0;
  }

  acknowledge(): void {}

  overflows(): number {
    return 0;
  }

  apply(batch: RecordBatch): ApplyResult {
    const records = Array.from({ length: batch.length }, (_, index) => recordAt(batch, index));
    const message: MemoryApply = { records };
    this.#port.postMessage(message);
    return { ...NOTHING_APPLIED, applied: records.length };
  }

  renewSyncLease(): void {}

  announceAll(): boolean {
    return true;
  }
}
