/** The addresses that the plane knows of. Only what differs is written: an edit seldom touches one of thousands. */
import type { Address } from '../model/address.ts';
import { addressBytes, addressEntryBytes, readAddress } from './codec.ts';
import { ADDRESS_KIND } from './layouts.generated.ts';
import type { PlaneAddress } from './plane.ts';
import type { TableMap } from './run-table.ts';

export class AddressTable {
  readonly #map: Pick<TableMap, 'update' | 'delete' | 'keys'>;
  /** What the map has; of what a former daemon left there only which addresses they are. */
  #present: Map<Address, PlaneAddress | undefined> | undefined;

  constructor(map: Pick<TableMap, 'update' | 'delete' | 'keys'>) {
    this.#map = map;
  }

  set(addresses: readonly PlaneAddress[]): void {
    this.#present ??= new Map(this.#map.keys().map((key) => [readAddress(key), undefined]));
    const wanted = new Map(addresses.map((entry) => [entry.address, entry]));
    for (const [address, entry] of wanted) {
      if (same(this.#present.get(address), entry)) continue;
      this.#map.update(addressBytes(address), entryBytes(entry));
      this.#present.set(address, entry);
    }
    for (const address of this.#present.keys()) {
      if (wanted.has(address)) continue;
      this.#map.delete(addressBytes(address));
      this.#present.delete(address);
    }
  }
}

function same(a: PlaneAddress | undefined, b: PlaneAddress): boolean {
  return a !== undefined && entryBytes(a).equals(entryBytes(b));
}

function entryBytes({ kind, floating, ifindex, mac }: PlaneAddress): Buffer {
  const number = kind === 'local' ? ADDRESS_KIND.ADDRESS_LOCAL : ADDRESS_KIND.ADDRESS_VIRTUAL;
  return addressEntryBytes(number, floating, ifindex, mac);
}
