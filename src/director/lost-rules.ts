/** Rules that lost against the peer's, as files that `ipvsadm -R` reads, beside the state of the plane. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { RuleVersion } from '../model/rule-version.ts';
import { DEFAULT_TIMEOUTS, type RuleSet } from '../model/rules.ts';

/** Older ones are removed: they lie in memory. */
const KEPT = 8;

export class LostRules {
  readonly #state: string;
  readonly #render: (rules: RuleSet) => string;

  /**
   * @param state the folder of the plane's state, which goes with the plane; the files stay
   * @param render the rules as `ipvsadm -S` writes them
   */
  constructor(state: string, render: (rules: RuleSet) => string) {
    this.#state = state;
    this.#render = render;
  }

  /** @param now the wall clock. @returns the file's path. @throws what the file system says */
  save(rules: RuleSet, { counter }: RuleVersion, now: Date): string {
    const folder = dirname(this.#state);
    const prefix = `${basename(this.#state)}.lost-rules-`;
    // Sorts by time, and has no colons, which some tools take for a host.
    const stamp = now.toISOString().replaceAll(/[-:.]/g, '');
    const path = join(folder, `${prefix}${stamp}-${counter}.ipvsadm`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${timeouts(rules)}${this.#render(rules)}`, { mode: 0o600 });
    const all = readdirSync(folder).filter((name) => name.startsWith(prefix));
    for (const name of all.toSorted().slice(0, -KEPT)) rmSync(join(folder, name), { force: true });
    return path;
  }
}

/** Which -S leaves out. */
function timeouts({ timeouts: { tcp, tcpFin, udp } }: RuleSet): string {
  const same =
    tcp === DEFAULT_TIMEOUTS.tcp && tcpFin === DEFAULT_TIMEOUTS.tcpFin && udp === DEFAULT_TIMEOUTS.udp;
  return same ? '' : `--set ${tcp} ${tcpFin} ${udp}\n`;
}
