import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editRuns, halves } from '../../src/director/edit-runs.ts';
import { parseAddress } from '../../src/model/address.ts';
import { DEFAULT_TIMEOUTS, type ServiceId } from '../../src/model/rules.ts';

const id: ServiceId = { kind: 'raw', address: parseAddress('10.1.1.1'), port: 80, subnetId: 0 };
const edit = fc.constantFrom(
  { op: 'clear' as const },
  { op: 'delete-service' as const, id },
  { op: 'delete-local' as const, id, address: parseAddress('192.168.10.1') },
  { op: 'add-local' as const, id, local: { address: parseAddress('192.168.10.1') } },
  { op: 'set-timeouts' as const, timeouts: DEFAULT_TIMEOUTS },
);
const takesAway = ({ op }: { readonly op: string }) => op === 'clear' || op.startsWith('delete-');

test('runs hold all edits in their order, and change between taking away and the rest each time', () => {
  fc.assert(
    fc.property(fc.array(edit), (edits) => {
      const runs = editRuns(edits);
      expect(runs.flat()).toEqual(edits.map((each, at) => ({ at, edit: each })));
      for (const run of runs) {
        expect(new Set(run.map((each) => takesAway(each.edit))).size).toBe(1);
        expect(halves(run).flat()).toEqual(run);
      }
      const kinds = runs.map(([first]) => first && takesAway(first.edit));
      expect(kinds.some((kind, at) => kind === kinds[at - 1])).toBe(false);
    }),
  );
});
