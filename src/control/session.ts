/** One client of the daemon: reads its requests, answers them, and stops reading while it does not read. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { DirectorApi, Listing, RefusedEdit } from '../director/api.ts';
import { editFrom } from '../wire/control-edits.ts';
import { ruleSetTo, serviceIdFrom } from '../wire/control-rules.ts';
import { connectionTo, serviceCountersTo } from '../wire/control-tables.ts';
import { directionFrom, syncDaemonFrom, syncDaemonTo } from '../wire/control-values.ts';
import { tandem } from '../wire/generated/control.js';
import { Credit } from './credit.ts';
import { failureTo } from './failure.ts';
import { FrameReader, frame } from './frames.ts';
import { keysTo, statusTo } from './status-codec.ts';

/** Requests of one client that may wait for their answers at once; reading pauses beyond. */
const MAX_ACTIVE = 64;

type Request = tandem.control.IRequest;
type Result = Omit<tandem.control.IReply, 'id'>;

export class Session {
  readonly #api: DirectorApi;
  readonly #socket: Socket;
  readonly #malformed: (why: string) => void;
  readonly #frames = new FrameReader();
  readonly #streams = new Map<number, Credit>();
  #active = 0;

  /** @param malformed told why the client was cut off */
  constructor(api: DirectorApi, socket: Socket, malformed: (why: string) => void) {
    this.#api = api;
    this.#socket = socket;
    this.#malformed = malformed;
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('drain', () => this.#resume());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const credit of this.#streams.values()) credit.cancel();
    });
  }

  #read(bytes: Buffer): void {
    this.#frames.push(bytes);
    try {
      for (let body = this.#frames.next(); body; body = this.#frames.next()) this.#dispatch(body);
    } catch (error) {
      this.#malformed(error instanceof Error ? error.message : String(error));
      this.#socket.destroy();
      return;
    }
    if (this.#busy()) this.#socket.pause();
  }

  #busy(): boolean {
    return this.#active >= MAX_ACTIVE || this.#socket.writableNeedDrain;
  }

  #resume(): void {
    if (!this.#busy()) this.#socket.resume();
  }

  /** Decodes wholly before anything is carried out: a malformed request changes nothing. */
  #dispatch(body: Buffer): void {
    const request: Request = tandem.control.Request.decode(body);
    const id = request.id ?? 0;
    if (request.more) this.#streams.get(id)?.grant(request.more);
    else if (request.cancel) this.#streams.get(id)?.cancel();
    else if (request.connections) this.#open(id, request.connections);
    else void this.#answer(id, this.#call(request));
  }

  /** @throws ModelError when a value is illegal, Error when the call is unknown */
  #call(request: Request): () => Promise<Result> {
    const api = this.#api;
    const { edit, zero, startSync, stopSync } = request;
    if (edit) {
      const edits = (edit.edits ?? []).map(editFrom);
      return () => edited(api.edit(edits, edit.whole ? 'whole' : undefined));
    }
    if (zero) {
      const service = zero.service ? serviceIdFrom(zero.service) : undefined;
      return () => done(api.zero(service));
    }
    if (startSync) {
      const daemon = syncDaemonFrom(startSync);
      return () => done(api.startSync(daemon));
    }
    if (stopSync) {
      const direction = directionFrom(stopSync.direction);
      return () => done(api.stopSync(direction));
    }
    if (request.list) return () => listing(api.list());
    if (request.rates) return () => listing(api.rates());
    if (request.status) return async () => ({ status: statusTo(await api.status()) });
    if (request.handover) return async () => ({ handover: await api.handover() });
    if (request.upgrade) return () => done(api.upgrade());
    if (request.rekey) return async () => ({ keys: keysTo(await api.rekey()) });
    if (request.syncDaemons) {
      return async () => ({ syncDaemons: { daemons: (await api.syncDaemons()).map(syncDaemonTo) } });
    }
    throw new Error('a request for a call that this version does not know');
  }

  async #answer(id: number, call: () => Promise<Result>): Promise<void> {
    this.#active++;
    try {
      this.#send(id, await call());
    } catch (error) {
      this.#send(id, { failure: failureTo(error) });
    } finally {
      this.#active--;
      this.#resume();
    }
  }

  /** No waiting here: `more` and `cancel` come behind, and must be read. */
  #open(id: number, chunks: number): void {
    if (this.#streams.has(id)) throw new Error(`a second stream with the id ${id}`);
    if (this.#streams.size >= MAX_ACTIVE) throw new Error(`more than ${MAX_ACTIVE} streams at once`);
    const credit = new Credit(chunks);
    this.#streams.set(id, credit);
    void this.#stream(id, credit);
  }

  async #stream(id: number, credit: Credit): Promise<void> {
    try {
      for await (const connections of this.#api.connections()) {
        if (!(await credit.take())) return;
        this.#send(id, { connections: { connections: connections.map(connectionTo) } });
        if (this.#socket.writableNeedDrain)
          await Promise.race([once(this.#socket, 'drain'), credit.cancelled]);
      }
      this.#send(id, { done: {} });
    } catch (error) {
      this.#send(id, { failure: failureTo(error) });
    } finally {
      this.#streams.delete(id);
    }
  }

  #send(id: number, result: Result): void {
    if (!this.#socket.writable) return;
    this.#socket.write(frame(tandem.control.Reply.encode({ id, ...result })));
  }
}

async function done(call: Promise<void>): Promise<Result> {
  await call;
  return { done: {} };
}

async function edited(call: Promise<readonly RefusedEdit[]>): Promise<Result> {
  const refused = (await call).map(({ at, error }) => ({ at, failure: failureTo(error) }));
  return { edited: { refused } };
}

async function listing(call: Promise<Listing>): Promise<Result> {
  const { rules, counters } = await call;
  return { listing: { rules: ruleSetTo(rules), counters: counters.map(serviceCountersTo) } };
}
