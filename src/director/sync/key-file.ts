import { readFileSync, statSync } from 'node:fs';
import { ModelError } from '../../model/error.ts';
import { parseSealKey, type SealKey } from '../../wire/seal-key.ts';

/**
 * Reads the key that seals the sync channel. Whoever reads it can write our connection table, so a file that
 * others may read or write is refused, as ssh refuses such a key.
 * @throws ModelError `bad-value`
 */
export function readKeyFile(path: string): SealKey {
  const refuse = (reason: string): never => {
    throw new ModelError('bad-value', `sync key file "${path}": ${reason}`);
  };
  try {
    const stat = statSync(path);
    if (!stat.isFile()) return refuse('is not a regular file');
    const mode = stat.mode & 0o777;
    if (mode & 0o077)
      return refuse(`mode ${mode.toString(8).padStart(4, '0')} lets others use it: chmod 600 "${path}"`);
    return parseSealKey(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof ModelError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return refuse(`there is no such file: (umask 077; openssl rand -hex 32 > "${path}"), the same on both`);
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
