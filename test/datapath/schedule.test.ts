import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Scheduler, ServiceId } from '../../src/model/rules.ts';
import { read, tcp } from '../support/packet.ts';
import { CLIENT, PlaneBench, VERDICT, VIP } from '../support/plane.ts';

let bench: PlaneBench;
let clientPort = 1000;
let nextService = 100;

beforeAll(() => {
  bench = new PlaneBench('schedule');
  bench.openFence();
});

afterAll(() => bench.remove());

const servers = (...weights: number[]) =>
  weights.map((weight, index) => ({ address: `192.168.10.${index + 2}`, port: 80, weight }));

function add(scheduler: Scheduler, ...weights: number[]): number {
  const port = nextService++;
  bench.addService('tcp', port, servers(...weights), scheduler);
  return port;
}

/** Last numbers of the servers that `count` new connections go to. */
function choose(port: number, count: number): number[] {
  return Array.from({ length: count }, () => {
    const syn = tcp({ from: CLIENT, fromPort: clientPort++, to: VIP, toPort: port }, { flags: 'S' });
    return Number(read(bench.fromClient(syn).data).to.split('.')[3]);
  });
}

test('rr goes round', () => {
  expect(choose(add('rr', 1, 1, 1), 7)).toEqual([4, 3, 2, 4, 3, 2, 4]);
});

test('wrr goes round by weight', () => {
  expect(choose(add('wrr', 4, 3, 2), 9)).toEqual([4, 3, 2, 2, 3, 2, 4, 3, 2]);
});

test('lc takes the server with the fewest connections', () => {
  const chosen = choose(add('lc', 1, 5), 10);
  expect(chosen.filter((server) => server === 2)).toHaveLength(5);
});

test('wlc shares connections in proportion to the weights', () => {
  const chosen = choose(add('wlc', 1, 3), 40);
  expect(chosen.filter((server) => server === 3)).toHaveLength(30);
});

test('a service whose servers all have weight 0 drops by name', () => {
  for (const scheduler of ['rr', 'wlc'] as const) {
    const port = add(scheduler, 0, 0);
    const before = bench.plane.drops().no_server ?? 0;
    const syn = tcp({ from: CLIENT, fromPort: clientPort++, to: VIP, toPort: port }, { flags: 'S' });
    expect(bench.fromClient(syn).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops().no_server).toBe(before + 1);
  }
});

test('connections of a server that is deleted go on, and its traffic stays in the service total', () => {
  const port = nextService++;
  const id: ServiceId = bench.addService('tcp', port, servers(1));
  const tuple = { from: CLIENT, fromPort: clientPort++, to: VIP, toPort: port };
  bench.fromClient(tcp(tuple, { flags: 'S', seq: 1 }));
  const total = () => bench.plane.counters(bench.rules).at(-1)?.total;
  const before = total();
  const [server] = bench.rules.services.at(-1)?.servers ?? [];
  if (!server) throw new Error('no server');
  bench.edit({ op: 'delete-server', id, server });
  expect(total()).toEqual(before);
  expect(bench.fromClient(tcp(tuple, { flags: 'A', seq: 2, ack: 1 })).verdict).toBe(VERDICT.REDIRECT);
  bench.edit({ op: 'add-server', id, server });
  expect(bench.plane.counters(bench.rules).at(-1)?.servers[0]?.activeConnections).toBe(1);
  expect(total()?.inPackets).toBe((before?.inPackets ?? 0) + 1);
});

test('every port of a local address is given out before new connections are refused by name', () => {
  const small = new PlaneBench('ports', { connections: 4096, localPorts: [2000, 2099] });
  try {
    small.addService('tcp', 80, [{ address: '192.168.10.2', port: 80 }]);
    small.openFence();
    const ports = Array.from({ length: 102 }, (_, index) => {
      const syn = tcp({ from: CLIENT, fromPort: 5000 + index, to: VIP, toPort: 80 }, { flags: 'S' });
      const { verdict, data } = small.fromClient(syn);
      return verdict === VERDICT.REDIRECT ? read(data).fromPort : 0;
    });
    expect(new Set(ports.slice(0, 50).map((port) => port % 2))).toEqual(new Set([0]));
    expect(new Set(ports.slice(0, 100)).size).toBe(100);
    expect(ports.slice(100)).toEqual([0, 0]);
    expect(small.plane.drops().no_local_port).toBe(2);
    const [counters] = small.plane.counters(small.rules);
    expect(counters?.locals[0]?.connections).toBe(100);
    expect(counters?.locals[0]?.conflicts).toBeGreaterThan(0);
  } finally {
    small.remove();
  }
});
