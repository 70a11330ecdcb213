/** `announce:` of the configuration, named as keepalived's settings that mean the same. */
import type * as z from 'zod';
import { ANNOUNCE, type AnnounceSettings } from '../director/config.ts';
import { choice, integer, keys, milliseconds } from './fields.ts';

const MOST_REPEATS = 100;
/** keepalived counts these in whole seconds; a day is more than any switch remembers. */
const LONGEST_MS = 86_400_000;
const LONGEST_INTERVAL_MS = 1000;

const time = (example: string) => milliseconds(0, LONGEST_MS, 1, example);
const interval = (example: string) => milliseconds(0, LONGEST_INTERVAL_MS, 1, example);
const repeat = (example: string) => integer(1, MOST_REPEATS, example);

export const announceSchema = keys(
  {
    garp_master_delay: time('garp_master_delay: 5s')
      .optional()
      .describe('From a takeover to the second set of announcements, 0s for none; default 1s'),
    garp_master_repeat: repeat('garp_master_repeat: 5')
      .optional()
      .describe('Announcements of each address in a set; default 5'),
    garp_lower_prio_delay: time('garp_lower_prio_delay: 5s')
      .optional()
      .describe('As garp_master_delay, after an advertisement of a lower master; default garp_master_delay'),
    garp_lower_prio_repeat: repeat('garp_lower_prio_repeat: 5')
      .optional()
      .describe(
        'As garp_master_repeat, after an advertisement of a lower master; default garp_master_repeat',
      ),
    garp_master_refresh: time('garp_master_refresh: 60s')
      .optional()
      .describe('Between reminders while master, 0s for none; default 30s'),
    garp_master_refresh_repeat: repeat('garp_master_refresh_repeat: 1')
      .optional()
      .describe('Announcements of each address in a reminder; default 1'),
    garp_interval: interval('garp_interval: 1ms')
      .optional()
      .describe('Between two gratuitous ARP frames on one interface; default 0ms'),
    gna_interval: interval('gna_interval: 1ms')
      .optional()
      .describe('Between two unsolicited neighbour advertisements on one interface; default 0ms'),
    garp_form: choice(['request', 'reply', 'both'], 'garp_form: request')
      .optional()
      .describe('What a gratuitous ARP is: a request, as keepalived sends, a reply, or one of each'),
  },
  'announce: {garp_master_refresh: 60s}',
);

export function announceSettings(given: z.output<typeof announceSchema>): AnnounceSettings {
  const masterDelayMs = given.garp_master_delay ?? ANNOUNCE.masterDelayMs;
  const masterRepeat = given.garp_master_repeat ?? ANNOUNCE.masterRepeat;
  return {
    masterDelayMs,
    masterRepeat,
    lowerPrioDelayMs: given.garp_lower_prio_delay ?? masterDelayMs,
    lowerPrioRepeat: given.garp_lower_prio_repeat ?? masterRepeat,
    refreshMs: given.garp_master_refresh ?? ANNOUNCE.refreshMs,
    refreshRepeat: given.garp_master_refresh_repeat ?? ANNOUNCE.refreshRepeat,
    garpIntervalMs: given.garp_interval ?? ANNOUNCE.garpIntervalMs,
    gnaIntervalMs: given.gna_interval ?? ANNOUNCE.gnaIntervalMs,
    garpForm: given.garp_form ?? ANNOUNCE.garpForm,
  };
}
