import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BtfError, readBtf } from '../../src/datapath/btf.ts';
import { layoutDifference, layoutDigest, layoutSource, readLayouts } from '../../src/datapath/layout.ts';
import * as generated from '../../src/datapath/layouts.generated.ts';
import { OBJECT_PATH } from '../../src/datapath/object.ts';
import { TCP_STATE } from '../../src/model/connection.ts';
import { RECORD_OP } from '../../src/model/record.ts';
import { FORWARDING_METHODS } from '../../src/model/rules.ts';

const object = readFileSync(OBJECT_PATH);
const generatedPath = new URL('../../src/datapath/layouts.generated.ts', import.meta.url);

describe('the layouts of the kernel half', () => {
  test('are what the object says: run npm run build and commit layouts.generated.ts', () => {
    expect(readFileSync(generatedPath, 'utf8')).toBe(layoutSource(readLayouts(object)));
    expect(layoutDifference(readLayouts(object), generated)).toBeUndefined();
  });

  test('that differ are named, and have another digest', () => {
    const layouts = readLayouts(object);
    const moved = { ...layouts, FLOW: { ...layouts.FLOW, lastSeen: 99 } };
    expect(layoutDifference(moved, generated)).toBe('FLOW.lastSeen is 99, not 16');
    expect(layoutDigest(moved)).not.toBe(layoutDigest(layouts));
  });
});

describe('numbers of the kernel half that the model knows too', () => {
  const named = (numbers: Readonly<Record<string, number>>, prefix: string) =>
    Object.entries(numbers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]): [string, number] => [name.slice(prefix.length), value]);

  test('are the same: TCP states, operations of a record, forwarding methods', () => {
    expect(named(generated.TCP_STATE, 'TCP_S_')).toEqual(Object.entries(TCP_STATE));
    expect(named(generated.RECORD_OP, 'RECORD_')).toEqual(Object.entries(RECORD_OP));
    const methods = FORWARDING_METHODS.map((name, index): [string, number] => [name.toUpperCase(), index]);
    expect(named(generated.FORWARDING, 'FORWARD_')).toEqual(methods);
  });
});

describe('an object file', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['no ELF file', Buffer.alloc(200, 1)],
  ])('that is %s is refused', (_, bytes) => {
    expect(() => readBtf(bytes)).toThrow(BtfError);
  });
});
