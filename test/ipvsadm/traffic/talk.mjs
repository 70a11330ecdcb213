/**
 * Clients and servers of the recorded traffic, as a process in a host of the lab. One word tells it what it is:
 * `serve`: TCP and UDP servers that say back what they hear, on every address. `call`: a client that takes one command a
 * line from standard input (JSON) and answers each with a line when it is done.
 */
import { createSocket } from 'node:dgram';
import { createServer, connect as open } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** An address of its own for each UDP server: what a wildcard socket answers bears the host's first one. */
const addresses = () =>
  Object.values(networkInterfaces())
    .flat()
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);

async function serve(tcpPorts, udpPorts) {
  const ready = [];
  for (const port of tcpPorts) {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    ready.push(new Promise((resolve) => server.listen(port, '::', resolve)));
  }
  for (const port of udpPorts)
    for (const own of addresses()) {
      const socket = createSocket(own.includes(':') ? 'udp6' : 'udp4');
      socket.on('message', (message, { address, port }) => socket.send(message, port, address));
      ready.push(new Promise((resolve) => socket.bind(port, own, resolve)));
    }
  await Promise.all(ready);
  say({ ready: true });
}

/** By local port. */
const sockets = new Map();
const heard = new Map();

const callTcp = ({ from, port, to, service }) =>
  new Promise((resolve, reject) => {
    const socket = open({ host: to, port: service, localAddress: from, localPort: port });
    heard.set(port, 0);
    socket.on('data', (data) => heard.set(port, heard.get(port) + data.length));
    socket.once('connect', resolve);
    socket.on('error', reject);
    sockets.set(port, socket);
  });

async function echo({ port, bytes, times }) {
  const socket = sockets.get(port);
  for (let time = 0; time < times; time += 1) {
    const due = heard.get(port) + bytes;
    socket.write(Buffer.alloc(bytes, 'x'));
    while (heard.get(port) < due) await new Promise((resolve) => socket.once('data', resolve));
  }
}

const COMMANDS = {
  connect: callTcp,
  echo,
  /** Sends without waiting for what is said back. */
  upload: async ({ port, bytes }) => {
    const due = heard.get(port) + bytes;
    const socket = sockets.get(port);
    const block = Buffer.alloc(1 << 20, 'x');
    for (let sent = 0; sent < bytes; sent += block.length)
      if (!socket.write(block.subarray(0, Math.min(block.length, bytes - sent))))
        await new Promise((resolve) => socket.once('drain', resolve));
    while (heard.get(port) < due) await new Promise((resolve) => socket.once('data', resolve));
  },
  close: ({ port }) =>
    new Promise((resolve) => {
      sockets.get(port).once('close', resolve);
      sockets.get(port).end();
    }),
  shutdown: ({ port }) =>
    new Promise((resolve) => {
      sockets.get(port).once('end', resolve);
      sockets.get(port).end();
    }),
  reset: ({ port }) =>
    new Promise((resolve) => {
      sockets.get(port).once('close', resolve);
      sockets.get(port).resetAndDestroy();
    }),
  /** One question; waits for its answer unless there will be none. */
  ask: ({ from, port, to, service, bytes, answered = true }) =>
    new Promise((resolve, reject) => {
      let socket = sockets.get(port);
      const question = () => {
        if (answered) socket.once('message', resolve);
        socket.send(Buffer.alloc(bytes, 'x'), service, to, (error) => {
          if (error) reject(error);
          else if (!answered) resolve();
        });
      };
      if (socket) return question();
      socket = createSocket(from.includes(':') ? 'udp6' : 'udp4');
      sockets.set(port, socket);
      socket.bind(port, from, question);
    }),
};

function call() {
  let turn = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', (line) => {
    turn = turn.then(async () => {
      const { command, ...rest } = JSON.parse(line);
      try {
        await COMMANDS[command](rest);
        say({ done: true });
      } catch (error) {
        say({ error: error.message });
      }
    });
  });
  say({ ready: true });
}

const [what, ...words] = process.argv.slice(2);
const numbers = (word) => word.split(',').map(Number);
if (what === 'serve') await serve(numbers(words[0]), numbers(words[1]));
else call();
