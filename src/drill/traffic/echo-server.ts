/** Answers what it is told, over TCP or UDP. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { goBefore } from '../../host/priority.ts';
import { onCommand, report, settings } from './channel.ts';

const { protocol, host, port } = settings<{ protocol: 'tcp' | 'udp'; host: string; port: number }>();

function serveTcp(): void {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen({ host, port, backlog: 1024 }, () => report({ kind: 'ready' }));
}

function serveUdp(): void {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  socket.on('message', (message, { address, port: from }) => socket.send(message, from, address));
  socket.bind(port, host, () => report({ kind: 'ready' }));
}

// A server that a busy machine does not let answer would look like a director that does not forward.
goBefore(-15);
onCommand(() => {});
if (protocol === 'tcp') serveTcp();
else serveUdp();
