/** What the host's settings were before a daemon changed them, beside its plane: one that is killed puts none back. */
import { readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeWhole } from './whole-file.ts';

/** Nothing when there is none that can be read: then the settings stay what they are. */
export function readSettings<Entry>(path: string): readonly Entry[] {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as readonly Entry[];
  } catch {
    return [];
  }
}

/** Of nothing there is no file, and no folder when it was alone in it. */
export function writeSettings(path: string, former: readonly unknown[]): void {
  if (former.length > 0) {
    writeWhole(path, former);
    return;
  }
  rmSync(path, { force: true });
  try {
    rmdirSync(dirname(path));
  } catch {
    // More is kept there, or it was never made: both are fine.
  }
}
