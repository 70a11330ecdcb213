/** Rules as ipvsadm lines: one line of a configuration, or of what -S prints. */
import type { RuleEdit } from '../model/edit.ts';
import { ModelError } from '../model/error.ts';
import { KERNEL_TEXT } from './kernel-text.ts';
import { parse } from './parse.ts';
import { UsageError } from './usage-error.ts';

/** ipvsadm -R splits at blanks and knows no quotes; a leading `ipvsadm` is skipped. */
export function splitLine(line: string): readonly string[] {
  const words = line.split(/[ \t\r\n]+/).filter((word) => word !== '');
  return words[0] === 'ipvsadm' ? words.slice(1) : words;
}

/**
 * Reads one line such as `-A -t 10.1.1.1:80 -s rr`: rule-changing commands only, numbers for names.
 * An empty line gives no edit.
 * @throws ModelError `bad-value` with what is wrong in the line
 */
export function parseRuleLine(line: string): RuleEdit[] {
  const words = splitLine(line);
  if (words.length === 0) return [];
  const command = parseWords(words, line);
  if (command.kind === 'edit') return [command.edit];
  const why =
    command.kind === 'no-scheduler'
      ? KERNEL_TEXT.noScheduler
      : 'this command changes no rule: use -A, -a, -P, --set';
  throw new ModelError('bad-value', `"${line.trim()}": ${why}`);
}

function parseWords(words: readonly string[], line: string) {
  try {
    return parse(words);
  } catch (error) {
    if (error instanceof UsageError)
      throw new ModelError('bad-value', `"${line.trim()}": ${error.message.trim()}`);
    throw error;
  }
}
