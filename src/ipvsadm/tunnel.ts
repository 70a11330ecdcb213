/** Which tunnel option goes with which tunnel type. */
import type { Tunnel } from '../model/rules.ts';
import type { Draft } from './draft.ts';
import type { OptionName } from './options.ts';
import { UsageError } from './usage-error.ts';

const TUNNEL_OPTIONS = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'] as const;
const CHECKSUMS = ['tun-nocsum', 'tun-csum', 'tun-remcsum'] as const;

const TAKES: Readonly<Record<Tunnel['type'], readonly OptionName[]>> = {
  ipip: ['tun-type'],
  gue: ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'],
  gre: ['tun-type', 'tun-nocsum', 'tun-csum'],
};

/**
 * The tunnel of a real server that is reached through one.
 * @throws UsageError exit 2, checked in the table's order
 */
export function buildTunnel(draft: Draft): Tunnel | undefined {
  const { given, tunnelType: type, tunnelPort: port } = draft;
  if (draft.forwarding !== 'tunnel') {
    if (TUNNEL_OPTIONS.some((name) => given.has(name)))
      throw new UsageError('Tunnel options conflict with forward method');
    return undefined;
  }
  let checksum: (typeof CHECKSUMS)[number] | undefined;
  for (const name of TUNNEL_OPTIONS) {
    if (!given.has(name)) {
      if (name === 'tun-port' && type === 'gue')
        throw new UsageError(`You need to supply the '${name}' option for the '${type}' tunnel type`);
      continue;
    }
    if (!TAKES[type].includes(name))
      throw new UsageError(`Illegal '${name}' option with the '${type}' tunnel type`);
    const kind = CHECKSUMS.find((one) => one === name);
    if (kind && checksum)
      throw new UsageError(
        `The option '${kind}' conflicts with the '${checksum}' option in the '${type}' tunnel type`,
      );
    checksum = kind ?? checksum;
  }
  const words = { 'tun-nocsum': 'none', 'tun-csum': 'full', 'tun-remcsum': 'remote' } as const;
  return { type, port, checksum: checksum ? words[checksum] : 'none' };
}
