/** The small network that both planes stand in. Two arms: clients in front, servers at the back. */

import type { PlaneAddress } from '../../../src/datapath/plane.ts';
import type { Link, Network, NextHop } from '../../../src/datapath/reference/network.ts';
import { type Words, wordsOf } from '../../../src/datapath/reference/tuple.ts';
import type { XdpInterface } from '../../../src/datapath/xdp-plane.ts';
import { parseAddress } from '../../../src/model/address.ts';
import { ip } from '../../support/namespace.ts';
import { macBytes } from '../../support/packet.ts';
import { linkOf, setForwarding } from '../../support/plane.ts';
import type { Arm } from './case.ts';

export const VIRTUAL_MAC = '00:00:5e:00:01:07';
export const VIRTUAL_MAC6 = '00:00:5e:00:02:07';

interface Place {
  readonly clients: readonly string[];
  /** Floating. The last one has a link address of its own. */
  readonly virtuals: readonly string[];
  readonly locals: readonly string[];
  /** The last one's link address is not known. */
  readonly servers: readonly string[];
  /** The host's own, on the front arm and at the back. */
  readonly own: readonly [string, string];
  /** Reached by way of the first client, and not at all. */
  readonly far: string;
  readonly nowhere: string;
}

export const PLACE: Readonly<Record<4 | 6, Place>> = {
  4: {
    clients: ['10.1.1.10', '10.1.1.11', '10.1.1.12'],
    virtuals: ['10.1.1.1', '10.1.1.3'],
    locals: ['192.168.10.1', '192.168.10.9', '192.168.10.17'],
    servers: ['192.168.10.2', '192.168.10.4', '192.168.10.5', '192.168.10.6', '192.168.10.77'],
    own: ['10.1.1.2', '192.168.10.3'],
    far: '203.0.113.5',
    nowhere: '198.51.100.5',
  },
  6: {
    clients: ['2001:db8:1::10', '2001:db8:1::11', '2001:db8:1::12'],
    virtuals: ['2001:db8:1::1', '2001:db8:1::3'],
    locals: ['2001:db8:10::1', '2001:db8:10::9', '2001:db8:10::17'],
    servers: ['2001:db8:10::2', '2001:db8:10::4', '2001:db8:10::5', '2001:db8:10::6', '2001:db8:10::77'],
    own: ['2001:db8:1::2', '2001:db8:10::3'],
    far: '2001:db8:f::5',
    nowhere: '2001:db8:dead::5',
  },
};

const MTU = 1500;
const FAMILIES = [4, 6] as const;
const neighbourMac = (at: number) => `02:00:00:00:02:${(at + 16).toString(16)}`;
const keyOf = (address: string): string => addressWords(address).join();

export function addressWords(address: string): Words {
  return wordsOf(parseAddress(address));
}

/** Those whose link address the host knows. */
function neighbours(): Array<{ arm: Arm; address: string; mac: string }> {
  const known = FAMILIES.flatMap((family) => {
    const { clients, servers } = PLACE[family];
    return [
      ...clients.slice(0, -1).map((address) => ({ arm: 'front' as const, address })),
      ...servers.slice(0, -1).map((address) => ({ arm: 'back' as const, address })),
    ];
  });
  return known.map((each, at) => ({ ...each, mac: neighbourMac(at) }));
}

/** In the namespace that this thread is in. */
export function buildPlaces(): Record<Arm, XdpInterface> {
  for (const arm of ['front', 'back']) {
    ip('link', 'add', arm, 'type', 'veth', 'peer', 'name', `${arm}-far`);
    // Frames of fixtures are for these.
    ip('link', 'set', arm, 'address', arm === 'front' ? '02:00:00:00:00:01' : '02:00:00:00:00:02');
    for (const name of [arm, `${arm}-far`]) ip('link', 'set', name, 'up');
  }
  for (const family of FAMILIES) {
    const { own, clients, nowhere } = PLACE[family];
    const [length, nodad] = family === 4 ? ['24', []] : ['64', ['nodad']];
    ip('addr', 'add', `${own[0]}/${length}`, 'dev', 'front', ...nodad);
    ip('addr', 'add', `${own[1]}/${length}`, 'dev', 'back', ...nodad);
    ip(`-${family}`, 'route', 'add', 'default', 'via', clients[0] ?? '', 'dev', 'front');
    ip(`-${family}`, 'route', 'add', 'unreachable', nowhere);
  }
  for (const { arm, address, mac } of neighbours())
    ip('neigh', 'add', address, 'lladdr', mac, 'dev', arm, 'nud', 'permanent');
  for (const arm of ['front', 'back']) setForwarding(arm);
  return { front: linkOf('front'), back: linkOf('back') };
}

