/**
 * Where held frames wait (see bpf/wires.bpf.c): a process in the switch's namespace that takes them off one
 * interface, with a ticket behind each that says where it goes and after how long, and sends it there in time.
 */
import { NativeError } from '../native/error.ts';
import { Poller } from '../native/poll.ts';
import { AF_PACKET, SOCK_RAW, Socket, sockaddrLl } from '../native/socket.ts';
import { HeldFrames } from './held-frames.ts';

/** struct ticket: target's interface index, delay in microseconds. */
const TICKET = 8;
/** The mark by which the program at the ports knows what it has treated. */
const TREATED = 0x7a11;
/** ETH_P_ALL of linux/if_ether.h, in network order. */
const EVERY_PROTOCOL = 0x0300;
/** A frame of Ethernet with a tag, its ticket, and room to spare. */
const LARGEST = 2048;
/** Frames that wait; with more the ones that are due next leave early. Half a second of 30,000 frames a second. */
const SEATS = 16_384;
/** Bursts wait in the kernel while this process is not served. */
const BUFFER = 8 * 1024 * 1024;
/** How often it looks whether the lab still lives. */
const IDLE_US = 100_000;

const nowUs = (): number => Number(process.hrtime.bigint()) / 1000;

const ifindex = Number(process.argv[2]);
const arrivals = new Socket(AF_PACKET, SOCK_RAW, EVERY_PROTOCOL, LARGEST);
arrivals.receiveBuffer(BUFFER);
arrivals.bind(sockaddrLl(ifindex));
// Protocol 0 receives nothing.
const departures = new Socket(AF_PACKET, SOCK_RAW, 0, 0);
departures.mark(TREATED);
const poller = new Poller([arrivals.fd]);
const queue = new HeldFrames();

const admit = (): void => {
  for (let frame = arrivals.receive(); frame; frame = arrivals.receive()) {
    const bytes = Buffer.from(frame.bytes);
    const end = bytes.length - TICKET;
    if (end <= 0) continue;
    const due = nowUs() + bytes.readUInt32LE(end + 4);
    queue.add({ frame: bytes.subarray(0, end), to: bytes.readUInt32LE(end), due });
  }
};
const release = (): void => {
  for (let next = queue.next; next && (next.due <= nowUs() || queue.length > SEATS); next = queue.next) {
    queue.take();
    try {
      departures.send(next.frame, sockaddrLl(next.to));
    } catch (error) {
      // A link that is down or gone loses what is on its way.
      if (!(error instanceof NativeError)) throw error;
    }
  }
};
const turn = (): void => {
  poller.wait(Math.min(IDLE_US, (queue.next?.due ?? Number.POSITIVE_INFINITY) - nowUs()));
  admit();
  release();
  setImmediate(turn);
};
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write('open\n');
turn();
