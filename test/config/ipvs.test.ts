import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { IPVS_OPTIONS } from '../../src/model/ipvs-options.ts';

const parse = (text: string) => parseConfig(text, 'tandem.yaml', { hostname: 'host' }).datapath.ipvs;
const ipvs = (keys: string) => parse(`ipvs: {${keys}}`);

test('what is left out is the default, and so is the whole section', () => {
  expect(parse('name: lb1')).toEqual(IPVS_OPTIONS);
  expect(ipvs('')).toEqual(IPVS_OPTIONS);
  expect(ipvs('sloppy_tcp: true')).toEqual({ ...IPVS_OPTIONS, sloppyTcp: true });
});

test.each([
  ['sync_threshold: [3, 50]', { syncThreshold: [3, 50] }],
  ['sync_threshold: [0, 1]', { syncThreshold: [0, 1] }],
  ['sync_threshold: [100, 0]', { syncThreshold: [100, 0] }],
  ['sync_refresh_period: 10', { syncRefreshPeriod: 10 }],
  ['sync_refresh_period: 10s', { syncRefreshPeriod: 10 }],
  ['sync_refresh_period: 0', { syncRefreshPeriod: 0 }],
  ['sloppy_tcp: false', { sloppyTcp: false }],
  ['sync_persist_mode: 1', { templatesOnly: true }],
  ['sync_persist_mode: 0', {}],
])('"%s" is taken as IPVS writes it', (text, expected) => {
  expect(ipvs(text)).toEqual({ ...IPVS_OPTIONS, ...expected });
});

test.each([
  ['sync_threshold: 3', /ipvs\.sync_threshold is 3, but must be \[packets, period\]/],
  ['sync_threshold: [3]', /ipvs\.sync_threshold is \[3\], but must be .*"sync_threshold: \[3, 50\]"/],
  ['sync_threshold: [3, 50, 1]', /ipvs\.sync_threshold is \[3,50,1\], but must be/],
  ['sync_threshold: [50, 50]', /ipvs\.sync_threshold is \[50,50\], but must be .* packets below period/],
  ['sync_threshold: [-1, 50]', /ipvs\.sync_threshold\[0\] is -1, but must be/],
  ['sync_threshold: [1, 2147483648]', /ipvs\.sync_threshold\[1\] is 2147483648, but must be/],
  ['sync_refresh_period: 1.5', /ipvs\.sync_refresh_period is 1\.5, but must be whole seconds/],
  ['sync_refresh_period: 10ms', /ipvs\.sync_refresh_period is "10ms", but must be whole seconds/],
  ['sync_refresh_period: 2678401', /ipvs\.sync_refresh_period is 2678401, but must be/],
  ['sync_refresh_period: 2678401s', /ipvs\.sync_refresh_period is "2678401s", but must be/],
  ['sloppy_tcp: 1', /ipvs\.sloppy_tcp is 1, but must be true or false/],
  ['sync_persist_mode: 2', /ipvs\.sync_persist_mode is 2, but must be 0 or 1/],
  ['sync_treshold: [3, 50]', /ipvs\.sync_treshold is an unknown key: did you mean "sync_threshold"\?/],
])('"%s" is refused with its place and a remedy', (text, why) => {
  expect(() => ipvs(text)).toThrow(why);
});
