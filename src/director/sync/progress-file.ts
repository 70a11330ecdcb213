/**
 * What a daemon killed at any moment leaves for the next: how far it had sent, and what it held of the peer.
 *
 * "Sent" is written after the datagrams are with the kernel and before the plane forgets the records. Killed
 * between, the next daemon reads those records again and sends them in its own epoch, so the file never
 * promises a peer more than it got. The file belongs where it vanishes with the plane: below /run.
 */
import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Progress } from './messages.ts';

/** One write of a fixed length at offset 0, so that no mixture of two can be read after a kill. */
const LENGTH = 256;

function isNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function fields<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Record<Name, number> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Record<Name, unknown>;
  return names.every((name) => isNumber(record[name])) ? (record as Record<Name, number>) : undefined;
}

/** What is there; nothing if the file is missing or is not one of ours. */
export function readProgress(path: string): Progress {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const { sent, held } = read as { sent?: unknown; held?: unknown };
    const position = fields(sent, ['epoch', 'sequence'] as const);
    const holding = fields(held, ['sender', 'epoch', 'sequence'] as const);
    return { ...(position && { sent: position }), ...(holding && { held: holding }) };
  } catch {
    return {};
  }
}

export class ProgressFile {
  readonly #file: number;
  #progress: Progress;

  constructor(path: string, progress: Progress) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'w', 0o600);
    this.#progress = progress;
    this.update({});
  }

  /** Fields that are given, also as undefined, replace what was there. */
  update(change: { [Name in keyof Progress]?: Progress[Name] | undefined }): void {
    this.#progress = { ...this.#progress, ...change } as Progress;
    writeSync(this.#file, `${JSON.stringify(this.#progress).padEnd(LENGTH - 1)}\n`, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}
