import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a value as JSON, for root alone; whole or not at all, also when the daemon is killed meanwhile.
 * @param how `durable`: also when the power fails, and on disk before this returns
 */
export function writeWhole(path: string, value: unknown, how?: 'durable'): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const next = `${path}.next`;
  writeFileSync(next, JSON.stringify(value), { mode: 0o600, flush: how === 'durable' });
  renameSync(next, path);
  if (how === 'durable') flushFolder(folder);
}

function flushFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
