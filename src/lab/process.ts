/** A child of the lab: leader of its own process group, so that a terminal's Ctrl-C reaches only us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { putBefore } from '../host/priority.ts';
import { type Environment, environment } from './environment.ts';
import { LabError } from './error.ts';

export interface SpawnOptions {
  readonly env?: Environment;
  /** Lower is served first (nice value), also before other processes of the lab; as inherited when absent. */
  readonly nice?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Lines of stderr that are kept for an error's text: the first ones name a cause, the last ones the end. */
const STDERR_LINES = { first: 8, last: 12 } as const;

export class LabProcess {
  readonly label: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #stderr: string[] = [];
  #exit: Exit | undefined;
  #heardOut = false;

  private constructor(label: string, child: ChildProcess) {
    this.label = label;
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
    child.once('close', () => {
      this.#heardOut = true;
    });
    child.stdin?.on('error', () => {});
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        this.#stderr.push(line);
        if (this.#stderr.length > STDERR_LINES.first + STDERR_LINES.last) {
          this.#stderr.splice(STDERR_LINES.first, 1);
        }
      });
    }
  }

  /** @throws LabError `command-failed` when the command cannot be started */
  static async start(
    label: string,
    command: string,
    args: readonly string[],
    options: SpawnOptions = {},
  ): Promise<LabProcess> {
    const niced = options.nice === undefined ? [] : ['nice', '-n', String(options.nice)];
    const [file = command, ...rest] = [...niced, command, ...args];
    const child = spawn(file, rest, {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment(options.env),
    });
    const self = new LabProcess(label, child);
    try {
      await once(child, 'spawn');
      if (options.nice !== undefined) putBefore(self.pid, options.nice);
    } catch (error) {
      throw new LabError('command-failed', `lab: cannot start ${label}: ${(error as Error).message}`);
    }
    // What nobody reads is thrown away: a full pipe would stop the process.
    child.stdout.resume();
    return self;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** It has ended, and all that it said has been read: its last lines may come after its end. */
  get heardOut(): boolean {
    return this.#heardOut;
  }

  get stdout(): Readable {
    return this.#child.stdout as Readable;
  }

  get stdin(): Writable {
    return this.#child.stdin ?? new Writable();
  }

  /** What it said first and last on stderr. */
  get complaint(): string {
    return this.#stderr.join('\n');
  }

  /** Calls back with each line of stdout. */
  onLine(listener: (line: string) => void): void {
    createInterface({ input: this.stdout }).on('line', listener);
  }

  /** Signals the process alone; a process that is gone is no error. */
  kill(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Asks it to end, kills its whole group after `graceMs`, and waits until it is gone. */
  async end(graceMs = 1000): Promise<void> {
    if (!this.running) return;
    this.kill('SIGTERM');
    const timer = setTimeout(() => {
      try {
        if (this.running) process.kill(-this.pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }, graceMs);
    await this.exited;
    clearTimeout(timer);
  }
}
