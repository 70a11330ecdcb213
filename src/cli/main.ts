/** The verbs of `tandem`, and its command line. */
import { readFileSync } from 'node:fs';
import yargs, { type Argv } from 'yargs';
import { EXIT, type ExitCode, UsageError } from './exit.ts';
import type { Common, Verb } from './verb.ts';
import { checkConfig } from './verbs/check-config.ts';
import { daemon } from './verbs/daemon.ts';
import { drill } from './verbs/drill.ts';
import { handover } from './verbs/handover.ts';
import { installIpvsadm } from './verbs/install-ipvsadm.ts';
import { mark } from './verbs/mark.ts';
import { rekey } from './verbs/rekey.ts';
import { startDaemon } from './verbs/start-daemon.ts';
import { status } from './verbs/status.ts';
import { stopDaemon } from './verbs/stop-daemon.ts';
import { upgrade } from './verbs/upgrade.ts';

/** @throws UsageError, and what the verbs throw */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  /** The verb that is being read, as its usage writes it. */
  let command = '';
  const parser = yargs([...args])
    .scriptName('tandem')
    .usage('$0 <verb>: run and watch one director of a high-availability FULLNAT pair')
    .locale('en')
    .option('socket', {
      type: 'string',
      requiresArg: true,
      describe: 'Control socket [default: $TANDEM_SOCKET, or /run/tandem/tandem.sock]',
    })
    .parserConfiguration({ 'duplicate-arguments-array': false })
    .demandCommand(1, 'a verb is missing')
    .recommendCommands()
    .strict()
    .help()
    .alias('help', 'h')
    .version(packageVersion())
    .epilogue(
      'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon. Rules are changed with tandem-ipvsadm.',
    )
    .exitProcess(false)
    .fail((message, error) => {
      // Errors of verbs come through here too; yargs' own are YError.
      if (error && error.name !== 'YError') throw error;
      const text = oneLine(message ?? error.message);
      throw new UsageError(missingWords(text, command) ?? text);
    });
  const add = <O>(verb: Verb<O>) =>
    parser.command<O>({
      command: verb.command,
      describe: verb.describe,
      builder: (inner) => {
        command = verb.command;
        return verb.options(inner as Argv<Common>);
      },
      handler: async (options) => {
        code = await verb.run(options);
      },
    });
  add(daemon);
  add(startDaemon);
  add(stopDaemon);
  add(status);
  add(handover);
  add(upgrade);
  add(rekey);
  add(mark);
  add(checkConfig);
  add(installIpvsadm);
  add(drill);
  await parser.parseAsync();
  return code;
}

const oneLine = (text: string) => text.replaceAll(/\.?\s*\n\s*/g, ' ').replace(/\.$/, '');

/** yargs counts the words that it lacks; people want to know which. Undefined when nothing is missing. */
function missingWords(text: string, command: string): string | undefined {
  const count = /^Not enough non-option arguments: got (\d+)/.exec(text);
  if (!count) return undefined;
  const missing = (command.match(/<[^>]+>/g) ?? []).slice(Number(count[1]));
  return `${missing.join(' and ')} is missing: tandem ${command}`;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
