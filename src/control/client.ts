/** The director's interface at the other end of the control socket. */
import { createConnection, type Socket } from 'node:net';
import type { DirectorApi, Listing } from '../director/api.ts';
import { editTo } from '../wire/control-edits.ts';
import { ruleSetFrom, serviceIdTo } from '../wire/control-rules.ts';
import { connectionFrom, serviceCountersFrom } from '../wire/control-tables.ts';
import { amountFrom, required, syncDaemonFrom, syncDaemonTo } from '../wire/control-values.ts';
import type { tandem } from '../wire/generated/control.js';
import { Calls, understood } from './calls.ts';
import { ControlError } from './error.ts';
import { failureFrom } from './failure.ts';
import { socketError } from './socket-error.ts';
import { checkSocketPath, defaultSocketPath } from './socket-path.ts';
import { keysFrom, statusFrom } from './status-codec.ts';

/** Chunks of a stream that are under way at once: enough that neither end waits for the other. */
const STREAM_WINDOW = 4;

export interface ControlClient extends DirectorApi {
  close(): void;
}

/**
 * Connects to the daemon.
 * @param path the socket; without it TANDEM_SOCKET, or the default place
 * @throws ControlError `no-daemon`, `no-access`, `bad-socket`
 */
export async function connect(path: string = defaultSocketPath()): Promise<ControlClient> {
  checkSocketPath(path);
  return client(new Calls(await open(path)));
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const refuse = (error: NodeJS.ErrnoException) => reject(refusal(path, error));
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}

function refusal(path: string, error: NodeJS.ErrnoException): ControlError {
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTSOCK') {
    const text = `no daemon listens on ${path}: start one with "tandem daemon" or "tandem start-daemon"`;
    return new ControlError('no-daemon', text, { cause: error });
  }
  return socketError(`cannot open the control socket ${path}`, error);
}

function client(calls: Calls): ControlClient {
  const nothing = () => {};
  return {
    edit: (edits, how) =>
      calls.call({ edit: { edits: edits.map(editTo), whole: how === 'whole' } }, 'edited', ({ refused }) =>
        (refused ?? []).map(({ at, failure }) => ({
          at: at ?? 0,
          error: failureFrom(required(failure, 'failure')),
        })),
      ),
    list: () => calls.call({ list: {} }, 'listing', listingFrom),
    rates: () => calls.call({ rates: {} }, 'listing', listingFrom),
    zero: (service) =>
      calls.call({ zero: service ? { service: serviceIdTo(service) } : {} }, 'done', nothing),
    connections: () => connections(calls),
    status: () => calls.call({ status: {} }, 'status', statusFrom),
    syncDaemons: () =>
      calls.call({ syncDaemons: {} }, 'syncDaemons', ({ daemons }) => (daemons ?? []).map(syncDaemonFrom)),
    startSync: (daemon) => calls.call({ startSync: syncDaemonTo(daemon) }, 'done', nothing),
    stopSync: (direction) => calls.call({ stopSync: { direction } }, 'done', nothing),
    handover: () =>
      calls.call({ handover: {} }, 'handover', ({ tookMs }) => ({ tookMs: amountFrom(tookMs) })),
    upgrade: () => calls.call({ upgrade: {} }, 'done', nothing),
    rekey: () => calls.call({ rekey: {} }, 'keys', keysFrom),
    close: () => calls.close(),
  };
}

function listingFrom({ rules, counters }: tandem.control.IListing): Listing {
  return { rules: ruleSetFrom(rules), counters: (counters ?? []).map(serviceCountersFrom) };
}

async function* connections(calls: Calls) {
  const stream = calls.stream({ connections: STREAM_WINDOW });
  try {
    for await (const { connections: chunk } of stream.replies()) {
      yield await understood(() => required(chunk, 'connections').connections?.map(connectionFrom) ?? []);
      stream.more();
    }
  } finally {
    stream.close();
  }
}
