/**
 * Listens on the client network for advertisements and announcements, and asks every millisecond by ARP who
 * has the VIP. Frames are read and written whole, because the kernel's own ARP would hide a second answer.
 */
import { goBefore } from '../../host/priority.ts';
import { Poller } from '../../native/poll.ts';
import { AF_PACKET, SOCK_RAW, Socket, sockaddrLl } from '../../native/socket.ts';
import { AnswerLog } from '../answerers.ts';
import { finish, now, onCommand, report, settings } from './channel.ts';
import { arpQuestion, ETHERTYPE, type Heard, questionNumber, readArp, readVrrp } from './frames.ts';
import type { WatchDone } from './messages.ts';

interface Settings {
  readonly ifindex: number;
  readonly mac: string;
  readonly vip: string;
}

const EVERY_MS = 1;
/** An answer that is still on its way when the asking stops. */
const DRAIN_MS = 100;

const { ifindex, mac, vip } = settings<Settings>();
const answers = new AnswerLog();
let asked = 0;
let asking = true;

// A measurement must not wait behind what it measures.
goBefore(-15);
const arpSocket = open(ETHERTYPE.arp);
const ipSocket = open(ETHERTYPE.ip);
const poller = new Poller([arpSocket.fd, ipSocket.fd]);
const destination = sockaddrLl(ifindex);

function open(ethertype: number): Socket {
  // packet(7): the protocol is in network order.
  const protocol = ((ethertype & 0xff) << 8) | (ethertype >> 8);
  const socket = new Socket(AF_PACKET, SOCK_RAW, protocol, 256);
  socket.bind(sockaddrLl(ifindex));
  return socket;
}

/** Frames are handled in the order of their arrival on each socket. */
function drain(socket: Socket, read: (frame: Uint8Array) => Heard | undefined): void {
  for (;;) {
    const frame = socket.receive();
    if (!frame) return;
    const heard = read(frame.bytes);
    if (!heard) continue;
    const at = now();
    if (heard.kind === 'answer') answers.add(questionNumber(heard.asker, asked), heard.mac, at);
    else report({ ...heard, at });
  }
}

const begin = now();
function turn(): void {
  const due = begin + asked * EVERY_MS - now();
  poller.wait(Math.max(0, asking ? Math.min(due, EVERY_MS) : EVERY_MS) * 1000);
  drain(arpSocket, (frame) => readArp(frame, vip, mac));
  drain(ipSocket, readVrrp);
  // One at a time: after a pause of this process the questions come faster, but none is left out.
  if (asking && begin + asked * EVERY_MS <= now())
    arpSocket.send(arpQuestion(mac, asked++, vip), destination);
  setImmediate(turn);
}

onCommand(() => {
  asking = false;
  setTimeout(() => {
    const message: WatchDone = { kind: 'done', arp: answers.record(asked) };
    finish(message);
  }, DRAIN_MS);
});
report({ kind: 'ready' });
turn();
