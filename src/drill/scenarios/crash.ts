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
    const { lab, lb1, timeline } = stage;
    timeline.fault('all links of lb1 are cut', now());
    await lab.cut('lb1');
    await lb1.kill();
    lb1.forget();
    timeline.note('its daemon is killed, its plane removed', now());
    await stage.takeover();
    await stage.steady();
    await lab.reboot('lb1');
    timeline.note('lb1 is back, empty', now());
    await stage.returnsAsBackup();
  },
};
