import { expect, test } from 'vitest';
import { LabProcess } from '../../src/lab/process.ts';
import { until } from '../support/until.ts';

test('what a process says at its very end has been read when it is heard out, however late that is', async () => {
  // Its end is known at once; the line is there only when the other one has let go of the pipe.
  const child = await LabProcess.start('two', 'sh', ['-c', '(sleep 0.3; echo last) & exit 3']);
  const lines: string[] = [];
  child.onLine((line) => lines.push(line));
  expect(await child.exited).toEqual({ code: 3, signal: null });
  expect([child.running, child.heardOut, lines]).toEqual([false, false, []]);
  await until('it is heard out', () => child.heardOut);
  expect(lines).toEqual(['last']);
});
