/** The command from its words to its exit code. The daemon is asked last: what is wrong in the words needs none. */
import { ControlError } from '../control/error.ts';
import type { DirectorApi } from '../director/api.ts';
import { HELP_TEXT, VERSION_TEXT } from './help.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';
import { understand } from './understand.ts';

export type Connected = DirectorApi & { close(): void };

/** Exit code when there is nothing to talk to. */
const INIT_EXIT = 2;

/** @param connect opens the control socket; throws ControlError */
export async function main(
  argv: readonly string[],
  io: Io,
  connect: () => Promise<Connected>,
): Promise<number> {
  const understood = await understand(argv, io);
  if ('exitCode' in understood) return understood.exitCode;
  const { command } = understood;
  if (command.kind === 'help' || command.kind === 'version') {
    await io.out(command.kind === 'help' ? HELP_TEXT : VERSION_TEXT);
    return 0;
  }
  return withDirector(io, connect, (api) => run(command, api, io));
}

/** Connects, says in ipvsadm's words why that failed, and closes. */
export async function withDirector(
  io: Io,
  connect: () => Promise<Connected>,
  work: (api: DirectorApi) => Promise<number>,
): Promise<number> {
  let api: Connected | undefined;
  try {
    api = await connect();
    return await work(api);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    // Once connected, the module is there; what went wrong then is not ipvsadm's to word.
    io.err(api ? `${error.message}\n` : initText(error));
    return api ? 255 : INIT_EXIT;
  } finally {
    api?.close();
  }
}

function initText(error: ControlError): string {
  const why = error.code === 'no-access' ? 'Permission denied (you must be root)' : 'Protocol not available';
  return (
    `Can't initialize ipvs: ${why}\n` +
    'Are you sure that IP Virtual Server is built in the kernel or as module?\n'
  );
}
