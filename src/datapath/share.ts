/** Opens, in a worker thread, the ports of a plane that the main thread loaded. */
import { BpfMap } from '../native/bpf-map.ts';
import { BpfFence } from './fence-port.ts';
import type { FenceShare, MapShare, SyncShare } from './plane.ts';
import type { FencePort, SyncPort } from './ports.ts';
import { MemoryFence } from './reference/memory-fence.ts';
import { MemorySyncPort } from './reference/memory-sync-port.ts';
import { BpfSyncPort } from './sync-port.ts';

/** Named as the heartbeat worker wants it: it imports this module by address. */
export function createFence(share: FenceShare): FencePort {
  return share.kind === 'xdp' ? new BpfFence(openMap(share.lease)) : new MemoryFence(share.lease);
}

export function openSyncPort(share: SyncShare): SyncPort {
  if (share.kind === 'memory') return new MemorySyncPort(share.port);
  const { events, inbox, plane_events, sync_lease } = share.maps;
  const maps = {
    events: openMap(events),
    inbox: openMap(inbox),
    planeEvents: openMap(plane_events),
    syncLease: openMap(sync_lease),
  };
  return new BpfSyncPort(maps, share.programs.apply, share.programs.announce);
}

function openMap({ fd, keySize, valueSize, maxEntries }: MapShare): BpfMap {
  return new BpfMap(fd, keySize, valueSize, maxEntries);
}
