/** A whole rule set as bytes, and back: what directors that replicate their rules send each other. */
import { ModelError } from '../model/error.ts';
import type { RuleSet } from '../model/rules.ts';
import { ruleSetFrom, ruleSetTo } from './control-rules.ts';
import { tandem } from './generated/control.js';

const { RuleSet: Message } = tandem.control;

export function encodeRules(rules: RuleSet): Uint8Array {
  return Message.encode(ruleSetTo(rules)).finish();
}

/** Whether edits could have made them is for model/check-rules.ts. @throws ModelError when it is no rule set */
export function decodeRules(bytes: Uint8Array): RuleSet {
  let message: tandem.control.RuleSet;
  try {
    message = Message.decode(bytes);
  } catch (error) {
    throw new ModelError('bad-value', `no rule set: ${error instanceof Error ? error.message : error}`);
  }
  return ruleSetFrom(message);
}
