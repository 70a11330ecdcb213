/** Makes the plane that the configuration asks for. */
import { DatapathError, type Plane } from '../datapath/plane.ts';
import { MemoryPlane } from '../datapath/reference/memory-plane.ts';
import { XdpPlane } from '../datapath/xdp-plane.ts';
import { macBytes } from '../host/gratuitous-arp.ts';
import type { InterfaceFacts } from '../host/interfaces.ts';
import { bootTimeUs } from '../native/clock.ts';
import { DirectorError } from './api.ts';
import type { DirectorConfig } from './config.ts';
import type { Log } from './log.ts';

/**
 * @param interfaces the configured ones
 * @throws DirectorError saying what this host lacks
 */
export function openPlane(config: DirectorConfig, interfaces: readonly InterfaceFacts[], log: Log): Plane {
  const { kind, connections, localPorts, mode, pins, ipvs } = config.datapath;
  if (kind === 'memory') {
    log.warn('the plane is in memory: every command works, no packet is forwarded');
    return new MemoryPlane({ connections, localPorts, ipvs }, bootTimeUs);
  }
  if (interfaces.length === 0) {
    log.warn('no interfaces are configured: nothing is forwarded until the configuration names some');
  }
  try {
    const plane = XdpPlane.open({
      pins,
      connections,
      localPorts,
      ipvs,
      mode,
      interfaces: interfaces.map(({ name, ifindex, mac, kind: linkKind }) => ({
        name,
        ifindex,
        mac: macBytes(mac),
        sendByRedirect: linkKind === 'veth',
      })),
    });
    const modes = [...plane.attached].map(([name, how]) => `${name} (${how})`).join(', ');
    log.info(
      `${plane.adopted ? 'adopted the running plane' : 'loaded the plane'}: XDP on ${modes || 'no interface'}`,
    );
    return plane;
  } catch (error) {
    if (!(error instanceof DatapathError)) throw error;
    const code = error.code === 'busy' ? 'no-xdp' : error.code;
    throw new DirectorError(code, error.message);
  }
}
