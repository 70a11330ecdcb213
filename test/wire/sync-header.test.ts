import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyncWireError } from '../../src/wire/sync-error.ts';
import { readSyncHeader, writeSyncHeader } from '../../src/wire/sync-header.ts';

function refusalOf(datagram: Buffer): string {
  try {
    readSyncHeader(datagram);
    return 'taken';
  } catch (error) {
    if (error instanceof SyncWireError) return error.refusal;
    throw error;
  }
}

function header(syncid: number, length: number): Buffer {
  const datagram = Buffer.alloc(length);
  writeSyncHeader(datagram, syncid);
  return datagram;
}

test('a header is the eight bytes that every kernel ignores', () => {
  expect(header(255, 1472).subarray(0, 8).toString('hex')).toBe('00ff05c000540000');
});

test('a header that was written reads back its syncid', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 8, max: 2000 }), (syncid, length) => {
      expect(readSyncHeader(header(syncid, length))).toBe(syncid);
    }),
  );
});

test('messages of the kernel, v0 and v1, are foreign', () => {
  const lines = readFileSync(new URL('data/ipvs-sync.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n');
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const { name, payload } = JSON.parse(line) as { name: string; payload: string };
    expect(refusalOf(Buffer.from(payload, 'hex')), name).toBe('foreign');
  }
});

test('fewer bytes than a header are short, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 7 }), (bytes) => {
      expect(refusalOf(Buffer.from(bytes))).toBe('truncated');
    }),
  );
});

test('a header that says another size than came is refused', () => {
  expect(refusalOf(header(1, 100).subarray(0, 99))).toBe('truncated');
  expect(refusalOf(Buffer.concat([header(1, 100), Buffer.alloc(1)]))).toBe('oversized');
});

test('headers of ours that are to come are refused as such, and others are not ours', () => {
  for (const [version, refusal] of [
    [0x53, 'foreign'],
    [0x55, 'version'],
    [0x5f, 'version'],
    [0x60, 'foreign'],
  ] as const) {
    const datagram = header(1, 100);
    datagram.writeUInt8(version, 5);
    expect(refusalOf(datagram)).toBe(refusal);
  }
});
