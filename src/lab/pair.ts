/**
 * The seed's test model, doubled: a client network, two directors, one real server beside them and one
 * behind a router, and a link of the directors' own for connection sync.
 */
import type { HostSpec, InterfaceSpec, Topology } from './topology.ts';

export const PAIR = {
  vip: '10.1.1.1',
  lip: '192.168.10.1',
  client: '10.1.1.10',
  rs1: '192.168.10.2',
  rs2: '192.168.20.2',
} as const;

export const DIRECTORS = ['lb1', 'lb2'] as const;
export type DirectorName = (typeof DIRECTORS)[number];

/** On the client network; the VRRP source address and the MAC address that answers for the VIP. */
export const DIRECTOR_FRONT = {
  lb1: { address: '10.1.1.2', mac: '02:00:00:00:01:02' },
  lb2: { address: '10.1.1.3', mac: '02:00:00:00:01:03' },
} as const;

function director(name: DirectorName, back: string, sync: string, last: string): HostSpec {
  const { address, mac } = DIRECTOR_FRONT[name];
  return {
    name,
    interfaces: [
      { name: 'eth0', switch: 'front', mac, addresses: [`${address}/24`], xdp: true },
      plug('eth1', 'back', `02:00:00:00:02:${last}`, `${back}/24`, true),
      plug('eth2', 'sync', `02:00:00:00:03:${last}`, `${sync}/30`),
    ],
    routes: [{ to: '192.168.20.0/24', via: '192.168.10.254' }],
  };
}

function plug(name: string, on: string, mac: string, address: string, xdp = false): InterfaceSpec {
  return { name, switch: on, mac, addresses: [address], xdp };
}

export const PAIR_TOPOLOGY: Topology = {
  switches: ['front', 'back', 'sync', 'far'],
  hosts: [
    {
      name: 'client',
      interfaces: [plug('eth0', 'front', '02:00:00:00:01:10', `${PAIR.client}/24`)],
    },
    { name: 'probe', interfaces: [plug('eth0', 'front', '02:00:00:00:01:11', '10.1.1.11/24')] },
    director('lb1', '192.168.10.3', '172.31.0.1', '03'),
    director('lb2', '192.168.10.4', '172.31.0.2', '04'),
    { name: 'rs1', interfaces: [plug('eth0', 'back', '02:00:00:00:02:02', `${PAIR.rs1}/24`)] },
    {
      name: 'router',
      interfaces: [
        plug('eth0', 'back', '02:00:00:00:02:fe', '192.168.10.254/24'),
        plug('eth1', 'far', '02:00:00:00:04:01', '192.168.20.1/24'),
      ],
      sysctls: { 'net.ipv4.ip_forward': '1' },
    },
    {
      name: 'rs2',
      interfaces: [plug('eth0', 'far', '02:00:00:00:04:02', `${PAIR.rs2}/24`)],
      routes: [{ to: '192.168.10.0/24', via: '192.168.20.1' }],
    },
  ],
};
