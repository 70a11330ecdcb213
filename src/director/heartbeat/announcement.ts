/** The frames that say where one floating address is. */
import { gratuitousArp } from '../../host/gratuitous-arp.ts';
import { unsolicitedAdvertisement } from '../../host/unsolicited-advertisement.ts';
import { familyOf } from '../../model/address.ts';
import type { AnnounceSettings } from '../config.ts';
import type { FloatingAddress } from './messages.ts';

export interface Announcement {
  readonly kind: 'garp' | 'gna';
  readonly frame: Uint8Array;
}

export function announcementsOf(
  { address, mac }: FloatingAddress,
  garpForm: AnnounceSettings['garpForm'],
): Announcement[] {
  if (familyOf(address) === 6) return [{ kind: 'gna', frame: unsolicitedAdvertisement(address, mac) }];
  const forms = garpForm === 'both' ? (['request', 'reply'] as const) : [garpForm];
  return forms.map((form) => ({ kind: 'garp', frame: gratuitousArp(address, mac, form) }));
}
