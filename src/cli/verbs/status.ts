import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';
import { withDaemon } from '../with-daemon.ts';

interface Options extends Common {
  readonly json: boolean;
}

export const status: Verb<Options> = {
  command: 'status',
  describe: 'Show role, fence, peer, sync and drops of the running director',
  options: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object (docs/status.md)' })
      .example('$0 status', 'for people')
      .example('$0 status --json | jq .role', 'for programs'),
  async run({ socket, json }) {
    const now = await withDaemon(socket, (daemon) => daemon.status());
    if (json) process.stdout.write(`${JSON.stringify(now, null, 2)}\n`);
    else {
      const { statusText } = await import('../status-text.ts');
      process.stdout.write(statusText(now));
    }
    return EXIT.done;
  },
};
