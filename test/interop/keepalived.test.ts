/** Debian's keepalived on the other side of the link; the whole of it is the trial `keepalived`. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Wire } from '../director/heartbeat/pair.ts';
import type { Speech } from './keepalived.ts';
import { type Match, play, titleOf } from './keepalived-match.ts';

let wire: Wire;
beforeEach(() => {
  wire = new Wire();
});
afterEach(async () => {
  await wire.remove();
});

const speech = (more: Partial<Speech> = {}): Speech => ({
  version: 3,
  family: 4,
  way: 'multicast',
  advertMs: 200,
  ...more,
});

const matches: readonly Match[] = [
  { speech: speech(), first: 'keepalived', higher: 'director' },
  { speech: speech({ family: 6 }), first: 'director', higher: 'keepalived' },
  { speech: speech({ family: 6, way: 'unicast' }), first: 'keepalived', higher: 'neither' },
  {
    speech: speech({ version: 2, advertMs: 1000, password: 'secret12' }),
    first: 'director',
    higher: 'director',
    // Its interval is a whole second.
    brief: true,
  },
];

for (const match of matches) {
  test(titleOf(match), async () => {
    expect(await play(wire, match)).toHaveLength(match.brief ? 3 : 6);
  }, 400_000);
}
