import { pause } from '../../lab/wait.ts';
import type { Scenario } from '../scenario.ts';
import { now } from '../traffic/channel.ts';

/** A lease lasts 2.5 intervals (vrrp/timing.ts): of a shorter interval it may end before any process has started. */
const ADOPTED_FROM_MS = 1000;
const LEASE_INTERVALS = 2.5;

/** At 1 s advertisements a new daemon has 3 s to adopt the plane before the backup misses its master. */
export const restart: Scenario = {
  name: 'restart',
  title: "kill -9 of the master's daemon and an immediate new start",
  advertMs: 1000,
  answerers: ['lb1'],
  lossless: true,
  async play(stage) {
    const { lb1, timeline, traffic, watcher, signal } = stage;
    const held = traffic.numbers().connections;
    const fault = now();
    timeline.fault('the daemon of lb1 is killed (kill -9)', fault);
    await lb1.kill();
    await lb1.start();
    const started = now();
    timeline.note('it is started again', started);
    const { connections } = await lb1.ready(signal);
    timeline.note(`the new daemon answers, with ${connections} connections`, now());
    stage.check(
      'the new daemon adopted the plane with its connections',
      connections >= held,
      `${connections} connections in its table, ${held} established`,
    );
    // Past the moment at which the backup would have missed its master.
    await pause(stage.masterDownMs - (now() - fault), signal);
    await stage.steady();
    const first = watcher.since('lb1', started)[0];
    if (first) timeline.note('the first advertisement of the new daemon', first.at);
    const taken = watcher.since('lb2', fault);
    const [takeover] = taken;
    if (takeover && stage.advertMs < ADOPTED_FROM_MS) {
      stage.answerers = ['lb1', 'lb2'];
      stage.takeoverAt = takeover.at;
      const again = watcher.since('lb1', takeover.at).length;
      const detail = `a lease of ${LEASE_INTERVALS * stage.advertMs} ms; ${again} advertisements of lb1 since`;
      stage.check('lb2 took over when the lease had run out, and keeps the addresses', again === 0, detail);
      return;
    }
    stage.check(
      'lb2 stays backup the whole time',
      taken.length === 0,
      `${taken.length} advertisements of lb2 as master`,
    );
  },
};
