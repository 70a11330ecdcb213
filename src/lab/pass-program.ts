/** The program at the switch's end of a director's links: it lets everything pass (see `portScript`). */
import { execFile } from 'node:child_process';
import { LabError } from './error.ts';

const SOURCE = `
#define XDP_PASS 2
__attribute__((section("xdp"), used)) int lab_pass(void *frame) { return XDP_PASS; }
`;

/** @throws LabError `command-failed` when clang is missing or refuses */
export function compilePassProgram(target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = ['-O2', '-target', 'bpf', '-x', 'c', '-c', '-', '-o', target];
    const clang = execFile('clang', args, (error, _stdout, stderr) => {
      if (!error) return resolve();
      const why =
        (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'clang is not installed' : stderr.trim();
      reject(new LabError('command-failed', `lab: cannot compile its XDP program: ${why}`));
    });
    clang.stdin?.on('error', () => {});
    clang.stdin?.end(SOURCE);
  });
}
