/** Which kinds of services packets must be held against: IPVS counts them for the same reason (nullsvc_counter). */
import type { RuleSet, ServiceId } from '../model/rules.ts';
import { LOOKUP } from './layouts.generated.ts';

/** Bits of the plane's `enum lookup`. */
export function lookupsOf({ services, marks }: RuleSet): number {
  let lookups = 0;
  for (const { id } of services) lookups |= lookupOf(id);
  // Without a rule that sets marks no packet has one.
  return marks.length > 0 ? lookups : lookups & ~LOOKUP.LOOKUP_MARK;
}

function lookupOf(id: ServiceId): number {
  if (id.kind === 'fwmark') return LOOKUP.LOOKUP_MARK;
  if (id.kind === 'raw') return id.port === 0 ? LOOKUP.LOOKUP_RAW : LOOKUP.LOOKUP_RAW_PORT;
  return id.port === 0 ? LOOKUP.LOOKUP_EVERY_PORT : 0;
}
