import { expect, test } from 'vitest';
import { Handover, type HandoverParts } from '../../src/director/handover.ts';
import { until } from '../support/until.ts';

function handover(more: Partial<HandoverParts> = {}) {
  const happened: string[] = [];
  const one = new Handover({
    isMaster: () => true,
    hasPeer: () => true,
    conceal: async () => void happened.push('conceal'),
    reveal: () => happened.push('reveal'),
    begin: () => happened.push('begin'),
    release: async () => void happened.push('release'),
    fenceClosed: () => happened.push('fence-closed'),
    now: () => 0,
    ...more,
  });
  return { one, happened };
}

test('without a peer there is nobody to hand over to: it is said so, and nothing is begun', async () => {
  const { one, happened } = handover({ hasPeer: () => false });
  await expect(one.run()).rejects.toMatchObject({
    name: 'DirectorError',
    code: 'no-peer',
    message:
      'no peer is heard on the sync channel, so nobody can take over: start it, and look at "tandem status" there and here',
  });
  expect(happened).toEqual([]);
});

test('a director that is not master is told so first', async () => {
  const { one } = handover({ isMaster: () => false, hasPeer: () => false });
  await expect(one.run()).rejects.toMatchObject({ code: 'not-master' });
});

test('a peer that is heard but does not take over is a handover that failed', async () => {
  const { one, happened } = handover();
  const run = one.run();
  await until('it has begun', () => happened.includes('begin'));
  one.failed('the peer is not in state backup');
  await expect(run).rejects.toMatchObject({
    code: 'handover-failed',
    message: 'the peer did not take over: the peer is not in state backup',
  });
  expect(happened).toEqual(['conceal', 'begin', 'reveal']);
});

test('the addresses are off their interfaces before the peer is told anything, and the fence closes after that', async () => {
  let concealed = () => {};
  const { one, happened } = handover({
    conceal: () =>
      new Promise((resolve) => {
        concealed = resolve;
      }),
  });
  const run = one.run();
  expect(happened).toEqual([]);
  concealed();
  await until('it has begun', () => happened.includes('begin'));
  await one.closeFence();
  one.released();
  await run;
  expect(happened).toEqual(['begin', 'release', 'fence-closed']);
});

test('a handover that was asked for goes to who asked', async () => {
  const begun: Array<string | undefined> = [];
  const { one } = handover({ begin: (to) => void begun.push(to) });
  const run = one.run('lb2');
  await until('it has begun', () => begun.length > 0);
  one.released();
  await run;
  expect(begun).toEqual(['lb2']);
});
