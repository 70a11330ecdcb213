/**
 * The frame of a sync datagram: who sent it, in which life, and the seal.
 *
 *     offset  bytes
 *          0      8  IPVS's header (sync-header.ts)
 *          8      1  seal: 0 in clear, 1 ChaCha20-Poly1305 (RFC 8439)
 *          9      1  key id (seal-key.ts), 0 in clear
 *         10      4  sender
 *         14      6  epoch: the sender's wall clock at its start, in milliseconds; only rises
 *         20      6  counter of the datagrams of this epoch, from 1
 *         26      8  salt of the epoch, random; only when sealed
 *      26|34      -  the protobuf message, encrypted when sealed
 *        end     16  tag; only when sealed
 *
 * Numbers are big endian. Everything before the message is authenticated with it. The nonce is the counter,
 * the key is derived from bytes 10 to 19 and the salt (seal-key.ts).
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KeyRing } from './key-ring.ts';
import { keyName, keyOfLife, type SealKey } from './seal-key.ts';
import { SyncWireError } from './sync-error.ts';
import { readSyncHeader, writeSyncHeader } from './sync-header.ts';

const CIPHER = 'chacha20-poly1305';
const SEAL = { CLEAR: 0, CHACHA20_POLY1305: 1 } as const;
const AT = { SEAL: 8, KEY: 9, SENDER: 10, EPOCH: 14, COUNTER: 20, SALT: 26 } as const;
const CLEAR_LENGTH = 26;
const SEALED_LENGTH = 34;
const SALT_LENGTH = 8;
/** Sender, epoch and salt. */
const LIFE_LENGTH = 18;
const TAG_LENGTH = 16;
const NONCE_LENGTH = 12;
const COUNTER_LENGTH = 6;
const LARGEST_COUNTER = 2 ** 48 - 1;
/** Lives whose derived key is kept. A pair has two; more are derived again when they come. */
const KEPT_LIVES = 16;

export const SEALED_OVERHEAD = SEALED_LENGTH + TAG_LENGTH;
export const CLEAR_OVERHEAD = CLEAR_LENGTH;

/** Who sent a datagram, and which of its datagrams this is. */
export interface FrameId {
  readonly sender: number;
  readonly epoch: number;
  readonly counter: number;
}

export interface Frame extends FrameId {
  readonly syncid: number;
  readonly body: Uint8Array;
}

function nonceOf(datagram: Buffer): Buffer {
  const nonce = Buffer.alloc(NONCE_LENGTH);
  datagram.copy(nonce, NONCE_LENGTH - COUNTER_LENGTH, AT.COUNTER, AT.COUNTER + COUNTER_LENGTH);
  return nonce;
}

/** Frames and seals what one sender says in one epoch. */
export class Sealer {
  readonly sender: number;
  readonly epoch: number;
  readonly #ring: KeyRing;
  /** What the keys that have sealed in this life came to. */
  readonly #derived = new WeakMap<SealKey, Uint8Array>();
  readonly #life: Buffer;
  #counter = 0;

  /**
   * @param salt 8 random bytes, new for every epoch
   * @param ring may change while this lives: each datagram is sealed with its key of the moment
   */
  constructor(life: { sender: number; epoch: number; salt: Uint8Array }, ring = new KeyRing()) {
    if (life.salt.length !== SALT_LENGTH)
      throw new RangeError(`a salt has ${SALT_LENGTH} bytes, not ${life.salt.length}`);
    this.sender = life.sender;
    this.epoch = life.epoch;
    this.#ring = ring;
    this.#life = Buffer.alloc(LIFE_LENGTH);
    this.#life.writeUInt32BE(life.sender, 0);
    this.#life.writeUIntBE(life.epoch, 4, 6);
    this.#life.set(life.salt, LIFE_LENGTH - SALT_LENGTH);
  }

  /** Bytes of a datagram beyond its message. */
  get overhead(): number {
    return this.#ring.sealing ? SEALED_OVERHEAD : CLEAR_OVERHEAD;
  }

