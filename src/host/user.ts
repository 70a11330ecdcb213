/** Users of this host. */
import { readFileSync } from 'node:fs';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** From passwd(5). @returns undefined for nobody of that name */
export function userIds(name: string, passwd = readFileSync('/etc/passwd', 'utf8')): UserIds | undefined {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
