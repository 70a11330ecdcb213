// A director with so many connections that nobody holds: `node many-connections.mjs SOCKET NUMBER`. Needs a build.
import { serve } from '../../dist/control/server.js';

const [socket, number] = process.argv.slice(2);
const CHUNK = 1000;

function connection(index) {
  return {
    protocol: 'tcp',
    client: {
      address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
      port: 1024 + (index % 60_000),
    },
    virtual: { address: '10.1.1.1', port: 80 },
    local: { address: '192.168.10.1', port: 1024 + (index % 60_000) },
    server: { address: '192.168.10.2', port: 22 },
    forwarding: 'fullnat',
    state: 1,
    expires: 899,
  };
}

async function* connections() {
  for (let at = 0; at < Number(number); at += CHUNK)
    yield Array.from({ length: Math.min(CHUNK, Number(number) - at) }, (_, index) => connection(at + index));
}

await serve({ connections }, socket);
