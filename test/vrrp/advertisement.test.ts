import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressFromBytes, addressToBytes, parseAddress } from '../../src/model/address.ts';
import {
  type Advertisement,
  type ChecksumStyle,
  decodeAdvertisement,
  encodeAdvertisement,
  sameAddresses,
} from '../../src/vrrp/advertisement.ts';
import { VRRP_REFUSALS, VrrpError } from '../../src/vrrp/error.ts';
import { compareAddresses, openIpv4, type Reception, readAdvertisement } from '../../src/vrrp/ip.ts';
import { decodeV2, encodeV2 } from '../../src/vrrp/v2.ts';

const ETHERNET = 14;
const path = { source: parseAddress('10.0.0.11'), destination: parseAddress('224.0.0.18') };

interface Vector {
  readonly name: string;
  readonly frames: readonly { readonly kind: string; readonly frame_hex: string }[];
}

const vectors = readFileSync(new URL('data/vrrp.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

/** The IPv4 datagrams of keepalived's captures whose name begins so. */
function captured(prefix: string): Uint8Array[] {
  return vectors
    .filter(({ name }) => name.startsWith(prefix))
    .flatMap(({ frames }) => frames)
    .filter(({ kind }) => kind === 'vrrp4')
    .map(({ frame_hex }) => Buffer.from(frame_hex, 'hex').subarray(ETHERNET));
}

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(octet, octet, octet, octet).map((bytes) => addressFromBytes(Uint8Array.from(bytes)));
const advertisements: fc.Arbitrary<Advertisement> = fc.record({
  vrid: fc.integer({ min: 1, max: 255 }),
  priority: octet,
  intervalCs: fc.integer({ min: 1, max: 4095 }),
  addresses: fc.array(address, { minLength: 1, maxLength: 255 }),
});
const paths = fc.record({ source: address, destination: address });
const address6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(addressFromBytes);
const paths6 = fc.record({ source: address6, destination: address6 });
const styles = fc.constantFrom<ChecksumStyle>('pseudo', 'plain');

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof VrrpError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe("keepalived's captured frames", () => {
  const v3 = captured('v3');

  test('there are some of version 3', () => expect(v3.length).toBeGreaterThanOrEqual(12));

  test('are decoded, and encoded again to the same bytes', () => {
    for (const datagram of v3) {
      const { source, destination, payload } = openIpv4(datagram);
      const decoded = decodeAdvertisement(payload, { source, destination });
      expect(decoded).toMatchObject({
        vrid: 0x33,
        priority: 200,
        addresses: ['10.0.0.100'],
        style: 'pseudo',
      });
      expect(Buffer.from(encodeAdvertisement(decoded, { source, destination })).toString('hex')).toBe(
        Buffer.from(payload).toString('hex'),
      );
    }
  });

  test('of version 2 are decoded as that, and encoded again to the same bytes', () => {
    for (const [name, password] of [
      ['v2-noauth', ''],
      ['v2-pass', 'secret12'],
    ] as const) {
      for (const datagram of captured(name)) {
        const { payload } = openIpv4(datagram);
        const decoded = decodeV2(payload, path, password);
        expect(decoded).toEqual({
          vrid: 51,
          priority: 200,
          intervalCs: 100,
          addresses: ['10.0.0.100'],
        });
        expect(Buffer.from(encodeV2(decoded, path, password))).toEqual(Buffer.from(payload));
        expect(refusal(() => decodeAdvertisement(payload, path))).toBe('version');
      }
    }
  });

  test('of version 2 with another password, or without one that is wanted, are refused', () => {
    const [noAuth, password] = ['v2-noauth', 'v2-pass'].map(
      (name) => openIpv4(captured(name)[0] as Uint8Array).payload,
    );
    expect(refusal(() => decodeV2(noAuth as Uint8Array, path, 'secret12'))).toBe('auth_type');
    expect(refusal(() => decodeV2(password as Uint8Array, path))).toBe('auth_type');
    expect(refusal(() => decodeV2(password as Uint8Array, path, 'secret13'))).toBe('auth');
    expect(refusal(() => decodeV2(password as Uint8Array, path, 'secret1'))).toBe('auth');
  });

  test('with the authentication header are refused, for they are another protocol', () => {
    const [datagram] = captured('v2-ah');
    expect(refusal(() => openIpv4(datagram as Uint8Array))).toBe('ip');
  });
});

describe('the codec', () => {
  test('gives back what it was given, with either checksum', () => {
    fc.assert(
      fc.property(advertisements, paths, styles, (advertisement, way, style) => {
        const decoded = decodeAdvertisement(encodeAdvertisement(advertisement, way, style), way);
        // Now and then both sums agree: then "pseudo" is as true.
        expect(decoded).toEqual({ ...advertisement, style: decoded.style });
        if (decoded.style === 'plain') expect(style).toBe('plain');
      }),
    );
  });

  test('refuses arbitrary bytes with a known cause, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), paths, (bytes, way) => {
        expect(['accepted', ...VRRP_REFUSALS]).toContain(refusal(() => decodeAdvertisement(bytes, way)));
        expect(['accepted', ...VRRP_REFUSALS]).toContain(refusal(() => openIpv4(bytes)));
      }),
      { numRuns: 2000 },
    );
  });

  test('notices any single flipped bit', () => {
    fc.assert(
      fc.property(advertisements, styles, fc.nat(), (advertisement, style, where) => {
        const bytes = encodeAdvertisement(advertisement, path, style);
        const bit = where % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(refusal(() => decodeAdvertisement(bytes, path))).not.toBe('accepted');
      }),
    );
  });

  test('refuses every truncation and one byte too many', () => {
    const whole = encodeAdvertisement(
      { vrid: 51, priority: 200, intervalCs: 100, addresses: [parseAddress('10.0.0.100')] },
      path,
    );
    for (let length = 0; length < whole.length; length += 1) {
      expect(refusal(() => decodeAdvertisement(whole.subarray(0, length), path))).toBe('length');
    }
    expect(refusal(() => decodeAdvertisement(Buffer.concat([whole, Buffer.alloc(1)]), path))).toBe('length');
  });

  /** A right message with one byte changed and its plain checksum put right again. */
  function forged(at: number, value: number): Uint8Array {
    const bytes = encodeAdvertisement(
      { vrid: 51, priority: 200, intervalCs: 100, addresses: [parseAddress('10.0.0.100')] },
      path,
      'plain',
    );
    bytes[at] = value;
    bytes[6] = 0;
    bytes[7] = 0;
    let sum = 0;
    for (let i = 0; i < bytes.length; i += 2) sum += ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
    sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
    bytes[6] = sum >> 8;
    bytes[7] = sum & 0xff;
    return bytes;
  }

  test.each([
    ['version', 0, 0x41],
    ['type', 0, 0x32],
    ['vrid', 1, 0],
    ['length', 3, 2],
    ['interval', 5, 0],
  ])('names the cause %s although the checksum is right', (cause, at, value) => {
    expect(refusal(() => decodeAdvertisement(forged(at, value), path))).toBe(cause);
  });

  test('refuses a message without addresses', () => {
    const bytes = forged(3, 0).subarray(0, 8);
    bytes.set([0, 0], 6);
    const sum = ~[0x3133, 0xc800, 100].reduce((total, word) => total + word) & 0xffff;
    bytes.set([sum >> 8, sum & 0xff], 6);
    expect(refusal(() => decodeAdvertisement(bytes, path))).toBe('count');
  });

  test('gives back version 2', () => {
    fc.assert(
      fc.property(
        advertisements,
        fc.integer({ min: 1, max: 255 }),
        paths,
        fc.string({ maxLength: 8 }).filter((text) => /^[\x21-\x7e]*$/.test(text)),
        (advertisement, seconds, way, password) => {
          const whole = { ...advertisement, intervalCs: 100 * seconds };
          expect(decodeV2(encodeV2(whole, way, password), way, password)).toEqual(whole);
        },
      ),
    );
    const one = { vrid: 1, priority: 1, intervalCs: 150, addresses: [parseAddress('10.0.0.1')] };
    expect(() => encodeV2(one, path)).toThrow('interval in seconds is 1.5');
  });

  test('gives back IPv6, always with the pseudo-header', () => {
    fc.assert(
      fc.property(
        advertisements,
        fc.array(address6, { minLength: 1, maxLength: 255 }),
        paths6,
        styles,
        (rest, addresses, way, style) => {
          const advertisement = { ...rest, addresses };
          const bytes = encodeAdvertisement(advertisement, way, style);
          expect(decodeAdvertisement(bytes, way)).toEqual({ ...advertisement, style: 'pseudo' });
          const elsewhere = {
            ...way,
            source: addressFromBytes(
              addressToBytes(way.source).with(0, (addressToBytes(way.source)[0] ?? 0) ^ 1),
            ),
          };
          expect(refusal(() => decodeAdvertisement(bytes, elsewhere))).toBe('checksum');
        },
      ),
    );
  });

  test('wants a link-local source of IPv6 multicast', () => {
    const group = parseAddress('ff02::12');
    const own = parseAddress('fe80::2');
    const receive = (from: string) => {
      const source = parseAddress(from);
      const payload = encodeAdvertisement(
        { vrid: 51, priority: 1, intervalCs: 1, addresses: [parseAddress('fe80::1')] },
        { source, destination: group },
      );
      const reception = {
        vrid: 51,
        version: 3,
        password: '',
        source: own,
        peers: [],
        leastTtl: 255,
      } as const;
      return refusal(() => readAdvertisement({ source, destination: group, ttl: 255, payload }, reception));
    };
    expect(receive('fe80::3')).toBe('accepted');
    expect(receive('2001:db8::3')).toBe('source');
  });

  test('orders addresses as unsigned numbers', () => {
    const ordered = ['1.2.3.4', '10.0.0.1', '127.0.0.1', '128.0.0.1', '255.0.0.0'].map(parseAddress);
    expect([...ordered].reverse().toSorted(compareAddresses)).toEqual(ordered);
    const six = ['fe80::1', 'fe80::ff', 'fe80::8000:0:0:1'].map(parseAddress);
    expect([...six].reverse().toSorted(compareAddresses)).toEqual(six);
  });

  test('will not write what the wire cannot say', () => {
    const good = { vrid: 1, priority: 100, intervalCs: 1, addresses: [parseAddress('192.0.2.1')] };
    for (const bad of [
      { vrid: 0 },
      { priority: 256 },
      { intervalCs: 4096 },
      { intervalCs: 1.5 },
      { addresses: [] },
      { addresses: [parseAddress('2001:db8::1')] },
    ]) {
      expect(() => encodeAdvertisement({ ...good, ...bad }, path)).toThrow(RangeError);
    }
  });

  test('compares address lists without regard to order', () => {
    const [one, two] = [parseAddress('192.0.2.1'), parseAddress('192.0.2.2')];
    expect(sameAddresses([one, two], [two, one])).toBe(true);
    expect(sameAddresses([one], [two])).toBe(false);
    expect(sameAddresses([one], [one, two])).toBe(false);
  });
});

