/** What the lab's processes find in their environment. */
export type Environment = Readonly<Record<string, string>>;

/** Where Debian keeps ethtool, sshd and nginx; the PATH of a root who came with `su`, without a dash, lacks them. */
const SYSTEM_PROGRAMS = ['/usr/sbin', '/sbin'];

export const environment = (own: Environment = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [process.env.PATH ?? '/usr/bin:/bin', ...SYSTEM_PROGRAMS].join(':'),
  ...own,
});
