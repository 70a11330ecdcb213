/** The main thread's handle on the sync worker. */
import { Worker } from 'node:worker_threads';
import type { SyncShare } from '../../datapath/plane.ts';
import { ModelError } from '../../model/error.ts';
import type { SyncDaemon, SyncDirection } from '../../model/sync-daemon.ts';
import type { SealKey } from '../../wire/seal-key.ts';
import { DirectorError, type DirectorErrorCode } from '../api.ts';
import { NO_SYNC_COUNTS, type SyncStatus } from '../status.ts';
import type { SyncWorkerData } from './entry.ts';
import type { MainToSync, SyncEvent, SyncSettings, SyncToMain } from './messages.ts';

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

const NOTHING_YET: SyncStatus = {
  ...NO_SYNC_COUNTS,
  rejected: {},
  shortfall: 0,
  bulk: { sending: null, receiving: null },
  lag_ms: { p50: 0, p99: 0, max: 0 },
  sealed: false,
  keys: { sealing: null, opened: [], peer: [] },
};

const GONE = 'the sync thread has ended: the daemon is stopping';

export class SyncThread {
  /** Ends when the thread has ended; rejects with what killed it. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #statusReaders: Array<(status: SyncStatus) => void> = [];
  #nextId = 1;
  #status: SyncStatus;
  #open = true;

  constructor(settings: SyncSettings, share: SyncShare, handle: (event: SyncEvent) => void) {
    this.#status = { ...NOTHING_YET, sealed: settings.keys.length > 0 };
    const workerData: SyncWorkerData = { settings, share };
    const transferList = share.kind === 'memory' ? [share.port] : [];
    this.#worker = new Worker(new URL('./entry.js', import.meta.url), { workerData, transferList });
    this.#worker.on('message', (message: SyncToMain) => this.#receive(message, handle));
    this.ended = new Promise((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => {
        this.#open = false;
        for (const reader of this.#statusReaders.splice(0)) reader(this.#status);
        for (const waiting of this.#waiting.values()) waiting.reject(new Error(GONE));
        this.#waiting.clear();
        if (code === 0) resolve();
        else reject(new Error(`the sync thread ended with code ${code}`));
      });
    });
    // Whoever cares awaits `ended`; nobody caring must not end the process.
    this.ended.catch(() => {});
  }

  /** @throws DirectorError `sync-running`, `no-such-device`; ModelError `bad-value` */
  async start(daemon: SyncDaemon): Promise<void> {
    await this.#ask((id) => ({ type: 'start', id, daemon }));
  }

  /** @throws DirectorError `sync-stopped` */
  async stop(direction: SyncDirection): Promise<void> {
    await this.#ask((id) => ({ type: 'stop', id, direction }));
  }

  /** @throws DirectorError `key-unknown` */
  async rekey(keys: readonly SealKey[]): Promise<void> {
    await this.#ask((id) => ({ type: 'rekey', id, keys }));
  }

  tell(message: Extract<MainToSync, { type: 'handover' | 'ask-handover' | 'fence-closed' | 'rules' }>): void {
    this.#post(message);
  }

  /** As it is now, not as it was at the last report. */
  async status(): Promise<SyncStatus> {
    if (!this.#open) return this.#status;
    return new Promise((resolve) => {
      this.#statusReaders.push(resolve);
      this.#post({ type: 'status' });
    });
  }

  async close(): Promise<void> {
    this.#post({ type: 'close' });
    await this.ended;
  }

  async #ask(make: (id: number) => MainToSync): Promise<void> {
    if (!this.#open) throw new Error(GONE);
    const id = this.#nextId++;
    await new Promise<void>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post(make(id));
    });
  }

  #post(message: MainToSync): void {
    this.#worker.postMessage(message);
  }

  #receive(message: SyncToMain, handle: (event: SyncEvent) => void): void {
    switch (message.type) {
      case 'done':
        this.#take(message.id)?.resolve();
        return;
      case 'refused':
        this.#take(message.id)?.reject(refusal(message.code, message.message));
        return;
      case 'status':
        this.#status = message.status;
        for (const reader of this.#statusReaders.splice(0)) reader(message.status);
        return;
      default:
        handle(message);
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

function refusal(code: string, text: string): Error {
  return code === 'bad-value'
    ? new ModelError(code, text)
    : new DirectorError(code as DirectorErrorCode, text);
}
