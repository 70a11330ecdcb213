/** What both planes are given alike. */

/** The planes' own number, and who records come from. */
export const MAKER = 7;
/** Begins the note that XDP leaves for tc in place of a frame's link addresses. */
export const SECRET = 0x1234_5602;
export const PEER = 77;

/** A lease that no case outlives: an hour. */
export const LEASE_US = 3600 * 1_000_000;

/** Connections of each family: so few that a case may fill the table. */
export const CONNECTIONS = 24;

/** A connection may come in a sweep before its template or behind it, by the order of the table: two sweeps tell the same. */
export const SWEEPS = 2;
