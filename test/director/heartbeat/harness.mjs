/**
 * One director's heartbeat in a process of its own: the real thread, a fence in a file, and a main thread that
 * does as it is told. Argument: JSON; one that is `held` begins at SIGUSR2. Lines on stdin: JSON commands. Lines on
 * stdout: the thread's events, and our own.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const { dist, setup, fenceFile, held } = JSON.parse(process.argv[2]);
const { Board } = await import(`${dist}/director/board.js`);
const { HeartbeatThread } = await import(`${dist}/director/heartbeat/thread.js`);
const { bootTimeUs } = await import(`${dist}/native/clock.js`);
const { interfaceFacts } = await import(`${dist}/host/interfaces.js`);
const { sourceOf } = await import(`${dist}/director/prepare.js`);

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
const board = new Board();
const routers = [];
const floating = [];
for (const router of setup.routers) {
  const facts = await interfaceFacts(router.interface);
  const source = sourceOf(router, facts, router.addresses);
  routers.push({ ...router, ifindex: facts.ifindex, source });
  for (const address of router.addresses)
    floating.push({ address, ifindex: facts.ifindex, mac: facts.mac || '00:00:00:00:00:00' });
}

// Counters are told once a second; who waits for an advertisement need not wait so long.
let heardAt = 0;
const hearing = setInterval(() => {
  const at = board.get('peerAdvertAt');
  if (at !== heardAt) say({ kind: 'heard' });
  heardAt = at;
}, 5);

let stalled = false;
const alive = setInterval(() => {
  if (!stalled) board.set('mainAliveAt', bootTimeUs());
}, 50);

const thread = new HeartbeatThread(new URL('file-fence.mjs', import.meta.url).href);
if (held) {
  const begin = once(process, 'SIGUSR2');
  say({ kind: 'loaded' });
  await begin;
}
thread.begin({
  routers,
  floating,
  links: [],
  transport: setup.transport ?? 'raw',
  board: board.buffer,
  fence: fenceFile,
});
await thread.listen(say);
thread.ended.catch((error) => {
  say({ kind: 'died', message: error.message });
  process.exit(1);
});

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  const command = JSON.parse(line);
  if (command.kind === 'stall') stalled = command.on;
  else if (command.kind === 'board') {
    for (const [field, value] of Object.entries(command.values)) board.set(field, value);
  } else if (command.kind === 'shutdown') {
    await thread.stop(command.handOver);
    clearInterval(alive);
    clearInterval(hearing);
    lines.close();
    process.stdin.destroy();
  } else thread.send(command);
});
