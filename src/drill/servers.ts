/** The real servers: sshd and the echo services on rs1, nginx on rs2. Their files live in the lab's directory. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { must } from '../lab/command.ts';
import type { Lab } from '../lab/lab.ts';
import { PAIR } from '../lab/pair.ts';
import { waitFor } from '../lab/wait.ts';
import { Generator } from './generator.ts';
import { DrillError } from './result.ts';

export const PORTS = { ssh: 22, http: 8080, tcpEcho: 7000, udpEcho: 7001 } as const;

const START_MS = 10_000;

export interface SshKeys {
  readonly client: string;
  readonly knownHosts: string;
}

/** Starts all of them and returns when each one answers. */
export async function startServers(lab: Lab, signal: AbortSignal): Promise<SshKeys> {
  const echo = (protocol: 'tcp' | 'udp', port: number) =>
    Generator.start(lab, 'rs1', 'echo-server', { protocol, host: PAIR.rs1, port }).then((it) =>
      it.ready(signal),
    );
  const [keys] = await Promise.all([
    startSshd(lab, signal),
    startNginx(lab, signal),
    echo('tcp', PORTS.tcpEcho),
    echo('udp', PORTS.udpEcho),
  ]);
  return keys;
}

async function startSshd(lab: Lab, signal: AbortSignal): Promise<SshKeys> {
  const directory = join(lab.directory, 'ssh');
  mkdirSync(directory, { mode: 0o700 });
  const hostKey = join(directory, 'host_key');
  const client = join(directory, 'client_key');
  for (const file of [hostKey, client]) {
    await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'tandem drill', '-f', file]);
  }
  const settings = [
    `Port ${PORTS.ssh}`,
    `ListenAddress ${PAIR.rs1}`,
    'HostKey /mnt/host_key',
    'AuthorizedKeysFile /mnt/client_key.pub',
    'PidFile none',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    // The key stands in a directory of the lab, not in root's home.
    'StrictModes no',
    // Without PAM sshd refuses a locked root; with it a login would leave traces in the machine's logs.
    `UsePAM ${rootIsLocked() ? 'yes' : 'no'}`,
    'PrintMotd no',
    'PrintLastLog no',
    'UseDNS no',
  ];
  writeFileSync(join(directory, 'sshd_config'), `${settings.join('\n')}\n`);
  const knownHosts = join(directory, 'known_hosts');
  writeFileSync(knownHosts, `[${PAIR.vip}]:80 ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
  const inside = ['--mount', 'sh', '-c', START_SSHD, 'sshd', directory, userInfo().homedir];
  const sshd = await lab.spawn('rs1', 'unshare', inside, { label: 'sshd on rs1' });
  await waitFor(
    'sshd to listen',
    async () => {
      if (!sshd.running) throw new DrillError(`sshd ended: ${sshd.complaint || 'no message'}`);
      return listens(lab, 'rs1', PORTS.ssh);
    },
    { timeoutMs: START_MS, signal },
  );
  return { client, knownHosts };
}

/**
 * sshd insists on a directory /run/sshd. In a mount namespace of its own it gets a fresh /run that holds
 * nothing else, and finds its files under /mnt; the machine's own directories stay as they are. Also the home of
 * whoever logs in: what a shell would run at the start of each session there (bash reads .bashrc also for a command
 * over ssh) is none of the drill's business, and cut off in its middle it may leave things behind.
 */
const START_SSHD = `
set -e
mount --bind "$1" /mnt
[ "$2" = / ] || [ ! -d "$2" ] || mount -t tmpfs -o mode=700 tmpfs "$2"
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 755 /run/sshd
exec "$(command -v sshd)" -D -e -f /mnt/sshd_config
`;

async function startNginx(lab: Lab, signal: AbortSignal): Promise<void> {
  const directory = join(lab.directory, 'nginx');
  mkdirSync(directory);
  writeFileSync(join(directory, 'index.html'), 'served by rs2\n');
  const configuration = join(directory, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    configuration,
    `
daemon off;
master_process off;
pid ${directory}/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 10000000;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join(' ')}
  server {
    listen ${PAIR.rs2}:${PORTS.http};
    root ${directory};
  }
}
`,
  );
  chmodSync(configuration, 0o600);
  const nginx = await lab.spawn('rs2', 'nginx', ['-p', directory, '-c', configuration, '-e', 'stderr']);
  await waitFor(
    'nginx to listen',
    async () => {
      if (!nginx.running) throw new DrillError(`nginx ended: ${nginx.complaint || 'no message'}`);
      return listens(lab, 'rs2', PORTS.http);
    },
    { timeoutMs: START_MS, signal },
  );
}

/** Without connecting, so that no server sees a client that says nothing. */
async function listens(lab: Lab, host: string, port: number): Promise<boolean> {
  const { stdout } = await lab.run(host, 'ss', ['-Hltn', `sport = :${port}`]);
  return stdout.trim() !== '';
}

/** A password field that begins with "!" in shadow(5). */
function rootIsLocked(): boolean {
  try {
    return /^root:!/m.test(readFileSync('/etc/shadow', 'utf8'));
  } catch {
    return false;
  }
}
