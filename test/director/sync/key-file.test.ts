import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readKeyFile } from '../../../src/director/sync/key-file.ts';
import { scratch } from '../../support/scratch.ts';

const secret = randomBytes(32);
let directory: string;
let file: string;

beforeEach(() => {
  directory = scratch();
  file = join(directory, 'sync.key');
});

function write(text: string, mode = 0o600): void {
  writeFileSync(file, text);
  chmodSync(file, mode);
}

test('a key in hex in a file of our own is read', () => {
  write(`${secret.toString('hex')}\n`);
  expect(Buffer.from(readKeyFile(file)[0]?.secret ?? [])).toEqual(secret);
});

test('a file that only we can read may also be read-only', () => {
  write(secret.toString('base64'), 0o400);
  expect(Buffer.from(readKeyFile(file)[0]?.secret ?? [])).toEqual(secret);
});

test.each([0o640, 0o604, 0o660, 0o666])('a key that others can use (mode %o) is refused', (mode) => {
  write(secret.toString('hex'), mode);
  expect(() => readKeyFile(file)).toThrow(/lets others use it: chmod 600/);
});

test('a key of another user is refused', () => {
  write(secret.toString('hex'));
  chownSync(file, 12345, 0);
  expect(() => readKeyFile(file)).toThrow(/belongs to user 12345, who can change it: chown root/);
});

test('a file that is missing, a directory or no key is refused with its name', () => {
  expect(() => readKeyFile(file)).toThrow(
    `sync key file "${file}": there is no such file: (umask 077; openssl`,
  );
  expect(() => readKeyFile(directory)).toThrow(/not a regular file/);
  write('password');
  expect(() => readKeyFile(file)).toThrow(/32 bytes/);
});
