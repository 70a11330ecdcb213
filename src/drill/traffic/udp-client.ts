/** One UDP stream, a numbered packet every millisecond; remembers when each answer came. */
import { createSocket } from 'node:dgram';
import { goBefore } from '../../host/priority.ts';
import { finish, now, onCommand, report, settings } from './channel.ts';
import type { Target, UdpDone } from './messages.ts';

/** An answer that takes longer is lost. */
const DRAIN_MS = 500;
const EVERY_MS = 1;
const TICK_MS = 200;

const { host, port } = settings<Target>();
/** Send time by sequence number, and the arrival of the first answer; -1 while there is none. */
const sentAt: number[] = [];
const answeredAt: number[] = [];
const answers: number[] = [];
let ownPause = 0;
let repeated = 0;

// A measurement must not wait behind what it measures.
goBefore(-15);
const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
socket.on('error', () => {});
socket.on('message', (message) => {
  if (message.length < 4) return;
  const sequence = message.readUInt32BE(0);
  if (answeredAt[sequence] !== -1) {
    repeated++;
    return;
  }
  answeredAt[sequence] = now();
  answers.push(answeredAt[sequence]);
});

socket.connect(port, host, () => {
  const begin = now();
  let last = begin;
  const timer = setInterval(() => {
    const time = now();
    ownPause = Math.max(ownPause, time - last);
    last = time;
    while (begin + sentAt.length * EVERY_MS <= time) send(time);
  }, EVERY_MS);
  const ticker = setInterval(
    () => report({ kind: 'tick', sent: sentAt.length, answered: answers.length }),
    TICK_MS,
  );
  onCommand(() => {
    clearInterval(timer);
    clearInterval(ticker);
    setTimeout(done, DRAIN_MS);
  });
  report({ kind: 'ready' });
});

function send(time: number): void {
  const packet = Buffer.alloc(16);
  packet.writeUInt32BE(sentAt.length, 0);
  sentAt.push(time);
  answeredAt.push(-1);
  // An error here is an ICMP answer to an earlier packet: that one is missing among the answers anyway.
  socket.send(packet, () => {});
}

function done(): void {
  const lost = sentAt.filter((_, sequence) => answeredAt[sequence] === -1);
  const message: UdpDone = { kind: 'done', sent: sentAt.length, answers, lost, repeated, ownPause };
  finish(message);
}
