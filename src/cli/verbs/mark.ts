import type { DirectorApi } from '../../director/api.ts';
import type { RuleEdit } from '../../model/edit.ts';
import { describeMark, formatPrefix, type Mark } from '../../model/mark.ts';
import type { MarkWords } from '../../model/mark-text.ts';
import { EXIT, UsageError } from '../exit.ts';
import type { Common, Verb } from '../verb.ts';
import { withDaemon } from '../with-daemon.ts';

interface Options extends Common {
  readonly action: string;
  readonly mark?: number;
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: string;
  readonly ports?: string;
  readonly interface?: string;
  readonly family?: number;
  readonly json: boolean;
}

const CRITERIA = ['source', 'destination', 'protocol', 'ports', 'interface', 'family'] as const;

export const mark: Verb<Options> = {
  command: 'mark <action> [mark]',
  describe: 'Rules that set the marks of fwmark services (-f): add, del or list',
  options: (yargs) =>
    yargs
      .positional('action', {
        type: 'string',
        choices: ['add', 'del', 'list'],
        demandOption: true,
        describe: 'The first rule in the order of adding that matches a new connection counts',
      })
      .positional('mark', { type: 'number', describe: 'The mark, 1 to 4294967295' })
      .option('source', { type: 'string', requiresArg: true, describe: 'Client address or network' })
      .option('destination', {
        type: 'string',
        requiresArg: true,
        describe: 'Virtual address or network; a single address floats as that of a service does',
      })
      .option('protocol', {
        type: 'string',
        requiresArg: true,
        describe: 'tcp, udp, sctp or the number of another one',
      })
      .option('ports', { type: 'string', requiresArg: true, describe: 'Destination port, or 8000-8010' })
      .option('interface', { type: 'string', requiresArg: true, describe: 'Where the packets come in' })
      .option('family', {
        type: 'number',
        requiresArg: true,
        describe: '4 or 6, where no address says it; default 4',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the list as one JSON object' })
      .example('$0 mark add 5 --destination 10.1.1.1 --protocol tcp --ports 8000-8999', '')
      .example('$0 mark del 5', 'every rule that sets mark 5')
      .epilogue('docs/datapath.md says how packets are matched.'),
  async run(options) {
    if (options.action === 'list') {
      if (options.mark !== undefined || CRITERIA.some((name) => options[name] !== undefined))
        throw new UsageError('tandem mark list takes no rule: it lists all');
      const { rules } = await withDaemon(options.socket, (daemon) => daemon.list());
      process.stdout.write(options.json ? marksJson(rules.marks) : marksText(rules.marks));
      return EXIT.done;
    }
    const { mark: fwmark, action } = options;
    if (fwmark === undefined) throw new UsageError(`mark is missing: tandem mark ${action} <mark> ...`);
    await withDaemon(options.socket, (daemon) => carryOut(daemon, action, fwmark, options));
    return EXIT.done;
  },
};

async function carryOut(
  daemon: DirectorApi,
  action: string,
  fwmark: number,
  options: Omit<MarkWords, 'fwmark'>,
): Promise<void> {
  const whole = action === 'del' && CRITERIA.every((name) => options[name] === undefined);
  const edits = whole
    ? await deletionsOf(daemon, fwmark)
    : [await editOf(action === 'add' ? 'add-mark' : 'delete-mark', { ...options, fwmark })];
  const [refused] = await daemon.edit(edits, 'whole');
  if (refused) throw refused.error;
}

async function editOf(op: 'add-mark' | 'delete-mark', words: MarkWords): Promise<RuleEdit> {
  const { parseMark } = await import('../../model/mark-text.ts');
  return { op, mark: parseMark(words) };
}

async function deletionsOf(daemon: DirectorApi, fwmark: number): Promise<readonly RuleEdit[]> {
  const { marks } = (await daemon.list()).rules;
  const its = marks.filter((one) => one.fwmark === fwmark);
  if (its.length === 0) {
    const { ModelError } = await import('../../model/error.ts');
    throw new ModelError('no-such-mark', `no rule sets mark ${fwmark}: tandem mark list`);
  }
  return its.map((one) => ({ op: 'delete-mark', mark: one }));
}

function marksText(marks: readonly Mark[]): string {
  return marks.map((one) => `${describeMark(one)}\n`).join('');
}

function marksJson(marks: readonly Mark[]): string {
  const rows = marks.map(({ fwmark, family, source, destination, protocol, ports, interface: device }) => ({
    mark: fwmark,
    family,
    ...(source && { source: formatPrefix(source) }),
    ...(destination && { destination: formatPrefix(destination) }),
    ...(protocol !== undefined && { protocol }),
    ...(ports && { ports: { first: ports[0], last: ports[1] } }),
    ...(device !== undefined && { interface: device }),
  }));
  return `${JSON.stringify({ marks: rows }, undefined, 2)}\n`;
}
