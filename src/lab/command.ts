/** Runs one short command to its end. */
import { execFile } from 'node:child_process';
import { environment } from './environment.ts';
import { LabError } from './error.ts';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** A command of the lab that runs this long hangs. */
const TIMEOUT_MS = 15_000;
/** Bytes of output: a listing of 1,000 connections is about 100 kB. */
const OUTPUT_MAX = 16 * 1024 * 1024;

/** Whatever its exit code. @throws LabError `command-failed` when it cannot start, is killed, or hangs */
export function execute(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: options.timeoutMs ?? TIMEOUT_MS, maxBuffer: OUTPUT_MAX };
    const settings = { ...limits, env: environment() };
    const child = execFile(command, args, settings, (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, stderr });
      if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr });
      reject(new LabError('command-failed', `lab: ${command} ${args.join(' ')}: ${error.message}`));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** @throws LabError `command-failed` also when it exits with another code than 0 */
export async function must(
  command: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await execute(command, args, options);
  if (code !== 0) {
    const why = stderr.trim() || stdout.trim() || 'no message';
    throw new LabError('command-failed', `lab: ${command} ${args.join(' ')}: exit ${code}: ${why}`);
  }
  return stdout;
}
