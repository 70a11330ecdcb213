/** Random rule sets: few addresses and ports, so that much meets. */
import { type Address, parseAddress } from '../../../src/model/address.ts';
import type { RuleEdit } from '../../../src/model/edit.ts';
import { type Mark, markKey, type Prefix } from '../../../src/model/mark.ts';
import {
  type ForwardingMethod,
  type Persistence,
  type RuleSet,
  SCHEDULERS,
  type ServiceId,
  type ServiceSettings,
  serviceFamily,
  serviceKey,
} from '../../../src/model/rules.ts';
import type { Random } from '../../support/random.ts';
import type { Setup } from './case.ts';
import { PLACE } from './places.ts';

const PORTS = [80, 53, 443] as const;
const SERVER_PORTS = [22, 80, 5353, 0] as const;
/** Where two connections of a client at one server meet, masquerading chooses a port by chance: seldom among many. */
const WIDE: readonly [number, number] = [1024, 65535];
const METHODS = [
  ...new Array<ForwardingMethod>(12).fill('fullnat'),
  'masq',
  'masq',
  'masq',
  'direct',
  'direct',
  'tunnel',
] as const;
const FWMARKS = [1, 2, 0xffff_ffff] as const;
/** Seconds. Each third and half of them is whole: no comparison of times hangs on a moment. */
const TIMEOUTS = [6, 12, 30, 60, 120, 900] as const;
const PORT_RANGES: ReadonlyArray<readonly [number, number]> = [
  [1024, 65535],
  [1024, 65535],
  [2000, 2063],
  [3001, 3008],
  [4000, 4002],
  [5000, 5001],
];

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
  const marks = new Map(
    Array.from({ length: random.pick([0, 0, 1, 3]) }, () => randomMark(random)).map((mark) => [
      markKey(mark),
      mark,
    ]),
  );
  for (const mark of marks.values()) edits.push({ op: 'add-mark', mark });
  const packets = random.pick([0, 1, 3]);
  return {
    edits,
    director: random.between(0, 1),
    localPorts: usesMasq(edits) ? WIDE : random.pick(PORT_RANGES),
    ipvs: {
      syncThreshold: [packets, random.pick([0, 0, packets + 1, packets + 5])],
      syncRefreshPeriod: random.pick([0, 0, 3, 10, 1000]),
      sloppyTcp: random.chance(0.3),
      templatesOnly: random.chance(0.2),
    },
  };
}

/** Most are of one port, and others meet them. */
export function randomService(random: Random): ServiceId {
  const family = random.pick([4, 4, 6] as const);
  const kind = random.between(0, 9);
  const address = parseAddress(random.pick(PLACE[family].virtuals));
  if (kind === 0) return { kind: 'raw', address, port: random.pick([0, ...PORTS]), subnetId: 0 };
  if (kind === 1) return { kind: 'fwmark', fwmark: random.pick(FWMARKS), family };
  return {
    kind: 'address',
    protocol: random.pick(['tcp', 'tcp', 'udp', 'sctp'] as const),
    address,
    port: kind === 2 ? 0 : random.pick(PORTS),
    subnetId: 0,
  };
}

