import { expect, test } from 'vitest';
import { RateEstimator } from '../../src/director/rates.ts';
import { parseAddress } from '../../src/model/address.ts';
import { NO_TRAFFIC, type ServiceCounters } from '../../src/model/counters.ts';
import { DEFAULT_TIMEOUTS, type RuleSet, type VirtualService } from '../../src/model/rules.ts';

const SERVICE: VirtualService = {
  id: { kind: 'address', protocol: 'tcp', address: parseAddress('10.1.1.1'), port: 80, subnetId: 0 },
  scheduler: 'rr',
  schedulerFlags: [],
  onePacket: false,
  servers: [
    {
      address: parseAddress('192.168.10.2'),
      port: 22,
      forwarding: 'fullnat',
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    },
  ],
  locals: [],
};
const RULES: RuleSet = { services: [SERVICE], timeouts: DEFAULT_TIMEOUTS, vlanFlag: false, marks: [] };

function counters(inPackets: number): ServiceCounters {
  const traffic = { ...NO_TRAFFIC, inPackets };
  return {
    total: traffic,
    servers: [{ ...traffic, activeConnections: 3, inactiveConnections: 4 }],
    locals: [],
  };
}

/** Counts one value after the other, two seconds apart, and says what is listed in the end. */
function after(...values: readonly number[]): ServiceCounters | undefined {
  const estimator = new RateEstimator();
  for (const [at, value] of values.entries()) estimator.measure([SERVICE], [counters(value)], at * 2000);
  return estimator.perSecond(RULES, [counters(values.at(-1) ?? 0)])[0];
}

test('the average moves a quarter of the way every two seconds', () => {
  // 400 packets in 2 s are 200 a second.
  expect(after(0, 400)?.total.inPackets).toBe(50);
  expect(after(0, 400, 800)?.total.inPackets).toBe(88);
  expect(after(0, 400, 400)?.total.inPackets).toBe(38);
});

test('a steady stream is shown as it is', () => {
  const steady = Array.from({ length: 60 }, (_, at) => at * 2000);
  expect(after(...steady)?.servers[0]?.inPackets).toBe(1000);
});

test('numbers of connections are no rates', () => {
  expect(after(0, 400)?.servers[0]).toMatchObject({ activeConnections: 3, inactiveConnections: 4 });
});

test('what was zeroed begins anew', () => {
  expect(after(0, 4000, 8000, 0)?.total).toEqual(NO_TRAFFIC);
});

test('what was never measured has no rate', () => {
  expect(new RateEstimator().perSecond(RULES, [counters(9)])[0]?.total).toEqual(NO_TRAFFIC);
});

test('a service that is gone is forgotten', () => {
  const estimator = new RateEstimator();
  estimator.measure([SERVICE], [counters(0)], 0);
  estimator.measure([SERVICE], [counters(4000)], 2000);
  estimator.keepOnly({ ...RULES, services: [] });
  expect(estimator.perSecond(RULES, [counters(4000)])[0]?.total).toEqual(NO_TRAFFIC);
});
