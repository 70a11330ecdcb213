/**
 * Crashes side by side in one lab, in turns: of Tandem's master, and of keepalived's with a server on the host that has
 * the address. What counts is the outage that a client of each sees in a UDP packet a millisecond.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Status } from '../../src/director/status.ts';
import { Director, PRIORITY } from '../../src/drill/director.ts';
import { masterDownMs } from '../../src/drill/limit.ts';
import { Lab } from '../../src/lab/lab.ts';
import { DIRECTORS, PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import type { LabProcess } from '../../src/lab/process.ts';
import type { Topology } from '../../src/lab/topology.ts';
import { pause, waitFor } from '../../src/lab/wait.ts';
import { compile } from '../support/load/programs.ts';
import { percentile, report } from '../support/report.ts';
import { echo, Stream } from '../support/stream.ts';

/** Advertisement interval and runs: `TRIAL_RUNS=100:100,10:100,1000:20` is what the issue asks for. */
const RUNS = (process.env.TRIAL_RUNS ?? '100:100,10:100,1000:20').split(',').map((text) => {
  const [advertMs = 0, times = 0] = text.split(':').map(Number);
  return { advertMs, times };
});
/** What was measured is added to this file, and what it has of earlier runs counts too: a busy machine is used in portions. */
const KEEP = process.env.TRIAL_KEEP;
/** The aim: not later than keepalived by more than one of these. */
const SHARE = 1.05;
const SLACK_MS = 5;

const PORT = 7002;
const PATIENCE_MS = 30_000;
const KEEPALIVED = { vip: '10.1.1.5', vrid: 61, hosts: ['k1', 'k2'] } as const;
type Kept = (typeof KEEPALIVED.hosts)[number];
const { signal } = new AbortController();

const TOPOLOGY: Topology = {
  ...PAIR_TOPOLOGY,
  hosts: [
    ...PAIR_TOPOLOGY.hosts,
    ...KEEPALIVED.hosts.map((name, index) => ({
      name,
      interfaces: [
        {
          name: 'eth0',
          switch: 'front',
          mac: `02:00:00:00:01:2${index}`,
          addresses: [`10.1.1.2${index}/24`],
        },
      ],
    })),
  ],
};

const services = [
  `-A -u ${PAIR.vip}:${PORT} -s rr`,
  `-P -u ${PAIR.vip}:${PORT} -z ${PAIR.lip}`,
  `-a -u ${PAIR.vip}:${PORT} -r ${PAIR.rs1}:${PORT} -q -w 1`,
];

/** Two hosts, one of which serves; both know how to crash and how to come back as the backup. */
interface Contender {
  readonly name: string;
  readonly address: string;
  /** The other one is ready to take over. */
  ready(): Promise<void>;
  /**
   * The power of the one that serves is cut: nothing comes from it any more. Its processes end when the other one has
   * taken over, because on one machine their end would cost the survivor time that it does not between two.
   */
  crash(): Promise<void>;
  comeBack(): Promise<void>;
}

class TandemPair implements Contender {
  readonly name = 'tandem';
  readonly address = PAIR.vip;
  readonly #lab: Lab;
  readonly #directors: readonly [Director, Director];
  #serving = 0;

  constructor(lab: Lab, advertMs: number) {
    this.#lab = lab;
    const key = join(lab.directory, 'sync.key');
    writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    const setting = { services, router: { preempt: false }, datapath: { connections: 65_536 } };
    this.#directors = DIRECTORS.map((name) => new Director(lab, name, { advertMs, key, setting })) as [
      Director,
      Director,
    ];
  }

  async start(): Promise<void> {
    await this.#master.start();
    await this.#until(this.#master, 'be master', ({ role }) => role === 'master');
    await this.#backup.start();
  }

  async ready(): Promise<void> {
    // One UDP flow is all there is: whether the table came along makes no difference to the outage.
    const hears = ({ vrrp_ms, sync_ms }: Status['peer']) => vrrp_ms !== null && sync_ms !== null;
    await this.#until(
      this.#backup,
      'be a backup that hears the master',
      ({ role, peer }) => role === 'backup' && hears(peer),
    );
  }

  async crash(): Promise<void> {
    await this.#lab.cut(this.#master.name);
    this.#serving = 1 - this.#serving;
  }

  async comeBack(): Promise<void> {
    await this.#until(this.#master, 'be master', ({ role }) => role === 'master');
    const { name } = this.#backup;
    await this.#backup.kill();
    this.#backup.forget();
    await this.#lab.run(name, 'ip', ['address', 'delete', `${PAIR.vip}/32`, 'dev', 'eth0']);
    await this.#lab.restore(name);
    await this.#backup.start();
  }

  async stop(): Promise<void> {
    for (const director of this.#directors) await director.kill();
    for (const director of this.#directors) director.forget();
  }

  get #master(): Director {
    return this.#directors[this.#serving] as Director;
  }

  get #backup(): Director {
    return this.#directors[1 - this.#serving] as Director;
  }

  #until(director: Director, what: string, holds: Parameters<Director['until']>[1]) {
    return director.until(what, holds, PATIENCE_MS, signal);
  }
}

