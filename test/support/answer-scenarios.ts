/** What happens to a master while every floating address is asked for (issue: "a prober that ARPs"). */
import { now } from '../../src/drill/traffic/channel.ts';
import { pause } from '../../src/lab/wait.ts';
import type { Answering, Play, Scenario } from './answering.ts';

/** Adverts, elections and the sync path's second opinion come within this many master-down intervals. */
const SETTLED_DOWNS = 4;

const settled = (pair: Answering) => pause(SETTLED_DOWNS * pair.masterDownMs);

const lb2TakesOver = async (pair: Answering): Promise<Play> => {
  await pair.takesOver('lb2');
  await settled(pair);
  return { last: 'lb2' };
};

export const crash: Scenario = {
  name: 'crash',
  async play(pair) {
    await pair.lab.cut('lb1');
    await pair.lb1.kill();
    pair.lb1.forget();
    return lb2TakesOver(pair);
  },
  mend: (pair) => pair.reboot('lb1'),
};

export const killed: Scenario = {
  name: 'kill -9',
  async play(pair) {
    await pair.lb1.kill();
    return lb2TakesOver(pair);
  },
};

export const frozen = (ms: number): Scenario => ({
  name: `SIGSTOP for ${ms / 1000} s`,
  async play(pair) {
    const pid = await pair.pidOf('lb1');
    process.kill(pid, 'SIGSTOP');
    try {
      const since = now();
      await pair.takesOver('lb2');
      await pause(ms - (now() - since));
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await settled(pair);
    const lb2 = (await pair.lb2.status())?.role === 'master';
    return { last: lb2 ? 'lb2' : 'lb1' };
  },
});

/** What it does not lose it keeps; what it loses the other one has. */
async function whoever(pair: Answering): Promise<Play> {
  await settled(pair);
  for (;;) {
    const [one, two] = [(await pair.lb1.status())?.role, (await pair.lb2.status())?.role];
    if (two === 'master' && one !== 'master') return { last: 'lb2' };
    if (one === 'master' && two !== 'master') return { last: 'lb1' };
    await pause(20);
  }
}

export const starved = (ms: number): Scenario => {
  let feed = async () => {};
  return {
    name: 'the daemon gets 1 % of a processor',
    async play(pair) {
      feed = await pair.starve('lb1');
      await pause(ms);
      await feed();
      feed = async () => {};
      return whoever(pair);
    },
    mend: () => feed(),
  };
};

export const outranked = (ms: number): Scenario => ({
  name: 'a real-time spinner on its processor',
  async play(pair) {
    const pid = await pair.pidOf('lb1');
    const core = '1';
    await pair.lab.run('lb1', 'taskset', ['-acp', core, String(pid)]);
    const spin = ['-f', '60', 'taskset', '-c', core, 'sh', '-c', 'while :; do :; done'];
    const spinner = await pair.lab.spawn('lb1', 'chrt', spin);
    await pause(ms);
    await spinner.end(0);
    await pair.lab.run('lb1', 'taskset', ['-acp', '0-1', String(pid)]);
    return whoever(pair);
  },
});

export const flapping = (times: readonly number[]): Scenario => ({
  name: 'link flaps',
  async play(pair) {
    for (const ms of times) {
      await pair.flap('lb1', 'eth0', ms);
      await settled(pair);
    }
    return whoever(pair);
  },
});

/** Nothing that one sends reaches the other, on any path or on the client network alone. */
export const deaf = (from: 'lb1' | 'lb2', on?: 'front'): Scenario => {
  const way = { from, to: from === 'lb1' ? 'lb2' : 'lb1', ...(on && { on }) } as const;
  return {
    name: `${way.to} does not hear ${from}${on ? ' on the client network' : ''}`,
    async play(pair) {
      pair.wires.cut(way);
      await pause(3000);
      pair.wires.heal(way);
      return whoever(pair);
    },
    mend: async (pair) => pair.wires.heal(),
  };
};

export const upgrade: Scenario = {
  name: 'upgrade',
  async play(pair) {
    const { role } = await pair.lb1.upgrade();
    if (role !== 'master') throw new Error(`after its upgrade lb1 is ${role}`);
    await settled(pair);
    return { last: 'lb1', only: true };
  },
};

export const split: Scenario = {
  name: 'split and heal',
  async play(pair) {
    const from = now();
    pair.wires.split(['lb1'], ['lb2']);
    await pair.takesOver('lb2');
    await pause(1000);
    pair.wires.join(['lb1'], ['lb2']);
    // Bounded by the lower one's, which the higher one's is below.
    const leave = { from, to: now() + pair.masterDownMs };
    return { ...(await whoever(pair)), leave };
  },
  mend: async (pair) => pair.wires.heal(),
};
