/** ipvsadm's order of services and servers, with its quirk. */
import { type Address, addressToBytes, type Endpoint, familyOf } from '../model/address.ts';
import { PROTOCOL_NUMBER, type ServiceId, serviceFamily } from '../model/rules.ts';

/** IPPROTO_RAW: behind every protocol with a service of its own. */
const RAW = 255;
/** AF_INET and AF_INET6. */
const FAMILY = { 4: 2, 6: 10 } as const;

/**
 * ipvsadm subtracts 32-bit numbers into a signed int, so that 192.168.1.1 comes before 10.1.1.1. The relation
 * is not transitive, nor even antisymmetric; {@link mergeSort} makes of it what glibc's qsort does, of what comes in
 * the order of the kernel's tables.
 */
function difference(a: number, b: number): number {
  return (a - b) | 0;
}

function compareAddresses(a: Address, b: Address): number {
  const left = wordsOf(a);
  const right = wordsOf(b);
  for (const [at, word] of left.entries()) {
    const order = difference(word, right[at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** An address as 32-bit numbers, most significant first. */
function wordsOf(address: Address): number[] {
  const bytes = addressToBytes(address);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4));
}

export function compareEndpoints(a: Endpoint, b: Endpoint): number {
  const family = familyOf(a.address) - familyOf(b.address);
  return family || compareAddresses(a.address, b.address) || a.port - b.port;
}

export function compareServices(a: ServiceId, b: ServiceId): number {
  const mark = difference(markOf(a), markOf(b));
  const family = FAMILY[serviceFamily(a)] - FAMILY[serviceFamily(b)];
  if (mark || family || a.kind === 'fwmark' || b.kind === 'fwmark') return mark || family;
  return protocolOf(a) - protocolOf(b) || compareEndpoints(a, b) || a.subnetId - b.subnetId;
}

function markOf(id: ServiceId): number {
  return id.kind === 'fwmark' ? id.fwmark : 0;
}

function protocolOf(id: Exclude<ServiceId, { kind: 'fwmark' }>): number {
  return id.kind === 'raw' ? RAW : PROTOCOL_NUMBER[id.protocol];
}

/** Top-down merge sort that splits at half, rounded down: glibc's, whose result shows where order is not total. */
export function mergeSort<T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (items.length < 2) return items;
  const middle = items.length >> 1;
  const left = mergeSort(items.slice(0, middle), compare);
  const right = mergeSort(items.slice(middle), compare);
  const merged: T[] = [];
  let [l, r] = [0, 0];
  for (;;) {
    const a = left[l];
    const b = right[r];
    if (a === undefined || b === undefined) return [...merged, ...left.slice(l), ...right.slice(r)];
    if (compare(a, b) <= 0) {
      merged.push(a);
      l += 1;
    } else {
      merged.push(b);
      r += 1;
    }
  }
}
