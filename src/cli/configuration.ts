/** The configuration that a command line asks for. */
import { loadConfig, withoutFile } from '../config/load.ts';
import type { DirectorConfig } from '../director/config.ts';
import type { DaemonOptions } from './verbs/daemon.ts';

/**
 * Whoever asks for a plane in memory and names no file wants to try commands: what the host is configured for is not
 * meant, and would speak to the peer.
 * @param kind of the plane, for one who wants to know what else the file says
 * @throws ConfigError
 */
export function configurationOf(options: DaemonOptions, kind = options.datapath): DirectorConfig {
  const given = kind ? { datapath: kind } : {};
  const forTrying = options.datapath === 'memory' && options.config === undefined;
  return forTrying ? withoutFile(given) : loadConfig(options.config, given);
}
