import type { Scenario } from '../scenario.ts';
import { now } from '../traffic/channel.ts';

/** A power cut: links first, so that nobody hears a last word; then everything that the host knew. */
export const crash: Scenario = {
  name: 'crash',
  title: 'power cut: all links of the master vanish, then its daemon and its plane',
  advertMs: 100,
  answerers: ['lb1', 'lb2'],
  lossless: false,
  async play(stage) {
    stage.timeline.fault('all links of lb1 are cut', now());
    await stage.powerCut('lb1');
    await stage.takeover();
    await stage.steady();
    await stage.powerOn('lb1');
  },
};
