import type { Argv } from 'yargs';
import type { Common, Verb } from '../verb.ts';

export interface DaemonOptions extends Common {
  readonly config?: string;
  readonly datapath?: 'xdp' | 'memory';
}

/** Shared with `start-daemon`, which hands them on. */
export function withDaemonOptions<T extends Common>(yargs: Argv<T>) {
  return yargs
    .option('config', {
      type: 'string',
      requiresArg: true,
      describe:
        'Configuration file [default: /etc/tandem/tandem.yaml, if it is there; none with --datapath memory]',
    })
    .option('datapath', {
      choices: ['xdp', 'memory'] as const,
      requiresArg: true,
      describe:
        'memory needs no privileges, forwards nothing and leaves the host as it is [default: as configured, or xdp]',
    });
}

export const daemon: Verb<DaemonOptions> = {
  command: 'daemon',
  describe: 'Run the director in the foreground, until SIGTERM or SIGINT',
  options: (yargs) =>
    withDaemonOptions(yargs)
      .example('$0 daemon --config /etc/tandem/tandem.yaml', 'as the service manager runs it')
      .example('$0 daemon --datapath memory --socket /tmp/t.sock', 'to try commands without privileges'),
  async run(options) {
    const { headStart } = await import('../head-start.ts');
    const head = await headStart();
    const { runDaemon } = await import('../run-daemon.ts');
    return await runDaemon(options, head);
  },
};
