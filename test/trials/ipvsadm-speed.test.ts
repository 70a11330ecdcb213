/** How long people wait for ipvsadm, and what it takes of memory. Durations are printed, and never judged. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IPVSADM } from '../cli/run.ts';
import { type Daemon, startDaemon } from '../ipvsadm/daemon.ts';
import { until } from '../support/until.ts';

const RUNS = 25;
const SERVICES = 10_000;
const CONNECTIONS = 1_000_000;
/** Bytes that a process may take beyond what it takes for one connection: far from the 150 MB of the listing itself. */
const ROOM = 64 << 20;

let daemon: Daemon;
beforeAll(async () => {
  daemon = startDaemon();
  await until('the daemon listens', () => existsSync(daemon.socket), 20_000);
});
afterAll(() => daemon?.stop());

function ipvsadm(args: readonly string[], input = '') {
  const env = { ...process.env, TANDEM_SOCKET: daemon.socket };
  const { status, stdout, stderr } = spawnSync(process.execPath, [IPVSADM, ...args], {
    input,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  expect({ stderr, status }, args.join(' ')).toEqual({ stderr: '', status: 0 });
  return stdout;
}

/** Milliseconds of the fastest and of the middle run. */
function timed(args: readonly string[]): { least: number; median: number } {
  const env = { ...process.env, TANDEM_SOCKET: daemon.socket };
  const times = Array.from({ length: RUNS }, () => {
    const begun = performance.now();
    spawnSync(process.execPath, args, { env, stdio: 'ignore' });
    return performance.now() - begun;
  }).sort((a, b) => a - b);
  return { least: times[0] ?? 0, median: times[RUNS >> 1] ?? 0 };
}

test('-Ln of 10 services, beside node -e 0', () => {
  for (let at = 1; at <= 10; at += 1) {
    ipvsadm(['-A', '-t', `10.1.1.${at}:80`, '-s', 'rr']);
    ipvsadm(['-a', '-t', `10.1.1.${at}:80`, '-r', `192.168.10.${at}:80`, '-q']);
  }
  const node = timed(['-e', '0']);
  const list = timed([IPVSADM, '-Ln']);
  const ratio = (key: 'least' | 'median') => Number((list[key] / node[key]).toFixed(2));
  console.table({
    'node -e 0 (ms)': node,
    'ipvsadm -Ln (ms)': list,
    ratio: { least: ratio('least'), median: ratio('median') },
  });
  expect(ipvsadm(['-Ln']).match(/FullNat/g)).toHaveLength(10);
});

function rules(): string {
  const lines: string[] = [];
  for (let at = 0; at < SERVICES; at += 1) {
    const service = `-t 10.${1 + (at >> 8)}.${at & 255}.1:80`;
    lines.push(`-A ${service} -s wlc`);
    lines.push(`-a ${service} -r 172.16.${at >> 8}.${at & 255}:8080 -q -w 1`);
    lines.push(`-P ${service} -z 192.168.10.1`);
  }
  return `${lines.join('\n')}\n`;
}

test('10,000 services are restored and saved as the same lines', () => {
  ipvsadm(['-C']);
  const file = rules();
  const steps: Record<string, { seconds: number }> = {};
  const step = (what: string, work: () => string) => {
    const begun = performance.now();
    const output = work();
    steps[what] = { seconds: Number(((performance.now() - begun) / 1000).toFixed(2)) };
    return output;
  };
  step(`-R of ${SERVICES} services, ${SERVICES * 3} lines`, () => ipvsadm(['-R'], file));
  const saved = step('-S -n', () => ipvsadm(['-S', '-n']));
  step('-Ln', () => ipvsadm(['-Ln']));
  step('-C', () => ipvsadm(['-C']));
  step('-R --atomic of the same', () => ipvsadm(['-R', '--atomic'], file));
  console.table(steps);
  expect(saved.split('\n').sort()).toEqual(file.split('\n').sort());
  expect(ipvsadm(['-S', '-n'])).toBe(saved);
});

/** Peak resident bytes of a process, from the kernel. */
function peak(pid: number): number {
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Lists so many connections of a director that holds none of them itself. */
async function listing(connections: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-'));
  const socket = join(folder, 'tandem.sock');
  const server = spawn(process.execPath, [
    join(import.meta.dirname, '../ipvsadm/many-connections.mjs'),
    socket,
    `${connections}`,
  ]);
  try {
    await until('the director listens', () => existsSync(socket), 20_000);
    const out = openSync(join(folder, 'listing'), 'w');
    const begun = performance.now();
    const command = spawn(process.execPath, [IPVSADM, '-Lnc'], {
      env: { ...process.env, TANDEM_SOCKET: socket },
      stdio: ['ignore', out, 'inherit'],
    });
    let largest = 0;
    const look = setInterval(() => {
      if (command.exitCode === null) largest = Math.max(largest, peak(command.pid ?? 0));
    }, 20);
    const [code] = await once(command, 'exit');
    clearInterval(look);
    expect(code).toBe(0);
    const rows =
      Number(spawnSync('wc', ['-l', join(folder, 'listing')], { encoding: 'utf8' }).stdout.split(' ')[0]) - 2;
    return {
      rows,
      seconds: (performance.now() - begun) / 1000,
      command: largest,
      director: peak(server.pid ?? 0),
    };
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a million connections are listed in bounded memory, in both processes', async () => {
  const few = await listing(1000);
  const many = await listing(CONNECTIONS);
  const shown = ({ rows, seconds, command, director }: typeof few) => ({
    rows,
    seconds: Number(seconds.toFixed(1)),
    'command (MB)': command >> 20,
    'director (MB)': director >> 20,
  });
  console.table({ few: shown(few), many: shown(many) });
  expect(many.rows).toBe(CONNECTIONS);
  expect(many.command - few.command).toBeLessThan(ROOM);
  expect(many.director - few.director).toBeLessThan(ROOM);
});
