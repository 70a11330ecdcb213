/** The main thread's handle on the heartbeat worker. */
import { Worker } from 'node:worker_threads';
import { Bell } from '../../native/poll.ts';
import type { HeartbeatCommand, HeartbeatEvent, HeartbeatSetup } from './messages.ts';

export class HeartbeatThread {
  /** Ends when the thread has ended; rejects with what killed it when it was not told to. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #bell: Bell;
  #open = true;

  private constructor(worker: Worker, bell: Bell) {
    this.#worker = worker;
    this.#bell = bell;
    this.ended = new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', (code) => {
        this.#open = false;
        bell.close();
        if (code === 0) resolve();
        else reject(new Error(`the heartbeat thread ended with code ${code}`));
      });
    });
    // Whoever cares awaits `ended`; nobody caring must not end the process.
    this.ended.catch(() => {});
  }

  /**
   * Starts the thread; `handle` gets its events in order. Resolves with the first `role` event, after which
   * the router runs.
   * @throws Error, NativeError or HeartbeatError when the thread cannot start
   */
  static async start(
    setup: HeartbeatSetup,
    handle: (event: HeartbeatEvent) => void,
  ): Promise<HeartbeatThread> {
    const bell = new Bell();
    const worker = new Worker(new URL('./entry.js', import.meta.url), {
      workerData: { ...setup, bell: bell.fd },
    });
    const thread = new HeartbeatThread(worker, bell);
    const running = new Promise<void>((resolve) => {
      worker.on('message', (event: HeartbeatEvent) => {
        handle(event);
        if (event.kind === 'role') resolve();
      });
    });
    await Promise.race([running, thread.ended]);
    return thread;
  }

  /** A command to a thread that has ended is lost, as it would be a moment later. */
  send(command: HeartbeatCommand): void {
    if (!this.#open) return;
    this.#worker.postMessage(command);
    this.#bell.ring();
  }

  /** Ends the thread. @param handOver see the `shutdown` command */
  async stop(handOver: boolean): Promise<void> {
    this.send({ kind: 'shutdown', handOver });
    await this.ended;
  }
}
