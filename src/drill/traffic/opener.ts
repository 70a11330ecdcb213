/**
 * Opens a new TCP connection again and again, wants one echo and closes. A try is given up early, or the
 * kernel's repeated SYN after a second would hide how long new connections really had to wait.
 */
import { connect } from 'node:net';
import { goBefore } from '../../host/priority.ts';
import { finish, now, onCommand, report, settings } from './channel.ts';
import type { OpenerDone, Target } from './messages.ts';

const EVERY_MS = 10;
/** Below a second, when the kernel repeats its SYN; above what a busy machine needs. */
const GIVE_UP_MS = 500;
/** The last tries end by then. */
const DRAIN_MS = GIVE_UP_MS + 100;

const { host, port } = settings<Target>();
const opened: number[] = [];
let attempts = 0;

function attempt(): void {
  attempts++;
  const socket = connect({ host, port, noDelay: true }, () => socket.write('hello\n'));
  const timer = setTimeout(() => socket.destroy(), GIVE_UP_MS);
  socket.on('error', () => {});
  socket.once('data', () => {
    opened.push(now());
    socket.end();
  });
  socket.once('close', () => clearTimeout(timer));
}

// Or a busy machine would be measured: tries that are given up before they had their turn.
goBefore(-15);
const timer = setInterval(attempt, EVERY_MS);
onCommand(() => {
  clearInterval(timer);
  setTimeout(() => {
    const message: OpenerDone = { kind: 'done', attempts, opened };
    finish(message);
  }, DRAIN_MS);
});
report({ kind: 'ready' });