export function planeAddresses(arms: Readonly<Record<Arm, XdpInterface>>): PlaneAddress[] {
  return FAMILIES.flatMap((family) => {
    const { virtuals, locals, own } = PLACE[family];
    const mac = macBytes(family === 4 ? VIRTUAL_MAC : VIRTUAL_MAC6);
    return [
      ...virtuals.map((address, at): PlaneAddress => {
        const entry = { kind: 'virtual' as const, floating: true, ifindex: arms.front.ifindex };
        const isLast = at === virtuals.length - 1;
        return { address: parseAddress(address), ...entry, ...(isLast ? { mac } : {}) };
      }),
      ...locals.map((address): PlaneAddress => {
        return { address: parseAddress(address), kind: 'local', floating: true, ifindex: arms.back.ifindex };
      }),
      { address: parseAddress(own[0]), kind: 'virtual', floating: false, ifindex: arms.front.ifindex },
    ];
  });
}

/** The same for the reference: what the host's tables would say. */
export function modelOf(arms: Readonly<Record<Arm, XdpInterface>>): Network {
  const known = new Map(neighbours().map((each) => [keyOf(each.address), each]));
  const refused = new Set(
    FAMILIES.flatMap((family) => [...PLACE[family].own, PLACE[family].nowhere]).map(keyOf),
  );
  const gateways = {
    4: known.get(keyOf(PLACE[4].clients[0] ?? '')),
    6: known.get(keyOf(PLACE[6].clients[0] ?? '')),
  };
  const route = (destination: Words, length: number): NextHop => {
    const key = destination.join();
    const arm = armOf(destination);
    if (refused.has(key) || isNobody(destination)) return { kind: 'no-route' };
    if (length > MTU) return { kind: 'too-big', mtu: MTU };
    const { ifindex, mac: source } = arms[arm ?? 'front'];
    const neighbour = arm ? known.get(key) : gateways[destination.length === 1 ? 4 : 6];
    if (!neighbour) return { kind: 'unresolved', ifindex, onLink: arm !== undefined };
    return {
      kind: 'reachable',
      ifindex,
      source,
      destination: macBytes(neighbour.mac),
      onLink: arm !== undefined,
    };
  };
  const links = new Map(
    Object.values(arms).map((arm): [number, Link] => [
      arm.ifindex,
      { name: arm.name, mac: arm.mac, sendByRedirect: true },
    ]),
  );
  return { links, route };
}

/** The link on which it is a neighbour. */
function armOf(words: Words): Arm | undefined {
  const [first = 0, second = 0] = words;
  if (words.length === 1) {
    if (first >>> 8 === 0x0a0101) return 'front';
    return first >>> 8 === 0xc0a80a ? 'back' : undefined;
  }
  if (first !== 0x20010db8) return undefined;
  if (second === 0x00010000) return 'front';
  return second === 0x00100000 ? 'back' : undefined;
}

/** Broadcast of IPv4's links, the routers' anycast address of IPv6's, and link-local ones, which have no scope here. */
function isNobody(words: Words): boolean {
  const [first = 0] = words;
  if (words.length === 4 && first >>> 22 === 0xfe80 >>> 6) return true;
  if (!armOf(words)) return false;
  const last = words.at(-1) ?? 0;
  if (words.length === 1) return (last & 0xff) === 0xff || (last & 0xff) === 0;
  return last === 0 && words[2] === 0;
}
