/**
 * What becomes of `tandem` when nobody takes what it writes. It does not end on the spot: a daemon goes on
 * without its log, and a drill takes its lab down first. The exit code tells at the end.
 */
import { outputFailure } from '../ipvsadm/output-failure.ts';

export function mindOutput(): void {
  let exitCode: number | undefined;
  process.stdout.on('error', (error) => {
    const failure = outputFailure(error);
    if (exitCode === undefined && failure.text !== undefined) process.stderr.write(`tandem: ${failure.text}`);
    exitCode ??= failure.exitCode;
  });
  process.on('exit', () => {
    process.exitCode = exitCode ?? process.exitCode;
  });
  process.stderr.on('error', () => {});
}
