import type { Scenario } from '../scenario.ts';
import { now } from '../traffic/channel.ts';

/** The daemon dies; the plane in the kernel goes on until the other director has the addresses. */
export const kill: Scenario = {
  name: 'kill',
  title: "kill -9 of the master's daemon; its plane in the kernel stays",
  advertMs: 100,
  answerers: ['lb1', 'lb2'],
  lossless: true,
  async play(stage) {
    const { lb1, timeline } = stage;
    timeline.fault('the daemon of lb1 is killed (kill -9)', now());
    await lb1.kill();
    await stage.takeover();
    await stage.steady();
    await stage.returnsAsBackup();
  },
};
