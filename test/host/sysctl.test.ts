import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { InterfaceSettings } from '../../src/host/sysctl.ts';
import { scratch } from '../support/scratch.ts';

let root: string;
beforeEach(() => {
  root = scratch();
  mkdirSync(join(root, 'up0'));
  for (const [key, value] of Object.entries({ forwarding: '0', arp_ignore: '0', arp_announce: '2' }))
    writeFileSync(join(root, 'up0', key), `${value}\n`);
});

const values = () =>
  ['forwarding', 'arp_ignore', 'arp_announce'].map((key) =>
    readFileSync(join(root, 'up0', key), 'utf8').trim(),
  );

test('interface settings are made, and put back as they were', async () => {
  const settings = new InterfaceSettings(root);
  await settings.apply('up0');
  expect(values()).toEqual(['1', '1', '2']);
  await settings.restore();
  expect(values()).toEqual(['0', '0', '2']);
});

test('an interface that vanished has nothing to restore', async () => {
  const settings = new InterfaceSettings(root);
  await settings.apply('up0');
  rmSync(join(root, 'up0'), { recursive: true });
  await settings.restore();
});

test('a setting that cannot be put back is told, and the others are put back', async () => {
  const settings = new InterfaceSettings(root);
  await settings.apply('up0');
  rmSync(join(root, 'up0', 'arp_ignore'));
  mkdirSync(join(root, 'up0', 'arp_ignore'));
  await expect(settings.restore()).rejects.toMatchObject({ code: 'sysctl-failed' });
  expect(readFileSync(join(root, 'up0', 'forwarding'), 'utf8').trim()).toBe('0');
});

test('an interface that does not exist is named', async () => {
  await expect(new InterfaceSettings(root).apply('up1')).rejects.toThrow('interface up1 does not exist');
});

test('the kernel has every setting that we make', async () => {
  const settings = new InterfaceSettings();
  await settings.apply('lo');
  await settings.restore();
});
