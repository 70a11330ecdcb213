/** The multicast sockets of one direction of sync. The session knows only these interfaces. */
import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { HostError } from '../../host/error.ts';
import { interfaceFacts } from '../../host/interfaces.ts';
import { familyOf } from '../../model/address.ts';
import type { SyncDaemon } from '../../model/sync-daemon.ts';
import { DirectorError } from '../api.ts';

export interface Transmitter {
  /**
   * Hands datagrams to the kernel in order.
   * @param done called once, when the kernel has all of them; `failed` is how many it refused
   */
  send(datagrams: readonly Uint8Array[], done: (failed: number, error?: Error) => void): void;
  close(): void;
}

export interface Receiver {
  close(): void;
}

export interface SyncSockets {
  /** @throws DirectorError `no-such-device`, `no-route` */
  transmitter(daemon: SyncDaemon): Promise<Transmitter>;
  /** @throws DirectorError `no-such-device` */
  receiver(daemon: SyncDaemon, onDatagram: (datagram: Buffer) => void): Promise<Receiver>;
}

/**
 * Bytes asked for; the kernel grants what net.core.{r,w}mem_max allow. A burst of half-open connections at a
 * handover must fit while the other event loop is busy.
 */
const SOCKET_BUFFER = 4 * 1024 * 1024;

/**
 * The kernel's own answer, without a process, for links that are up; else iproute2's, because node hides a link
 * without a carrier, and a director must start while the cable to its peer hangs in the air.
 */
async function interfaceAddress(name: string, family: 4 | 6): Promise<string> {
  const running = (networkInterfaces()[name] ?? [])
    .filter((address) => address.family === `IPv${family}`)
    // A floating address is no address of ours to send from: rather one of a subnet.
    .toSorted((a, b) => Number(/\/(32|128)$/.test(a.cidr ?? '')) - Number(/\/(32|128)$/.test(b.cidr ?? '')));
  if (running[0]) return running[0].address;
  const facts = await interfaceFacts(name).catch((error: unknown) => {
    throw error instanceof HostError ? new DirectorError('no-such-device', `sync: ${error.message}`) : error;
  });
  const found = facts.addresses.find(({ address }) => familyOf(address) === family);
  if (found) return found.address;
  throw new DirectorError(
    'no-such-device',
    `sync: interface "${name}" has no IPv${family} address: give it one, or use a group of the other family`,
  );
}

/** How node names an interface of a multicast socket: by its address, or for IPv6 by its name. */
async function multicastInterface(daemon: SyncDaemon): Promise<string> {
  const family = familyOf(daemon.group);
  const address = await interfaceAddress(daemon.interface, family);
  return family === 4 ? address : `::%${daemon.interface}`;
}

/** An IPv6 group of link scope means nothing without its link. */
function scopedGroup(daemon: SyncDaemon): string {
  return familyOf(daemon.group) === 4 ? daemon.group : `${daemon.group}%${daemon.interface}`;
}

/** `bind` tells an error by the event, `connect` to its callback; its type does not say so. */
function ready(socket: Socket, begin: (done: (error?: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    begin((error) => {
      socket.off('error', reject);
      if (error) reject(error);
      else resolve();
    });
  });
}

async function open(daemon: SyncDaemon, setUp: (socket: Socket) => Promise<void>): Promise<Socket> {
  const type = familyOf(daemon.group) === 4 ? 'udp4' : 'udp6';
  // Both directions, and a kernel's daemon beside us, may share the port.
  const socket = createSocket({ type, reuseAddr: true });
  try {
    await setUp(socket);
  } catch (error) {
    socket.close();
    const reason = error instanceof Error ? error.message : String(error);
    const unreachable = (error as NodeJS.ErrnoException).code === 'ENETUNREACH';
    throw new DirectorError(
      unreachable ? 'no-route' : 'no-such-device',
      `sync: cannot use group ${daemon.group} port ${daemon.port} on "${daemon.interface}": ${reason}`,
    );
  }
  return socket;
}

/** @param options.loopback own host hears what it sends: for two directors on one interface of a test */
export function udpSockets(
  options: { loopback?: boolean; onError?: (error: Error) => void } = {},
): SyncSockets {
  const onError = options.onError ?? (() => {});
  return {
    async transmitter(daemon) {
      const via = await multicastInterface(daemon);
      const connected = daemon.direction === 'master';
      // Connected, as the kernel's own sync socket is: no lookup, no route, no address copied per datagram.
      const socket = await open(daemon, async (fresh) => {
        const source = familyOf(daemon.group) === 4 ? via : '::';
        await ready(fresh, (done) => fresh.bind({ address: source, port: 0 }, done));
        fresh.setSendBufferSize(SOCKET_BUFFER);
        fresh.setMulticastTTL(daemon.ttl);
        fresh.setMulticastInterface(via);
        fresh.setMulticastLoopback(options.loopback === true);
        // A receiver says little, and may start while its link is down.
        if (connected) await ready(fresh, (done) => fresh.connect(daemon.port, scopedGroup(daemon), done));
      });
      socket.on('error', onError);
      return {
        send(datagrams, done) {
          let left = datagrams.length;
          let failed = 0;
          let first: Error | undefined;
          const sent = (error: Error | null) => {
            if (error) {
              failed++;
              first ??= error;
            }
            if (--left === 0) done(failed, first);
          };
          for (const datagram of datagrams) {
            if (connected) socket.send(datagram, sent);
            else socket.send(datagram, daemon.port, scopedGroup(daemon), sent);
          }
        },
        close: () => socket.close(),
      };
    },

    async receiver(daemon, onDatagram) {
      const via = await multicastInterface(daemon);
      const socket = await open(daemon, async (fresh) => {
        // To the group, not to every address: unicast datagrams are not for us.
        const address = scopedGroup(daemon);
        await ready(fresh, (done) => fresh.bind({ address, port: daemon.port }, done));
        fresh.setRecvBufferSize(SOCKET_BUFFER);
        fresh.addMembership(daemon.group, via);
      });
      socket.on('error', onError);
      socket.on('message', onDatagram);
      return { close: () => socket.close() };
    },
  };
}
