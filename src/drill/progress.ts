/** Live progress for people who wait: a line for each event, and on a terminal a line that counts. */
import type { Writable } from 'node:stream';
import type { Audience } from './perform.ts';
import type { TrafficNumbers } from './traffic-set.ts';

export type Output = Writable & { readonly isTTY?: boolean };

/** ECMA-48: carriage return, then erase to the end of the line. */
const CLEAR_LINE = '\r\x1b[K';

export class Progress implements Audience {
  readonly #output: Output;
  readonly #started = performance.now();
  #counting = false;

  constructor(output: Output) {
    this.#output = output;
  }

  event(text: string): void {
    this.#clear();
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(1).padStart(6);
    this.#output.write(`${seconds} s  ${text}\n`);
  }

  numbers(numbers: TrafficNumbers): void {
    if (!this.#output.isTTY) return;
    this.#counting = true;
    this.#output.write(`${CLEAR_LINE}         ${numbersText(numbers)}`);
  }

  /** Takes the counting line away. */
  done(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#counting) this.#output.write(CLEAR_LINE);
    this.#counting = false;
  }
}

function numbersText({ connections, lost, packets, unanswered, requests, ssh }: TrafficNumbers): string {
  return `${connections} connections, ${lost} lost | UDP ${packets}, ${unanswered} open | HTTP ${requests} | ssh ${ssh}`;
}
