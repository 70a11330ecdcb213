/** `ipvs:` of the configuration, named as the sysctls of IPVS that mean the same. */
import * as z from 'zod';
import { IPVS_OPTIONS, type IpvsOptions } from '../model/ipvs-options.ts';
import { LARGEST_TIMEOUT } from '../model/rules.ts';
import { expects, flag, keys, seconds } from './fields.ts';

/** Of a C int, which the sysctl is. */
const MOST_PACKETS = 2 ** 31 - 1;

/** proc_do_sync_threshold() of net/netfilter/ipvs/ip_vs_ctl.c refuses a threshold that the period never reaches. */
function threshold() {
  const text = expects(
    `[packets, period]: two whole numbers from 0 to ${MOST_PACKETS}, packets below period unless that is 0`,
    'sync_threshold: [3, 50]',
  );
  const number = z.number(text).int(text).min(0, text).max(MOST_PACKETS, text);
  return z
    .array(number, text)
    .length(2, text)
    .transform((value, context): readonly [number, number] => {
      const [packets = 0, period = 0] = value;
      if (period === 0 || packets < period) return [packets, period];
      context.addIssue({ code: 'custom', message: text.error({ input: value }) });
      return z.NEVER;
    });
}

export const ipvsSchema = keys(
  {
    sync_threshold: threshold()
      .optional()
      .describe(
        'Packets from the client: until a UDP connection is announced, and until one in use is announced again, 0 for never by packets; default [3, 0]',
      ),
    sync_refresh_period: seconds(LARGEST_TIMEOUT, 'sync_refresh_period: 10')
      .optional()
      .describe(
        'Seconds (or with a unit, as 10s) until a connection in use is announced again, at most half its timeout; default 0: a third of its timeout',
      ),
    sloppy_tcp: flag('sloppy_tcp: true')
      .optional()
      .describe(
        'Whether any TCP segment with an acknowledgement may begin a connection, not only a SYN; default false',
      ),
    sync_persist_mode: z
      .literal([0, 1], expects('0 or 1', 'sync_persist_mode: 1'))
      .optional()
      .describe(
        '1: of persistent services only the templates are told to the peer, not the connections; default 0',
      ),
  },
  'ipvs: {sync_threshold: [3, 50]}',
);

export function ipvsOptions(given: z.output<typeof ipvsSchema> = {}): IpvsOptions {
  return {
    syncThreshold: given.sync_threshold ?? IPVS_OPTIONS.syncThreshold,
    syncRefreshPeriod: given.sync_refresh_period ?? IPVS_OPTIONS.syncRefreshPeriod,
    sloppyTcp: given.sloppy_tcp ?? IPVS_OPTIONS.sloppyTcp,
    templatesOnly: given.sync_persist_mode === 1,
  };
}
