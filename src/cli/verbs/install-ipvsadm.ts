import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';

interface Options extends Common {
  readonly directory?: string;
  readonly remove?: boolean;
}

export const installIpvsadm: Verb<Options> = {
  command: 'install-ipvsadm',
  describe:
    'Put ipvsadm, ipvsadm-save and ipvsadm-restore of Tandem in the place of the real ones, or take them away',
  options: (yargs) =>
    yargs
      .option('directory', {
        type: 'string',
        requiresArg: true,
        describe: 'Where they are put [default: /sbin]',
      })
      .option('remove', {
        type: 'boolean',
        describe: 'Take them away again, and put back what was there before',
      })
      .example('$0 install-ipvsadm', 'ldirectord and scripts find Tandem as /sbin/ipvsadm'),
  async run({ directory = '/sbin', remove = false }) {
    const { installLinks, removeLinks } = await import('../install-links.ts');
    const done = remove ? removeLinks(directory) : installLinks(directory);
    for (const line of done) process.stderr.write(`${line}\n`);
    return EXIT.done;
  },
};
