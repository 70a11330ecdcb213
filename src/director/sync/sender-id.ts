/**
 * A director's 32-bit id on the sync channel, from its name: stable over restarts without a file. FNV-1a;
 * that two names of one pair share it happens once in four billion, and is counted (`own`).
 */
export function senderId(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
