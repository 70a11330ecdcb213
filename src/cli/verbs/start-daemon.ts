import { EXIT } from '../exit.ts';
import { type SyncOptions, withSyncOptions } from '../sync-options.ts';
import type { Verb } from '../verb.ts';
import { type DaemonOptions, withDaemonOptions } from './daemon.ts';

export interface StartOptions extends DaemonOptions, SyncOptions {
  readonly direction: 'master' | 'backup';
}

export const startDaemon: Verb<StartOptions> = {
  command: 'start-daemon <direction>',
  describe: 'Start the daemon in the background if none runs, then one direction of sync',
  options: (yargs) =>
    withSyncOptions(
      withDaemonOptions(yargs)
        .positional('direction', {
          choices: ['master', 'backup'] as const,
          demandOption: true,
          describe: 'master sends connections, backup receives them',
        })
        .example('$0 start-daemon master --mcast-interface eth2', 'send connections to the peer')
        .example('$0 start-daemon backup --mcast-interface eth2', 'receive those of the peer')
        .epilogue('A daemon that this starts writes its log to SOCKET.log as well.'),
    ),
  async run(options) {
    const { startSync } = await import('../start-sync.ts');
    await startSync(options);
    process.stdout.write(`sync ${options.direction} runs\n`);
    return EXIT.done;
  },
};
