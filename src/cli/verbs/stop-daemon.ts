import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';
import { withDaemon } from '../with-daemon.ts';

interface Options extends Common {
  readonly direction: 'master' | 'backup';
}

export const stopDaemon: Verb<Options> = {
  command: 'stop-daemon <direction>',
  describe: 'Stop one direction of sync; the daemon and its VRRP role go on',
  options: (yargs) =>
    yargs
      .positional('direction', {
        choices: ['master', 'backup'] as const,
        demandOption: true,
        describe: 'master sends connections, backup receives them',
      })
      .example('$0 stop-daemon backup', 'no longer take connections of the peer'),
  async run({ socket, direction }) {
    await withDaemon(socket, (daemon) => daemon.stopSync(direction));
    process.stdout.write(`sync ${direction} stopped\n`);
    return EXIT.done;
  },
};
