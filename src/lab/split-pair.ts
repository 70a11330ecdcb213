/**
 * The pair with switches that can break in the middle: a client and a server more, on the side of lb2. One address of
 * a server is on both sides, and each director reaches the one that is beside it (anycast): so both sides can take the
 * same local port of that server, and a clash is there when they meet again.
 */
import { PAIR_TOPOLOGY } from './pair.ts';
import type { HostSpec, Topology } from './topology.ts';

export const SPLIT = { client2: '10.1.1.20', rs3: '192.168.10.5', anycast: '192.168.30.2' } as const;

/** Who still hears whom when the switches are broken. The probe stands where they break, and hears both. */
export const HALVES = {
  lb1: ['client', 'lb1', 'rs1', 'router', 'rs2'],
  lb2: ['client2', 'lb2', 'rs3'],
} as const;

/** Where each director finds the anycast address. */
const BESIDE: Readonly<Record<string, string>> = { lb1: '192.168.10.2', lb2: SPLIT.rs3 };
const ANYCAST = `${SPLIT.anycast}/32`;

function adapted(host: HostSpec): HostSpec {
  const via = BESIDE[host.name];
  if (via) return { ...host, routes: [...(host.routes ?? []), { to: ANYCAST, via }] };
  if (host.name !== 'rs1') return host;
  const interfaces = host.interfaces.map((each) => ({ ...each, addresses: [...each.addresses, ANYCAST] }));
  return { ...host, interfaces };
}

const more: readonly HostSpec[] = [
  {
    name: 'client2',
    interfaces: [
      { name: 'eth0', switch: 'front', mac: '02:00:00:00:01:20', addresses: [`${SPLIT.client2}/24`] },
    ],
  },
  {
    name: 'rs3',
    interfaces: [
      { name: 'eth0', switch: 'back', mac: '02:00:00:00:02:05', addresses: [`${SPLIT.rs3}/24`, ANYCAST] },
    ],
  },
];

export const SPLIT_TOPOLOGY: Topology = {
  ...PAIR_TOPOLOGY,
  hosts: [...PAIR_TOPOLOGY.hosts.map(adapted), ...more],
};
