/** Random rule sets: few addresses and ports, so that much meets. */
import { type Address, parseAddress } from '../../../src/model/address.ts';
import type { RuleEdit } from '../../../src/model/edit.ts';
import { type RuleSet, type Scheduler, type ServiceId, serviceKey } from '../../../src/model/rules.ts';
import type { Random } from '../../support/random.ts';
import type { Setup } from './case.ts';
import { PLACE } from './places.ts';

const SCHEDULERS: readonly Scheduler[] = ['rr', 'wrr', 'lc', 'wlc'];
const PORTS = [80, 53, 443] as const;
const SERVER_PORTS = [22, 80, 5353] as const;
/** Seconds. Each third and half of them is whole: no comparison of times hangs on a moment. */
const TIMEOUTS = [6, 12, 30, 60, 120, 900] as const;
const PORT_RANGES: ReadonlyArray<readonly [number, number]> = [
  [1024, 65535],
  [1024, 65535],
  [2000, 2063],
  [3001, 3008],
  [4000, 4002],
  [5000, 5000],
];

export type AddressId = Extract<ServiceId, { kind: 'address' }>;

export function randomSetup(random: Random): Setup {
  const edits: RuleEdit[] = [
    {
      op: 'set-timeouts',
      timeouts: { tcp: random.pick(TIMEOUTS), tcpFin: random.pick(TIMEOUTS), udp: random.pick(TIMEOUTS) },
    },
  ];
  const known = new Set<string>();
  for (let count = random.between(1, 6); count > 0; count--) {
    const id = randomService(random);
    if (known.has(serviceKey(id))) continue;
    known.add(serviceKey(id));
    edits.push(...serviceEdits(id, random));
  }
  const packets = random.pick([0, 1, 3]);
  return {
    edits,
    director: random.between(0, 1),
    localPorts: random.pick(PORT_RANGES),
    ipvs: {
      syncThreshold: [packets, random.pick([0, 0, packets + 1, packets + 5])],
      syncRefreshPeriod: random.pick([0, 0, 3, 10, 1000]),
      sloppyTcp: random.chance(0.3),
    },
  };
}

export function randomService(random: Random): AddressId {
  const family = random.pick([4, 4, 6] as const);
  return {
    kind: 'address',
    protocol: random.pick(['tcp', 'tcp', 'udp'] as const),
    address: parseAddress(random.pick(PLACE[family].virtuals)),
    port: random.pick(PORTS),
    subnetId: 0,
  };
}

export function familyOfService({ address }: AddressId): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

function serviceEdits(id: AddressId, random: Random): RuleEdit[] {
  const { servers, locals } = PLACE[familyOfService(id)];
  const chosen = random.shuffled(
    servers.flatMap((address) => SERVER_PORTS.map((port) => ({ address, port }))),
  );
  return [
    { op: 'add-service', id, settings: settingsOf(random) },
    ...chosen.slice(0, random.pick([0, 1, 1, 2, 3, 4])).map(({ address, port }): RuleEdit => {
      return { op: 'add-server', id, server: serverOf(parseAddress(address), port, random) };
    }),
    ...random
      .shuffled(locals)
      .slice(0, random.pick([0, 1, 1, 1, 2, 3]))
      .map((address): RuleEdit => ({ op: 'add-local', id, local: { address: parseAddress(address) } })),
  ];
}

function settingsOf(random: Random) {
  return { scheduler: random.pick(SCHEDULERS), schedulerFlags: [], onePacket: false };
}

function serverOf(address: Address, port: number, random: Random) {
  // The greatest costs wrr a table of thousands.
  const weight = random.chance(0.005) ? 0x7fff_ffff : random.pick([0, 1, 1, 1, 2, 3, 5, 20]);
  const forwarding = random.chance(0.03) ? ('tunnel' as const) : ('fullnat' as const);
  return { address, port, weight, forwarding, upperThreshold: 0, lowerThreshold: 0 };
}

/** A change of the rules that applies to what there is. */
export function randomEdits(rules: RuleSet, random: Random): RuleEdit[] {
  const service = random.pick(rules.services.length > 0 ? rules.services : [undefined]);
  if (service?.id.kind !== 'address' || random.chance(0.1)) {
    const id = randomService(random);
    return rules.services.some((each) => serviceKey(each.id) === serviceKey(id))
      ? []
      : serviceEdits(id, random);
  }
  const { id, servers, locals } = service;
  const server = random.pick(servers.length > 0 ? servers : [undefined]);
  const local = random.pick(locals.length > 0 ? locals : [undefined]);
  switch (random.between(0, 5)) {
    case 0:
      return [{ op: 'edit-service', id, settings: settingsOf(random) }];
    case 1:
      return server ? [{ op: 'delete-server', id, server }] : [];
    case 2:
      return server ? [{ op: 'edit-server', id, server: serverOf(server.address, server.port, random) }] : [];
    case 3:
      return local ? [{ op: 'delete-local', id, address: local.address }] : [];
    case 4:
      return random.chance(0.3) ? [{ op: 'delete-service', id }] : [];
    default:
      return [
        {
          op: 'set-timeouts',
          timeouts: { tcp: random.pick(TIMEOUTS), tcpFin: random.pick(TIMEOUTS), udp: random.pick(TIMEOUTS) },
        },
      ];
  }
}
