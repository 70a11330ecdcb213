/** The name of a template: docs/datapath.md, "Persistence". */
import { addressToBytes } from '../../model/address.ts';
import { RECORD_FAMILY } from '../../model/record.ts';
import type { VirtualService } from '../../model/rules.ts';
import type { TableRecord } from './table-record.ts';
import { destinationOf, sourceOf, split, type Tuple, type Words } from './tuple.ts';

export type TemplateName = Pick<
  TableRecord,
  'protocol' | 'family' | 'client' | 'clientPort' | 'virtual' | 'virtualPort' | 'high'
> & { readonly template: true };

/** Where a template leads. */
export type Way = Pick<TableRecord, 'server' | 'serverPort' | 'high' | 'extra'>;

/** The template that a connection of this service belongs to. Of a mark there is one for all protocols and addresses. */
export function templateOf(request: Tuple, { id, persistence }: VirtualService): TemplateName {
  const isMark = id.kind === 'fwmark';
  const client = split(masked(sourceOf(request), persistence));
  const destination = destinationOf(request);
  const virtual = split(isMark ? [...destination.slice(1).fill(0), id.fwmark] : destination);
  return {
    ...{ template: true, protocol: isMark ? 0 : request.protocol, family: request.family },
    ...{ client: client.low, clientPort: 0 },
    ...{ virtual: virtual.low, virtualPort: isMark ? 0 : id.port },
    high: request.family === RECORD_FAMILY.IPV6 ? [...client.high, ...virtual.high] : [],
  };
}

function masked(words: Words, persistence: VirtualService['persistence']): Words {
  const { prefix = 0, mask } = persistence ?? {};
  const own = mask && Buffer.from(addressToBytes(mask));
  return words.map((word, at) => {
    const bits = Math.min(32, Math.max(0, prefix - at * 32));
    const kept = own ? own.readUInt32BE(at * 4) : bits === 0 ? 0 : 0xffff_ffff << (32 - bits);
    return (word & kept) >>> 0;
  });
}
