/** The heartbeat worker thread. */
import { once } from 'node:events';
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { FencePort } from '../../datapath/ports.ts';
import { bootTimeUs } from '../../native/clock.ts';
import { isRunning } from '../../native/interface.ts';
import { lockCode } from '../../native/memory.ts';
import { Bell } from '../../native/poll.ts';
import { becomeRealTime } from '../../native/sched.ts';
import { FrameSender } from '../../native/vrrp-socket.ts';
import { Board } from '../board.ts';
import { Heartbeat } from './heartbeat.ts';
import { runLoop } from './loop.ts';
import type { HeartbeatCommand, HeartbeatEvent, HeartbeatSetup } from './messages.ts';
import { RawTransport } from './raw-transport.ts';
import { UdpTransport } from './udp-transport.ts';

/** Before every ordinary thread, behind the kernel's interrupt threads (50). */
const PRIORITY = 40;

type FenceModule = { readonly createFence: (options: unknown) => FencePort | Promise<FencePort> };

/** What the thread is born with; its {@link HeartbeatSetup} comes over `setup` when it is known. */
export interface HeartbeatWorkerData {
  /** File URL of the module that the fence comes from. */
  readonly fence: string;
  readonly bell: number;
  readonly setup: MessagePort;
}

async function main(
  port: MessagePort,
  { fence: module, bell, setup: from }: HeartbeatWorkerData,
): Promise<void> {
  const loading = import(module) as Promise<FenceModule>;
  const setup = await received(from);
  const { createFence } = await loading;
  if (!setup) return;
  const post = (event: HeartbeatEvent): void => port.postMessage(event);
  const fence = await createFence(setup.fence);
  const raw = setup.transport === 'raw';
  const transports = setup.routers.map((router) =>
    raw ? new RawTransport(router) : new UdpTransport(router),
  );
  const socket = raw ? transports[0]?.fds[0] : undefined;
  const frames = raw ? new FrameSender() : undefined;
  const standing = {
    realTime: tryOr(post, 'no real-time priority for the heartbeat', () => becomeRealTime(PRIORITY)),
    locked: tryOr(post, 'the heartbeat may wait for its code to be read from disk', lockCode),
  };
  const heartbeat = new Heartbeat(setup.routers, setup.floating, {
    transports,
    fence,
    board: new Board(setup.board),
    links: setup.links,
    standing,
    ...(socket !== undefined && { running: (name: string) => isRunning(socket, name) }),
    clock: bootTimeUs,
    ...(frames && { sendFrame: (frame: Uint8Array, ifindex: number) => frames.send(frame, ifindex) }),
    post,
  });
  runLoop(heartbeat, {
    bell: new Bell(bell),
    fds: transports.flatMap((transport) => transport.fds),
    clock: bootTimeUs,
    takeCommands: () => takeCommands(port),
  });
  for (const closable of [...transports, frames]) closable?.close();
}

/** Undefined when the other end is closed without a word. Commands come over another port, and wait there. */
async function received(from: MessagePort): Promise<HeartbeatSetup | undefined> {
  const closed = once(from, 'close').then(() => undefined);
  const setup = await Promise.race([once(from, 'message').then(([data]) => data as HeartbeatSetup), closed]);
  from.close();
  return setup;
}

function takeCommands(port: MessagePort): HeartbeatCommand[] {
  const commands: HeartbeatCommand[] = [];
  for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port)) {
    commands.push(got.message as HeartbeatCommand);
  }
  return commands;
}

/** Best effort: without it, adverts may come late under load, and the log says so. @returns whether it was allowed */
function tryOr(post: (event: HeartbeatEvent) => void, what: string, attempt: () => void): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    post({
      kind: 'log',
      level: 'warn',
      text: `${what}: ${error.message}; on a busy host adverts may be late`,
    });
    return false;
  }
}

if (!parentPort) throw new Error('entry.ts is a worker thread: start it with HeartbeatThread');
await main(parentPort, workerData as HeartbeatWorkerData);
