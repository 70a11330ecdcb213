/** Reads configuration. The whole file is checked before anything of it counts. */
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type DirectorConfig, PATHS } from '../director/config.ts';
import { ConfigError } from './error.ts';
import { problemsOf } from './problems.ts';
import { fileSchema } from './schema.ts';
import { type Surroundings, settingsOf } from './settings.ts';
import { Source } from './source.ts';

/**
 * @param file how errors name the text
 * @throws ConfigError `invalid` with everything that is wrong
 */
export function parseConfig(text: string, file: string, around: Surroundings): DirectorConfig {
  const source = new Source(text, file);
  const checked = fileSchema.safeParse(source.value());
  if (!checked.success) throw ConfigError.invalid(problemsOf(checked.error.issues, source));
  return settingsOf(checked.data, source, around);
}

/**
 * @param file the file to read; without one the default, which may be missing: then there are no routers,
 * no sync and no rules. The key that stands beside the default seals what is configured there, or started by command
 * @throws ConfigError `unreadable`, `invalid`
 */
export function loadConfig(file?: string, given: Partial<Surroundings> = {}): DirectorConfig {
  const beside = file === undefined && existsSync(PATHS.key) ? { keyFile: PATHS.key } : {};
  return parseConfig(read(file), file ?? PATHS.config, surroundings({ ...beside, ...given }));
}

/** What there is when the default file is missing, whether it is or not. */
export function withoutFile(given: Partial<Surroundings> = {}): DirectorConfig {
  return parseConfig('', 'no file', surroundings(given));
}

const surroundings = (given: Partial<Surroundings>): Surroundings => ({
  hostname: shortHostname(),
  ...given,
});

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file: check the path',
  EACCES: 'no permission: run as root',
  EISDIR: 'it is a folder: name the file in it',
};

function read(file: string | undefined): string {
  try {
    return readFileSync(file ?? PATHS.config, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && file === undefined) return '';
    const why = READ_ERRORS[code ?? ''] ?? message;
    throw new ConfigError('unreadable', `cannot read the configuration ${file ?? PATHS.config}: ${why}`, [], {
      cause: error,
    });
  }
}

/** The host name up to its first dot, without what no name may contain. */
function shortHostname(): string {
  const [first = ''] = hostname().split('.');
  return (
    first
      .replaceAll(/[^A-Za-z0-9_-]/g, '')
      .replace(/^[-_]+/, '')
      .slice(0, 63) || 'director'
  );
}
