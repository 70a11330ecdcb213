/**
 * The daemon's log. Lines go to stderr: for people on a terminal with the time, for a journal with the
 * priority prefixes of sd-daemon(3); and to a file of JSON lines when one is configured, which never makes the loop
 * that logs wait. A reader of stderr that stops reading does: Node writes to pipes at once or not at all.
 */
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import winston from 'winston';
import { makeFolder } from '../host/folder.ts';
import { DirectorError } from './api.ts';
import { LogFile } from './log-file.ts';

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface Log {
  error(text: string): void;
  warn(text: string): void;
  info(text: string): void;
  debug(text: string): void;
  /** A log whose lines carry the name of a part: `vrrp`, `sync`, `datapath`, `control`. */
  child(namespace: string): Log;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Appended to; its folder is made when it is missing. */
  readonly file?: string;
  /** Where lines for people go. */
  readonly stream?: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env?: NodeJS.ProcessEnv;
}

/** syslog(3) priorities, as sd-daemon(3) reads them from a line's prefix. */
const PRIORITY: Readonly<Record<string, number>> = { error: 3, warn: 4, info: 6, debug: 7 };

interface Entry {
  readonly level: string;
  readonly message: unknown;
  readonly namespace?: unknown;
  readonly timestamp?: unknown;
}

const named = ({ namespace, message }: Entry) =>
  typeof namespace === 'string' ? `${namespace}: ${message}` : `${message}`;

/** Every line of a message carries the prefix: the journal splits entries at line ends. */
function journalLines(entry: Entry): string {
  return named(entry).replaceAll(/^/gm, `<${PRIORITY[entry.level] ?? 6}>`);
}

function terminalLine(entry: Entry): string {
  return `${entry.timestamp} ${entry.level.padEnd(5)} ${named(entry)}`;
}

/** @throws DirectorError `no-log-file` */
export function createLog(options: LogOptions): Log {
  const { timestamp, printf, combine, json } = winston.format;
  const stream = options.stream ?? process.stderr;
  const env = options.env ?? process.env;
  const journal = !stream.isTTY || env.JOURNAL_STREAM !== undefined || env.INVOCATION_ID !== undefined;
  const transports: winston.transport[] = [
    new winston.transports.Stream({
      stream,
      format: journal
        ? printf(journalLines)
        : combine(timestamp({ format: 'HH:mm:ss.SSS' }), printf(terminalLine)),
    }),
  ];
  if (options.file !== undefined) {
    prepareFile(options.file);
    const file = new LogFile({ path: options.file, say: (level, text) => log[level](text) });
    transports.push(new winston.transports.Stream({ stream: file, format: combine(timestamp(), json()) }));
  }
  const log = wrap(
    winston.createLogger({ levels: winston.config.npm.levels, level: options.level, transports }),
  );
  return log;
}

/** Asked now: whoever starts the daemon is there to choose another one. */
function prepareFile(file: string): void {
  try {
    makeFolder(dirname(file));
    closeSync(openSync(file, 'a'));
  } catch (error) {
    const why = (error as Error).message;
    throw new DirectorError(
      'no-log-file',
      `cannot write the log file ${file} (${why}): choose another log.file`,
    );
  }
}

function wrap(logger: winston.Logger): Log {
  const write = (level: LogLevel) => (text: string) => void logger.log(level, text);
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    child: (namespace) => wrap(logger.child({ namespace })),
  };
}

/** For tests, and for parts that were given no log. */
export const SILENT: Log = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => SILENT,
};