describe('the IPv4 header', () => {
  const [good = new Uint8Array()] = captured('v3-ipv4');

  function changed(at: number, value: number): Uint8Array {
    const bytes = Uint8Array.from(good);
    bytes[at] = value;
    return bytes;
  }

  const reception: Reception = {
    vrid: 51,
    version: 3,
    password: '',
    source: parseAddress('10.0.0.12'),
    peers: [],
    leastTtl: 255,
  };
  const read = (bytes: Uint8Array, more: Partial<Reception> = {}) =>
    readAdvertisement(openIpv4(bytes), { ...reception, ...more });

  test('is as VRRP has it', () => {
    expect(read(good)).toMatchObject({ vrid: 51, priority: 200 });
  });

  test('with a TTL other than 255 is refused, unless it is a distant peer', () => {
    expect(refusal(() => read(changed(8, 254)))).toBe('ttl');
    expect(refusal(() => read(changed(8, 254), { leastTtl: 250 }))).toBe('accepted');
  });

  test('is of the multicast group, or of a known peer that speaks to us', () => {
    const [unicast = new Uint8Array()] = captured('v3-ipv4-unicast');
    const peers = [parseAddress('10.0.0.11')];
    expect(refusal(() => read(unicast, { peers }))).toBe('accepted');
    expect(refusal(() => read(unicast))).toBe('destination');
    expect(refusal(() => read(good, { peers }))).toBe('destination');
    expect(refusal(() => read(unicast, { peers: [parseAddress('10.0.0.13')] }))).toBe('source');
    expect(refusal(() => read(unicast, { peers, source: parseAddress('10.0.0.14') }))).toBe('destination');
    // One for another virtual router on the same host is that one's business.
    expect(refusal(() => read(unicast, { vrid: 52 }))).toBe('accepted');
  });

  test('that promises more than there is is refused', () => {
    expect(refusal(() => openIpv4(good.subarray(0, good.length - 1)))).toBe('ip');
    expect(refusal(() => openIpv4(changed(3, 19)))).toBe('ip');
    expect(refusal(() => openIpv4(changed(0, 0x44)))).toBe('ip');
  });

  test('with options is taken off whole', () => {
    const options = Buffer.concat([good.subarray(0, 20), Buffer.alloc(4, 1), good.subarray(20)]);
    options[0] = 0x46;
    options.writeUInt16BE(options.length, 2);
    expect(openIpv4(options).payload).toEqual(good.subarray(20));
  });
});
