/**
 * Every recorded sequence that needs no traffic, said again: by the command in this process, to a daemon in a network
 * namespace. `npm run trial -- ipvsadm-vectors` does the same with a fresh daemon each and the command as processes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlClient, connect } from '../../src/control/client.ts';
import { DEFAULT_TIMEOUTS } from '../../src/model/rules.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { until } from '../support/until.ts';
import { type Daemon, startDaemon } from './daemon.ts';
import { type } from './terminal.ts';
import { DIFFERENT, label, NEED_TRAFFIC, SEQUENCES, STEPS } from './vectors.ts';

let namespace: TestNamespace;
let daemon: Daemon;
let client: ControlClient;
beforeAll(async () => {
  namespace = new TestNamespace('vectors');
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far');
  ip('addr', 'add', '10.9.0.1/24', 'dev', 'eth0');
  for (const name of ['eth0', 'far']) ip('link', 'set', name, 'up');
  daemon = startDaemon();
  await until('the daemon listens', () => existsSync(daemon.socket), 20_000);
  client = await connect(daemon.socket);
});
afterAll(async () => {
  client?.close();
  await daemon?.stop();
  namespace?.remove();
});

/** As a daemon that has just started. */
async function refresh(): Promise<void> {
  for (const { direction } of await client.syncDaemons()) await client.stopSync(direction);
  await client.edit([{ op: 'clear' }, { op: 'set-timeouts', timeouts: DEFAULT_TIMEOUTS }]);
}

test('every step that differs exists', () => {
  const labels = new Set(STEPS.map(label));
  expect(Object.keys(DIFFERENT).filter((one) => !labels.has(one))).toEqual([]);
});

describe.each([...SEQUENCES.keys()].filter((seq) => !NEED_TRAFFIC.includes(seq)))('sequence %i', (seq) => {
  const steps = SEQUENCES.get(seq) ?? [];

  test(`${steps[0]?.title}: same output, errors and exit codes`, async () => {
    await refresh();
    const setup = steps[0]?.setup?.replaceAll('ip -n <ns>', 'ip').replaceAll('type dummy', 'type veth');
    if (setup) execFileSync('sh', ['-c', setup]);
    for (const { step, argv, stdin, stdout, stderr, exit } of steps) {
      const here = label({ seq, step });
      const connection = { ...client, close: () => {} };
      const output = { here, argv, ...(await type(argv, connection, stdin)) };
      const recorded = { here, argv, stdout, stderr, exit };
      if (here in DIFFERENT)
        expect(output, `${here} is the same, although ${DIFFERENT[here]}`).not.toEqual(recorded);
      else expect(output).toEqual(recorded);
    }
  });
});
