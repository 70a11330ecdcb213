/** How one virtual router writes its advertisements, and what it takes for one. */
import { type Advertisement, encodeAdvertisement } from '../../vrrp/advertisement.ts';
import type { Reception } from '../../vrrp/ip.ts';
import type { Path } from '../../vrrp/pseudo-header.ts';
import { encodeV2 } from '../../vrrp/v2.ts';
import type { HeartbeatRouter } from './messages.ts';

export interface Codec {
  readonly reception: Reception;
  readonly encode: (advertisement: Advertisement, path: Path) => Uint8Array;
}

export function codecOf({
  vrid,
  version,
  password,
  source,
  peers,
  leastTtl,
  checksum,
}: HeartbeatRouter): Codec {
  return {
    reception: { vrid, version, password, source, peers, leastTtl },
    encode: (advertisement, path) =>
      version === 2
        ? encodeV2(advertisement, path, password)
        : encodeAdvertisement(advertisement, path, checksum),
  };
}
