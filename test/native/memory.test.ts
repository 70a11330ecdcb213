import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lockCode } from '../../src/native/memory.ts';

/** Mappings of this process: their path, and whether they are locked (`lo` of proc_pid_smaps(5)). */
function mappings() {
  const blocks = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return blocks.map((block) => {
    const [head = ''] = block.split('\n');
    const flags = /^VmFlags:(.*)$/m.exec(block)?.[1]?.trim().split(' ') ?? [];
    return { path: head.split(/\s+/)[5] ?? '', writable: head.includes(' rw'), locked: flags.includes('lo') };
  });
}

test('the code of the program is locked in memory, its heap is not', () => {
  expect(lockCode()).toBeGreaterThan(0);
  const all = mappings();
  const code = all.filter(({ path, writable }) => path === process.execPath && !writable);
  expect(code.length).toBeGreaterThan(0);
  expect(code.every(({ locked }) => locked)).toBe(true);
  expect(all.filter(({ path, locked }) => path === '' && locked)).toEqual([]);
});

test('what is written to, and what no file is behind, is left alone', () => {
  const maps = [
    '7f0000000000-7f0000001000 rw-p 00000000 08:01 17                         /usr/lib/libc.so.6',
    '7f0000002000-7f0000003000 r-xp 00000000 00:00 0                          [vdso]',
    '7f0000004000-7f0000005000 r-xp 00000000 00:00 0 ',
  ];
  expect(lockCode(maps.join('\n'))).toBe(0);
});
