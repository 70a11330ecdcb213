import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, type Family, ipv4FromNumber, parseAddress } from '../../src/model/address.ts';
import {
  DEFAULT_TIMEOUTS,
  type LocalAddress,
  type RealServer,
  type RuleSet,
  type ServiceId,
  type ServiceSettings,
  serviceFamily,
  serviceKey,
  type VirtualService,
} from '../../src/model/rules.ts';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

const port = fc.integer({ min: 1, max: 65535 });
const weight = fc.integer({ min: 0, max: 0x7fff_ffff });
const unicast4 = fc.integer({ min: 0x0100_0000, max: 0xdfff_ffff }).map(ipv4FromNumber);
const unicast6 = fc
  .integer({ min: 1, max: 0xffff })
  .map((host) => parseAddress(`2001:db8::${host.toString(16)}`));
const unicast = (family: Family): fc.Arbitrary<Address> => (family === 6 ? unicast6 : unicast4);
const thresholds = {
  upperThreshold: fc.constantFrom(9, 0x7fff_ffff),
  lowerThreshold: fc.constantFrom(0, 5, 9),
};
const oif = fc.option(fc.constantFrom('eth0', 'bond0.5', 'e'), { nil: undefined });

/** What the XDP plane carries. */
const carriedId: fc.Arbitrary<ServiceId> = fc.record({
  kind: fc.constant('address' as const),
  protocol: fc.constantFrom('tcp' as const, 'udp' as const),
  address: unicast4,
  port,
  subnetId: fc.constant(0),
});
const carriedSettings: fc.Arbitrary<ServiceSettings> = fc.record({
  scheduler: fc.constantFrom('rr' as const, 'wrr' as const, 'lc' as const, 'wlc' as const),
  schedulerFlags: fc.constant([]),
  onePacket: fc.constant(false),
});

/** What the grammar knows. */
const anyId: fc.Arbitrary<ServiceId> = fc.oneof(
  carriedId,
  fc.record({
    kind: fc.constant('address' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const, 'sctp' as const),
    address: unicast6,
    port,
    subnetId: fc.constantFrom(0, 1, 0xffff_ffff),
  }),
  fc.record({
    kind: fc.constant('fwmark' as const),
    // ipvsadm writes greater ones as negative numbers, which it does not read.
    fwmark: fc.integer({ min: 1, max: 0x7fff_ffff }),
    family: fc.constantFrom<Family>(4, 6),
  }),
  fc.record({
    kind: fc.constant('raw' as const),
    address: unicast4,
    port: fc.constantFrom(0, 80),
    subnetId: fc.constantFrom(0, 9),
  }),
);

function anySettings(id: ServiceId): fc.Arbitrary<ServiceSettings> {
  const udp = id.kind !== 'address' || id.protocol === 'udp';
  const persistence = fc.record(
    {
      timeout: fc.integer({ min: 1, max: 2_678_400 }),
      prefix: serviceFamily(id) === 6 ? fc.integer({ min: 1, max: 128 }) : fc.integer({ min: 0, max: 32 }),
    },
    { requiredKeys: ['timeout', 'prefix'] },
  );
  const scheduler = fc.oneof(
    fc.record({
      scheduler: fc.constantFrom('rr' as const, 'dh' as const, 'ovf' as const),
      schedulerFlags: fc.constantFrom([], ['flag-1', 'flag-3']),
    }),
    fc.record({
      scheduler: fc.constant('sh' as const),
      schedulerFlags: fc.constantFrom([], ['sh-port'], ['sh-fallback', 'sh-port']),
    }),
  );
  const rest = fc.record(
    {
      onePacket: udp ? fc.boolean() : fc.constant(false),
      persistence,
      engine: fc.constant('sip'),
      establishedTimeout: fc.integer({ min: 1, max: 2_678_400 }),
      drainingTimeout: fc.integer({ min: 0, max: 3600 }),
    },
    { requiredKeys: ['onePacket'] },
  );
  return fc.tuple(scheduler, rest).map(([one, other]) => ({ ...one, ...other }));
}

function carriedServer(): fc.Arbitrary<RealServer> {
  return fc.record({
    address: unicast4,
    port,
    forwarding: fc.constant('fullnat' as const),
    weight,
    upperThreshold: fc.constant(0),
    lowerThreshold: fc.constant(0),
  });
}

