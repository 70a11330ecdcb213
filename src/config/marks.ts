/** Rules of the file that set marks, as edits of the rule set. */
import * as z from 'zod';
import { type RuleEdit, RuleEditor } from '../model/edit.ts';
import { ModelError } from '../model/error.ts';
import { LARGEST_FWMARK } from '../model/mark.ts';
import { type MarkWords, parseMark } from '../model/mark-text.ts';
import { EMPTY_RULES } from '../model/rules.ts';
import type { ConfigProblem } from './error.ts';
import { expects, integer, interfaceName, keys } from './fields.ts';
import type { Source } from './source.ts';

const network = (example: string) => z.string(expects('an IP address or network', example));

export const markSchema = keys(
  {
    mark: integer(1, LARGEST_FWMARK, 'mark: 5').describe('What a fwmark service (-f) names'),
    source: network('source: 10.2.0.0/16').optional().describe('Client address or network'),
    destination: network('destination: 10.1.1.1')
      .optional()
      .describe('Virtual address or network; a single address floats as that of a service does'),
    protocol: z
      .union([z.string(), z.number()], expects('tcp, udp, sctp or a number', 'protocol: tcp'))
      .optional()
      .describe('tcp, udp, sctp or the number of another one'),
    ports: z
      .union([z.string(), z.number()], expects('a port or a range', 'ports: 8000-8999'))
      .optional()
      .describe('Destination port, or a range'),
    interface: interfaceName('interface: eth0').optional().describe('Where the packets come in'),
    family: z
      .literal([4, 6], expects('4 or 6', 'family: 4'))
      .optional()
      .describe('Where no address says it; default 4'),
  },
  '- {mark: 5, destination: 10.1.1.1}',
);

type MarkEntry = z.output<typeof markSchema>;

/** The edits in order; what is wrong with an entry is added to `problems`. */
export function markEdits(
  entries: readonly MarkEntry[],
  interfaces: readonly string[] | undefined,
  source: Source,
  problems: ConfigProblem[],
): readonly RuleEdit[] {
  const rules = new RuleEditor(EMPTY_RULES);
  return entries.flatMap(({ mark: fwmark, ...rest }, index) => {
    try {
      const words = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      const edit: RuleEdit = { op: 'add-mark', mark: parseMark({ fwmark, ...words } as MarkWords) };
      rules.apply(edit);
      if (rest.interface !== undefined && interfaces && !interfaces.includes(rest.interface))
        problems.push(
          source.problem(
            ['marks', index, 'interface'],
            `is ${rest.interface}, which carries no plane: add it to "interfaces"`,
          ),
        );
      return [edit];
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      problems.push(source.problem(['marks', index], `is refused: ${error.message}`));
      return [];
    }
  });
}
