/** The heartbeat's own event loop: blocks in poll(2), because Node's loop would put other work before it. */
import type { Bell } from '../../native/poll.ts';
import { Poller } from '../../native/poll.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { HeartbeatCommand } from './messages.ts';

export interface LoopPorts {
  /** Rung by the main thread behind every command. */
  readonly bell: Bell;
  /** Descriptors of the transports. */
  readonly fds: readonly number[];
  readonly clock: () => number;
  readonly takeCommands: () => readonly HeartbeatCommand[];
}

/** Returns when the heartbeat was told to shut down. */
export function runLoop(heartbeat: Heartbeat, { bell, fds, clock, takeCommands }: LoopPorts): void {
  const poller = new Poller([...fds, bell.fd]);
  heartbeat.start();
  while (!heartbeat.stopped) {
    // Silenced before the commands are taken: one that comes between rings again.
    bell.silence();
    const dueAt = heartbeat.turn(takeCommands());
    if (!heartbeat.stopped) poller.wait(dueAt - clock());
  }
}