function anyServer(id: ServiceId): fc.Arbitrary<RealServer> {
  const family = serviceFamily(id);
  const base = { weight, ...thresholds };
  // Neither direct routing nor a tunnel has a port of its own, but with a mark any is kept.
  const same = id.kind === 'fwmark' ? fc.constantFrom(0, 8080) : fc.constant(id.port);
  return fc.oneof(
    fc.record({
      ...base,
      address: unicast(family),
      port,
      forwarding: fc.constantFrom('fullnat' as const, 'masq' as const),
    }),
    fc.record({ ...base, address: unicast(family), port: same, forwarding: fc.constant('direct' as const) }),
    fc.record({
      ...base,
      address: fc.oneof(unicast4, unicast6),
      port: same,
      forwarding: fc.constant('tunnel' as const),
      tunnel: fc.oneof(
        fc.constant({ type: 'ipip' as const, port: 0, checksum: 'none' as const }),
        fc.record({
          type: fc.constant('gue' as const),
          port,
          checksum: fc.constantFrom('none' as const, 'full' as const, 'remote' as const),
        }),
        fc.record({
          type: fc.constant('gre' as const),
          port: fc.constant(0),
          checksum: fc.constantFrom('none' as const, 'full' as const),
        }),
      ),
    }),
  );
}

const withOif = <Value extends object>(value: fc.Arbitrary<Value>) =>
  fc.tuple(value, oif).map(([one, name]) => (name === undefined ? one : { ...one, oif: name }));

function service(
  id: fc.Arbitrary<ServiceId>,
  settings: (id: ServiceId) => fc.Arbitrary<ServiceSettings>,
  server: (id: ServiceId) => fc.Arbitrary<RealServer>,
  local: (id: ServiceId) => fc.Arbitrary<LocalAddress>,
): fc.Arbitrary<VirtualService> {
  const few = { maxLength: 4 };
  return id.chain((one) =>
    fc
      .record({
        settings: settings(one),
        servers: fc.uniqueArray(server(one), {
          ...few,
          selector: ({ address, port: number }) => `${address} ${number}`,
        }),
        locals: fc.uniqueArray(local(one), { ...few, selector: ({ address }) => address }),
      })
      .map((parts) => ({ id: one, ...parts.settings, servers: parts.servers, locals: parts.locals })),
  );
}

const ruleSet = (one: fc.Arbitrary<VirtualService>): fc.Arbitrary<RuleSet> =>
  fc
    .uniqueArray(one, { maxLength: 6, selector: ({ id }) => serviceKey(id) })
    .map((services) => ({ services, timeouts: DEFAULT_TIMEOUTS, vlanFlag: false, marks: [] }));

const CARRIED = ruleSet(
  service(
    carriedId,
    () => carriedSettings,
    carriedServer,
    () => unicast4.map((address) => ({ address })),
  ),
);
const ANY = ruleSet(
  service(
    anyId,
    anySettings,
    (id) => withOif(anyServer(id)),
    (id) => withOif(unicast(serviceFamily(id)).map((address) => ({ address }))),
  ),
);

/** -S sorts; which rules there are does not depend on it. */
function sorted({ services }: RuleSet) {
  const by = <Value>(values: readonly Value[], key: (value: Value) => string) =>
    [...values].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return by(services, ({ id }) => serviceKey(id)).map((one) => ({
    ...one,
    servers: by(one.servers, (server) => `${server.address} ${server.port}`),
  }));
}

test.each([
  ['that the XDP plane carries', CARRIED, 'xdp', '-S -n'],
  ['that the grammar knows', ANY, 'memory', '-S -n --full'],
] as const)('every rule set %s comes back from what was saved', async (_what, rules, plane, save) => {
  await fc.assert(
    fc.asyncProperty(rules, async (one) => {
      const from = memoryDirector();
      from.rules = one;
      const saved = await type(['ipvsadm', ...save.split(' ')], from);
      const to = memoryDirector(['eth0'], plane);
      const restored = await type(['ipvsadm', '-R'], to, saved.stdout);
      expect(restored).toEqual({ stdout: '', stderr: '', exit: 0 });
      expect(sorted(to.rules)).toEqual(sorted(one));
    }),
  );
});

test('-S leaves thresholds out as ipvsadm does, but not those of a FULLNAT server', async () => {
  const director = memoryDirector();
  for (const line of [
    '-A -t 10.1.1.1:80',
    '-a -t 10.1.1.1:80 -r 10.2.2.2:80 -m -x 9 -y 5',
    '-a -t 10.1.1.1:80 -r 10.2.2.3:80 -q -x 9 -y 5',
    '-a -t 10.1.1.1:80 -r 10.2.2.4:80 -q',
  ])
    await type(['ipvsadm', ...line.split(' ')], director);
  const rows = async (line: string) =>
    (await type(line.split(' '), director)).stdout.split('\n').slice(1, -1);
  const fullnat = [
    '-a -t 10.1.1.1:80 -r 10.2.2.3:80 -q -w 1 -x 9 -y 5',
    '-a -t 10.1.1.1:80 -r 10.2.2.4:80 -q -w 1',
  ];
  const masq = '-a -t 10.1.1.1:80 -r 10.2.2.2:80 -m -w 1';
  expect(await rows('ipvsadm -S -n')).toEqual([masq, ...fullnat]);
  expect(await rows('ipvsadm-save -n --full')).toEqual([`${masq} -x 9 -y 5`, ...fullnat]);
});
