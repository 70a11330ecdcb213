/** A daemon with the plane in memory, for the tests of a file. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exited, TANDEM } from '../cli/run.ts';

export interface Daemon {
  readonly socket: string;
  readonly pid: number;
  /** What it has said. */
  stderr(): string;
  stop(): Promise<void>;
}

/** @param configuration the text of a file; without one the daemon is configured for nothing */
export function startDaemon(configuration = ''): Daemon {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-'));
  const socket = join(folder, 'tandem.sock');
  const file = join(folder, 'tandem.yaml');
  writeFileSync(file, configuration);
  const words = [TANDEM, 'daemon', '--datapath', 'memory', '--config', file, '--socket', socket];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return {
    socket,
    pid: child.pid ?? 0,
    stderr: () => said,
    async stop() {
      child.kill('SIGTERM');
      await exited(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
