import { spawnSync } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratch } from '../support/scratch.ts';
import { tandem } from './run.ts';

const PROGRAMS = ['ipvsadm', 'ipvsadm-save', 'ipvsadm-restore'];

test('what was there is kept beside, and comes back', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'ipvsadm'), 'the real one');
  const first = tandem(['install-ipvsadm', '--directory', folder]);
  expect(first.status).toBe(0);
  expect(first.stderr).toContain(`${folder}/ipvsadm of before is ${folder}/ipvsadm.distrib now`);
  for (const program of PROGRAMS)
    expect(readlinkSync(join(folder, program))).toMatch(`/dist/cli/${program}.js`);
  expect(tandem(['install-ipvsadm', '--directory', folder]).stderr).toContain("ipvsadm is Tandem's already");
  expect(readFileSync(join(folder, 'ipvsadm.distrib'), 'utf8')).toBe('the real one');
  expect(tandem(['install-ipvsadm', '--directory', folder, '--remove']).status).toBe(0);
  expect(readFileSync(join(folder, 'ipvsadm'), 'utf8')).toBe('the real one');
  expect(lstatSync(join(folder, 'ipvsadm-save'), { throwIfNoEntry: false })).toBeUndefined();
});

test('what is not ours is not removed', () => {
  const folder = scratch();
  writeFileSync(join(folder, 'ipvsadm'), 'the real one');
  const { status, stderr } = tandem(['install-ipvsadm', '--directory', folder, '--remove']);
  expect(status).toBe(0);
  expect(stderr).toContain(`${folder}/ipvsadm is not Tandem's: left as it is`);
  expect(readFileSync(join(folder, 'ipvsadm'), 'utf8')).toBe('the real one');
});

test('a folder that is not there is said', () => {
  const { status, stderr } = tandem(['install-ipvsadm', '--directory', '/no/such/folder']);
  expect(status).toBe(2);
  expect(stderr).toContain('/no/such/folder is no directory: name one with --directory');
});

test('started by its link, it calls itself ipvsadm', () => {
  const folder = scratch();
  tandem(['install-ipvsadm', '--directory', folder]);
  const env = { ...process.env, TANDEM_SOCKET: join(folder, 'no.sock') };
  const { status, stdout } = spawnSync(join(folder, 'ipvsadm'), ['-h'], { encoding: 'utf8', env });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ipvsadm v1\.31 /);
  const refused = spawnSync(join(folder, 'ipvsadm-save'), [], { encoding: 'utf8', env });
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/^Can't initialize ipvs: Protocol not available\n/);
});
