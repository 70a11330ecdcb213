/** Keys that change while two directors go on: added on one after the other, and taken out again. */
import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { keyName, type SealKey, sealKey } from '../../../src/wire/seal-key.ts';
import { ADVERT, BOTH, type Node, Rig } from './rig.ts';

let rig: Rig;
let made = 0;
beforeEach(() => {
  rig = new Rig();
  made = 0;
});

/** Keys of different short names, which random ones do not always have. */
const [old, fresh, third] = differing(3) as [SealKey, SealKey, SealKey];

function differing(count: number): SealKey[] {
  const keys = new Map<number, SealKey>();
  while (keys.size < count) {
    const key = sealKey(randomBytes(32));
    keys.set(key.id, key);
  }
  return [...keys.values()];
}

const sealing = ({ session }: Node) => session.status().keys.sealing;

/** Connections on both sides while time passes; afterwards both have all of them, and nothing was refused. */
function carry(...nodes: readonly [Node, Node]): void {
  for (let n = 0; n < 50; n++) {
    for (const { port } of nodes) port.connect(made++);
    rig.run(ADVERT / 20);
  }
  rig.run(ADVERT);
  for (const { port, session } of nodes) {
    expect(port.table.size).toBe(made);
    expect(session.status()).toMatchObject({ rejected: {}, lost: 0, gaps: 0 });
  }
}

test.each([
  ['the one, then the other', [0, 1]],
  ['the other, then the one', [1, 0]],
])('a key is replaced without a gap: on %s', async (_name, order) => {
  const pair = await rig.pair({ keys: [old] });
  const step = (keys: readonly SealKey[]) => {
    for (const at of order) {
      pair[at]?.session.rekey(keys);
      carry(...pair);
    }
  };
  step([old, fresh]);
  expect(pair.map(sealing)).toEqual([keyName(fresh.id), keyName(fresh.id)]);
  step([fresh]);
  for (const { session, events } of pair) {
    expect(session.status().keys).toEqual({
      sealing: keyName(fresh.id),
      opened: [keyName(fresh.id)],
      peer: [keyName(fresh.id)],
    });
    expect(events.filter(({ type }) => type === 'sealing')).toEqual([
      { type: 'sealing', key: keyName(fresh.id) },
    ]);
  }
});

test('a new key does not seal before the peer opens it', async () => {
  const pair = await rig.pair({ keys: [old] });
  pair[0].session.rekey([old, fresh]);
  carry(...pair);
  expect(pair.map(sealing)).toEqual([keyName(old.id), keyName(old.id)]);
});

test('a director that starts with a key more than its peer is understood', async () => {
  const one = await rig.start(rig.node('lb1', { keys: [old] }));
  const two = await rig.start(rig.node('lb2', { keys: [old, fresh] }));
  rig.run(4 * ADVERT);
  expect(one.board.get('synced')).toBe(1);
  expect(two.board.get('synced')).toBe(1);
  expect(sealing(two)).toBe(keyName(old.id));
});

test('a peer that returns with fewer keys than it had is understood again', async () => {
  const [one, two] = await rig.pair({ keys: [old, fresh] });
  expect(sealing(one)).toBe(keyName(fresh.id));
  rig.kill(two);
  const again = await rig.start(rig.node('lb2', { keys: [old] }), BOTH);
  rig.run(4 * ADVERT);
  expect(sealing(one)).toBe(keyName(old.id));
  expect(again.events.map(({ type }) => type)).toContain('peer-found');
  one.port.connect(1);
  rig.run(5000);
  expect(again.port.table.size).toBe(1);
});

test('keys of which the peer opens none are refused by name, and nothing changes', async () => {
  const pair = await rig.pair({ keys: [old] });
  expect(() => pair[0].session.rekey([fresh, third])).toThrow(
    `the peer lb2 opens key ${keyName(old.id)}, and the file holds ${keyName(fresh.id)} and ${keyName(third.id)}: leave one`,
  );
  carry(...pair);
  expect(sealing(pair[0])).toBe(keyName(old.id));
});

test('a director without a peer takes any key', async () => {
  const one = await rig.start(rig.node('lb1', { keys: [old] }));
  one.session.rekey([fresh]);
  expect(one.session.status().keys).toEqual({
    sealing: keyName(fresh.id),
    opened: [keyName(fresh.id)],
    peer: [],
  });
});
