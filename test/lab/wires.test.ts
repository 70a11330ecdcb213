import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { HeldFrames } from '../../src/lab/held-frames.ts';
import { Lab } from '../../src/lab/lab.ts';
import { PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import type { LabProcess } from '../../src/lab/process.ts';
import { waitFor } from '../../src/lab/wait.ts';
import { type Wires, waysOf } from '../../src/lab/wires.ts';

const SYNC = { lb1: '172.31.0.1', lb2: '172.31.0.2' } as const;
const FRONT = { lb1: '10.1.1.2', lb2: '10.1.1.3' } as const;
type Director = keyof typeof SYNC;

const lab = new Lab(PAIR_TOPOLOGY);
let wires: Wires;
beforeAll(async () => {
  await lab.up();
  wires = await lab.wires();
  // Or the first datagrams would wait for ARP, and the frames of a test would be more than its datagrams.
  await know('lb1', 'lb2', 'eth2', SYNC.lb2);
  await know('lb2', 'lb1', 'eth2', SYNC.lb1);
});
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
});
beforeEach(() => wires.heal());
const listeners: LabProcess[] = [];
afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.end();
});

/** A neighbour that needs no ARP. */
async function know(host: Director, other: Director, name: string, address: string): Promise<void> {
  const spec = lab.topology.hosts.find((each) => each.name === other);
  const mac = spec?.interfaces.find((each) => each.name === name)?.mac ?? '';
  const entry = [address, 'lladdr', mac, 'dev', name, 'nud', 'permanent'];
  const { stderr } = await lab.run(host, 'ip', ['neigh', 'replace', ...entry]);
  expect(stderr).toBe('');
}

const LISTEN = `
  const socket = require('dgram').createSocket('udp4');
  socket.on('message', (message) => console.log(message.toString()));
  socket.bind(9000, process.argv[1], () => console.log('ready'));
  process.stdin.on('end', () => process.exit()).resume();`;
const SEND = `
  const [, address, count] = process.argv;
  const socket = require('dgram').createSocket('udp4');
  let sent = 0;
  let gone = 0;
  const done = () => { if (++gone === Number(count)) socket.close(); };
  const timer = setInterval(() => {
    for (let i = 0; i < 10 && sent < count; i++) socket.send(String(sent++), 9000, address, done);
    if (sent >= count) clearInterval(timer);
  }, 5);`;

/** @returns the numbers that it hears, as they come */
async function listen(host: Director, address: string): Promise<number[]> {
  // A listener that waits for the processor would lose what its socket has no room for.
  const child = await lab.spawn(host, process.execPath, ['-e', LISTEN, address], { nice: -15 });
  listeners.push(child);
  const heard: number[] = [];
  let ready = false;
  child.onLine((line) => {
    if (line === 'ready') ready = true;
    else heard.push(Number(line));
  });
  await waitFor('the listener', () => ready, { timeoutMs: 20_000 });
  return heard;
}

