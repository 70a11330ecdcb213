/** The main thread's handle on the heartbeat worker. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { Bell } from '../../native/poll.ts';
import type { HeartbeatWorkerData } from './entry.ts';
import type { HeartbeatCommand, HeartbeatEvent, HeartbeatSetup } from './messages.ts';

/** Opens the fence of the plane that the main thread has. */
const FENCE_MODULE = new URL('../../datapath/share.js', import.meta.url).href;

export class HeartbeatThread {
  /** Ends when the thread has ended; rejects with what killed it when it was not told to. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #setup: MessagePort;
  readonly #bell: Bell;
  readonly #events: HeartbeatEvent[] = [];
  #handle: (event: HeartbeatEvent) => void = (event) => void this.#events.push(event);
  #begun = false;
  #open = true;

  /**
   * Begins to load, beside whatever the main thread does meanwhile: of a restarted daemon the heartbeat is waited
   * for (its lease runs out), and loading takes the thread longer than anything that it does afterwards.
   * @param fence file URL of a module whose `createFence(options)` returns a FencePort or a promise of one
   */
  constructor(fence: string = FENCE_MODULE) {
    const bell = new Bell();
    const { port1, port2 } = new MessageChannel();
    const workerData: HeartbeatWorkerData = { fence, bell: bell.fd, setup: port2 };
    const worker = new Worker(new URL('./entry.js', import.meta.url), { workerData, transferList: [port2] });
    worker.on('message', (event: HeartbeatEvent) => this.#handle(event));
    // A daemon that does not get as far as begin() must not be held up by it.
    worker.unref();
    port1.unref();
    this.#worker = worker;
    this.#setup = port1;
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

  /** A descriptor of its own for another thread that has news on the board: ringing it ends the heartbeat's wait. */
  bell(): number {
    return this.#bell.duplicate();
  }

  /** It was told its routers. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Starts the routers. Once. */
  begin(setup: HeartbeatSetup): void {
    this.#begun = true;
    this.#worker.ref();
    this.#setup.postMessage(setup);
  }

  /**
   * `handle` gets the thread's events in order, those before too. Resolves with the first `role` event, after which
   * the routers run.
   * @throws Error, NativeError or HeartbeatError when the thread cannot start
   */
  async listen(handle: (event: HeartbeatEvent) => void): Promise<void> {
    const running = new Promise<void>((resolve) => {
      this.#handle = (event) => {
        handle(event);
        if (event.kind === 'role') resolve();
      };
    });
    for (const event of this.#events.splice(0)) this.#handle(event);
    await Promise.race([running, this.ended]);
  }

  /** A command to a thread that has ended is lost, as it would be a moment later. */
  send(command: HeartbeatCommand): void {
    if (!this.#open) return;
    this.#worker.postMessage(command);
    this.#bell.ring();
  }

  /** Ends the thread, also one that has not begun or has ended already. @param handOver see the `shutdown` command */
  async stop(handOver: boolean): Promise<void> {
    // Or nothing would keep the process until the thread has ended, and what it has to say would stay unsaid.
    this.#worker.ref();
    this.send({ kind: 'shutdown', handOver });
    this.#setup.close();
    await this.ended;
  }
}
