import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { PATHS, stateDirectory } from '../../src/director/config.ts';

test('planes of different pins have folders of their own, however alike the pins are called', () => {
  const pins = ['tandem/lb1', 'lb1', 'other/lb1', 'tandem/lb1/lb1', 'tandem-lb1', 'tandem_lb1'];
  const folders = pins.map((path) => stateDirectory(`/sys/fs/bpf/${path}`));
  expect(new Set(folders).size).toBe(pins.length);
  // None inside of another one, which would end with it.
  expect(new Set(folders.map((folder) => dirname(folder)))).toEqual(new Set([PATHS.state]));
});

test('one folder of pins has one folder of state, however its path is written', () => {
  expect(stateDirectory('/sys/fs/bpf/tandem/lb1')).toBe('/run/tandem/state/tandem.lb1');
  expect(stateDirectory('/sys/fs/bpf//tandem/lb1/')).toBe('/run/tandem/state/tandem.lb1');
});

test('the end of the name is that of the pins, by which a lab finds what is its own', () => {
  expect(stateDirectory('/sys/fs/bpf/tandem-lab-ab12/lb1-ab12')).toMatch(/-ab12$/);
});
