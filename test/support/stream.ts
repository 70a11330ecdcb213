/** The UDP stream of load/stream.c in hosts of a lab. */
import type { Lab } from '../../src/lab/lab.ts';
import type { LabProcess } from '../../src/lab/process.ts';
import { waitFor } from '../../src/lab/wait.ts';

const READY_MS = 15_000;
const ANSWER_MS = 20_000;

export interface Sums {
  readonly sent: number;
  readonly answered: number;
  readonly repeated: number;
  /** Not taken by the sender's own kernel. */
  readonly refused: number;
  /** The longest time between two answers since the question before, and when it began. Milliseconds. */
  readonly gap: number;
  readonly gapFrom: number;
  /** The newest answer, and when this was said, on the common clock. */
  readonly last: number;
  readonly at: number;
}

export class Stream {
  readonly #process: LabProcess;
  readonly #answers: Sums[] = [];

  private constructor(process: LabProcess) {
    this.#process = process;
  }

  /** @param micros between two packets */
  static async send(
    lab: Lab,
    program: string,
    host: string,
    to: { readonly address: string; readonly port: number; readonly micros: number },
  ): Promise<Stream> {
    const words = ['send', to.address, String(to.port), String(to.micros)];
    const options = { label: `stream of ${host}`, nice: -15 };
    const stream = new Stream(await lab.spawn(host, program, words, options));
    let ready = false;
    stream.#process.onLine((line) => {
      const message = JSON.parse(line) as { kind: string };
      if (message.kind === 'ready') ready = true;
      else stream.#answers.push(message as unknown as Sums);
    });
    await waitFor('the stream', () => ready, { timeoutMs: READY_MS });
    return stream;
  }

  /** What happened since it was asked last. */
  ask(): Promise<Sums> {
    return this.#command('ask\n');
  }

  /** Ends it, and waits for the last answers. */
  stop(): Promise<Sums> {
    return this.#command('stop\n');
  }

  async #command(line: string): Promise<Sums> {
    this.#process.stdin.write(line);
    return waitFor('the stream to answer', () => this.#answers.shift(), { timeoutMs: ANSWER_MS, everyMs: 2 });
  }
}

/** @param address from which it answers, which need not be there yet; any without */
export async function echo(
  lab: Lab,
  program: string,
  host: string,
  port: number,
  address?: string,
): Promise<void> {
  const words = ['serve', String(port), ...(address === undefined ? [] : [address])];
  const server = await lab.spawn(host, program, words, {
    label: `echo server on ${host}`,
    nice: -15,
  });
  let ready = false;
  server.onLine(() => {
    ready = true;
  });
  await waitFor(`the echo server on ${host}`, () => ready, { timeoutMs: READY_MS });
}
