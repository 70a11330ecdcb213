import { hkdfSync } from 'node:crypto';
import { SyncWireError } from './sync-error.ts';

const KEY_LENGTH = 32;

/** A shared key and the number that datagrams name it by. */
export interface SealKey {
  /** 1-255 */
  readonly id: number;
  readonly secret: Uint8Array;
}

/**
 * Reads a key as people keep it in a file: 32 bytes in hex or base64, white space around them ignored.
 * @throws SyncWireError `key`; the message never quotes the text
 */
export function parseSealKey(text: string, id = 1): SealKey {
  const trimmed = text.trim();
  const secret = /^[0-9a-fA-F]{64}$/.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : /^[A-Za-z0-9+/]{43}=?$/.test(trimmed)
      ? Buffer.from(trimmed, 'base64')
      : undefined;
  if (secret?.length !== KEY_LENGTH)
    throw new SyncWireError(
      'key',
      'a sync key is 32 bytes, written as 64 hex digits or in base64: make one with "openssl rand -hex 32"',
    );
  return { id, secret };
}

/**
 * Each life of each sender seals with a key of its own, so that the nonce can be a plain counter from 1 in
 * every one of them and no two datagrams under one key share it.
 * @param life what tells this life from all others: sender, epoch and random salt
 */
export function keyOfLife(key: SealKey, life: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key.secret, life, 'tandem sync v1', KEY_LENGTH));
}
