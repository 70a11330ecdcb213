import type { RouterConfig } from '../../src/director/config.ts';
import { parseAddress } from '../../src/model/address.ts';

/** A virtual router's settings as the configuration fills them in, for an address 10.0.0.1 on "up0". */
export function routerConfig(more: Partial<RouterConfig> = {}): RouterConfig {
  return {
    name: 'vr',
    vrid: 51,
    interface: 'up0',
    priority: 100,
    advertMs: 100,
    addresses: [parseAddress('10.0.0.1')],
    version: 3,
    password: '',
    checksum: 'pseudo',
    peers: [],
    leastTtl: 255,
    useVmac: false,
    preempt: 'never',
    preemptDelayMs: 0,
    ...more,
  };
}
