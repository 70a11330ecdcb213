/** Opens, in a worker thread, the ports of a plane that the main thread loaded. */
import { BpfMap } from '../native/bpf-map.ts';
import { BpfFence } from './fence-port.ts';
import { type FenceShare, type MapShare, SYNC_MAPS, type SyncMapName, type SyncShare } from './plane.ts';
import type { FencePort, SyncPort } from './ports.ts';
import { MemoryFence } from './reference/memory-fence.ts';
import { MemorySyncPort } from './reference/memory-sync-port.ts';
import { BpfSyncPort } from './sync-port.ts';

/** Named as the heartbeat worker wants it: it imports this module by address. */
export function createFence(share: FenceShare): FencePort {
  return share.kind === 'xdp' ? new BpfFence(openMap(share.lease)) : new MemoryFence(share.lease);
}

export function openSyncPort(share: SyncShare): SyncPort {
  if (share.kind === 'memory') return new MemorySyncPort(share.port, share.capacity);
  const opened = SYNC_MAPS.map((name) => [name, openMap(share.maps[name])]);
  const maps = Object.fromEntries(opened) as Record<SyncMapName, BpfMap>;
  return new BpfSyncPort(maps, share.programs.apply, share.programs.announce);
}

function openMap({ fd, keySize, valueSize, maxEntries }: MapShare): BpfMap {
  return new BpfMap(fd, keySize, valueSize, maxEntries);
}
