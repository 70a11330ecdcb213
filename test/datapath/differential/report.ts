/** What the differential test says. */
import type { Case, Fixture } from './case.ts';
import type { Divergence } from './duel.ts';

export function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A divergence for a reader, and as a file for `fixtures/`. */
export function fixtureText({ setup, steps }: Case, { at, what, xdp, reference }: Divergence): string {
  const fixture: Fixture = { about: what, setup, steps };
  const lines = [
    `differential: the planes differ after step ${at} (${what})`,
    `  XDP        ${xdp.replaceAll('\n', '\n             ')}`,
    `  reference  ${reference.replaceAll('\n', '\n             ')}`,
    JSON.stringify(fixture),
  ];
  return lines.join('\n');
}
