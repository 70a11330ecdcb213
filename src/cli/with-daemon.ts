import type { ControlClient } from '../control/client.ts';

/** Calls the daemon, and hangs up however it ends. @throws ControlError */
export async function withDaemon<T>(
  socket: string | undefined,
  use: (daemon: ControlClient) => Promise<T>,
): Promise<T> {
  const { connect } = await import('../control/client.ts');
  const daemon = await connect(socket);
  try {
    return await use(daemon);
  } finally {
    daemon.close();
  }
}
