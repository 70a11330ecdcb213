/** The command from its words to its exit code. As ipvsadm opens IPVS, so we the daemon's socket: before all but -h. */
import { ControlError } from '../control/error.ts';
import type { DirectorApi } from '../director/api.ts';
import { HELP_TEXT } from './help.ts';
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
  const wrong: string[] = [];
  const understood = await understand(argv, { ...io, err: (text) => wrong.push(text) });
  if ('command' in understood && understood.command.kind === 'help') {
    await io.out(HELP_TEXT);
    return 0;
  }
  return withDirector(io, connect, async (api) => {
    for (const text of wrong) io.err(text);
    return 'exitCode' in understood ? understood.exitCode : run(understood.command, api, io);
  });
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
