import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gratuitousArp, macBytes } from '../../src/host/gratuitous-arp.ts';
import { parseAddress } from '../../src/model/address.ts';

const captured = readFileSync(new URL('../vrrp/data/vrrp.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { name: string; frames: { kind: string; frame_hex: string }[] })
  .find(({ name }) => name === 'v2-garp');

test("a gratuitous ARP is keepalived's to the byte", () => {
  const frame = gratuitousArp(parseAddress('10.0.0.100'), '02:00:00:00:00:11');
  expect(Buffer.from(frame).toString('hex')).toBe(captured?.frames[0]?.frame_hex);
});

test('IPv6 addresses and malformed MACs are refused', () => {
  expect(() => gratuitousArp(parseAddress('2001:db8::1'), '02:00:00:00:00:11')).toThrow(
    'not an IPv4 address',
  );
  for (const bad of ['', '02:00:00:00:00', '02:00:00:00:00:1g', '020000000011'])
    expect(() => macBytes(bad)).toThrow('not an Ethernet address');
});
