import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyRing } from '../../src/wire/key-ring.ts';
import { CLEAR_OVERHEAD, Opener, SEALED_OVERHEAD, Sealer } from '../../src/wire/seal.ts';
import { parseSealKeys, type SealKey, sealKey } from '../../src/wire/seal-key.ts';
import { SyncWireError } from '../../src/wire/sync-error.ts';

/** Two whose short names differ, which two random ones do not always. */
function twoKeys(): [SealKey, SealKey] {
  const one = sealKey(randomBytes(32));
  let two = sealKey(randomBytes(32));
  while (two.id === one.id) two = sealKey(randomBytes(32));
  return [one, two];
}

const [key, other] = twoKeys();
const ring = (...keys: SealKey[]) => new KeyRing(keys);
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
  ['sealed', [key], SEALED_OVERHEAD],
  ['in clear', [], CLEAR_OVERHEAD],
])('%s', (_name, keys, overhead) => {
  test('a datagram opens to what was put in', () => {
    const sealer = new Sealer(life, ring(...keys));
    const opener = new Opener(ring(...keys));
    for (const counter of [1, 2, 3]) {
      const frame = opener.open(sealer.seal(7, body));
      expect({ ...frame, body: Buffer.from(frame.body).toString() }).toEqual({
        ...{ syncid: 7, sender: life.sender, epoch: life.epoch, counter },
        body: 'connections',
      });
    }
  });

  test('its overhead is what it says', () => {
    const sealer = new Sealer(life, ring(...keys));
    expect(sealer.overhead).toBe(overhead);
    expect(sealer.seal(0, body).length).toBe(body.length + overhead);
  });

  test('random bytes are refused with a cause, or opened, but nothing else happens', () => {
    const opener = new Opener(ring(...keys));
    const real = new Sealer(life, ring(...keys)).seal(0, body).subarray(0, 8);
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
  const datagram = new Sealer(life, ring(key)).seal(7, body);
  const opener = new Opener(ring(key));
  for (let bit = 0; bit < datagram.length * 8; bit++) {
    const changed = Buffer.from(datagram);
    changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
    expect(refusalOf(opener, changed), `bit ${bit}`).not.toBe('taken');
  }
  expect(refusalOf(opener, datagram)).toBe('taken');
});

test('every truncation of a datagram is refused', () => {
  for (const keys of [[key], []]) {
    const datagram = new Sealer(life, ring(...keys)).seal(7, body);
    const opener = new Opener(ring(...keys));
    for (let length = 0; length < datagram.length; length++)
      expect(refusalOf(opener, datagram.subarray(0, length)), `${length} bytes`).not.toBe('taken');
  }
});

test('another key of the same id does not open it', () => {
  const datagram = new Sealer(life, ring({ ...other, id: key.id })).seal(7, body);
  expect(refusalOf(new Opener(ring(key)), datagram)).toBe('seal');
});

test('a key id that is not set is refused by name', () => {
  const datagram = new Sealer(life, ring(other)).seal(7, body);
  expect(refusalOf(new Opener(ring(key)), datagram)).toBe('key');
});

test('with a key, what is in clear is refused; without one, what is sealed', () => {
  expect(refusalOf(new Opener(ring(key)), new Sealer(life).seal(7, body))).toBe('unsealed');
  expect(refusalOf(new Opener(), new Sealer(life, ring(key)).seal(7, body))).toBe('key');
});

test('a ring of two opens what either sealed', () => {
  const opener = new Opener(ring(key, other));
  for (const one of [key, other])
    expect(refusalOf(opener, new Sealer(life, ring(one)).seal(7, body))).toBe('taken');
});

test('a ring seals with its newest key until a peer says that it opens only the older one', () => {
  const keys = ring(key, other);
  const sealer = new Sealer(life, keys);
  const seals = () => sealer.seal(7, body)[9];
  expect(seals()).toBe(other.id);
  keys.heed([[key.id]]);
  expect(seals()).toBe(key.id);
  keys.heed([[key.id, other.id]]);
  expect(seals()).toBe(other.id);
});

test('a key that was taken out opens nothing any longer, and one that was put in does', () => {
  const keys = ring(key);
  const opener = new Opener(keys);
  const [old, fresh] = [
    new Sealer(life, ring(key)).seal(7, body),
    new Sealer(life, ring(other)).seal(7, body),
  ];
  expect([refusalOf(opener, old), refusalOf(opener, fresh)]).toEqual(['taken', 'key']);
  keys.replace([other]);
  expect([refusalOf(opener, old), refusalOf(opener, fresh)]).toEqual(['key', 'taken']);
});

test('a key that replaces another one of the same short name is not taken for it', () => {
  const twin = { ...other, id: key.id };
  const keys = ring(key);
  const opener = new Opener(keys);
  opener.open(new Sealer(life, ring(key)).seal(7, body));
  keys.replace([twin]);
  expect(refusalOf(opener, new Sealer(life, ring(twin)).seal(7, body))).toBe('taken');
});

test('no counter is used twice in one life, also when keys change', () => {
  const keys = ring(key, other);
  const sealer = new Sealer(life, keys);
  const opener = new Opener(ring(key, other));
  const counters = [[other.id], [key.id], [other.id], [key.id]].map((peer) => {
    keys.heed([peer]);
    return opener.open(sealer.seal(7, body)).counter;
  });
  expect(counters).toEqual([1, 2, 3, 4]);
});

test('equal messages never look alike: not in one life, not in two', () => {
  const seen = new Set<string>();
  for (const salt of [randomBytes(8), randomBytes(8)]) {
    const sealer = new Sealer({ ...life, salt }, ring(key));
    for (let n = 0; n < 50; n++) seen.add(sealer.seal(7, body).subarray(34).toString('hex'));
  }
  expect(seen.size).toBe(100);
});

test('a sealed datagram does not show its message', () => {
  expect(new Sealer(life, ring(key)).seal(7, body).includes(body)).toBe(false);
});

describe('the key text', () => {
  const secret = randomBytes(32);

  test.each([
    ['hex', secret.toString('hex')],
    ['hex in capitals', secret.toString('hex').toUpperCase()],
    ['base64', secret.toString('base64')],
    ['base64 with a line end', `${secret.toString('base64')}\n`],
  ])('is read in %s', (_name, text) => {
    expect(Buffer.from(parseSealKeys(text)[0]?.secret ?? [])).toEqual(secret);
  });

  test.each([
    ['a word', 'opensesame'],
    ['hex of 31 bytes', secret.toString('hex').slice(2)],
    ['base64 of 31 bytes', randomBytes(31).toString('base64')],
    ['64 characters that are not all hex', `${'0'.repeat(63)}g`],
  ])('%s is refused', (_name, text) => {
    expect(() => parseSealKeys(text)).toThrow(/32 bytes/);
  });

  test('two keys stand one a line, the newest last, between comments', () => {
    const text = [key, other]
      .map(({ secret: bytes }) => Buffer.from(bytes).toString('base64'))
      .join('\n# new:\n\n');
    expect(parseSealKeys(text)).toEqual([key, other]);
  });

  test('the same key comes to the same name wherever it is read, in whatever writing', () => {
    const names = [secret.toString('hex'), secret.toString('base64')].map(
      (text) => parseSealKeys(text)[0]?.id,
    );
    expect(names).toEqual([sealKey(secret).id, sealKey(secret).id]);
    for (let n = 0; n < 1000; n++)
      expect(sealKey(randomBytes(32)).id).toBeOneOf(Array.from({ length: 255 }, (_, at) => at + 1));
  });

  const line = (one: SealKey) => `${Buffer.from(one.secret).toString('hex')}\n`;

  test.each([
    ['nothing', '', /no key/],
    ['comments alone', '# none yet\n', /no key/],
    ['three keys', line(key) + line(other) + line(sealKey(secret)), /holds 3 keys, but at most 2/],
    ['the same key twice', line(key) + line(key), /same short name/],
  ])('%s is refused', (_name, text, said) => {
    expect(() => parseSealKeys(text)).toThrow(said);
  });

  test('a refusal does not quote the text', () => {
    expect(() => parseSealKeys('opensesame')).toThrow(/^(?!.*opensesame)/s);
  });
});
