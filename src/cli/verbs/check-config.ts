import { EXIT } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';

interface Options extends Common {
  readonly file: string;
}

export const checkConfig: Verb<Options> = {
  command: 'check-config <file>',
  describe: 'Check a configuration without using it',
  options: (yargs) =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'The YAML file to check' })
      .example('$0 check-config /etc/tandem/tandem.yaml', 'every fault with line, column and remedy'),
  async run({ file }) {
    const { loadConfig } = await import('../../config/load.ts');
    const { name, datapath, routers, sync, rules } = loadConfig(file);
    const addresses = routers.flatMap((router) => router.addresses);
    const parts = [
      `${name} with the ${datapath.kind} plane`,
      addresses.length > 0 ? `floating ${addresses.join(', ')}` : 'no floating address',
      sync.length > 0 ? `sync on ${sync[0]?.interface}` : 'no sync',
      `${rules.length} rule edits`,
    ];
    process.stdout.write(`${file}: ok: ${parts.join('; ')}\n`);
    return EXIT.done;
  },
};
