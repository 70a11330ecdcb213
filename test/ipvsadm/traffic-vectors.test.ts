/** Every recorded sequence with traffic, made again: real clients and servers, the plane in the kernel. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DirectorName, TrafficLab } from './traffic/lab.ts';
import { MADE } from './traffic/made.ts';
import { masked } from './traffic/masked.ts';
import { DIFFERENT, label, NEED_TRAFFIC, SEQUENCES } from './vectors.ts';

const lab = new TrafficLab();
beforeAll(() => lab.up(), 60_000);
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
}, 60_000);

describe.each(NEED_TRAFFIC)('sequence %i', (seq) => {
  const steps = SEQUENCES.get(seq) ?? [];

  test(`${steps[0]?.title}: same output, errors and exit codes`, { timeout: 120_000 }, async () => {
    await lab.refresh();
    if (steps.some(({ node }) => node === 'db')) await lab.start('db');
    for (const { step, node = 'da', pre, argv, stdin, stdout, stderr, exit, volatile } of steps) {
      const here = label({ seq, step });
      if (pre !== undefined) {
        const made = MADE[pre];
        if (!made) throw new Error(`${here}: nobody has said how to make: ${pre}`);
        await made(lab);
      }
      const said = await lab.ipvsadm(argv, node as DirectorName, stdin);
      const compared = { here, argv, ...said, stdout: masked(said.stdout, volatile) };
      const recorded = { here, argv, stdout: masked(stdout, volatile), stderr, exit };
      if (here in DIFFERENT)
        expect(compared, `${here} is the same, although ${DIFFERENT[here]}`).not.toEqual(recorded);
      else expect(compared).toEqual(recorded);
    }
  });
});
