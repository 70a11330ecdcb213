/** Datagrams that no peer sent: made of recorded ones of every kind, of the kernel's messages, and of nothing. */
import { readFileSync } from 'node:fs';
import { Sealer } from '../../src/wire/seal.ts';

const kernel = readFileSync(new URL('../wire/data/ipvs-sync.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => Buffer.from((JSON.parse(line) as { payload: string }).payload, 'hex'));

/** Where the frame has what (src/wire/seal.ts). */
const AT = { SYNCID: 1, SIZE: 2, VERSION: 5, SEAL: 8, KEY: 9, SENDER: 10, EPOCH: 14, COUNTER: 20 } as const;
const LARGEST = 65_507;
/** What fuzzed heads claim to come from: as many as a director may be made to remember, and more. */
const SENDERS = 20;

export class Fuzzer {
  readonly #recorded: readonly Buffer[];
  readonly #kinds: ReadonlyArray<() => Buffer>;
  #state: number;

  /**
   * @param recorded datagrams that were taken, all of them more than a moment ago
   * @param seed the same one makes the same datagrams
   * @param sealed whether a seal holds against changes
   */
  constructor(recorded: readonly Buffer[], seed: number, sealed: boolean) {
    this.#recorded = recorded;
    this.#state = seed;
    const everywhere = [
      () => this.#one(),
      () => this.#cut(),
      () => this.#long(),
      () => this.#huge(),
      () => this.#otherSyncid(),
      () => this.#future(),
      () => this.#otherKey(),
      () => this.#random(),
      () => this.#kernel(),
      () => this.#nonsense(),
    ];
    // In clear a changed datagram is one that a peer could have sent: only the seal tells.
    const behindSeal = [() => this.#flipped(), () => this.#inClear(), () => this.#newHead()];
    this.#kinds = sealed ? [...everywhere, ...behindSeal] : everywhere;
  }

  next(): Buffer {
    return this.#pick(this.#kinds)();
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T;
  }

  /** A replay, as it is. */
  #one(): Buffer {
    return Buffer.from(this.#pick(this.#recorded));
  }

  #bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; at++) bytes[at] = this.#below(256);
    return bytes;
  }

  #cut(): Buffer {
    const whole = this.#one();
    return whole.subarray(0, this.#below(whole.length));
  }

  #long(): Buffer {
    return Buffer.concat([this.#one(), this.#bytes(1 + this.#below(100))]);
  }

  /** A size that is true, and larger than what is taken. */
  #huge(): Buffer {
    const huge = Buffer.concat([this.#one(), Buffer.alloc(8000 + this.#below(1000))]);
    huge.writeUInt16BE(Math.min(huge.length, LARGEST), AT.SIZE);
    return huge;
  }

  #otherSyncid(): Buffer {
    const one = this.#one();
    one.writeUInt8(this.#below(255), AT.SYNCID);
    return one;
  }

  #future(): Buffer {
    const one = this.#one();
    if (this.#below(2) === 0) one.writeUInt8(0x55 + this.#below(11), AT.VERSION);
    else {
      one.writeUInt8(2 + this.#below(254), AT.SEAL);
      this.#freshen(one);
    }
    return one;
  }

  #otherKey(): Buffer {
    const one = this.#one();
    one.writeUInt8(1, AT.SEAL);
    one.writeUInt8((one.readUInt8(AT.KEY) + 1 + this.#below(255)) % 256, AT.KEY);
    this.#freshen(one);
    return one;
  }

  #random(): Buffer {
    return this.#bytes(this.#below(1600));
  }

  #kernel(): Buffer {
    const message = Buffer.from(this.#pick(kernel));
    if (this.#below(2) === 0 && message.length > 0) message[this.#below(message.length)] = this.#below(256);
    // What looks like a header of ours is for the other kinds.
    if (message.length > AT.VERSION && message[0] === 0 && (message[AT.VERSION] ?? 0) >= 0x54) message[0] = 1;
    return message;
  }

  /** A head of ours in front of noise, of many senders. */
  #nonsense(): Buffer {
    const bytes = this.#bytes(100 + this.#below(1000));
    new Sealer({ sender: 1, epoch: 1, salt: this.#bytes(8) }).seal(255, new Uint8Array()).copy(bytes);
    bytes.writeUInt16BE(bytes.length, AT.SIZE);
    bytes.writeUInt8(1 + this.#below(255), AT.SEAL);
    bytes.writeUInt32BE(this.#below(SENDERS), AT.SENDER);
    return bytes;
  }

  #flipped(): Buffer {
    const one = this.#one();
    this.#freshen(one);
    const at = AT.SENDER + this.#below(one.length - AT.SENDER);
    one.writeUInt8(one.readUInt8(at) ^ (1 << this.#below(8)), at);
    return one;
  }

  #inClear(): Buffer {
    const one = this.#one();
    one.writeUInt8(0, AT.SEAL);
    this.#freshen(one);
    return one;
  }

  /** What was said, as if another one had said it, or at another time. */
  #newHead(): Buffer {
    const one = this.#one();
    one.writeUInt32BE(this.#below(SENDERS), AT.SENDER);
    one.writeUIntBE(this.#below(2 ** 48 - 1), AT.EPOCH, 6);
    return one;
  }

  /** So that it is looked at, and not taken for a replay. */
  #freshen(datagram: Buffer): void {
    datagram.writeUIntBE(2 ** 40 + this.#below(2 ** 40), AT.COUNTER, 6);
  }
}
