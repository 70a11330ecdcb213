/** Requests on their way to the daemon, and the answers that came back, matched by id. */
import type { Socket } from 'node:net';
import { tandem } from '../wire/generated/control.js';
import { ControlError } from './error.ts';
import { failureFrom } from './failure.ts';
import { FrameReader, frame } from './frames.ts';

type Request = tandem.control.IRequest;
type Reply = tandem.control.IReply;
type ResultName = Exclude<keyof Reply, 'id' | 'failure' | '$unknowns'>;

interface Waiting {
  reply(reply: Reply): void;
  fail(error: Error): void;
}

/** Replies of one request as they come. */
export interface ReplyStream {
  /** Until the daemon says that it is done. @throws what the daemon answered, or ControlError */
  replies(): AsyncIterable<Reply>;
  /** One more reply may be sent. */
  more(): void;
  /** No more replies are wanted. */
  close(): void;
}

/** What a daemon of this version cannot have meant is a breach of the protocol, whatever value was wrong. */
export async function understood<T>(read: () => T): Promise<T> {
  try {
    return read();
  } catch (error) {
    throw new ControlError('protocol', `an answer of the daemon makes no sense: ${String(error)}`, {
      cause: error,
    });
  }
}

export class Calls {
  readonly #socket: Socket;
  readonly #frames = new FrameReader();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: ControlError | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', (error) =>
      this.#end('no-daemon', `the connection to the daemon broke: ${error.message}`),
    );
    socket.on('close', () => this.#end('no-daemon', 'the daemon closed the connection before it answered'));
  }

  close(): void {
    this.#end('no-daemon', 'the connection to the daemon was closed here');
    this.#socket.destroy();
  }

  /** One request, one answer. @param read makes a value of it, or throws when it is none */
  call<N extends ResultName, T>(
    request: Request,
    result: N,
    read: (message: NonNullable<Reply[N]>) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = this.#send(request, {
        reply: (reply) => {
          this.#waiting.delete(id);
          const message = reply[result];
          if (reply.failure) reject(failureFrom(reply.failure));
          else if (message) understood(() => read(message)).then(resolve, reject);
          else reject(new ControlError('protocol', `the daemon gave another answer than "${result}"`));
        },
        fail: reject,
      });
    });
  }

  stream(request: Request): ReplyStream {
    const arrived: Reply[] = [];
    let failure: Error | undefined;
    let wake = () => {};
    const id = this.#send(request, {
      reply(reply) {
        arrived.push(reply);
        wake();
      },
      fail(error) {
        failure = error;
        wake();
      },
    });
    return {
      async *replies() {
        for (;;) {
          const reply = arrived.shift();
          if (reply?.done) return;
          if (reply?.failure) throw failureFrom(reply.failure);
          if (reply) yield reply;
          else if (failure) throw failure;
          else
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
        }
      },
      more: () => this.#write({ id, more: 1 }),
      close: () => {
        if (this.#waiting.delete(id)) this.#write({ id, cancel: {} });
      },
    };
  }

  #send(request: Request, waiting: Waiting): number {
    // Ids come around after 2^32 calls: long after the first was answered.
    this.#lastId = (this.#lastId + 1) >>> 0;
    if (this.#ended) waiting.fail(this.#ended);
    else {
      this.#waiting.set(this.#lastId, waiting);
      this.#write({ id: this.#lastId, ...request });
    }
    return this.#lastId;
  }

  #write(request: Request): void {
    if (this.#socket.writable) this.#socket.write(frame(tandem.control.Request.encode(request)));
  }

  #read(bytes: Buffer): void {
    this.#frames.push(bytes);
    try {
      for (let body = this.#frames.next(); body; body = this.#frames.next()) {
        const reply = tandem.control.Reply.decode(body);
        this.#waiting.get(reply.id)?.reply(reply);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#end('protocol', `what the daemon sent is not the control protocol of this version: ${why}`);
      this.#socket.destroy();
    }
  }

  #end(code: 'no-daemon' | 'protocol', message: string): void {
    this.#ended ??= new ControlError(code, message);
    for (const waiting of this.#waiting.values()) waiting.fail(this.#ended);
    this.#waiting.clear();
  }
}
