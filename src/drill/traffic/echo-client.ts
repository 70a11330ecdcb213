/**
 * Many long-lived TCP connections that send numbered lines and want each one back, in order, once. Anything
 * else, a close or a reset included, loses the connection.
 */
import { connect, type Socket } from 'node:net';
import { finish, onCommand, report, settings } from './channel.ts';
import { type EchoDone, type Target, TROUBLES_MAX } from './messages.ts';

interface Settings extends Target {
  readonly connections: number;
  readonly everyMs: number;
}

/** Connections that are being opened at the same time: fewer than a veth queue holds (256 frames). */
const OPENING = 40;
/** The last answers may take this long: some retransmissions of TCP, whose timeout doubles from 200 ms. */
const DRAIN_MS = 8000;
const TICK_MS = 200;
/** Sends are spread over the interval in this many steps, so that they never come as one burst. */
const STEP_MS = 5;

const { host, port, connections, everyMs } = settings<Settings>();
const troubles: string[] = [];
let established = 0;
let lost = 0;
let messages = 0;
let finishing = false;

class Line {
  readonly #number: number;
  readonly #socket: Socket;
  #sent = 0;
  #answered = 0;
  #rest = '';
  #state: 'opening' | 'open' | 'lost' = 'opening';

  constructor(number: number, opened: () => void) {
    this.#number = number;
    this.#socket = connect({ host, port, noDelay: true }, () => {
      this.#state = 'open';
      established++;
      this.send();
      opened();
    });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (text: string) => this.#read(text));
    this.#socket.on('error', (error) => this.#lose(error.message));
    this.#socket.on('close', () => this.#lose('closed by the other side'));
  }

  get waiting(): boolean {
    return this.#state === 'open' && this.#answered < this.#sent;
  }

  send(): void {
    if (this.#state !== 'open') return;
    this.#socket.write(`${this.#number} ${this.#sent++}\n`);
    messages++;
  }

  giveUp(): void {
    if (this.waiting) this.#lose(`answer ${this.#answered} of ${this.#sent} did not come`);
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const wanted = `${this.#number} ${this.#answered++}`;
      if (line !== wanted) this.#lose(`wanted "${wanted}", got "${line.slice(0, 40)}"`);
    }
  }

  #lose(why: string): void {
    if (this.#state === 'lost') return;
    if (this.#state === 'opening') refuse(`connection ${this.#number}: ${why}`);
    lost++;
    this.#state = 'lost';
    if (troubles.length < TROUBLES_MAX) troubles.push(`connection ${this.#number}: ${why}`);
    this.#socket.destroy();
  }
}

/** A connection that never was is no loss, but a reason not to begin. */
function refuse(why: string): void {
  process.stderr.write(`${why}\n`, () => process.exit(1));
}

const lines: Line[] = [];

function openNext(): void {
  if (lines.length < connections) {
    lines.push(new Line(lines.length, openNext));
  } else if (established === connections) {
    report({ kind: 'ready', established });
  }
}

/** The next connection whose turn it is to send. */
let turn = 0;
let owed = 0;
const sender = setInterval(() => {
  if (established < connections && !finishing) return;
  owed += (connections * STEP_MS) / everyMs;
  for (; owed >= 1; owed--) lines[turn++ % connections]?.send();
}, STEP_MS);
const ticker = setInterval(() => report({ kind: 'tick', established, lost, messages }), TICK_MS);

onCommand(() => {
  finishing = true;
  clearInterval(sender);
  // The last word: every connection must still carry a message and its answer.
  for (const line of lines) line.send();
  const started = performance.now();
  const timer = setInterval(() => {
    const waiting = lines.some((line) => line.waiting);
    if (waiting && performance.now() - started < DRAIN_MS) return;
    clearInterval(timer);
    clearInterval(ticker);
    for (const line of lines) line.giveUp();
    const message: EchoDone = {
      kind: 'done',
      established,
      survived: established - lost,
      lost,
      messages,
      troubles,
    };
    finish(message);
  }, 20);
});
for (let i = 0; i < OPENING; i++) openNext();
