/** Persistence, one-packet scheduling, thresholds and timeouts of a service: what IPVS's options do in the plane. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import type { Connection } from '../../src/model/connection.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { RecordBatch } from '../../src/model/record.ts';
import type { RealServer, ServiceId, ServiceSettings } from '../../src/model/rules.ts';
import { read, tcp, udp } from '../support/packet.ts';
import { CLIENT, CLIENT6, LIP, PlaneBench, VERDICT, VIP, VIP6 } from '../support/plane.ts';

let bench: PlaneBench;
let nextPort = 300;
let clientPort = 10_000;

beforeAll(() => {
  bench = new PlaneBench('persistence', { connections: 4096 });
  bench.openFence();
});

afterAll(() => bench.remove());

const server = (last: number, more: Partial<RealServer> = {}): RealServer => ({
  address: parseAddress(`192.168.10.${last}`),
  port: 80,
  weight: 1,
  forwarding: 'fullnat',
  upperThreshold: 0,
  lowerThreshold: 0,
  ...more,
});

function add(
  protocol: 'tcp' | 'udp',
  settings: Partial<ServiceSettings>,
  servers: readonly RealServer[] = [server(2), server(3), server(4)],
): ServiceId & { readonly kind: 'address' } {
  const port = nextPort++;
  const id = { kind: 'address', protocol, address: parseAddress(VIP), port, subnetId: 0 } as const;
  bench.edit(
    {
      op: 'add-service',
      id,
      settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false, ...settings },
    },
    ...servers.map((each): RuleEdit => ({ op: 'add-server', id, server: each })),
    { op: 'add-local', id, local: { address: parseAddress(LIP) } },
  );
  bench.placeAddresses();
  return id;
}

function open(id: { readonly port: number; readonly protocol: string }, from = CLIENT): number {
  const tuple = { from, fromPort: clientPort++, to: VIP, toPort: id.port };
  const { data, verdict } = bench.fromClient(id.protocol === 'tcp' ? tcp(tuple, { flags: 'S' }) : udp(tuple));
  return verdict === VERDICT.REDIRECT ? Number(read(data).to.split('.')[3]) : 0;
}

async function listed(id: { readonly port: number }): Promise<Connection[]> {
  const found: Connection[] = [];
  for await (const chunk of bench.plane.connections()) found.push(...chunk);
  return found.filter(({ virtual }) => virtual.port === id.port);
}

const counters = (id: ServiceId) =>
  bench.plane.counters(bench.rules)[bench.rules.services.findIndex((each) => each.id === id)];

test('the clients of a network come to one server, and others to the next', async () => {
  const id = add('tcp', { persistence: { timeout: 100, prefix: 24 } });
  const first = open(id, '10.1.1.10');
  expect([open(id, '10.1.1.10'), open(id, '10.1.1.77')]).toEqual([first, first]);
  expect(open(id, '10.1.2.10')).not.toBe(first);
  const rows = await listed(id);
  const template = rows.find(({ client }) => client.port === 0 && client.address === '10.1.1.0');
  expect(template).toMatchObject({
    protocol: 'tcp',
    virtual: { address: VIP, port: id.port },
    server: { address: `192.168.10.${first}`, port: 80 },
    state: 0,
  });
  expect(template?.local).toBeUndefined();
  expect(template?.expires).toBeGreaterThan(90);
  expect(template?.expires).toBeLessThanOrEqual(100);
  expect(rows.filter(({ client }) => client.port !== 0)).toHaveLength(4);
  const persistent = counters(id)?.servers.map(({ persistentConnections = 0 }) => persistentConnections);
  expect(persistent?.reduce((sum, each) => sum + each)).toBe(2);
});

test('a mask with holes is taken as it is', () => {
  const id = add('tcp', { persistence: { timeout: 100, prefix: 32, mask: parseAddress('0.0.0.255') } });
  const first = open(id, '10.1.1.10');
  expect(open(id, '10.1.9.10')).toBe(first);
  expect(open(id, '10.1.1.11')).not.toBe(first);
});

test('IPv6 clients of a prefix come to one server', () => {
  const port = nextPort++;
  const id: ServiceId = { kind: 'address', protocol: 'tcp', address: parseAddress(VIP6), port, subnetId: 0 };
  bench.addService('tcp', port, [
    { address: '2001:db8:10::2', port: 80 },
    { address: '2001:db8:10::2', port: 81 },
  ]);
  bench.edit({
    op: 'edit-service',
    id,
    settings: {
      ...{ scheduler: 'rr', schedulerFlags: [], onePacket: false },
      persistence: { timeout: 100, prefix: 64 },
    },
  });
  const portOf = (from: string) =>
    read(bench.fromClient(tcp({ from, fromPort: clientPort++, to: VIP6, toPort: port }, { flags: 'S' })).data)
      .toPort;
  const first = portOf(CLIENT6);
  expect(portOf('2001:db8:1::77')).toBe(first);
  expect(portOf('2001:db8:2::77')).not.toBe(first);
});

test('a server of weight 0 keeps the clients that have a template, and one that is gone gives them up', () => {
  const id = add('tcp', { persistence: { timeout: 100, prefix: 32 } });
  const first = open(id);
  bench.edit({ op: 'edit-server', id, server: server(first, { weight: 0 }) });
  expect(open(id)).toBe(first);
  bench.edit({ op: 'delete-server', id, server: server(first) });
  const second = open(id);
  expect(second).not.toBe(first);
  expect(open(id)).toBe(second);
});

test('a template goes when its time is over, but not while a connection of it is there', async () => {
  const id = add('udp', { persistence: { timeout: 1, prefix: 32 }, establishedTimeout: 3 });
  open(id);
  const there = async () => (await listed(id)).map(({ client }) => client.port === 0).sort();
  bench.plane.sweep();
  expect(await there()).toEqual([false, true]);
  // The connection is idle for longer than three seconds, and the template was seen to be held before.
  await new Promise((resolve) => setTimeout(resolve, 4200));
  bench.plane.sweep();
  expect(await there()).toEqual([true]);
});

test('each datagram of a one-packet service is scheduled, leaves no connection, and its answer finds back', async () => {
  const id = add('udp', { onePacket: true });
  const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: id.port };
  const sent = Array.from({ length: 6 }, () => read(bench.fromClient(udp(tuple)).data));
  expect(sent.map(({ to }) => Number(to.split('.')[3]))).toEqual([4, 3, 2, 4, 3, 2]);
  expect(new Set(sent.map(({ fromPort }) => fromPort)).size).toBeGreaterThan(1);
  for (const { from, fromPort, to, toPort } of sent) {
    const back = bench.fromServer(udp({ from: to, fromPort: toPort, to: from, toPort: fromPort }, 'answer'));
    expect(back.verdict).toBe(VERDICT.REDIRECT);
    expect(read(back.data)).toMatchObject({
      from: VIP,
      fromPort: id.port,
      to: CLIENT,
      toPort: tuple.fromPort,
    });
  }
  expect(await listed(id)).toEqual([]);
  const [first] = counters(id)?.servers ?? [];
  expect(first).toMatchObject({
    connections: 2,
    inPackets: 2,
    outPackets: 2,
    activeConnections: 0,
    inactiveConnections: 0,
  });
});

test('a one-packet service of masquerading keeps the port of a client that asks again, and of no two services', () => {
  const masq = [server(2, { forwarding: 'masq' })];
  const [first, second] = [add('udp', { onePacket: true }, masq), add('udp', { onePacket: true }, masq)];
  const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: first.port };
  const ports = [first, first, second].map(
    ({ port }) => read(bench.fromClient(udp({ ...tuple, toPort: port })).data).fromPort,
  );
  expect(ports.slice(0, 2)).toEqual([tuple.fromPort, tuple.fromPort]);
  expect(ports[2]).not.toBe(tuple.fromPort);
});

test('a one-packet service goes on when every local port waits for an answer', () => {
  const small = new PlaneBench('one-packet', { connections: 4096, localPorts: [2000, 2019] });
  try {
    const id = small.addService('udp', 53, [{ address: '192.168.10.2', port: 53 }]);
    small.edit({
      op: 'edit-service',
      id,
      settings: { scheduler: 'rr', schedulerFlags: [], onePacket: true },
    });
    small.openFence();
    const verdicts = Array.from({ length: 100 }, (_, n) =>
      small.fromClient(udp({ from: CLIENT, fromPort: 5000 + n, to: VIP, toPort: 53 })),
    );
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toEqual(new Set([VERDICT.REDIRECT]));
  } finally {
    small.remove();
  }
});

test('a server takes no more than its upper threshold, until it has fewer than its lower one', () => {
  const id = add('tcp', {}, [server(2, { upperThreshold: 3, lowerThreshold: 2 }), server(3)]);
  const tuples = Array.from({ length: 12 }, () => ({
    from: CLIENT,
    fromPort: clientPort++,
    to: VIP,
    toPort: id.port,
  }));
  const chosen = tuples.map((tuple) =>
    Number(read(bench.fromClient(tcp(tuple, { flags: 'S' })).data).to.split('.')[3]),
  );
  expect(chosen.filter((last) => last === 2)).toHaveLength(3);
  // A greater one takes effect at once.
  bench.edit({ op: 'edit-server', id, server: server(2, { upperThreshold: 4, lowerThreshold: 2 }) });
  expect(Array.from({ length: 4 }, () => open(id)).filter((last) => last === 2)).toHaveLength(1);
});

test('the established timeout of a service counts instead of the global one', async () => {
  const id = add('udp', { establishedTimeout: 17 });
  const other = add('udp', {});
  open(id);
  open(other);
  expect((await listed(id))[0]?.expires).toBeLessThanOrEqual(17);
  expect((await listed(other))[0]?.expires).toBeGreaterThan(17);
});

test.each([
  ['connections and their template', false, [false, true]],
  ['the template alone, when sync_persist_mode says so', true, [true]],
])('of a persistent service the peer is told of %s', (_, templatesOnly, told) => {
  bench.reopen({ templatesOnly });
  const id = add('udp', { persistence: { timeout: 300, prefix: 32 } });
  const batch = new RecordBatch(64);
  bench.sync.read(batch);
  bench.sync.acknowledge();
  const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: id.port };
  for (let packet = 0; packet < 5; packet++) bench.fromClient(udp(tuple));
  // The first sees that it is assured, the second tells of it.
  for (let sweep = 0; sweep < 2; sweep++) bench.plane.sweep();
  batch.length = 0;
  bench.sync.read(batch);
  bench.sync.acknowledge();
  const mine = [...batch.virtualPort.subarray(0, batch.length).keys()].filter(
    (at) => batch.virtualPort[at] === id.port,
  );
  const templates = new Set(mine.map((at) => batch.clientPort[at] === 0));
  expect([...templates].sort()).toEqual(told);
});
