/** Opens, in a worker thread, the ports of a plane that the main thread loaded. */
import { BpfMap } from '../native/libbpf.ts';
import { BpfFence } from './fence-port.ts';
import type { PlaneShare } from './plane.ts';
import type { FencePort, SyncPort } from './ports.ts';
import { MemoryFence } from './reference/memory-fence.ts';
import { MemorySyncPort } from './reference/memory-sync-port.ts';
import { BpfSyncPort } from './sync-port.ts';

type XdpShare = Extract<PlaneShare, { kind: 'xdp' }>;

export function openFence(share: PlaneShare): FencePort {
  return share.kind === 'xdp' ? new BpfFence(map(share, 'lease')) : new MemoryFence(share.lease);
}

export function openSyncPort(share: PlaneShare): SyncPort {
  if (share.kind === 'memory') return new MemorySyncPort(share.port);
  const maps = {
    events: map(share, 'events'),
    inbox: map(share, 'inbox'),
    planeEvents: map(share, 'plane_events'),
    syncLease: map(share, 'sync_lease'),
  };
  return new BpfSyncPort(maps, program(share, 'tandem_apply'), program(share, 'tandem_announce'));
}

function map(share: XdpShare, name: string): BpfMap {
  const shared = share.maps[name];
  if (!shared) throw new Error(`the plane shares no map ${name}`);
  return new BpfMap(shared.fd, shared.keySize, shared.valueSize, shared.maxEntries);
}

function program(share: XdpShare, name: string): number {
  const fd = share.programs[name];
  if (fd === undefined) throw new Error(`the plane shares no program ${name}`);
  return fd;
}
