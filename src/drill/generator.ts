/** The drill's end of a traffic generator (see traffic/channel.ts). */
import type { Lab } from '../lab/lab.ts';
import type { LabProcess } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import { generatorPath } from './paths.ts';
import { DrillError } from './result.ts';

/** Node starts in well under a second, also on a busy machine. */
const READY_MS = 15_000;
const DONE_MS = 20_000;

export class Generator<Done> {
  readonly #process: LabProcess;
  readonly #name: string;
  #latest: Readonly<Record<string, unknown>> = {};
  #ready = false;
  #done: Done | undefined;

  private constructor(name: string, process: LabProcess, listener?: (message: unknown) => void) {
    this.#name = name;
    this.#process = process;
    process.onLine((line) => {
      const message = JSON.parse(line) as { kind: string };
      if (message.kind === 'done') this.#done = message as Done;
      else this.#latest = message as unknown as Record<string, unknown>;
      if (message.kind === 'ready') this.#ready = true;
      listener?.(message);
    });
  }

  static async start<Done>(
    lab: Lab,
    host: string,
    name: string,
    settings: object,
    listener?: (message: unknown) => void,
  ): Promise<Generator<Done>> {
    const args = [generatorPath(name), JSON.stringify(settings)];
    const process_ = await lab.spawn(host, process.execPath, args, { label: `${name} on ${host}` });
    return new Generator<Done>(name, process_, listener);
  }

  /** A number of its newest message. */
  number(field: string): number {
    const value = this.#latest[field];
    return typeof value === 'number' ? value : 0;
  }

  async ready(signal: AbortSignal): Promise<void> {
    await this.#until('be ready', READY_MS, () => this.#ready, signal);
  }

  /** Tells it to stop and waits for its last message. */
  async finish(signal: AbortSignal): Promise<Done> {
    this.#process.stdin.write('stop\n');
    return this.#until('report', DONE_MS, () => this.#done, signal);
  }

  #until<T>(
    what: string,
    timeoutMs: number,
    ask: () => T | undefined | false,
    signal: AbortSignal,
  ): Promise<T> {
    return waitFor(
      `${this.#name} to ${what}`,
      () => {
        const answer = ask();
        if (!answer && this.#process.heardOut) {
          throw new DrillError(
            `${this.#process.label} ended too early: ${this.#process.complaint || 'no message'}`,
          );
        }
        return answer;
      },
      { timeoutMs, signal },
    );
  }
}
