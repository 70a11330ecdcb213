/** What the kernel says of a process in one line: proc_pid_stat(5). */
import { readFileSync } from 'node:fs';

/**
 * @param field as the manual numbers them, from 3 on: counted behind the command's name, which may hold blanks
 * @throws Error when there is no such process
 */
export function processStat(pid: number | 'self', field: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3];
}
