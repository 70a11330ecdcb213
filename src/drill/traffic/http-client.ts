/** HTTP clients that each keep one connection alive; opening a second one means that the first was lost. */
import { Agent, get } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { finish, onCommand, report, settings } from './channel.ts';
import { type HttpDone, type Target, TROUBLES_MAX } from './messages.ts';

interface Settings extends Target {
  readonly clients: number;
  readonly everyMs: number;
}

/** A request without an answer for so long has failed. */
const TIMEOUT_MS = 8000;
const TICK_MS = 200;

const { host, port, clients, everyMs } = settings<Settings>();
const troubles: string[] = [];
let sent = 0;
let failed = 0;
let established = 0;
let lost = 0;
let stopping = false;
/** Clients that have had an answer. */
let served = 0;

async function client(number: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<Socket>();
  let first = true;
  while (!stopping) {
    sent++;
    try {
      await request(agent, (socket) => {
        if (sockets.has(socket)) return;
        if (sockets.size === 0) established++;
        else trouble(number, 'had to open its connection again');
        sockets.add(socket);
      });
      if (first && ++served === clients) report({ kind: 'ready', established });
      first = false;
    } catch (error) {
      failed++;
      trouble(number, (error as Error).message);
    }
    await sleep(everyMs);
  }
  // Each socket after the first stands for a connection that was lost.
  if (sockets.size > 1) lost++;
  agent.destroy();
}

function request(agent: Agent, onSocket: (socket: Socket) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = get({ host, port, agent, path: '/', timeout: TIMEOUT_MS }, (answer) => {
      const { statusCode } = answer;
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => (statusCode === 200 ? resolve() : reject(new Error(`status ${statusCode}`))));
    });
    asked.once('socket', onSocket);
    asked.once('timeout', () => asked.destroy(new Error(`no answer for ${TIMEOUT_MS / 1000} s`)));
    asked.once('error', reject);
  });
}

function trouble(number: number, what: string): void {
  if (troubles.length < TROUBLES_MAX) troubles.push(`HTTP client ${number}: ${what}`);
}

const ticker = setInterval(() => report({ kind: 'tick', sent, failed, established }), TICK_MS);
onCommand(() => {
  stopping = true;
});
await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
clearInterval(ticker);
const message: HttpDone = {
  kind: 'done',
  requests: { sent, failed },
  established,
  survived: established - lost,
  lost,
  troubles,
};
finish(message);
