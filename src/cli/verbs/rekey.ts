import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';
import { withDaemon } from '../with-daemon.ts';

interface Options extends Common {
  readonly json: boolean;
}

const list = (names: readonly string[]) => names.join(' and ');

export const rekey: Verb<Options> = {
  command: 'rekey',
  describe: 'Read the file of sync keys again; the newest that both directors have seals',
  options: (yargs) =>
    yargs
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print one JSON object: {sealing, opened, peer}',
      })
      .example('(umask 077; openssl rand -hex 32 >> /etc/tandem/sync.key); $0 rekey', 'a new key, added')
      .epilogue('docs/sync-keys.md says how a key is replaced without a gap.'),
  async run({ socket, json }) {
    const keys = await withDaemon(socket, (daemon) => daemon.rekey());
    const { sealing, opened, peer } = keys;
    const heard = peer.length > 0 ? `the peer opens ${list(peer)}` : 'no peer has been heard';
    process.stdout.write(
      json ? `${JSON.stringify(keys)}\n` : `sealing with key ${sealing}, opening ${list(opened)}; ${heard}\n`,
    );
    return EXIT.done;
  },
};
