/** From the plane's events to datagrams: what is sent is acknowledged to the plane, and nothing else. */
import type { SyncPort } from '../../datapath/ports.ts';
import { RecordBatch } from '../../model/record.ts';
import { SMALLEST_MAXLEN } from '../../model/sync-daemon.ts';
import { Sender } from '../../sync/sender.ts';
import type { KeyRing } from '../../wire/key-ring.ts';
import { Sealer } from '../../wire/seal.ts';
import { encodeMessage, type LooseMessage, type Position } from '../../wire/sync-message.ts';
import type { BulkDesk } from './bulk-desk.ts';
import type { Counters } from './counters.ts';
import type { Shortfall } from './shortfall.ts';
import type { Transmitter } from './sockets.ts';

/**
 * Records of one turn. At a turn each millisecond this is a million a second, more than one thread packs, and
 * few enough datagrams (31) to fit in a socket buffer of the default size.
 */
const BATCH = 1024;

/** Where datagrams go, and with what header. */
export interface Channel {
  readonly transmitter: Transmitter;
  readonly syncid: () => number;
  readonly maxlen: number;
}

export interface OutboundOptions {
  readonly port: SyncPort;
  readonly counters: Counters;
  readonly sender: number;
  readonly ring: KeyRing;
  readonly random: (length: number) => Uint8Array;
  readonly bulk: BulkDesk;
  readonly shortfall: Shortfall;
  /** Bytes of messages that are kept to be sent again. */
  readonly history?: number | undefined;
  /** Called after records are sent and before the plane forgets them; with undefined when it forgets some unsent. */
  readonly onSent: (position: Position | undefined) => void;
}

export class Outbound {
  readonly #options: OutboundOptions;
  readonly #batch = new RecordBatch(BATCH);
  #stream: Sender;
  #sealer: Sealer;
  #channel: Channel | undefined;
  /** Counts channels, so that the answer of one that was closed is not taken for the next one's. */
  #generation = 0;
  /** When the kernel was given what it has not taken yet. */
  #givenAt: number | undefined;
  /** Events passed that no peer can have: the stream must show a hole. */
  #omitted = false;
  #drained = false;
  /** Records are sent, not only heartbeats. */
  sending = false;

  constructor(options: OutboundOptions, epoch: number, continues?: Position) {
    this.#options = options;
    this.#stream = new Sender(epoch, continues, options.history);
    this.#sealer = this.#newSealer(epoch);
  }

  get stream(): Sender {
    return this.#stream;
  }

  /** The last turn found nothing more to send, and all before is sent. */
  get drained(): boolean {
    return this.#drained && this.#givenAt === undefined;
  }

  /** Up to when all that we had to send was given to a kernel that takes it. */
  keptUpTo(now: number): number {
    return this.#givenAt ?? now;
  }

  /** Bytes of a message that fit in a datagram. */
  get room(): number {
    return (this.#channel?.maxlen ?? SMALLEST_MAXLEN) - this.#sealer.overhead;
  }

  use(channel: Channel | undefined): void {
    this.#channel = channel;
    this.#generation++;
    this.#givenAt = undefined;
  }

  /** Begins a new epoch: peers know a newer one of ours than the present one. */
  renew(epoch: number): void {
    const { newest, position, continues } = this.#stream;
    this.#stream = new Sender(epoch, newest > 0 ? position : continues, this.#options.history);
    this.#sealer = this.#newSealer(epoch);
    this.#options.bulk.reset();
  }

  /** Sends what the plane emitted since the last turn. */
  pump(now: number): void {
    if (this.#givenAt !== undefined) return;
    const { port, counters, shortfall } = this.#options;
    const batch = this.#batch;
    batch.length = 0;
    this.#drained = port.read(batch) === 0;
    counters.add('ring_overflows', shortfall.turn(port.overflows()));
    const channel = this.#channel;
    if (!this.sending || !channel) {
      if (batch.length === 0) return;
      this.#omit();
      port.acknowledge();
      return;
    }
    if (this.#omitted) {
      this.#omitted = false;
      this.#stream.skip();
    }
    this.#send(batch, channel, now);
  }

  /** Sends a message that is not part of the stream; its loss is repaired by the next one. */
  say(message: LooseMessage, now: number): void {
    const channel = this.#channel;
    if (!channel) return;
    const datagram = this.#sealer.seal(channel.syncid(), encodeMessage(message));
    channel.transmitter.send([datagram], (failed, error) => this.#count(1, failed, error, now));
  }

  /** No peer can have everything from here on until the hole is in the stream. */
  #omit(): void {
    if (!this.#omitted) this.#options.onSent(undefined);
    this.#omitted = true;
  }

  #send(batch: RecordBatch, channel: Channel, now: number): void {
    const generation = this.#generation;
    const { counters, bulk } = this.#options;
    const count = batch.length;
    const limit = this.room;
    const again = this.#stream.resends.take(now);
    const bodies = [...this.#stream.pack(batch, limit), ...again];
    // News go first: a walk over the table takes what they leave.
    if (count < batch.capacity / 2) bodies.push(...bulk.give(this.#stream, limit, now));
    if (bodies.length === 0) return;
    counters.add('resent', again.length);
    const datagrams = bodies.map((body) => this.#sealer.seal(channel.syncid(), body));
    const position = this.#stream.position;
    this.#givenAt = now;
    channel.transmitter.send(datagrams, (failed, error) => {
      this.#count(datagrams.length, failed, error, now);
      counters.add('records_sent', count);
      this.#options.onSent(position);
      this.#options.port.acknowledge();
      if (generation === this.#generation) this.#givenAt = undefined;
    });
  }

  #count(datagrams: number, failed: number, error: Error | undefined, now: number): void {
    const { counters } = this.#options;
    counters.add('sent', datagrams - failed);
    if (failed > 0)
      counters.reject('unsent', failed, `the kernel did not send: ${error?.message ?? 'no reason'}`, now);
  }

  #newSealer(epoch: number): Sealer {
    const { sender, random, ring } = this.#options;
    return new Sealer({ sender, epoch, salt: random(8) }, ring);
  }
}
