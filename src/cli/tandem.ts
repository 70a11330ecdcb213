#!/usr/bin/env node
/** tandem: the director's own command. A daemon's heartbeat begins before the command line is looked at (head-start.ts). */
import { constants } from 'node:os';
import { goBefore } from '../host/priority.ts';
import { errorText, exitCodeOf, UsageError } from './exit.ts';
import { mindOutput } from './output.ts';

mindOutput();

const args = process.argv.slice(2);
const isDaemon = args[0] === 'daemon';
// From the first moment on: a lease that waits to be adopted runs out.
if (isDaemon) goBefore(constants.priority.PRIORITY_HIGH);
// Imported for a daemon alone: it loads what the plane needs.
const early = isDaemon ? await import('./head-start.ts') : undefined;
try {
  await early?.headStart();
  const { main } = await import('./main.ts');
  process.exitCode = await main(args);
} catch (error) {
  const hint = error instanceof UsageError ? ': see "tandem --help" and "tandem <verb> --help"' : '';
  process.stderr.write(`tandem: ${errorText(error)}${hint}\n`);
  process.exitCode = exitCodeOf(error);
}
await early?.endHeadStart();
