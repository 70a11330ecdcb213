/** A new program in the place of this one: Node has no execve(2) before version 22.15. */
import koffi from 'koffi';
import { NativeError } from './error.ts';

const libc = koffi.load('libc.so.6');
const execv = libc.func('int execv(const char *path, const char **arguments)') as (
  path: string,
  words: readonly (string | null)[],
) => number;

/**
 * Never returns. The process keeps its id, its environment and what it inherited; its other threads are gone, and all
 * descriptors of ours are closed.
 * @param words the program's arguments, its own name first
 * @throws NativeError ENOENT, EACCES
 */
export function execute(path: string, words: readonly string[]): never {
  execv(path, [...words, null]);
  throw new NativeError(`execv ${path}`, koffi.errno());
}
