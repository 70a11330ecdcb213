/** Fifty commands at once, from fifty processes, at one daemon: each is done wholly, or refused. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlClient, connect } from '../../src/control/client.ts';
import { IPVSADM } from '../cli/run.ts';
import { until } from '../support/until.ts';
import { type Daemon, startDaemon } from './daemon.ts';

let daemon: Daemon;
let client: ControlClient;
beforeAll(async () => {
  daemon = startDaemon();
  await until('the daemon listens', () => existsSync(daemon.socket), 20_000);
  client = await connect(daemon.socket);
});
afterAll(async () => {
  client?.close();
  await daemon?.stop();
});

async function ipvsadm(args: readonly string[], input = '') {
  const env = { ...process.env, TANDEM_SOCKET: daemon.socket };
  const child = spawn(process.execPath, [IPVSADM, ...args], { env });
  child.stdin.end(input);
  const [stderr, stdout] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  return { args, stdout, stderr, exit: child.exitCode };
}

test('of many that add one service one succeeds, whole files are in wholly, and lists are never torn', async () => {
  const file = (at: number) =>
    Array.from(
      { length: 20 },
      (_, row) => `-A -t 10.${at}.0.${row + 1}:80\n-a -t 10.${at}.0.${row + 1}:80 -r 10.9.9.9\n`,
    ).join('');
  const runs = await Promise.all(
    Array.from({ length: 50 }, (_, at) => {
      if (at % 5 === 0) return ipvsadm(['-A', '-t', '10.1.1.1:80', '-s', 'rr']);
      if (at % 5 === 1) return ipvsadm(['-A', '-u', `10.1.2.${at}:53`]);
      if (at % 5 === 2) return ipvsadm(['-Ln']);
      // Half of these files have a line that cannot be.
      return ipvsadm(['-R', '--atomic'], file(at) + (at % 2 === 0 ? '-D -t 10.250.0.1:80\n' : ''));
    }),
  );
  const kind = (nth: number) => runs.filter((_, at) => at % 5 === nth);
  expect(kind(0).filter(({ exit }) => exit === 0)).toHaveLength(1);
  expect(
    kind(0).filter(({ exit, stderr }) => exit === 255 && stderr === 'Service already exists\n'),
  ).toHaveLength(9);
  for (const run of [...kind(1), ...kind(2)]) expect(run).toMatchObject({ stderr: '', exit: 0 });
  const { services } = (await client.list()).rules;
  const of = (at: number) =>
    services.filter(({ id }) => 'address' in id && id.address.startsWith(`10.${at}.0.`));
  runs.forEach(({ args, exit, stderr }, at) => {
    if (args[0] !== '-R') return;
    const whole = at % 2 === 1;
    expect({ exit, stderr }).toEqual(
      whole ? { exit: 0, stderr: '' } : { exit: 255, stderr: 'line 41: No such service\n' },
    );
    expect(of(at)).toHaveLength(whole ? 20 : 0);
    for (const { servers } of of(at)) expect(servers).toHaveLength(1);
  });
  // A list shows each file wholly or not at all.
  for (const { stdout } of kind(2))
    for (const at of runs.keys()) {
      const rows = stdout.split('\n').filter((row) => row.startsWith(`TCP  10.${at}.0.`));
      expect([0, 20], `${at}`).toContain(rows.length);
    }
});
