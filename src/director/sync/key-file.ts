import { closeSync, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { ModelError } from '../../model/error.ts';
import { parseSealKeys, type SealKey } from '../../wire/seal-key.ts';

/**
 * Reads the keys that seal the sync channel, the newest last. Whoever reads them can write our connection table, so a
 * file that others may read or write is refused, as ssh refuses such a key.
 * @throws ModelError `bad-value`
 */
export function readKeyFile(path: string): readonly SealKey[] {
  const refuse = (reason: string): never => {
    throw new ModelError('bad-value', `sync key file "${path}": ${reason}`);
  };
  try {
    const file = openSync(path, 'r');
    try {
      // Of what is open: the name may stand for something else by now.
      const { mode, uid } = checked(fstatSync(file));
      if (mode & 0o077) {
        const octal = mode.toString(8).padStart(4, '0');
        return refuse(`mode ${octal} lets others use it: chmod 600 "${path}"`);
      }
      if (uid !== 0 && uid !== process.getuid?.())
        return refuse(`belongs to user ${uid}, who can change it: chown root "${path}"`);
      return parseSealKeys(readFileSync(file, 'utf8'));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof ModelError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return refuse(`there is no such file: (umask 077; openssl rand -hex 32 > "${path}"), the same on both`);
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function checked(stat: Stats): Pick<Stats, 'mode' | 'uid'> {
  if (!stat.isFile()) throw new Error('is not a regular file');
  return { mode: stat.mode & 0o777, uid: stat.uid };
}
