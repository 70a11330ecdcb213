import { libcCall } from './libc.ts';

/** The kernel's number of an interface; 0 when there is none of that name. */
export function interfaceIndex(name: string): number {
  return libcCall.ifNametoindex(name);
}
