/** Numbers of the VRRP wire that more than one file needs. */
import { parseAddress } from '../model/address.ts';

/** IANA's protocol number of VRRP. */
export const VRRP_PROTOCOL = 112;

/** RFC 9568 section 5.1.1.2. */
export const VRRP_GROUP4 = parseAddress('224.0.0.18');

/** RFC 9568 section 5.1.2.2. */
export const VRRP_GROUP6 = parseAddress('ff02::12');

/** RFC 9568 sections 5.1.1.3 and 5.1.2.3: anything else came through a router. */
export const VRRP_TTL = 255;

/** What keepalived sends: DSCP CS6, network control. */
export const VRRP_TOS = 0xc0;

/** The interval field has 12 bits of centiseconds (RFC 9568 section 5.2.7). */
export const LONGEST_INTERVAL_CS = 4095;
export const LONGEST_INTERVAL_US = LONGEST_INTERVAL_CS * 10_000;

/** "The sender leaves"; the owner of the addresses. RFC 9568 section 5.2.4. */
export const PRIORITY = { RELEASE: 0, OWNER: 255 } as const;