/** Numbered datagrams from 0 on, one after the other. */
async function send(host: Director, address: string, count: number): Promise<void> {
  const { code, stderr } = await lab.run(host, process.execPath, ['-e', SEND, address, String(count)]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

/** What arrives at lb2 of datagrams that lb1 sends on the sync link. */
async function carried(count: number, until: (heard: number[]) => boolean): Promise<number[]> {
  const heard = await listen('lb2', SYNC.lb2);
  await send('lb1', SYNC.lb2, count);
  await waitFor(`what arrives of ${count} datagrams`, () => until(heard), { timeoutMs: 10_000 });
  await listeners.pop()?.end();
  return heard;
}

const WAY = { from: 'lb1', to: 'lb2', on: 'sync' } as const;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('without trouble everything arrives, once, in order, and nothing is counted', async () => {
  expect(await carried(200, (heard) => heard.length === 200)).toEqual(numbers(200));
  expect(wires.tally(WAY).seen).toBe(0);
});

test('a lossy way loses its share, the same frames for the same seed, and counts them', async () => {
  const run = async (seed: number): Promise<number[]> => {
    wires.impair(WAY, { loss: 0.3, seed });
    return carried(1000, (heard) => heard.length === 1000 - wires.tally(WAY).lost);
  };
  const heard = await run(7);
  expect(wires.tally(WAY)).toMatchObject({ seen: 1000, duplicated: 0, held: 0 });
  // 5 standard deviations of a binomial distribution.
  expect(Math.abs(heard.length - 700)).toBeLessThan(73);
  expect(await run(7)).toEqual(heard);
  expect(await run(8)).not.toEqual(heard);
});

test('a way that doubles delivers its share twice', async () => {
  wires.impair(WAY, { duplicates: 0.25 });
  const heard = await carried(1000, (all) => all.length >= 1000 + wires.tally(WAY).duplicated);
  const { duplicated } = wires.tally(WAY);
  expect(heard.length).toBe(1000 + duplicated);
  expect(Math.abs(duplicated - 250)).toBeLessThan(69);
  expect([...new Set(heard)].sort((a, b) => a - b)).toEqual(numbers(1000));
});

test('frames that are held are overtaken, and arrive whole', async () => {
  wires.impair(WAY, { delay: { ms: [5, 30], share: 0.2 } });
  const heard = await carried(1000, (all) => all.length === 1000);
  expect(heard).not.toEqual(numbers(1000));
  expect([...heard].sort((a, b) => a - b)).toEqual(numbers(1000));
  expect(Math.abs(wires.tally(WAY).held - 200)).toBeLessThan(64);
});

test('a constant delay keeps the order', async () => {
  wires.impair(WAY, { delay: { ms: [20, 20] } });
  expect(await carried(200, (heard) => heard.length === 200)).toEqual(numbers(200));
  expect(wires.tally(WAY).held).toBe(200);
});

test('a way that is cut carries nothing, while the way back and the other network do', async () => {
  wires.cut(WAY);
  const [deaf, well, front] = [
    await listen('lb2', SYNC.lb2),
    await listen('lb1', SYNC.lb1),
    await listen('lb2', FRONT.lb2),
  ];
  await send('lb1', SYNC.lb2, 10);
  await send('lb2', SYNC.lb1, 10);
  await send('lb1', FRONT.lb2, 10);
  await waitFor('what is not cut', () => well.length === 10 && front.length === 10, {
    timeoutMs: 10_000,
  });
  expect(wires.tally(WAY)).toMatchObject({ seen: 10, lost: 10 });
  expect(deaf).toEqual([]);
  wires.heal(WAY);
  await send('lb1', SYNC.lb2, 10);
  await waitFor('the way to carry again', () => deaf.length === 10, { timeoutMs: 10_000 });
});

test('asymmetric loss on every network: one director hears the other, which hears nothing', async () => {
  wires.cut({ from: 'lb2', to: 'lb1' });
  const [front, sync] = [await listen('lb2', FRONT.lb2), await listen('lb1', SYNC.lb1)];
  await send('lb2', SYNC.lb1, 5);
  // Its answer to ARP would be lost too.
  await know('lb1', 'lb2', 'eth0', FRONT.lb2);
  await send('lb1', FRONT.lb2, 5);
  await waitFor('lb2 to hear lb1', () => front.length === 5, { timeoutMs: 10_000 });
  await waitFor('the other way', () => wires.tally({ from: 'lb2', to: 'lb1' }).lost >= 5, {
    timeoutMs: 10_000,
  });
  expect(sync).toEqual([]);
});

test('switches that break in two carry nothing between the halves, and all within each', async () => {
  const [mine, theirs] = [
    ['lb1', 'rs1'],
    ['lb2', 'client'],
  ] as const;
  await know('lb1', 'lb2', 'eth0', FRONT.lb2);
  await know('lb2', 'lb1', 'eth0', FRONT.lb1);
  const [one, two] = [await listen('lb1', FRONT.lb1), await listen('lb2', FRONT.lb2)];
  wires.split(mine, theirs);
  await send('lb1', FRONT.lb2, 5);
  await send('lb2', FRONT.lb1, 5);
  // The probe is of neither half, and hears both.
  const asked = await lab.run('probe', process.execPath, ['-e', SEND, FRONT.lb1, '3']);
  expect(asked.code).toBe(0);
  await waitFor('what comes from the middle', () => one.length === 3, { timeoutMs: 10_000 });
  for (const [from, to] of [
    ['lb1', 'lb2'],
    ['lb2', 'lb1'],
  ] as const) {
    const { seen, lost } = wires.tally({ from, to, on: 'front' });
    expect(seen).toBeGreaterThanOrEqual(5);
    expect(lost).toBe(seen);
  }
  expect(two).toEqual([]);
  wires.join(mine, theirs);
  await send('lb1', FRONT.lb2, 5);
  await send('lb2', FRONT.lb1, 5);
  await waitFor('both halves to hear each other', () => one.length === 8 && two.length === 5, {
    timeoutMs: 10_000,
  });
});

test('a trouble goes on when the host is built anew', async () => {
  wires.cut(WAY);
  await lab.reboot('lb2');
  await lab.run('lb1', 'ip', ['neigh', 'flush', 'dev', 'eth2', 'nud', 'permanent']);
  await send('lb1', SYNC.lb2, 1);
  await waitFor('a lost frame', () => wires.tally(WAY).lost > 0, { timeoutMs: 10_000 });
});

test('a way is the pairs of ports that share a switch', () => {
  expect(waysOf(PAIR_TOPOLOGY, { from: 'lb1', to: 'lb2' })).toEqual([
    { from: 'lb1-eth0', to: 'lb2-eth0' },
    { from: 'lb1-eth1', to: 'lb2-eth1' },
    { from: 'lb1-eth2', to: 'lb2-eth2' },
  ]);
  expect(waysOf(PAIR_TOPOLOGY, { from: 'client', on: 'front' })).toEqual([{ from: 'client-eth0' }]);
  expect(waysOf(PAIR_TOPOLOGY, { to: 'rs2' })).toEqual([{ to: 'rs2-eth0' }]);
  expect(waysOf(PAIR_TOPOLOGY, { from: 'client', to: 'rs2' })).toEqual([]);
});

test('a way that does not exist, and a share that is none, are refused', () => {
  expect(() => wires.cut({ from: 'client', to: 'rs2' })).toThrow(/no way from client to rs2/);
  expect(() => wires.impair(WAY, { loss: 1.5 })).toThrow(/between 0 and 1/);
  expect(() => wires.impair(WAY, { delay: { ms: [5, 1] } })).toThrow(/delay/);
});

test('frames leave in the order in which they are due, and equals in the order in which they came', () => {
  const held = new HeldFrames();
  const frame = Buffer.alloc(0);
  for (const [to, due] of [
    [1, 30],
    [2, 10],
    [3, 20],
    [4, 10],
  ] as const) {
    held.add({ frame, to, due });
  }
  const order: number[] = [];
  for (let next = held.take(); next; next = held.take()) order.push(next.to);
  expect(order).toEqual([2, 4, 3, 1]);
});
