/**
 * The daemon's end of the control socket. The path appears only when requests are answered: the socket is
 * bound under another name, for root alone, and linked to its place. Linking fails where something stands, so
 * that of two daemons that start at once one is refused.
 */
import { linkSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { type DirectorApi, DirectorError } from '../director/api.ts';
import { type Log, SILENT } from '../director/log.ts';
import { Seldom } from '../director/seldom.ts';
import { makeFolder } from '../host/folder.ts';
import { ControlError } from './error.ts';
import { refuseIfServed } from './probe.ts';
import { Session } from './session.ts';
import { socketError } from './socket-error.ts';
import { checkSocketPath } from './socket-path.ts';

export interface ControlServer {
  /** Cuts the clients off and removes the socket. */
  close(): Promise<void>;
}

/**
 * @throws DirectorError `already-running` when another daemon answers there
 * @throws ControlError `no-access`, `bad-socket` when the socket cannot be made
 */
export async function serve(api: DirectorApi, path: string, log: Log = SILENT): Promise<ControlServer> {
  // Bytes that the temporary name is longer than the path.
  const suffix = `.${process.pid}`;
  checkSocketPath(path + suffix);
  const seldom = new Seldom();
  const warn = (subject: string, text: string) => {
    const said = seldom.say(subject, text, performance.now() * 1000);
    if (said !== undefined) log.warn(said);
  };
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    new Session(api, socket, (why) =>
      warn('malformed', `cut a client off that sent a malformed request: ${why}`),
    );
  });
  try {
    makeFolder(dirname(path));
    await listen(server, path + suffix);
    // A client that could not be taken, for want of descriptors perhaps, must not end the daemon.
    server.on('error', (error) => warn('refused', `cannot take a client: ${error.message}`));
    const own = lstatSync(path + suffix);
    await claim(path, path + suffix);
    unlinkSync(path + suffix);
    return { close: () => close(server, clients, path, own) };
  } catch (error) {
    server.close();
    if (error instanceof DirectorError || error instanceof ControlError) throw error;
    throw socketError(`cannot make the control socket ${path}`, error);
  }
}

/** Binds happen inside the call of listen(), so that the umask covers them and nothing else. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    const umask = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(umask);
    }
  });
}

async function claim(path: string, bound: string): Promise<void> {
  for (;;) {
    try {
      linkSync(bound, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await removeDead(path, `${bound}.old`);
  }
}

/** Takes a socket that nobody listens on out of the way; it may have been replaced since it was probed. */
async function removeDead(path: string, aside: string): Promise<void> {
  const probed = lstatOrGone(path);
  if (probed === undefined) return;
  if (!probed.isSocket())
    throw new ControlError('bad-socket', `${path} is no socket: remove it, or choose another --socket`);
  await refuseIfServed(path);
  renameSync(path, aside);
  if (lstatSync(aside).ino !== probed.ino) linkSync(aside, path);
  unlinkSync(aside);
}

function lstatOrGone(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function close(server: Server, clients: Set<Socket>, path: string, own: Stats): Promise<void> {
  const there = lstatOrGone(path);
  if (there?.ino === own.ino && there.dev === own.dev) unlinkSync(path);
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const client of clients) client.destroy();
  });
}
