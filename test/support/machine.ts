/** The first `ip netns add` of a machine mounts /run/netns. Where it was this run's, the run takes the mount away. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mountPoints } from '../../src/lab/borrowed.ts';
import { NETNS_ROOT } from '../../src/lab/ownership.ts';

const mounted = () => mountPoints().includes(NETNS_ROOT);

export default function before(): () => void {
  const wasMounted = mounted();
  return function after() {
    if (wasMounted || !mounted()) return;
    // Somebody else's namespaces keep it.
    if (readdirSync(NETNS_ROOT).length === 0) execFileSync('umount', [NETNS_ROOT]);
  };
}
