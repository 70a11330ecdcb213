import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLEAR_OVERHEAD, Opener, SEALED_OVERHEAD, Sealer } from '../../src/wire/seal.ts';
import { parseSealKey, type SealKey } from '../../src/wire/seal-key.ts';
import { SyncWireError } from '../../src/wire/sync-error.ts';

const key: SealKey = { id: 1, secret: randomBytes(32) };
const life = { sender: 0xdeadbeef, epoch: 1_790_000_000_123, salt: randomBytes(8) };
const body = Buffer.from('connections');

function refusalOf(opener: Opener, datagram: Buffer): string {
  try {
    opener.open(datagram);
    return 'taken';
  } catch (error) {
    if (error instanceof SyncWireError) return error.refusal;
    throw error;
  }
}

describe.each([
  ['sealed', key, SEALED_OVERHEAD],
  ['in clear', undefined, CLEAR_OVERHEAD],
])('%s', (_name, shared, overhead) => {
  test('a datagram opens to what was put in', () => {
    const sealer = new Sealer(life, shared);
    const opener = new Opener(shared);
    for (const counter of [1, 2, 3]) {
      const frame = opener.open(sealer.seal(7, body));
      expect({ ...frame, body: Buffer.from(frame.body).toString() }).toEqual({
        ...{ syncid: 7, sender: life.sender, epoch: life.epoch, counter },
        body: 'connections',
      });
    }
  });

  test('its overhead is what it says', () => {
    const sealer = new Sealer(life, shared);
    expect(sealer.overhead).toBe(overhead);
    expect(sealer.seal(0, body).length).toBe(body.length + overhead);
  });

  test('random bytes are refused with a cause, or opened, but nothing else happens', () => {
    const opener = new Opener(shared);
    const real = new Sealer(life, shared).seal(0, body).subarray(0, 8);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, dressed) => {
        const datagram = dressed ? Buffer.concat([real, bytes]) : Buffer.from(bytes);
        if (dressed) datagram.writeUInt16BE(datagram.length, 2);
        refusalOf(opener, datagram);
      }),
      { numRuns: 2000 },
    );
  });
});

test('every bit of a sealed datagram that is flipped makes it refused', () => {
  const datagram = new Sealer(life, key).seal(7, body);
  const opener = new Opener(key);
  for (let bit = 0; bit < datagram.length * 8; bit++) {
    const changed = Buffer.from(datagram);
    changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
    expect(refusalOf(opener, changed), `bit ${bit}`).not.toBe('taken');
  }
  expect(refusalOf(opener, datagram)).toBe('taken');
});

test('every truncation of a datagram is refused', () => {
  for (const shared of [key, undefined]) {
    const datagram = new Sealer(life, shared).seal(7, body);
    const opener = new Opener(shared);
    for (let length = 0; length < datagram.length; length++)
      expect(refusalOf(opener, datagram.subarray(0, length)), `${length} bytes`).not.toBe('taken');
  }
});

test('another key of the same id does not open it', () => {
  const datagram = new Sealer(life, { id: 1, secret: randomBytes(32) }).seal(7, body);
  expect(refusalOf(new Opener(key), datagram)).toBe('seal');
});

test('a key id that is not set is refused by name', () => {
  const datagram = new Sealer(life, { ...key, id: 2 }).seal(7, body);
  expect(refusalOf(new Opener(key), datagram)).toBe('key');
});

test('with a key, what is in clear is refused; without one, what is sealed', () => {
  expect(refusalOf(new Opener(key), new Sealer(life).seal(7, body))).toBe('unsealed');
  expect(refusalOf(new Opener(), new Sealer(life, key).seal(7, body))).toBe('key');
});

test('equal messages never look alike: not in one life, not in two', () => {
  const seen = new Set<string>();
  for (const salt of [randomBytes(8), randomBytes(8)]) {
    const sealer = new Sealer({ ...life, salt }, key);
    for (let n = 0; n < 50; n++) seen.add(sealer.seal(7, body).subarray(34).toString('hex'));
  }
  expect(seen.size).toBe(100);
});

test('a sealed datagram does not show its message', () => {
  expect(new Sealer(life, key).seal(7, body).includes(body)).toBe(false);
});

describe('the key text', () => {
  const secret = randomBytes(32);

  test.each([
    ['hex', secret.toString('hex')],
    ['hex in capitals', secret.toString('hex').toUpperCase()],
    ['base64', secret.toString('base64')],
    ['base64 with a line end', `${secret.toString('base64')}\n`],
  ])('is read in %s', (_name, text) => {
    expect(Buffer.from(parseSealKey(text).secret)).toEqual(secret);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'opensesame'],
    ['hex of 31 bytes', secret.toString('hex').slice(2)],
    ['base64 of 31 bytes', randomBytes(31).toString('base64')],
    ['64 characters that are not all hex', `${'0'.repeat(63)}g`],
  ])('%s is refused', (_name, text) => {
    expect(() => parseSealKey(text)).toThrow(/32 bytes/);
  });

  test('a refusal does not quote the text', () => {
    expect(() => parseSealKey('opensesame')).toThrow(/^(?!.*opensesame)/s);
  });
});
