import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** A file of the build: threads and commands run as JavaScript. `npm test` builds; a single file's run does not. */
export function built(file: string): string {
  const path = join(dist, file);
  if (!existsSync(path)) throw new Error(`dist/${file} is missing: run "npm run build" first`);
  return path;
}
