import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { ANNOUNCE } from '../../src/director/config.ts';

const ROUTER = 'routers: [{name: m, vrid: 1, interface: eth0, advert: 1s, addresses: [10.1.1.1]}]';
const announce = (keys: string) =>
  parseConfig(`interfaces: [eth0]\n${ROUTER}\nannounce: {${keys}}`, 'tandem.yaml', { hostname: 'host' })
    .routers[0]?.announce;

test('what is left out of the announcements is the default', () => {
  expect(announce('')).toEqual(ANNOUNCE);
  expect(announce('garp_form: both, gna_interval: 5ms')).toEqual({
    ...ANNOUNCE,
    garpForm: 'both',
    gnaIntervalMs: 5,
  });
});

test("after a lower master's advertisement the announcements are as after a takeover, unless given", () => {
  expect(announce('garp_master_delay: 5s, garp_master_repeat: 3')).toMatchObject({
    masterDelayMs: 5000,
    masterRepeat: 3,
    lowerPrioDelayMs: 5000,
    lowerPrioRepeat: 3,
  });
  expect(announce('garp_lower_prio_delay: 0s, garp_lower_prio_repeat: 1')).toMatchObject({
    masterDelayMs: ANNOUNCE.masterDelayMs,
    lowerPrioDelayMs: 0,
    lowerPrioRepeat: 1,
  });
});

test.each([
  ['garp_master_repeat: 0', /announce.garp_master_repeat is 0/],
  ['garp_master_delay: 5', /announce.garp_master_delay is 5/],
  ['garp_interval: 2s', /announce.garp_interval is "2s"/],
  ['garp_form: gratuitous', /announce.garp_form is "gratuitous"/],
])('"%s" is refused', (text, why) => {
  expect(() => announce(text)).toThrow(why);
});
