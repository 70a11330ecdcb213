/** The C programs of this folder, compiled once a process, and run in hosts of a lab. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab } from '../../../src/lab/lab.ts';
import type { LabProcess } from '../../../src/lab/process.ts';
import { waitFor } from '../../../src/lab/wait.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const READY_MS = 15_000;

const NAMES = ['traffic', 'fill', 'compare'] as const;
export type Programs = Readonly<Record<(typeof NAMES)[number], string>>;

/** Into the lab's directory, so that it goes with the lab. */
export function compile(lab: Lab, name: string): string {
  const target = join(lab.directory, name);
  execFileSync('clang', ['-O2', join(folder, `${name}.c`), '-o', target]);
  return target;
}

export function compileAll(lab: Lab): Programs {
  const made = NAMES.map((name): [string, string] => [name, compile(lab, name)]);
  return Object.fromEntries(made) as Programs;
}

/** What traffic.c says of its connections. */
export interface Sums {
  readonly opened: number;
  readonly established: number;
  readonly finished: number;
  /** Never established. */
  readonly refused: number;
  /** Established, then lost. */
  readonly failed: number;
  readonly seconds: number;
  /** Milliseconds of the common clock. */
  readonly at: number;
}

export interface Failure {
  readonly kind: 'failure' | 'refused';
  readonly opened: number;
  /** When the client saw it established. */
  readonly established: number;
  readonly at: number;
  readonly phase: number;
  readonly error: string;
  /** Its address and port. */
  readonly client: string;
  /** Of the reset that ended it, as it came to the client; 0: none did. */
  readonly hops: number;
}

export interface LoadSettings {
  readonly to: string;
  readonly port: number;
  /** Connections a second. */
  readonly rate: number;
  readonly count: number;
  /** Milliseconds between the first echo of a connection and its last. */
  readonly hold?: number;
  readonly clients: string;
  readonly addresses: number;
  /** Number of the first connection: the tuples of those before it are left alone. */
  readonly first: number;
  /** Each so many-th ends by RST; 0: none does. */
  readonly reset?: number;
}

const NOTHING: Sums = { opened: 0, established: 0, finished: 0, refused: 0, failed: 0, seconds: 0, at: 0 };

export class Load {
  readonly failures: Failure[] = [];
  readonly refusals: Failure[] = [];
  readonly #process: LabProcess;
  #sums: Sums = NOTHING;
  #opened: Sums | undefined;
  #done: Sums | undefined;

  private constructor(process: LabProcess) {
    this.#process = process;
    process.onLine((line) => {
      const message = JSON.parse(line) as { kind: string };
      if (message.kind === 'failure') this.failures.push(message as Failure);
      else if (message.kind === 'refused') this.refusals.push(message as Failure);
      else if (message.kind !== 'ready') this.#sums = message as unknown as Sums;
      if (message.kind === 'opened') this.#opened = this.#sums;
      if (message.kind === 'done') this.#done = this.#sums;
    });
  }

  static async start(lab: Lab, program: string, host: string, settings: LoadSettings): Promise<Load> {
    const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
    return new Load(
      await lab.spawn(host, program, ['open', ...words], { label: `load on ${host}`, nice: -5 }),
    );
  }

  get sums(): Sums {
    return this.#sums;
  }

  stop(): void {
    this.#process.stdin.write('stop\n');
  }

  /** All connections are opened. */
  opened(timeoutMs: number): Promise<Sums> {
    return this.#until('open the last connection', timeoutMs, () => this.#opened);
  }

  /** Every connection has ended. */
  done(timeoutMs: number): Promise<Sums> {
    return this.#until('end the last connection', timeoutMs, () => this.#done);
  }

  #until(what: string, timeoutMs: number, ask: () => Sums | undefined): Promise<Sums> {
    const answer = () => {
      const given = ask();
      if (!given && !this.#process.running) throw new Error(`the load ended: ${this.#process.complaint}`);
      return given;
    };
    return waitFor(`the load to ${what}`, answer, { timeoutMs });
  }
}

export async function serve(
  lab: Lab,
  program: string,
  host: string,
  address: string,
  port: number,
): Promise<void> {
  const server = await lab.spawn(host, program, ['serve', address, String(port)], {
    label: `echo server on ${host}`,
    nice: -5,
  });
  let ready = false;
  server.onLine(() => {
    ready = true;
  });
  await waitFor(`the echo server on ${host}`, () => ready, { timeoutMs: READY_MS });
}