  /** @returns a complete datagram, `overhead` bytes longer than the message */
  seal(syncid: number, body: Uint8Array): Buffer {
    // At a million datagrams a second 2^48 would last nine years; a repeated nonce would undo the seal.
    if (this.#counter === LARGEST_COUNTER)
      throw new RangeError('the epoch has no counters left: begin another');
    const key = this.#ring.sealing;
    const datagram = Buffer.allocUnsafe(body.length + this.overhead);
    writeSyncHeader(datagram, syncid);
    datagram.writeUInt8(key ? SEAL.CHACHA20_POLY1305 : SEAL.CLEAR, AT.SEAL);
    datagram.writeUInt8(key?.id ?? 0, AT.KEY);
    datagram.writeUInt32BE(this.sender, AT.SENDER);
    datagram.writeUIntBE(this.epoch, AT.EPOCH, 6);
    datagram.writeUIntBE(++this.#counter, AT.COUNTER, COUNTER_LENGTH);
    if (!key) {
      datagram.set(body, CLEAR_LENGTH);
      return datagram;
    }
    this.#life.copy(datagram, AT.SALT, LIFE_LENGTH - SALT_LENGTH);
    const cipher = createCipheriv(CIPHER, this.#keyOfLife(key), nonceOf(datagram), {
      authTagLength: TAG_LENGTH,
    });
    cipher.setAAD(datagram.subarray(0, SEALED_LENGTH), { plaintextLength: body.length });
    datagram.set(cipher.update(body), SEALED_LENGTH);
    cipher.final();
    datagram.set(cipher.getAuthTag(), datagram.length - TAG_LENGTH);
    return datagram;
  }

  #keyOfLife(key: SealKey): Uint8Array {
    const derived = this.#derived.get(key) ?? keyOfLife(key, this.#life);
    this.#derived.set(key, derived);
    return derived;
  }
}

interface DerivedKey {
  readonly of: SealKey;
  readonly derived: Uint8Array;
}

/** Takes frames apart. With keys it opens sealed ones and nothing else; without one, only those in clear. */
export class Opener {
  readonly #ring: KeyRing;
  /** By key id and life. */
  readonly #lives = new Map<string, DerivedKey>();

  /** @param ring may change while this lives */
  constructor(ring = new KeyRing()) {
    this.#ring = ring;
  }

  /**
   * Whose datagram this claims to be: not proven before {@link open}.
   * @throws SyncWireError `truncated`, `foreign`, `oversized`, `version`
   */
  peek(datagram: Buffer): FrameId & { readonly syncid: number } {
    const syncid = readSyncHeader(datagram);
    if (datagram.length < CLEAR_LENGTH)
      throw new SyncWireError(
        'truncated',
        `${datagram.length} bytes, but a frame has at least ${CLEAR_LENGTH}`,
      );
    return {
      syncid,
      sender: datagram.readUInt32BE(AT.SENDER),
      epoch: datagram.readUIntBE(AT.EPOCH, 6),
      counter: datagram.readUIntBE(AT.COUNTER, COUNTER_LENGTH),
    };
  }

  /** @throws SyncWireError `truncated`, `foreign`, `oversized`, `version`, `unsealed`, `key`, `seal` */
  open(datagram: Buffer): Frame {
    const id = this.peek(datagram);
    const kind = datagram[AT.SEAL];
    if (kind === SEAL.CLEAR) {
      if (this.#ring.sealing) throw new SyncWireError('unsealed', 'in clear, but a sync key is set here');
      return { ...id, body: datagram.subarray(CLEAR_LENGTH) };
    }
    if (kind !== SEAL.CHACHA20_POLY1305)
      throw new SyncWireError('version', `seal ${kind} is not known to this version`);
    const keyId = datagram.readUInt8(AT.KEY);
    const key = this.#ring.get(keyId);
    if (!key) throw new SyncWireError('key', `sealed with key ${keyName(keyId)}, which is not set here`);
    if (datagram.length < SEALED_OVERHEAD)
      throw new SyncWireError(
        'truncated',
        `${datagram.length} bytes, a sealed frame has at least ${SEALED_OVERHEAD}`,
      );
    return { ...id, body: this.#decrypt(datagram, key) };
  }

  #decrypt(datagram: Buffer, key: SealKey): Uint8Array {
    const life = Buffer.concat([
      datagram.subarray(AT.SENDER, AT.COUNTER),
      datagram.subarray(AT.SALT, AT.SALT + SALT_LENGTH),
    ]);
    const name = `${key.id} ${life.toString('latin1')}`;
    const kept = this.#lives.get(name);
    // After a change of keys another one may have the same id.
    const known = kept?.of === key ? kept.derived : undefined;
    const derived = known ?? keyOfLife(key, life);
    const end = datagram.length - TAG_LENGTH;
    const decipher = createDecipheriv(CIPHER, derived, nonceOf(datagram), { authTagLength: TAG_LENGTH });
    decipher.setAuthTag(datagram.subarray(end));
    decipher.setAAD(datagram.subarray(0, SEALED_LENGTH), { plaintextLength: end - SEALED_LENGTH });
    const body = decipher.update(datagram.subarray(SEALED_LENGTH, end));
    try {
      decipher.final();
    } catch {
      throw new SyncWireError('seal', 'the seal does not match: another key, or changed on the way');
    }
    // Only now: what is not authentic must not push out the keys of those that are.
    if (!known) this.#keep(name, { of: key, derived });
    return body;
  }

  #keep(name: string, key: DerivedKey): void {
    this.#lives.set(name, key);
    if (this.#lives.size <= KEPT_LIVES) return;
    for (const oldest of this.#lives.keys()) {
      this.#lives.delete(oldest);
      return;
    }
  }
}
