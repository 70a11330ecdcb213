/**
 * The file of the log. Lines that it cannot take, on a full disk perhaps, are lost, and that is said; it goes on as
 * soon as it takes lines again. It is opened for each bunch of lines, so that one who moves it away gets a new one.
 */
import { open } from 'node:fs/promises';
import { Writable } from 'node:stream';

export interface Appended {
  /** Bytes that went into the file. */
  readonly taken: number;
  /** Why it took no more. */
  readonly failure?: Error;
}

export interface LogFileParts {
  readonly path: string;
  /** Into the log, of which this is one half. */
  readonly say: (level: 'error' | 'info', text: string) => void;
  readonly append?: (path: string, bytes: Uint8Array) => Promise<Appended>;
}

/** More than a start or a takeover says; a disk that is slower than that for long must not cost memory. */
const WAITING_AT_MOST = 10_000;
const LINE_END = 0x0a;

export class LogFile extends Writable {
  readonly #parts: LogFileParts;
  /** Each ends with a line end. */
  #waiting: string[] = [];
  #writing = false;
  /** Since the file last took everything. */
  #lost = 0;
  /** The file ends in the middle of a line. */
  #torn = false;

  constructor(parts: LogFileParts) {
    super({ decodeStrings: false });
    this.#parts = parts;
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    // Whoever logs does not wait for the disk.
    done();
    if (this.#waiting.length >= WAITING_AT_MOST) this.#lose(1, new Error('it is too slow'));
    else this.#waiting.push(line);
    if (!this.#writing) void this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    for (let lines = this.#take(); lines.length > 0; lines = this.#take()) await this.#put(lines);
    this.#writing = false;
  }

  #take(): string[] {
    const lines = this.#waiting;
    this.#waiting = [];
    return lines;
  }

  async #put(lines: readonly string[]): Promise<void> {
    const { path, append = appendTo } = this.#parts;
    const mend = this.#torn ? '\n' : '';
    const bytes = Buffer.from(mend + lines.join(''));
    const { taken, failure } = await append(path, bytes);
    if (taken > 0) this.#torn = bytes[taken - 1] !== LINE_END;
    if (failure) {
      const ends = bytes.subarray(0, taken).filter((byte) => byte === LINE_END).length;
      this.#lose(lines.length - Math.max(0, ends - mend.length), failure);
      return;
    }
    const lost = this.#lost;
    this.#lost = 0;
    if (lost > 0) this.#say('info', `the log file ${path} takes lines again: it lacks ${lost}`);
  }

  #lose(lines: number, { message }: Error): void {
    const news = this.#lost === 0;
    this.#lost += lines;
    if (news)
      this.#say(
        'error',
        `lines of the log file ${this.#parts.path} are lost while it takes none: ${message}`,
      );
  }

  /** Later: what is said comes back here as a line. */
  #say(level: 'error' | 'info', text: string): void {
    queueMicrotask(() => this.#parts.say(level, text));
  }
}

async function appendTo(path: string, bytes: Uint8Array): Promise<Appended> {
  let taken = 0;
  try {
    const file = await open(path, 'a');
    try {
      while (taken < bytes.length) taken += (await file.write(bytes, taken)).bytesWritten;
    } finally {
      await file.close();
    }
    return { taken };
  } catch (error) {
    return { taken, failure: error as Error };
  }
}
