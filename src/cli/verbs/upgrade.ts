import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '../../director/status.ts';
import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';
import { withDaemon } from '../with-daemon.ts';

interface Options extends Common {
  readonly json: boolean;
}

/** The addresses are covered for ten seconds; afterwards the peer has them, and this one may still come back. */
const PATIENCE_MS = 30_000;
const ASK_EVERY_MS = 20;

export const upgrade: Verb<Options> = {
  command: 'upgrade',
  describe:
    'Put the program on disk in the place of the running daemon; no packet is lost, and nobody takes over',
  options: (yargs) =>
    yargs
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print one JSON object: {took_ms, from, to, role, connections}',
      })
      .example('$0 upgrade', 'after a new version, or a new configuration, was put in place'),
  async run({ socket, json }) {
    const begun = performance.now();
    const { version: from } = await withDaemon(socket, async (daemon) => {
      const before = await daemon.status();
      await daemon.upgrade();
      await untilSilent(() => daemon.status());
      return before;
    });
    const { version: to, role, connections } = await nextStatus(socket);
    const facts = { took_ms: Math.round(performance.now() - begun), from, to, role, connections };
    process.stdout.write(
      json
        ? `${JSON.stringify(facts)}\n`
        : `upgraded from ${from} to ${to} in ${facts.took_ms} ms: ${role}, ${connections} connections\n`,
    );
    return EXIT.done;
  },
};

/** The daemon hangs up when it ends. @throws ControlError when it does not */
async function untilSilent(ask: () => Promise<unknown>): Promise<void> {
  const { ControlError } = await import('../../control/error.ts');
  for (const end = performance.now() + PATIENCE_MS; performance.now() < end; await sleep(ASK_EVERY_MS)) {
    try {
      await ask();
    } catch (error) {
      if (error instanceof ControlError) return;
      throw error;
    }
  }
  throw new ControlError('not-started', 'the daemon goes on as it was: see its log');
}

/** What the next daemon says when it answers. @throws ControlError when it does not come */
async function nextStatus(socket: string | undefined): Promise<Status> {
  const { ControlError } = await import('../../control/error.ts');
  for (const end = performance.now() + PATIENCE_MS; ; await sleep(ASK_EVERY_MS)) {
    try {
      return await withDaemon(socket, (daemon) => daemon.status());
    } catch (error) {
      if (!(error instanceof ControlError) || performance.now() > end) throw error;
    }
  }
}
