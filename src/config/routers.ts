/** The virtual routers of a checked file: defaults filled in, and the checks that need more than one value. */
import type { RouterConfig } from '../director/config.ts';
import { type Address, familyOf } from '../model/address.ts';
import { leastTtl } from '../vrrp/ip.ts';
import type { ConfigFile } from './schema.ts';
import { type Refuse, refuseTwins } from './twins.ts';

type RouterEntry = NonNullable<ConfigFile['routers']>[number];

const DEFAULT_PRIORITY = 100;
const DEFAULT_ADVERT_MS = 1000;
/** What routers that move together have in common. */
const SHARED = ['priority', 'advert', 'preempt', 'preempt_delay'] as const;

/** @param carriers interfaces that carry the program; undefined for a plane in memory */
export function checkRouters(
  routers: readonly RouterEntry[],
  carriers: readonly string[] | undefined,
  refuse: Refuse,
): void {
  refuseTwins(
    routers.map(({ name }) => name),
    ['routers'],
    refuse,
  );
  routers.forEach((router, index) => {
    const path = ['routers', index];
    const complain = (key: string, text: string) => refuse([...path, key], text);
    checkFamily(router, complain);
    checkVersion(router, complain);
    if (carriers && !carriers.includes(router.interface)) {
      const remedy = 'add it there, for its fence to hold';
      complain('interface', `is ${router.interface}, which is not in "interfaces": ${remedy}`);
    }
    const before = routers.slice(0, index);
    const twin = before.find((other) => sameIdentity(other, router));
    if (twin)
      complain('vrid', `is ${router.vrid}, as that of ${twin.name} on ${router.interface}: choose another`);
    const [first] = before;
    if (first) checkShared(router, first, complain);
  });
  const all = routers.flatMap(({ addresses }, index) =>
    addresses.map((address, at) => ({ address, path: ['routers', index, 'addresses', at] })),
  );
  all.forEach(({ address, path }, index) => {
    if (all.findIndex((other) => other.address === address) < index)
      refuse(path, `names ${address} again: name it once`);
  });
}

type Complain = (key: string, text: string) => void;

const familyOfRouter = ({ addresses }: RouterEntry) => familyOf(addresses[0] as Address);

function checkFamily(router: RouterEntry, complain: Complain): void {
  const family = familyOfRouter(router);
  const stranger = router.addresses.find((address) => familyOf(address) !== family);
  if (stranger !== undefined) {
    complain(
      'addresses',
      `mixes IPv4 and IPv6 (${stranger}): make a router of each family, they move together`,
    );
  }
  const odd = router.unicast?.peers.find((address) => familyOf(address) !== family);
  if (odd !== undefined) complain('unicast', `names ${odd}, which is not of the family of its addresses`);
}

function checkVersion(router: RouterEntry, complain: Complain): void {
  if (router.version !== 2) {
    if (router.password !== undefined)
      complain('password', 'is for version 2 only: VRRPv3 has no authentication');
    return;
  }
  if (familyOfRouter(router) === 6) complain('version', 'is 2, which knows IPv4 only: use version 3');
  const { advert = DEFAULT_ADVERT_MS } = router;
  if (advert % 1000 !== 0)
    complain('advert', `is ${advert}ms, but version 2 counts whole seconds: use version 3, or 1s`);
  if (router.checksum !== undefined) complain('checksum', 'is for version 3 only: leave it out');
}

function checkShared(router: RouterEntry, first: RouterEntry, complain: Complain): void {
  for (const key of SHARED) {
    const [own, its] = [router[key], first[key]];
    if (own !== undefined && own !== its)
      complain(
        key,
        `is not that of ${first.name}: they move together, so leave it out here, or give both the same`,
      );
  }
}

/** Each family has virtual routers of its own. */
function sameIdentity(one: RouterEntry, other: RouterEntry): boolean {
  return (
    one.vrid === other.vrid &&
    one.interface === other.interface &&
    familyOfRouter(one) === familyOfRouter(other)
  );
}

/** Advertisement intervals in milliseconds. */
const PROFILE_MS = { standard: DEFAULT_ADVERT_MS, fast: 100, fastest: 10 } as const;

/** A profile is an interval by a name. */
export function checkProfile({ profile, routers = [] }: ConfigFile, refuse: Refuse): void {
  if (profile === undefined) return;
  const ms = PROFILE_MS[profile];
  routers.forEach(({ advert, version }, index) => {
    const path = ['routers', index];
    if (advert !== undefined && advert !== ms)
      refuse(
        [...path, 'advert'],
        `is ${advert}ms, but profile ${profile} means ${ms}ms: leave one of them out`,
      );
    if (version === 2 && advert === undefined && ms % 1000 !== 0)
      refuse([...path, 'version'], `is 2, which counts whole seconds, but profile ${profile} means ${ms}ms`);
  });
}

/** The settings of routers that move together are those of the first. */
export function routerConfigs({
  routers = [],
  sync,
  profile = 'standard',
}: ConfigFile): readonly RouterConfig[] {
  const [first] = routers;
  if (!first) return [];
  const { priority = DEFAULT_PRIORITY, advert = PROFILE_MS[profile], preempt = true } = first;
  const shared = {
    priority,
    advertMs: advert,
    // Whoever is reached on the sync path is asked: only a handover moves the table first.
    preempt: preempt ? (sync ? 'handover' : 'advertise') : 'never',
    preemptDelayMs: first.preempt_delay ?? 0,
  } as const;
  return routers.map(({ name, vrid, interface: device, addresses, unicast, ...given }) => ({
    ...{ name, vrid, interface: device, addresses },
    ...shared,
    version: given.version ?? 3,
    password: given.password ?? '',
    checksum: given.checksum ?? 'pseudo',
    peers: unicast?.peers ?? [],
    useVmac: given.use_vmac ?? false,
    leastTtl:
      unicast?.min_ttl ?? leastTtl(familyOf(addresses[0] as Address), unicast ? 'unicast' : 'multicast'),
  }));
}
