/**
 * On the link of a pair: records what is heard there, or says what a Fuzzer makes of such recordings. Told what to do by
 * its parent.
 */
import { createSocket } from 'node:dgram';
import { Fuzzer } from './sync-fuzz.ts';

const GROUP = '224.0.0.81';
const PORT = 8848;
const MOST_RECORDED = 4000;

const [, , , address = ''] = process.argv;
const recorded: Buffer[] = [];
let fuzzer: Fuzzer | undefined;

const ear = createSocket({ type: 'udp4', reuseAddr: true });
ear.on('message', (datagram) => {
  if (!fuzzer && recorded.length < MOST_RECORDED) recorded.push(datagram);
});
ear.bind({ address: GROUP, port: PORT }, () => {
  ear.addMembership(GROUP, address);
  process.send?.({ listening: true });
});
const mouth = createSocket('udp4');
mouth.bind({ address, port: 0 }, () => {
  mouth.setMulticastInterface(address);
  mouth.setMulticastLoopback(false);
});

process.on('message', (command: { tell?: boolean; from?: readonly string[]; send?: number }) => {
  if (command.tell) process.send?.({ recorded: recorded.map((datagram) => datagram.toString('base64')) });
  if (command.from) {
    const bytes = command.from.map((text) => Buffer.from(text, 'base64'));
    fuzzer = new Fuzzer(bytes, 1, true);
  }
  let left = command.send ?? 0;
  for (let n = left; n > 0; n--)
    mouth.send(fuzzer?.next() ?? '', PORT, GROUP, () => {
      if (--left === 0) process.send?.({ sent: true });
    });
});
process.on('disconnect', () => process.exit());
