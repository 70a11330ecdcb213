/** What the host's main routing table says. */
import { ipJson } from './ip.ts';

interface RouteJson {
  readonly type?: string;
  readonly flags?: readonly string[];
}

/** Kinds that lead nowhere. */
const REFUSING: ReadonlySet<string> = new Set(['unreachable', 'blackhole', 'prohibit', 'throw']);

/**
 * Whether a route to exactly this destination leads somewhere: not by a link that is down.
 * @param destination `192.0.2.0/24` or `2001:db8::/32`
 * @throws HostError
 */
export async function hasRoute(destination: string): Promise<boolean> {
  const family = destination.includes(':') ? '-6' : '-4';
  const routes = await ipJson<readonly RouteJson[]>([family, 'route', 'show', 'exact', destination]);
  return routes.some(
    ({ type = 'unicast', flags = [] }) =>
      !REFUSING.has(type) && !flags.includes('linkdown') && !flags.includes('dead'),
  );
}
