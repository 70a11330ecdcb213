import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { FORWARDING, type FormerSetting, InterfaceSettings } from '../../src/host/sysctl.ts';
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
  const settings = new InterfaceSettings({ root });
  await settings.apply('up0', FORWARDING);
  expect(values()).toEqual(['1', '1', '2']);
  await settings.restore(true);
  expect(values()).toEqual(['0', '0', '2']);
});

test('what a killed daemon had changed is put back by the one after it', async () => {
  let left: readonly FormerSetting[] = [];
  const remember = (former: readonly FormerSetting[]) => {
    left = former;
  };
  await new InterfaceSettings({ root, remember }).apply('up0', FORWARDING);
  const next = new InterfaceSettings({ root, inherited: left, remember });
  await next.apply('up0', FORWARDING);
  // A start that fails puts back what it changed, and leaves the rest to the plane that needs it.
  await next.restore(false);
  expect(values()).toEqual(['1', '1', '2']);
  expect(left).toHaveLength(2);
  await next.restore(true);
  expect(values()).toEqual(['0', '0', '2']);
  expect(left).toEqual([]);
});

test('a setting that somebody else changed after the kill is put back to what they chose', async () => {
  const inherited = [{ path: join(root, 'up0', 'arp_announce'), value: '0' }];
  writeFileSync(join(root, 'up0', 'arp_announce'), '1\n');
  const settings = new InterfaceSettings({ root, inherited });
  await settings.apply('up0', FORWARDING);
  await settings.restore(true);
  expect(values()).toEqual(['0', '0', '1']);
});

test('an interface that vanished has nothing to restore', async () => {
  const settings = new InterfaceSettings({ root });
  await settings.apply('up0', FORWARDING);
  rmSync(join(root, 'up0'), { recursive: true });
  await settings.restore(true);
});

test('a setting that cannot be put back is told, and the others are put back', async () => {
  const settings = new InterfaceSettings({ root });
  await settings.apply('up0', FORWARDING);
  rmSync(join(root, 'up0', 'arp_ignore'));
  mkdirSync(join(root, 'up0', 'arp_ignore'));
  await expect(settings.restore(true)).rejects.toMatchObject({ code: 'sysctl-failed' });
  expect(readFileSync(join(root, 'up0', 'forwarding'), 'utf8').trim()).toBe('0');
});

test('an interface that does not exist is named', async () => {
  await expect(new InterfaceSettings({ root }).apply('up1', FORWARDING)).rejects.toThrow(
    'interface up1 does not exist',
  );
});

test('the kernel has every setting that we make', async () => {
  const settings = new InterfaceSettings();
  await settings.apply('lo', FORWARDING);
  await settings.restore(true);
});

function makeIpv6(forwarding: string, acceptRa: string): string {
  const ipv6Root = join(root, 'ipv6');
  mkdirSync(join(ipv6Root, 'up0'), { recursive: true });
  writeFileSync(join(ipv6Root, 'up0', 'forwarding'), `${forwarding}\n`);
  writeFileSync(join(ipv6Root, 'up0', 'accept_ra'), `${acceptRa}\n`);
  return ipv6Root;
}

const ipv6Values = () =>
  ['forwarding', 'accept_ra'].map((key) => readFileSync(join(root, 'ipv6', 'up0', key), 'utf8').trim());

test('an interface that begins to forward IPv6 goes on hearing routers, and is put back as it was', async () => {
  const settings = new InterfaceSettings({ root, ipv6Root: makeIpv6('0', '1') });
  await settings.forwardIpv6('up0');
  expect(ipv6Values()).toEqual(['1', '2']);
  await settings.restore(true);
  expect(ipv6Values()).toEqual(['0', '1']);
});

test.each([
  ['0', '0'],
  ['1', '1'],
])(
  'an interface that heard no routers hears none (forwarding %s, accept_ra %s)',
  async (forwarding, acceptRa) => {
    const settings = new InterfaceSettings({ root, ipv6Root: makeIpv6(forwarding, acceptRa) });
    await settings.forwardIpv6('up0');
    expect(ipv6Values()).toEqual(['1', acceptRa]);
  },
);

test('an interface without IPv6 needs no setting for it', async () => {
  const settings = new InterfaceSettings({ root, ipv6Root: join(root, 'none') });
  await expect(settings.forwardIpv6('up0')).resolves.toBeUndefined();
});
