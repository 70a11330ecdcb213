import { expect, test } from 'vitest';
import { Upgrade } from '../../src/director/upgrade.ts';

function upgrade({ beats = true, check = async () => {} } = {}) {
  const happened: string[] = [];
  const one = new Upgrade({
    beats: () => beats,
    leave: (us) => {
      happened.push(`leave ${us}`);
      // The heartbeat answers later, as a thread does.
      queueMicrotask(() => one.leaving(undefined));
    },
    stay: () => happened.push('stay'),
  });
  one.allow(async () => {
    happened.push('check');
    await check();
  });
  return { one, happened };
}

test('the next program is asked first, then the heartbeat; then the daemon shall end', async () => {
  const { one, happened } = upgrade();
  await one.prepare();
  await one.ready;
  expect(happened).toEqual(['check', 'leave 4000000']);
});

test('a program that cannot begin is refused with what it said, and nothing has changed', async () => {
  const check = () => Promise.reject(new Error('tandem.yaml:3:1: routers is missing'));
  const { one, happened } = upgrade({ check });
  await expect(one.prepare()).rejects.toMatchObject({
    code: 'upgrade-refused',
    message: 'the program on disk cannot begin: tandem.yaml:3:1: routers is missing',
  });
  expect(happened).toEqual(['check', 'stay']);
});

test('a heartbeat that cannot go is believed, and a second try is possible', async () => {
  const { one, happened } = upgrade();
  const refused = one.prepare();
  one.leaving('this director has just lost the addresses');
  await expect(refused).rejects.toMatchObject({ code: 'upgrade-refused' });
  expect(happened.at(-1)).toBe('stay');
  await one.prepare();
});

test('two at once are one too many', async () => {
  const { one } = upgrade();
  const first = one.prepare();
  await expect(one.prepare()).rejects.toThrow('an upgrade is running already');
  await first;
});

test('a director without a virtual router has nobody to ask', async () => {
  const { one, happened } = upgrade({ beats: false });
  await one.prepare();
  expect(happened).toEqual(['check']);
});
