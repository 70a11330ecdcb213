/** The prober of load/prober.c in hosts of a lab: who answered for which address when, and whether ever two did. */
import type { Lab } from '../../src/lab/lab.ts';
import type { LabProcess } from '../../src/lab/process.ts';
import { waitFor } from '../../src/lab/wait.ts';

const READY_MS = 15_000;
const DONE_MS = 20_000;
/** A whole takeover and its way back take longer: whoever answers for so short between the other's answers overlaps. */
const OVERLAP_MS = 50;

/** Answers of one link address without another's between them. Milliseconds of the common clock. */
export interface Tenure {
  readonly mac: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Answers {
  readonly target: string;
  readonly asked: number;
  readonly answered: number;
  /** Questions that two answered, and when the first and the last of them were. */
  readonly doubles: number;
  readonly firstDouble: number;
  readonly lastDouble: number;
  readonly tenures: readonly Tenure[];
}

interface Done {
  readonly kind: 'done';
  readonly targets: readonly (Omit<Answers, 'tenures'> & {
    readonly runs: readonly (readonly [string, number, number, number])[];
  })[];
}

export interface ProbeSettings {
  readonly host: string;
  readonly interface: string;
  /** The first of 100 addresses that seem to ask. */
  readonly askers: string;
  readonly targets: readonly string[];
}

export class Probe {
  readonly #process: LabProcess;
  #done: Done | undefined;

  private constructor(process: LabProcess) {
    this.#process = process;
  }

  /** Returns when it asks. @param program compiled from load/prober.c */
  static async start(lab: Lab, program: string, settings: ProbeSettings): Promise<Probe> {
    const { host, askers, targets } = settings;
    const args = [settings.interface, askers, ...targets];
    const options = { label: `prober on ${host}`, nice: -15 };
    const probe = new Probe(await lab.spawn(host, program, args, options));
    let ready = false;
    probe.#process.onLine((line) => {
      const message = JSON.parse(line) as { kind: string };
      if (message.kind === 'ready') ready = true;
      else probe.#done = message as Done;
    });
    await waitFor('the prober', () => ready, { timeoutMs: READY_MS });
    return probe;
  }

  async finish(): Promise<Answers[]> {
    this.#process.stdin.write('stop\n');
    const done = await waitFor('what the prober heard', () => this.#done, { timeoutMs: DONE_MS });
    return done.targets.map(({ runs, ...rest }) => ({
      ...rest,
      tenures: runs.map(([mac, from, to, count]) => ({ mac, from, to, count })),
    }));
  }
}

/** When two may answer: a true split, until it has been healed for a master-down interval. */
export interface Leave {
  readonly from: number;
  readonly to: number;
}

/** Why the answers break I2, in words; nothing when they do not. */
export function violations(
  { target, doubles, firstDouble, lastDouble, tenures }: Answers,
  leave?: Leave,
): string[] {
  const allowed = (at: number) => leave !== undefined && at >= leave.from && at <= leave.to;
  const found: string[] = [];
  if (doubles > 0 && !(allowed(firstDouble) && allowed(lastDouble))) {
    const since = leave ? ` (allowed until ${leave.to.toFixed(0)}, last at ${lastDouble.toFixed(0)})` : '';
    found.push(`${target}: ${doubles} questions were answered by two${since}`);
  }
  tenures.forEach(({ from, to, mac }, index) => {
    const inner = index > 0 && index < tenures.length - 1;
    if (inner && to - from < OVERLAP_MS && !allowed(from) && !allowed(to))
      found.push(`${target}: ${mac} answered for ${(to - from).toFixed(1)} ms between another's answers`);
  });
  return found;
}

/** The longest time without an answer, in milliseconds, among those from `since` on. */
export function longestGap({ tenures }: Answers, since: number): number {
  let longest = 0;
  tenures.forEach(({ from }, index) => {
    const before = tenures[index - 1];
    if (before && from >= since) longest = Math.max(longest, from - before.to);
  });
  return longest;
}
