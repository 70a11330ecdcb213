import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEndpoint, parseLocal } from '../../src/ipvsadm/endpoint.ts';
import { inetAton } from '../../src/ipvsadm/inet-aton.ts';
import { type NameSource, NO_NAMES } from '../../src/ipvsadm/names.ts';
import { formatMask, maskOf } from '../../src/ipvsadm/netmask.ts';
import { parseServicesFile } from '../../src/ipvsadm/services-file.ts';
import { ipv4FromNumber, parseAddress } from '../../src/model/address.ts';

const names: NameSource = {
  port: (name, protocol) => (name === 'http' && protocol === 'tcp' ? 80 : undefined),
  host: (name) => (name === 'web.example' ? inetAton('192.0.2.7') : undefined),
};

describe('inet_aton', () => {
  test.each([
    ['10.1', '10.0.0.1'],
    ['0x0a010101', '10.1.1.1'],
    ['10.1.258', '10.1.1.2'],
    ['010.1.1.1', '8.1.1.1'],
    ['4294967295', '255.255.255.255'],
    ['10.1.1.1 ignored', '10.1.1.1'],
    ['', undefined],
    ['10.1.1.1.1', undefined],
    ['256.1.1.1', undefined],
    ['10.1.65536', undefined],
    ['4294967296', undefined],
    ['08.1.1.1', undefined],
    ['0x', undefined],
    ['10..1', undefined],
    ['10.1.1.1x', undefined],
    [' 10.1.1.1', undefined],
  ])('%j is %s', (text, expected) => {
    expect(inetAton(text)).toBe(expected);
  });

  test('reads every address that the model writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (number) => {
        const address = ipv4FromNumber(number);
        expect(inetAton(address)).toBe(address);
        expect(inetAton(String(number))).toBe(address);
      }),
    );
  });
});

describe('endpoints', () => {
  test.each([
    ['10.1.1.1:80', { address: '10.1.1.1', port: 80 }],
    ['10.1.1.1', { address: '10.1.1.1' }],
    ['10.1.1.1:http', { address: '10.1.1.1', port: 80 }],
    ['web.example:80', { address: '192.0.2.7', port: 80 }],
    ['12345:80', { address: '0.0.48.57', port: 80 }],
    ['10.1.1.1:80:7', { address: '10.1.1.1', port: 80, extra: '7' }],
    ['[2001:db8::1]:80', { address: '2001:db8::1', port: 80 }],
    ['[2001:db8::1]:80:eth1', { address: '2001:db8::1', port: 80, extra: 'eth1' }],
    ['2001:DB8::80', { address: '2001:db8::80' }],
    ['12345', undefined],
    ['', undefined],
    [':80', undefined],
    ['10.1.1.1:', undefined],
    ['10.1.1.1:80:', undefined],
    ['10.1.1.1:80:7:9', undefined],
    ['10.1.1.1:65536', undefined],
    ['10.1.1.1:80x', undefined],
    ['10.1.1.1:ftp', undefined],
    ['other.example:80', undefined],
    ['[2001:db8::1]', undefined],
    ['[2001:db8::1]:', undefined],
    ['[10.1.1.1]:80', undefined],
    ['[fe80::1%eth0]:80', undefined],
    ['[::1', undefined],
  ])('%j', (text, expected) => {
    expect(parseEndpoint(text, 'tcp', names)).toEqual(expected);
  });

  test('names are nothing where none are known', () => {
    expect(parseEndpoint('10.1.1.1:http', 'tcp', NO_NAMES)).toBeUndefined();
    expect(parseEndpoint('web.example:80', 'tcp', NO_NAMES)).toBeUndefined();
  });
});

describe('local addresses', () => {
  test.each([
    ['192.168.10.1', { address: '192.168.10.1' }],
    ['192.168.10.1:90', { address: '192.168.10.1', suffix: '90' }],
    ['192.168.10.1:eth1', { address: '192.168.10.1', suffix: 'eth1' }],
    ['web.example', { address: '192.0.2.7' }],
    ['2001:db8::1', { address: '2001:db8::1' }],
    ['[2001:db8::1]', { address: '2001:db8::1' }],
    ['[2001:db8::1]:eth1', { address: '2001:db8::1', suffix: 'eth1' }],
    ['90', undefined],
    ['', undefined],
    ['192.168.10.1:', undefined],
    ['192.168.10.1:a:b', undefined],
  ])('%j', (text, expected) => {
    expect(parseLocal(text, names)).toEqual(expected);
  });
});

test('a mask is read as what wrote it', () => {
  for (let prefix = 0; prefix < 32; prefix += 1)
    expect(maskOf(parseAddress(formatMask({ prefix }, 4) ?? ''))).toEqual({ prefix });
  expect(formatMask({ prefix: 32 }, 4)).toBeUndefined();
  expect(formatMask({ prefix: 64 }, 6)).toBe('64');
  for (const holes of ['255.0.255.0', '0.0.0.24'])
    expect(formatMask(maskOf(parseAddress(holes)), 4)).toBe(holes);
});

test('/etc/services gives the first entry of a port, and aliases for input', () => {
  const services = parseServicesFile(
    '# comment\nhttp\t80/tcp www # web\nother 80/tcp\nbad line\nfar 70000/tcp\n',
  );
  expect(services.service(80, 'tcp')).toBe('http');
  expect(services.service(80, 'udp')).toBeUndefined();
  expect(services.port('www', 'tcp')).toBe(80);
  expect(services.port('other', 'tcp')).toBe(80);
  expect(services.port('line', 'tcp')).toBeUndefined();
  expect(services.port('far', 'tcp')).toBeUndefined();
});
