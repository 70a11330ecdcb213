/** The command's io on this process: standard streams, the system's names, the control socket. */
import type { Io } from './io.ts';
import { linesOf } from './lines.ts';
import type { Connected } from './main.ts';
import { outputFailure } from './output-failure.ts';
import { systemResolver } from './system-resolver.ts';

export function processIo(): Io {
  process.stdout.on('error', (error) => {
    const { exitCode, text } = outputFailure(error);
    if (text !== undefined) process.stderr.write(text);
    process.exit(exitCode);
  });
  // What is wrong cannot be said then; the exit code still says that something is.
  process.stderr.on('error', () => {});
  return {
    out: (text) =>
      new Promise((resolve) => {
        if (process.stdout.write(text)) resolve();
        else process.stdout.once('drain', resolve);
      }),
    err: (text) => {
      process.stderr.write(text);
    },
    lines: () => linesOf(process.stdin.setEncoding('utf8')),
    resolver: systemResolver(),
  };
}

/** Loads the client only when it is needed: -h and mistakes are answered without it. */
export async function connectToDaemon(): Promise<Connected> {
  const { connect } = await import('../control/client.ts');
  return connect();
}
