/** Rules that set marks as people write them: in the configuration and for `tandem mark`. */
import { familyOf, parseAddress } from './address.ts';
import { ModelError } from './error.ts';
import { checkMark, type Mark, makePrefix, type Prefix } from './mark.ts';
import { PROTOCOL_NUMBER, type Protocol } from './rules.ts';

export interface MarkWords {
  readonly fwmark: number;
  /** An address, or `10.1.1.0/24`. */
  readonly source?: string;
  readonly destination?: string;
  /** A name or a number. */
  readonly protocol?: string | number;
  /** A number, or `8000-8010`. */
  readonly ports?: string | number;
  readonly interface?: string;
  /** Needed only where no address says it. */
  readonly family?: number;
}

/** @throws ModelError naming what is wrong, and what would be right */
export function parseMark(words: MarkWords): Mark {
  const source = words.source === undefined ? undefined : parsePrefix(words.source);
  const destination = words.destination === undefined ? undefined : parsePrefix(words.destination);
  const address = (destination ?? source)?.address;
  const family = address ? familyOf(address) : (words.family ?? 4);
  if (family !== 4 && family !== 6) throw bad('family', words.family, '4 or 6');
  if (words.family !== undefined && words.family !== family)
    throw new ModelError('family-mismatch', `family ${words.family} does not go with ${address}`);
  const mark: Mark = {
    fwmark: words.fwmark,
    family,
    ...(source && { source }),
    ...(destination && { destination }),
    ...(words.protocol !== undefined && { protocol: parseProtocol(words.protocol) }),
    ...(words.ports !== undefined && { ports: parsePorts(words.ports) }),
    ...(words.interface !== undefined && { interface: words.interface }),
  };
  checkMark(mark);
  return mark;
}

function parsePrefix(text: string): Prefix {
  const [, host = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const address = parseAddress(host === '' ? text : host);
  return makePrefix(address, length === undefined ? (familyOf(address) === 4 ? 32 : 128) : Number(length));
}

function parseProtocol(value: string | number): number {
  const text = String(value).toLowerCase();
  if (text in PROTOCOL_NUMBER) return PROTOCOL_NUMBER[text as Protocol];
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw bad('protocol', value, 'tcp, udp, sctp or a number from 1 to 255');
}

function parsePorts(value: string | number): readonly [number, number] {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? [];
  if (first === undefined) throw bad('port', value, 'a port or two as in 8000-8010');
  return [Number(first), Number(last ?? first)];
}

function bad(what: string, value: unknown, expected: string): ModelError {
  return new ModelError('bad-value', `${what} "${value}": write ${expected}`);
}