class KeepalivedPair implements Contender {
  readonly name = 'keepalived';
  readonly address = KEEPALIVED.vip;
  readonly #lab: Lab;
  readonly #advertMs: number;
  readonly #processes = new Map<Kept, { process: LabProcess; log: string }>();
  #serving = 0;

  constructor(lab: Lab, advertMs: number) {
    this.#lab = lab;
    this.#advertMs = advertMs;
    for (const [index, name] of KEEPALIVED.hosts.entries())
      writeFileSync(
        this.#file(name, 'conf'),
        configuration(index === 0 ? PRIORITY.lb1 : PRIORITY.lb2, advertMs),
      );
  }

  async start(): Promise<void> {
    await this.#begin(this.#master);
    await this.#entered(this.#master, 'MASTER');
    await this.#begin(this.#backup);
  }

  async ready(): Promise<void> {
    await this.#entered(this.#backup, 'BACKUP');
    await pause(3 * this.#advertMs);
  }

  async crash(): Promise<void> {
    await this.#lab.cut(this.#master);
    this.#serving = 1 - this.#serving;
  }

  async comeBack(): Promise<void> {
    await this.#entered(this.#master, 'MASTER');
    const name = this.#backup;
    await this.#kill(name);
    await this.#lab.run(name, 'ip', ['address', 'delete', `${KEEPALIVED.vip}/32`, 'dev', 'eth0']);
    await this.#lab.restore(name);
    await this.#begin(name);
  }

  async stop(): Promise<void> {
    for (const name of KEEPALIVED.hosts) {
      await this.#kill(name);
      await this.#lab.run(name, 'ip', ['address', 'delete', `${KEEPALIVED.vip}/32`, 'dev', 'eth0']);
    }
  }

  get #master(): Kept {
    return KEEPALIVED.hosts[this.#serving] as Kept;
  }

  get #backup(): Kept {
    return KEEPALIVED.hosts[1 - this.#serving] as Kept;
  }

  #file(name: Kept, end: string): string {
    return join(this.#lab.directory, `${name}-${this.#advertMs}.${end}`);
  }

  async #begin(name: Kept): Promise<void> {
    const words = [
      ...['--dont-fork', '--log-console', '--vrrp', '--use-file', this.#file(name, 'conf')],
      ...['--pid', this.#file(name, 'pid'), '--vrrp_pid', this.#file(name, 'vrrp.pid')],
    ];
    // It logs to stderr.
    const command = `exec keepalived ${words.join(' ')} 2>&1`;
    const process = await this.#lab.spawn(name, 'sh', ['-c', command], { nice: -10 });
    const state = { process, log: '' };
    process.onLine((line) => {
      state.log += `${line}\n`;
    });
    this.#processes.set(name, state);
  }

  /** The parent first: it would make a new child in the place of the old one. */
  async #kill(name: Kept): Promise<void> {
    const one = this.#processes.get(name);
    if (!one) return;
    const pids = `${this.#file(name, 'pid')} ${this.#file(name, 'vrrp.pid')}`;
    await this.#lab.run(name, 'sh', ['-c', `kill -9 $(cat ${pids}) 2>/dev/null; rm -f ${pids}`]);
    one.process.kill('SIGKILL');
    await one.process.exited;
  }

  async #entered(name: Kept, state: string): Promise<void> {
    await waitFor(
      `keepalived on ${name} to be ${state}`,
      () => {
        const states = [...(this.#processes.get(name)?.log ?? '').matchAll(/Entering (\w+) STATE/g)];
        return states.at(-1)?.[1] === state;
      },
      { timeoutMs: PATIENCE_MS, everyMs: 10 },
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#processes.get(name)?.log}`);
    });
  }
}

const configuration = (priority: number, advertMs: number): string => `global_defs {
  vrrp_version 3
}
vrrp_instance VI_1 {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id ${KEEPALIVED.vrid}
  priority ${priority}
  advert_int ${advertMs / 1000}
  virtual_ipaddress {
    ${KEEPALIVED.vip}/32 dev eth0
  }
}
`;

let lab: Lab;
let program: string;
beforeAll(async () => {
  lab = new Lab(TOPOLOGY);
  await lab.up();
  program = compile(lab, 'stream');
  await echo(lab, program, 'rs1', PORT);
  for (const host of KEEPALIVED.hosts) await echo(lab, program, host, PORT, KEEPALIVED.vip);
});
afterAll(async () => {
  expect(await lab.down()).toEqual([]);
});

/** The outage of one crash, in milliseconds. */
async function outage(one: Contender, stream: Stream, advertMs: number): Promise<number> {
  await one.ready();
  await waitFor('answers', async () => (await answersNow(stream)) || undefined, { timeoutMs: PATIENCE_MS });
  // At any moment between two advertisements.
  await pause(Math.random() * advertMs);
  await stream.ask();
  await one.crash();
  await one.comeBack();
  await waitFor('answers again', async () => (await answersNow(stream, true)) || undefined, {
    timeoutMs: PATIENCE_MS,
  });
  return longest.get(stream) ?? Number.NaN;
}

/** Of what was asked since the crash. */
const longest = new Map<Stream, number>();

async function answersNow(stream: Stream, measuring = false): Promise<boolean> {
  const { gap, last, at } = await stream.ask();
  longest.set(stream, measuring ? Math.max(gap, longest.get(stream) ?? 0) : 0);
  return at - last < 20;
}

type Measured = readonly [tandem: readonly number[], keepalived: readonly number[]];

function withEarlier(advertMs: number, measured: Measured): Measured {
  if (KEEP === undefined) return measured;
  appendFileSync(KEEP, `${JSON.stringify({ advertMs, measured })}\n`);
  const all = readFileSync(KEEP, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { advertMs: number; measured: Measured })
    .filter((each) => each.advertMs === advertMs);
  return [all.flatMap((each) => each.measured[0]), all.flatMap((each) => each.measured[1])];
}

test.each(RUNS)(
  'crashes at $advertMs ms, $times times',
  async ({ advertMs, times }) => {
    const [tandem, keepalived] = [new TandemPair(lab, advertMs), new KeepalivedPair(lab, advertMs)];
    await Promise.all([tandem.start(), keepalived.start()]);
    await Promise.all([tandem.ready(), keepalived.ready()]);
    const contenders = [tandem, keepalived] as const;
    const streams = await Promise.all(
      contenders.map(({ address }) =>
        Stream.send(lab, program, 'client', { address, port: PORT, micros: 1000 }),
      ),
    );
    const fresh: [number[], number[]] = [[], []];
    for (let index = 0; index < times; index += 1) {
      // Who goes first changes too.
      for (const which of index % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const [one, stream] = [contenders[which], streams[which]];
        if (one && stream) fresh[which].push(Math.max(0, (await outage(one, stream, advertMs)) - 1));
      }
    }
    for (const stream of streams) await stream.stop();
    await Promise.all([tandem.stop(), keepalived.stop()]);
    const measured = withEarlier(advertMs, fresh);
    const row = (values: readonly number[]) => {
      const [median, p90, most] = [50, 90, 100].map((percent) => percentile(values, percent));
      return `median ${median}, p90 ${p90}, max ${most}`;
    };
    report(
      `failover: outage of a crash in ms, adverts every ${advertMs} ms, ${measured[0].length} runs each`,
      [
        ['tandem', row(measured[0])],
        ['keepalived', row(measured[1])],
        ['a backup waits', `${masterDownMs(advertMs, PRIORITY.lb2).toFixed(0)} at most`],
      ],
    );
    for (const percent of [50, 90]) {
      const [ours, theirs] = measured.map((values) => percentile(values, percent)) as [number, number];
      expect(ours, `p${percent}`).toBeLessThanOrEqual(Math.max(theirs * SHARE, theirs + SLACK_MS));
    }
  },
  3_600_000,
);
