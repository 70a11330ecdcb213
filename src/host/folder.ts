/** Folders that are made because something of ours goes into them. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing. One after the other: Node's own recursive way tries again
 * for ever where the kernel lets nobody make anything, as below /proc.
 * @throws the first refusal of the kernel
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process was as quick.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
