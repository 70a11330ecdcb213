import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';
import { withDaemon } from '../with-daemon.ts';

interface Options extends Common {
  readonly json: boolean;
}

export const handover: Verb<Options> = {
  command: 'handover',
  describe: 'Give the floating addresses to the peer; no connection is lost',
  options: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object: {took_ms}' })
      .example('$0 handover', 'before maintenance of this host'),
  async run({ socket, json }) {
    const { tookMs } = await withDaemon(socket, (daemon) => daemon.handover());
    process.stdout.write(
      json
        ? `${JSON.stringify({ took_ms: tookMs })}\n`
        : `handed over in ${tookMs.toFixed(1)} ms: the peer answers now\n`,
    );
    return EXIT.done;
  },
};
