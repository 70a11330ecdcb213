import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attachClassic, detachClassic } from '../../src/datapath/clsact.ts';
import { attachFilter, createClsact, TC } from '../../src/native/tc-filter.ts';
import { linkOf, PlaneBench } from '../support/plane.ts';

/** No interface of the plane: nothing is attached there, whatever the kernel. */
const INTERFACE = 'spare';

let bench: PlaneBench;
let ifindex: number;

beforeAll(() => {
  bench = new PlaneBench('clsact');
});
afterAll(() => bench.remove());

beforeEach(() => {
  tool('ip', 'link', 'add', INTERFACE, 'type', 'veth', 'peer', 'name', 'spare-far');
  ifindex = linkOf(INTERFACE).ifindex;
});
afterEach(() => {
  if (tool('ip', '-br', 'link').includes(INTERFACE)) tool('ip', 'link', 'del', INTERFACE);
  if (existsSync(bench.namespace.pins)) detach();
});

function tool(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8' });
}

/** Names of the programs at a side of the hook. */
function programs(side: 'ingress' | 'egress'): string[] {
  const filters = JSON.parse(tool('tc', '-j', 'filter', 'show', 'dev', INTERFACE, side)) as Array<{
    options?: { prog?: { name: string } };
  }>;
  return filters.flatMap(({ options }) => options?.prog?.name ?? []);
}

const hooks = () => tool('tc', 'qdisc', 'show', 'dev', INTERFACE).match(/clsact/g)?.length ?? 0;
const pins = () => readdirSync(bench.namespace.pins).filter((name) => name.endsWith(`_${ifindex}`));
const attach = (side: 'ingress' | 'egress', name: string) =>
  attachClassic(bench.namespace.pins, ifindex, side, bench.program(name));
/** Nothing but the pins tells what is attached: as in a process that has adopted the plane. */
const detach = () => detachClassic(bench.namespace.pins, pins());

test('a filter replaces the one of an earlier process in place', () => {
  attach('ingress', 'tandem_egress');
  attach('ingress', 'tandem_resolve');
  attach('egress', 'tandem_egress');
  expect(programs('ingress')).toEqual(['tandem_resolve']);
  expect(programs('egress')).toEqual(['tandem_egress']);
});

test('filters, their hook and their pins go with the plane, whoever attached them', () => {
  attach('ingress', 'tandem_resolve');
  attach('egress', 'tandem_egress');
  expect([hooks(), pins().length]).toEqual([1, 3]);
  detach();
  expect([hooks(), pins()]).toEqual([0, []]);
});

test("another program's filter at our hook keeps it, and stays", () => {
  attach('egress', 'tandem_egress');
  attachFilter(bench.program('tandem_resolve'), { ifindex, point: TC.EGRESS, handle: 1, priority: 1 });
  expect(programs('egress')).toHaveLength(2);
  detach();
  expect(programs('egress')).toEqual(['tandem_resolve']);
});

test('a hook that was there before us stays', () => {
  createClsact(ifindex);
  attach('ingress', 'tandem_resolve');
  detach();
  expect([hooks(), programs('ingress'), pins()]).toEqual([1, [], []]);
});

test('what was taken off by hand is no obstacle', () => {
  attach('ingress', 'tandem_resolve');
  tool('tc', 'qdisc', 'del', 'dev', INTERFACE, 'clsact');
  attach('ingress', 'tandem_resolve');
  expect(programs('ingress')).toEqual(['tandem_resolve']);
  tool('tc', 'qdisc', 'del', 'dev', INTERFACE, 'clsact');
  detach();
  expect(pins()).toEqual([]);
  attach('ingress', 'tandem_resolve');
  tool('ip', 'link', 'del', INTERFACE);
  detach();
  expect(pins()).toEqual([]);
});

test('our programs leave others at the hook their turn', () => {
  const frame = Buffer.alloc(64);
  const unspecified = -1 >>> 0; // TC_ACT_UNSPEC
  expect(bench.program('tandem_resolve').runPacket(frame).verdict).toBe(unspecified);
  expect(bench.program('tandem_egress').runPacket(frame).verdict).toBe(unspecified);
});

// Last: it takes the plane away.
test('a plane that was adopted leaves neither program nor hook on its interfaces', () => {
  bench.plane.close(true);
  bench.plane = bench.open();
  bench.plane.close(false);
  for (const { name } of [bench.front, bench.back]) {
    expect(tool('tc', 'qdisc', 'show', 'dev', name)).not.toContain('clsact');
    expect(tool('ip', 'link', 'show', name)).not.toContain('xdp');
  }
});
