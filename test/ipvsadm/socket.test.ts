/** The command and the control socket together: what the director refuses arrives in ipvsadm's words. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connect } from '../../src/control/client.ts';
import { type ControlServer, serve } from '../../src/control/server.ts';
import { main } from '../../src/ipvsadm/main.ts';
import { parseAddress } from '../../src/model/address.ts';
import { scratch } from '../support/scratch.ts';
import { type MemoryDirector, memoryDirector } from './memory-director.ts';
import { terminal } from './terminal.ts';

let folder: string;
let server: ControlServer;
let director: MemoryDirector;

beforeEach(async () => {
  folder = scratch();
  director = memoryDirector();
  server = await serve(director, join(folder, 'sock'));
});

afterEach(async () => {
  await server.close();
});

async function run(line: string, path = 'sock') {
  const { io, output } = terminal();
  const exit = await main(line.split(' '), io, () => connect(join(folder, path)));
  return { ...output, exit };
}

const OK = { stdout: '', stderr: '', exit: 0 };

test("the seed's commands arrive, and the listing comes back", async () => {
  expect(await run('-A -t 10.1.1.1:80 -s rr')).toEqual(OK);
  expect(await run('-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1')).toEqual(OK);
  expect(await run('-P -t 10.1.1.1:80 -z 192.168.10.1:90')).toMatchObject({ exit: 0 });
  const { stdout } = await run('-Ln');
  expect(stdout).toContain('  -> 192.168.10.2:22              FullNat 1      0          0         \n');
});

test.each([
  ['-D -t 10.1.1.9:80', 'No such service\n'],
  ['-Z -t 10.1.1.9:80', 'No such service\n'],
  ['-d -t 10.1.1.9:80 -r 10.2.2.2', 'Service not defined\n'],
  ['-A -t 10.1.1.1:80', 'Service already exists\n'],
  ['-d -t 10.1.1.1:80 -r 10.2.2.2', 'No such destination\n'],
  ['--stop-daemon master', 'No daemon is running\n'],
  ['--start-daemon master --mcast-interface nosuch', 'No such device\n'],
])('%s is refused as by a kernel', async (line, stderr) => {
  await run('-A -t 10.1.1.1:80');
  expect(await run(line)).toEqual({ stdout: '', stderr, exit: 255 });
});

test.each([
  ['too long', 'x'.repeat(120)],
  ['below something that is no folder', 'sock/sock'],
])('a socket path %s is no matter of permission', async (_why, path) => {
  const { stderr, exit } = await run('-L', path);
  expect(stderr).toMatch(/^Can't initialize ipvs: Protocol not available\n/);
  expect(exit).toBe(2);
});

test('sync daemons are started and listed, the sender first', async () => {
  expect(await run('--start-daemon backup')).toEqual(OK);
  expect(await run('--start-daemon master --syncid 7')).toEqual(OK);
  expect((await run('-L --daemon')).stdout).toBe(
    'master sync daemon (mcast=eth0, syncid=7, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n' +
      'backup sync daemon (mcast=eth0, syncid=255, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)\n',
  );
});

test('a long connection table arrives whole', async () => {
  const client = parseAddress('10.1.1.10');
  const virtual = { address: parseAddress('10.1.1.1'), port: 80 };
  const local = { address: parseAddress('192.168.10.1'), port: 5001 };
  const server22 = { address: parseAddress('192.168.10.2'), port: 22 };
  const chunk = (at: number) =>
    Array.from({ length: 100 }, (_, number) => ({
      protocol: 'tcp' as const,
      client: { address: client, port: 1024 + at * 100 + number },
      virtual,
      local,
      server: server22,
      forwarding: 'fullnat' as const,
      state: 1,
      expires: 900,
    }));
  director.table = Array.from({ length: 20 }, (_, at) => chunk(at));
  const rows = (await run('-Lnc')).stdout.split('\n').slice(2, -1);
  expect(rows).toHaveLength(2000);
  expect(new Set(rows).size).toBe(2000);
  expect(rows[0]).toBe(
    'TCP 15:00  ESTABLISHED 10.1.1.10:1024     10.1.1.1:80        192.168.10.2:22    192.168.10.1:5001',
  );
});
