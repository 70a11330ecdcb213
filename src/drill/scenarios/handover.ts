import type { Scenario } from '../scenario.ts';
import { now } from '../traffic/channel.ts';

/** The planned change: `tandem handover` on the master. */
export const handover: Scenario = {
  name: 'handover',
  title: 'the master gives its addresses to the other one (tandem handover)',
  advertMs: 100,
  answerers: ['lb1', 'lb2'],
  lossless: true,
  async play(stage) {
    const { lb1, timeline } = stage;
    timeline.fault('lb1 is asked to hand over', now());
    await lb1.handover();
    timeline.note('lb1 says that it is done', now());
    await stage.takeover();
    await stage.steady();
  },
};
