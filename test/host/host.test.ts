/** What we do to Linux, done to a namespace of this test's own. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HostError } from '../../src/host/error.ts';
import { dropAddresses, holdAddresses } from '../../src/host/floating-addresses.ts';
import { allInterfaces, interfaceFacts, ownAddress } from '../../src/host/interfaces.ts';
import { NextHops } from '../../src/host/neighbours.ts';
import { type FilterEntry, UnicastFilter } from '../../src/host/unicast-filter.ts';
import { parseAddress } from '../../src/model/address.ts';
import { ip, TestNamespace } from '../support/namespace.ts';

const VIP = parseAddress('10.98.0.1');
let namespace: TestNamespace;

beforeAll(() => {
  namespace = new TestNamespace('host');
  ip('link', 'add', 'up0', 'type', 'veth', 'peer', 'name', 'far0');
  ip('link', 'set', 'up0', 'address', '02:00:5e:10:00:01');
  ip('address', 'add', '10.98.0.11/24', 'dev', 'up0');
  ip('address', 'add', '2001:db8::11/64', 'dev', 'up0', 'nodad');
  ip('link', 'set', 'up0', 'up');
  ip('link', 'set', 'far0', 'up');
  ip('route', 'add', '10.97.0.0/16', 'via', '10.98.0.254');
});

afterAll(() => {
  namespace.remove();
});

async function code(action: Promise<unknown>): Promise<string> {
  return action.then(
    () => 'no error',
    (error: unknown) => (error instanceof HostError ? error.code : String(error)),
  );
}

describe('an interface', () => {
  test('is described', async () => {
    const facts = await interfaceFacts('up0');
    expect(facts).toMatchObject({ name: 'up0', mac: '02:00:5e:10:00:01', mtu: 1500, up: true });
    expect(facts.ifindex).toBeGreaterThan(1);
    expect(facts.addresses).toContainEqual({ address: '10.98.0.11', prefix: 24 });
    expect(facts.addresses).toContainEqual({ address: '2001:db8::11', prefix: 64 });
    expect((await allInterfaces()).map(({ name }) => name).sort()).toEqual(['far0', 'lo', 'up0']);
  });

  test('that does not exist is named', async () => {
    await expect(interfaceFacts('nowhere0')).rejects.toThrow('interface nowhere0 does not exist');
    expect(await code(interfaceFacts('nowhere0'))).toBe('no-such-interface');
  });

  test('advertises from its own address, never from one that floats', async () => {
    const facts = await interfaceFacts('up0');
    const own = (floating: readonly string[], family: 4 | 6 = 4, linkLocal = false) =>
      ownAddress(facts, { family, linkLocal, floating: floating.map(parseAddress) });
    expect(own([VIP])).toBe('10.98.0.11');
    expect(() => own(['10.98.0.11'])).toThrow('no IPv4 address of its own');
    expect(own([], 6)).toBe('2001:db8::11');
    expect(own([], 6, true)).toMatch(/^fe80::/);
    expect(() => own(['2001:db8::11'], 6)).toThrow('no global IPv6 address of its own');
  });
});

describe('a floating address', () => {
  const placed = [{ address: VIP, interface: 'up0' }];
  const shown = () => ip('address', 'show', 'dev', 'up0', 'to', `${VIP}/32`);
  const lifetime = () => Number(/valid_lft (\d+)sec/.exec(shown())?.[1] ?? 0);

  test('is a lone host with a lifetime, which is renewed', async () => {
    await holdAddresses(placed, 5);
    expect(shown()).toContain(`inet ${VIP}/32`);
    expect(lifetime()).toBeLessThanOrEqual(5);
    await holdAddresses(placed, 60);
    expect(lifetime()).toBeGreaterThan(50);
  });

  test('goes when it is dropped, and dropping it again is no error', async () => {
    await holdAddresses(placed, 5);
    await dropAddresses(placed);
    expect(shown()).toBe('');
    await dropAddresses(placed);
    await dropAddresses([...placed, { address: VIP, interface: 'nowhere0' }]);
  });

  test('on an interface that does not exist is refused', async () => {
    expect(await code(holdAddresses([{ address: VIP, interface: 'nowhere0' }], 5))).toBe('no-such-interface');
  });
});

describe('next hops', () => {
  const managed = () =>
    ip('neighbour', 'show', 'dev', 'up0')
      .split('\n')
      .filter((line) => line.includes('managed'))
      .map((line) => line.split(' ')[0])
      .sort();

  test('are kept by the kernel: the neighbour itself, or the gateway toward it', async () => {
    const hops = new NextHops();
    const [near, far] = [parseAddress('10.98.0.20'), parseAddress('10.97.3.4')];
    expect(await hops.keep([near, far])).toEqual([]);
    expect(managed()).toEqual(['10.98.0.20', '10.98.0.254']);
    expect(await hops.keep([far])).toEqual([]);
    expect(managed()).toEqual(['10.98.0.254']);
    await hops.release();
    expect(managed()).toEqual([]);
  });

  test('that the kernel has let go, because their interface was down, are kept again', async () => {
    const hops = new NextHops();
    await hops.keep([parseAddress('10.98.0.22'), parseAddress('10.98.0.23')]);
    ip('link', 'set', 'up0', 'down');
    expect(managed()).toEqual([]);
    ip('link', 'set', 'up0', 'up');
    ip('neighbour', 'replace', '10.98.0.23', 'dev', 'up0', 'lladdr', '02:00:00:00:00:23', 'nud', 'permanent');
    expect(await hops.renew()).toEqual([]);
    expect(managed()).toEqual(['10.98.0.22', '10.98.0.23']);
    await hops.release();
    expect(managed()).toEqual([]);
    ip('route', 'add', '10.97.0.0/16', 'via', '10.98.0.254');
  });

  test('on an interface that is gone are reported by each look, and the others kept', async () => {
    ip('link', 'add', 'up1', 'type', 'veth', 'peer', 'name', 'far1');
    ip('address', 'add', '10.96.0.11/24', 'dev', 'up1');
    ip('link', 'set', 'up1', 'up');
    const hops = new NextHops();
    await hops.keep([parseAddress('10.96.0.20'), parseAddress('10.98.0.24')]);
    ip('link', 'del', 'up1');
    ip('neighbour', 'flush', 'dev', 'up0', 'nud', 'all');
    expect(managed()).toEqual([]);
    const failures = await hops.renew();
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('10.96.0.20 dev up1');
    expect(managed()).toEqual(['10.98.0.24']);
    await hops.release();
  });

  test('without a route are reported, and the others kept', async () => {
    const hops = new NextHops();
    const failures = await hops.keep([parseAddress('192.0.2.1'), parseAddress('10.98.0.21')]);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain('192.0.2.1');
    expect(managed()).toEqual(['10.98.0.21']);
    await hops.release();
  });
});

describe("an interface's filter", () => {
  const ONE = { interface: 'up0', mac: '00:00:5e:00:01:33' };
  const OTHER = { interface: 'up0', mac: '00:00:5e:00:02:33' };
  const entries = () =>
    execFileSync('bridge', ['fdb', 'show', 'dev', 'up0'], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => /^(00:00:5e\S+) self permanent/.exec(line)?.[1] ?? []);

  test('takes frames to what it is told, and forgets it', async () => {
    const remembered: (readonly FilterEntry[])[] = [];
    const filter = new UnicastFilter({ remember: (added) => remembered.push(added) });
    expect(await filter.set([ONE, OTHER])).toEqual([]);
    expect(await filter.set([ONE, OTHER])).toEqual([]);
    expect(entries()).toEqual([ONE.mac, OTHER.mac]);
    await filter.set([OTHER]);
    expect(entries()).toEqual([OTHER.mac]);
    await filter.clear();
    expect(entries()).toEqual([]);
    expect(remembered).toEqual([[ONE], [ONE, OTHER], [OTHER], []]);
  });

  test('is put right by the next one after a process that was killed', async () => {
    await new UnicastFilter().set([ONE, OTHER]);
    const next = new UnicastFilter({ inherited: [ONE, OTHER] });
    await next.set([OTHER]);
    expect(entries()).toEqual([OTHER.mac]);
    await next.clear();
    expect(entries()).toEqual([]);
  });

  test('keeps what somebody else has told it', async () => {
    execFileSync('bridge', ['fdb', 'add', ONE.mac, 'dev', 'up0', 'self', 'permanent']);
    const filter = new UnicastFilter();
    await filter.set([ONE]);
    await filter.clear();
    expect(entries()).toEqual([ONE.mac]);
    execFileSync('bridge', ['fdb', 'delete', ONE.mac, 'dev', 'up0', 'self', 'permanent']);
  });

  test('of an interface that is gone is said, with what else would do', async () => {
    const [refusal] = await new UnicastFilter().set([{ ...ONE, interface: 'nowhere0' }]);
    expect(refusal).toMatch(/^nowhere0 cannot be told .*00:00:5e:00:01:33.*promisc on/);
  });
});
