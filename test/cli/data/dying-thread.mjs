/**
 * Lets one of the daemon's threads die: DYING says which, and it does when the file DYING_WHEN is there. Both write to
 * the board with every turn.
 */
import { existsSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { DYING, DYING_WHEN = '' } = process.env;
const which = workerData?.fence ? 'heartbeat' : workerData?.settings ? 'sync' : 'main';
if (which === DYING) {
  const { store } = Atomics;
  Atomics.store = (...write) => {
    if (existsSync(DYING_WHEN)) throw new Error(`the ${which} thread was made to die`);
    return store(...write);
  };
}
