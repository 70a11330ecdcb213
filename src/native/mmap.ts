/** Memory that is shared with the kernel, as ArrayBuffers. */
import koffi from 'koffi';
import { NativeError } from './error.ts';

const libc = koffi.load('libc.so.6');
const mmap = libc.func(
  'void *mmap(void *address, size_t length, int protection, int flags, int fd, int64_t offset)',
);
const munmap = libc.func('int munmap(void *address, size_t length)');

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

export interface Mapping {
  readonly bytes: ArrayBuffer;
  /** The buffer must not be touched afterwards. */
  unmap(): void;
}

/** Maps `length` bytes of a descriptor from `offset` (a multiple of the page size) on. */
export function mapShared(fd: number, length: number, offset: number, writable: boolean): Mapping {
  const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  const address: bigint | null = mmap(null, length, protection, MAP_SHARED, fd, offset);
  if (address === null || BigInt.asUintN(64, address) === MAP_FAILED)
    throw new NativeError('mmap', koffi.errno());
  return {
    bytes: koffi.view(address, length),
    unmap: () => {
      munmap(address, length);
    },
  };
}
