/**
 * Debian's ldirectord, ipvsadm-save and ipvsadm-restore, unmodified, with Tandem in the place of /sbin/ipvsadm: in a
 * mount namespace of their own, on a host that nobody else sees. ldirectord's packages are unpacked, not installed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type ControlClient, connect } from '../../src/control/client.ts';
import { exited, TANDEM } from '../cli/run.ts';
import { type Daemon, startDaemon } from '../ipvsadm/daemon.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { until } from '../support/until.ts';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/ldirectord');
const BOUND_MS = 60_000;

let namespace: TestNamespace;
let daemon: Daemon;
let client: ControlClient;
let folder: string;

beforeAll(async () => {
  unpack();
  namespace = new TestNamespace('ldirectord');
  for (const address of ['10.9.0.1/24', '192.168.10.2/24', '192.168.10.3/24'])
    ip('addr', 'add', address, 'dev', 'lo');
  folder = mkdtempSync(join(tmpdir(), 'tandem-'));
  daemon = startDaemon();
  await until('the daemon listens', () => existsSync(daemon.socket), 20_000);
  client = await connect(daemon.socket);
});
afterAll(async () => {
  client?.close();
  await daemon?.stop();
  namespace?.remove();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function unpack(): void {
  if (existsSync(join(CACHE, 'tree'))) return;
  const archives = join(CACHE, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const where = ['-o', `Dir::Cache::archives=${archives}`, '-o', 'APT::Sandbox::User=root'];
  const what = ['install', '-y', '-qq', '--reinstall', '--download-only', '--no-install-recommends'];
  execFileSync('apt-get', [...what, ...where, 'ldirectord', 'ipvsadm'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg', ['-x', join(archives, archive), join(CACHE, 'next')]);
  execFileSync('mv', [join(CACHE, 'next'), join(CACHE, 'tree')]);
}

/** Where /usr/sbin is a copy that Tandem was installed into, and the daemon's socket in its usual place. */
function onHost(script: string) {
  const [upper, work] = [join(folder, 'upper'), join(folder, 'work')];
  for (const each of [upper, work]) mkdirSync(each, { recursive: true });
  const tree = join(CACHE, 'tree');
  const host = `
    set -e
    mount -t overlay overlay -o lowerdir=/usr/sbin,upperdir=${upper},workdir=${work} /usr/sbin
    mount -t tmpfs tmpfs /run
    mkdir /run/tandem && touch /run/tandem/tandem.sock && mount --bind ${daemon.socket} /run/tandem/tandem.sock
    ${process.execPath} ${TANDEM} install-ipvsadm >/dev/null 2>&1
    unset TANDEM_SOCKET
    export PERL5LIB=${tree}/usr/share/perl5:$(echo ${tree}/usr/lib/*/perl5/5.*)
    ${script}`;
  return ['--mount', 'bash', '-c', host];
}

const CONFIGURATION = `checktimeout=2
checkinterval=1
quiescent=no
supervised=yes
virtual=10.9.0.1:80
    real=192.168.10.2:8080 masq 5
    real=192.168.10.3:8080 masq
    service=none
    scheduler=wrr
    protocol=tcp
    checktype=connect
    persistent=600
virtual=7
    real=192.168.10.2:8080 gate
    scheduler=rr
    checktype=connect
    checkport=8080
`;

async function servers(mark = false): Promise<string[] | undefined> {
  const { services } = (await client.list()).rules;
  const service = services.find(({ id }) => (id.kind === 'fwmark') === mark);
  return service?.servers.map(({ address, weight }) => `${address} ${weight}`).sort();
}

/** Waits until the servers are these. */
async function become(expected: readonly string[], mark = false): Promise<void> {
  let now: string[] | undefined;
  const poll = setInterval(
    () =>
      void servers(mark).then((found) => {
        now = found;
      }),
    100,
  );
  try {
    await until(`servers ${expected}`, () => JSON.stringify(now) === JSON.stringify(expected), BOUND_MS);
  } finally {
    clearInterval(poll);
  }
}

function answering(address: string): Promise<{ close(): void }> {
  const server = createServer((socket) => socket.end());
  onTestFinished(() => void server.close());
  return new Promise((resolve) => server.listen(8080, address, () => resolve(server)));
}

test('ldirectord adds servers that answer, takes those away that do not, and its services at the end', async () => {
  const file = join(folder, 'ldirectord.cf');
  writeFileSync(file, CONFIGURATION);
  const first = await answering('192.168.10.2');
  const program = join(CACHE, 'tree/usr/sbin/ldirectord');
  const child = spawn('unshare', onHost(`exec perl ${program} ${file} start`), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  onTestFinished(() => void child.kill('SIGKILL'));
  try {
    await become(['192.168.10.2 5']);
    await become(['192.168.10.2 1'], true);
    const { services } = (await client.list()).rules;
    expect(services.find(({ id }) => id.kind === 'address')).toMatchObject({
      scheduler: 'wrr',
      persistence: { timeout: 600, prefix: 32 },
      servers: [{ forwarding: 'masq', port: 8080 }],
    });
    await answering('192.168.10.3');
    await become(['192.168.10.2 5', '192.168.10.3 1']);
    first.close();
    await become(['192.168.10.3 1']);
    await become([], true);
    child.kill('SIGTERM');
    await exited(child);
    expect((await client.list()).rules.services).toEqual([]);
  } catch (error) {
    throw new Error(`ldirectord said: ${said}`, { cause: error });
  }
  console.log('ldirectord: two services, a server that came, one that went, and a clean end');
});

test("Debian's ipvsadm-save and ipvsadm-restore carry rules over", async () => {
  const scripts = join(CACHE, 'tree/sbin');
  const rules = [
    '-A -t 10.1.1.1:80 -s rr -p 360',
    '-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1',
    '-P -t 10.1.1.1:80 -z 192.168.10.1',
    '-A -f 5 -s mh -b mh-port',
  ];
  const round = `
    printf '# of an administrator\\n%s\\n' ${rules.map((rule) => `'${rule}'`).join(' ')} | ${scripts}/ipvsadm-restore
    ${scripts}/ipvsadm-save -n >/run/saved
    ipvsadm -C
    ${scripts}/ipvsadm-restore </run/saved
    ${scripts}/ipvsadm-save -n`;
  const output = execFileSync('unshare', onHost(round), { encoding: 'utf8' });
  expect(output.trim().split('\n')).toEqual(rules);
});
