/** The keys that a pair shares, as people keep them and as datagrams name them. */
import { hkdfSync } from 'node:crypto';
import { SyncWireError } from './sync-error.ts';

const KEY_LENGTH = 32;
/** A rotation needs the old one and the new one. A third would be one that should have been retired. */
const MOST_KEYS = 2;
const MAKE_ONE = 'make one with "openssl rand -hex 32"';

/** A shared key and the number that datagrams name it by. */
export interface SealKey {
  /** 1-255, made of the secret: both sides come to the same without a word. */
  readonly id: number;
  readonly secret: Uint8Array;
}

function derive(secret: Uint8Array, salt: Uint8Array, purpose: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, purpose, length));
}

/** @param secret 32 bytes */
export function sealKey(secret: Uint8Array): SealKey {
  const [byte = 0] = derive(secret, new Uint8Array(), 'tandem sync key id', 1);
  return { id: 1 + (byte % 255), secret };
}

/** As status and commands write it. */
export function keyName(id: number): string {
  return id.toString(16).padStart(2, '0');
}

function parseSealKey(text: string): SealKey {
  const secret = /^[0-9a-fA-F]{64}$/.test(text)
    ? Buffer.from(text, 'hex')
    : /^[A-Za-z0-9+/]{43}=?$/.test(text)
      ? Buffer.from(text, 'base64')
      : undefined;
  if (secret?.length === KEY_LENGTH) return sealKey(secret);
  throw new SyncWireError(
    'key',
    `a sync key is 32 bytes, written as 64 hex digits or in base64 on a line of its own: ${MAKE_ONE}`,
  );
}

/**
 * Reads keys as people keep them in a file: one a line, the newest last; 32 bytes in hex or base64. Empty lines and
 * those that begin with # are left out.
 * @returns one key, or two
 * @throws SyncWireError `key`; the message never quotes the text
 */
export function parseSealKeys(text: string): readonly SealKey[] {
  const lines = text.split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseSealKey);
  const refuse = (message: string): never => {
    throw new SyncWireError('key', message);
  };
  if (keys.length === 0) return refuse(`holds no key: ${MAKE_ONE}`);
  if (keys.length > MOST_KEYS)
    return refuse(
      `holds ${keys.length} keys, but at most ${MOST_KEYS} are in use: delete the oldest, which stand first`,
    );
  // One in 255 pairs of different keys: cheaper to make another than to try both on each datagram.
  if (keys[1] && keys[0]?.id === keys[1].id)
    return refuse(
      `its two keys have the same short name, ${keyName(keys[1].id)}: replace the second by another one`,
    );
  return keys;
}

/**
 * Each life of each sender seals with a key of its own, so that the nonce can be a plain counter from 1 in
 * every one of them and no two datagrams under one key share it.
 * @param life what tells this life from all others: sender, epoch and random salt
 */
export function keyOfLife(key: SealKey, life: Uint8Array): Uint8Array {
  return derive(key.secret, life, 'tandem sync v1', KEY_LENGTH);
}
