/** The program on disk, which takes the place of the daemon that runs (`tandem upgrade`). */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PATHS } from '../director/config.ts';
import { execute } from '../native/exec.ts';
import type { DaemonOptions } from './verbs/daemon.ts';

/** A busy machine that starts a program. */
const CHECK_MS = 15_000;

/** As this one was started. */
const command = (): string[] => [process.execPath, ...process.execArgv, process.argv[1] ?? ''];

/** Whether it begins, and takes the configuration. @throws Error with what it says */
export async function checkNext({ config = PATHS.config }: DaemonOptions): Promise<void> {
  const [program = '', ...words] = command();
  const asked = existsSync(config) ? ['check-config', config] : ['--version'];
  await new Promise<void>((resolve, reject) => {
    execFile(program, [...words, ...asked], { timeout: CHECK_MS }, (error, _stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve();
    });
  });
}

/** Never returns. @throws NativeError */
export function executeNext(): never {
  const words = [...command(), ...process.argv.slice(2)];
  execute(process.execPath, words);
}
