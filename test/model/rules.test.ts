import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { type ServiceId, sameService, serviceKey } from '../../src/model/rules.ts';

/** Few values of each field, so that many pairs differ in one of them alone. */
const address = fc.constantFrom(parseAddress('10.1.1.1'), parseAddress('2001:db8::1'));
const port = fc.constantFrom(0, 80);
const subnetId = fc.constantFrom(0, 80);
const id: fc.Arbitrary<ServiceId> = fc.oneof(
  fc.record({
    kind: fc.constant('address' as const),
    protocol: fc.constantFrom('tcp' as const, 'udp' as const),
    address,
    port,
    subnetId,
  }),
  fc.record({
    kind: fc.constant('fwmark' as const),
    fwmark: fc.constantFrom(1, 80),
    family: fc.constantFrom(4 as const, 6 as const),
  }),
  fc.record({ kind: fc.constant('raw' as const), address, port, subnetId }),
);

test('two ids name the same service exactly when their keys are equal', () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      expect(sameService(a, b)).toBe(serviceKey(a) === serviceKey(b));
    }),
    { numRuns: 1000 },
  );
});