/** A rule that sets a mark, for a service of that mark or for nobody. */
function randomMark(random: Random): Mark {
  const family = random.pick([4, 4, 6] as const);
  const { virtuals, clients } = PLACE[family];
  const whole = family === 4 ? 32 : 128;
  const prefix = (address: string, length: number) => ({ address: parseAddress(address), length });
  const destinations = [prefix(random.pick(virtuals), whole), networkOf(family)];
  const protocol = random.pick([undefined, 6, 17, 132, 136, 99]);
  const ports =
    protocol === 6 || protocol === 17 || protocol === 132
      ? random.pick([undefined, [53, 80], [1024, 65535]] as const)
      : undefined;
  return {
    ...{ fwmark: random.pick(FWMARKS), family, destination: random.pick(destinations) },
    ...(random.chance(0.2) ? { source: prefix(random.pick(clients), whole) } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    ...(ports === undefined ? {} : { ports }),
    ...(random.chance(0.2) ? { interface: random.pick(['front', 'back']) } : {}),
  };
}

/** The clients' link, whose virtual addresses are ours. */
function networkOf(family: 4 | 6): Prefix {
  return family === 4
    ? { address: parseAddress('10.1.1.0'), length: 30 }
    : { address: parseAddress('2001:db8:1::'), length: 126 };
}

function usesMasq(edits: readonly RuleEdit[]): boolean {
  return edits.some((edit) => edit.op === 'add-server' && edit.server.forwarding === 'masq');
}

function serviceEdits(id: ServiceId, random: Random): RuleEdit[] {
  const { servers, locals } = PLACE[serviceFamily(id)];
  const chosen = random.shuffled(
    servers.flatMap((address) => SERVER_PORTS.map((port) => ({ address, port }))),
  );
  return [
    { op: 'add-service', id, settings: settingsOf(serviceFamily(id), random) },
    ...chosen.slice(0, random.pick([0, 1, 1, 2, 3, 4])).map(({ address, port }): RuleEdit => {
      return { op: 'add-server', id, server: serverOf(parseAddress(address), port, random) };
    }),
    ...random
      .shuffled(locals)
      .slice(0, random.pick([0, 1, 1, 1, 2, 3]))
      .map((address): RuleEdit => ({ op: 'add-local', id, local: { address: parseAddress(address) } })),
  ];
}

/** Templates that are idle for less than it takes between two sweeps of a case would go by the order of the table. */
function persistenceOf(family: 4 | 6, random: Random): Persistence {
  const timeout = random.pick([60, 120, 900]);
  if (family === 6) return { timeout, prefix: random.pick([128, 128, 64, 125, 33]) };
  const mask = parseAddress(random.pick(['255.255.255.0', '255.255.0.255', '0.0.0.1']));
  return random.chance(0.2)
    ? { timeout, prefix: 32, mask }
    : { timeout, prefix: random.pick([32, 32, 31, 24, 1]) };
}

function settingsOf(family: 4 | 6, random: Random): ServiceSettings {
  const scheduler = random.pick(SCHEDULERS);
  const isHashed = scheduler === 'sh' || scheduler === 'mh';
  const possible = isHashed ? [`${scheduler}-fallback`, `${scheduler}-port`] : [];
  return {
    scheduler,
    schedulerFlags: possible.filter(() => random.chance(0.5)),
    // Of UDP alone it says something.
    onePacket: random.chance(0.2),
    ...(random.chance(0.25) ? { persistence: persistenceOf(family, random) } : {}),
    ...(random.chance(0.2) ? { establishedTimeout: random.pick(TIMEOUTS) } : {}),
  };
}

function serverOf(address: Address, port: number, random: Random) {
  // The greatest costs wrr a table of thousands.
  const weight = random.chance(0.005) ? 0x7fff_ffff : random.pick([0, 1, 1, 1, 2, 3, 5, 20]);
  const forwarding = random.pick(METHODS);
  const upperThreshold = random.chance(0.2) ? random.between(1, 6) : 0;
  const lowerThreshold = random.chance(0.5) ? random.between(0, upperThreshold) : 0;
  return { address, port, weight, forwarding, upperThreshold, lowerThreshold };
}

function markEdits({ marks }: RuleSet, random: Random): RuleEdit[] {
  const [first] = marks;
  if (first && random.chance(0.5)) return [{ op: 'delete-mark', mark: first }];
  const mark = randomMark(random);
  return marks.some((each) => markKey(each) === markKey(mark)) ? [] : [{ op: 'add-mark', mark }];
}

/** A change of the rules that applies to what there is. */
export function randomEdits(rules: RuleSet, random: Random): RuleEdit[] {
  const service = random.pick(rules.services.length > 0 ? rules.services : [undefined]);
  if (random.chance(0.1)) return markEdits(rules, random);
  if (!service || random.chance(0.1)) {
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
      return [
        {
          op: 'edit-service',
          id,
          settings: settingsOf(serviceFamily(id), random),
        },
      ];
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
