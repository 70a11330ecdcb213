/** Runs the command as a terminal would see it: words and standard input in, texts and exit code out. */
import type { Io } from '../../src/ipvsadm/io.ts';
import { type Connected, main } from '../../src/ipvsadm/main.ts';
import type { Resolver } from '../../src/ipvsadm/namer.ts';
import { parseServicesFile } from '../../src/ipvsadm/services-file.ts';
import { restoreMain, saveMain } from '../../src/ipvsadm/wrappers.ts';
import { parseAddress } from '../../src/model/address.ts';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** Lines of Debian's file, for the names that tests use. */
const SERVICES = parseServicesFile(`
ssh		22/tcp				# SSH Remote Login Protocol
domain		53/tcp				# Domain Name Server
domain		53/udp
http		80/tcp		www		# WorldWideWeb HTTP
https		443/tcp				# http protocol over TLS/SSL
sip		5060/tcp			# Session Initiation Protocol
sip		5060/udp
mdns		5353/udp			# Multicast DNS
http-alt	8080/tcp	webcache	# WWW caching service
`);

const LOCALHOST = parseAddress('127.0.0.1');

export const testResolver: Resolver = {
  ...SERVICES,
  hostAddress: async (name) => (name === 'localhost' ? LOCALHOST : undefined),
  hostName: async (address) => (address === LOCALHOST ? 'localhost' : undefined),
};

/** An io that keeps what is written. */
export function terminal(stdin = '') {
  const output = { stdout: '', stderr: '' };
  const io: Io = {
    out: async (text) => {
      output.stdout += text;
    },
    err: (text) => {
      output.stderr += text;
    },
    async *lines() {
      yield stdin.split(/\r?\n/);
    },
    resolver: testResolver,
  };
  return { io, output };
}

/** Runs one of the programs on a director. */
export async function type(argv: readonly string[], director: Connected, stdin = ''): Promise<Output> {
  const { io, output } = terminal(stdin);
  const connect = async () => director;
  const [program, ...words] = argv;
  let exit: number;
  if (program === 'ipvsadm-save') exit = await saveMain(words, io, connect);
  else if (program === 'ipvsadm-restore') exit = await restoreMain(words, io, connect);
  else exit = await main(words, io, connect);
  return { ...output, exit };
}
