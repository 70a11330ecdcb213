/** From words to a command that this version carries out, with everything said about those it does not. */

import type { Address } from '../model/address.ts';
import { ModelError } from '../model/error.ts';
import type { Command } from './command.ts';
import { hintFor } from './hint.ts';
import type { Io } from './io.ts';
import { HostWanted, type NameSource } from './names.ts';
import { LONG_NAMES } from './options.ts';
import { parse } from './parse.ts';
import { UsageError } from './usage-error.ts';

/** A command, or the exit code of a mistake that was printed already. */
export type Understood =
  | { readonly command: Command }
  /** `final`: -R reads no further. */
  | { readonly exitCode: number; readonly final: boolean };

/** Parses, looks host names up, and says what is wrong. Asks nothing of the director. */
export async function understand(argv: readonly string[], io: Io): Promise<Understood> {
  try {
    const command = await parseWithNames(argv, io);
    return { command };
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof ModelError)) throw error;
    io.err(`${error.message}\n`);
    const hint = error instanceof UsageError && error.word !== undefined && hintFor(error.word, LONG_NAMES);
    if (hint) io.err(`${hint}\n`);
    return error instanceof UsageError
      ? { exitCode: error.exitCode, final: error.final }
      : { exitCode: 2, final: true };
  }
}

/** The parser is pure, so a name that it wants is looked up here, and the line read again. */
async function parseWithNames(argv: readonly string[], io: Io): Promise<Command> {
  const hosts = new Map<string, Address | undefined>();
  const names: NameSource = {
    port: (name, protocol) => io.resolver.port(name, protocol),
    host: (name) => {
      if (!hosts.has(name)) throw new HostWanted(name);
      return hosts.get(name);
    },
  };
  for (;;) {
    try {
      return parse(argv, names);
    } catch (error) {
      if (!(error instanceof HostWanted)) throw error;
      hosts.set(error.host, await io.resolver.hostAddress(error.host));
    }
  }
}
