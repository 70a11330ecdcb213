import type { Scenario } from '../scenario.ts';
import { now } from '../traffic/channel.ts';

/** Only a table that was transferred whole to the one that came back empty survives the second power cut. */
export const doubleCrash: Scenario = {
  name: 'double-crash',
  title: 'power cut of the master; it returns empty and gets the table; power cut of the other one',
  advertMs: 100,
  answerers: ['lb1', 'lb2', 'lb1'],
  survivor: 'lb1',
  lossless: false,
  async play(stage) {
    const { timeline } = stage;
    timeline.fault('all links of lb1 are cut', now());
    await stage.powerCut('lb1');
    await stage.takeover('lb2');
    await stage.steady();
    await stage.powerOn('lb1');
    await stage.holdsTable('lb1');
    await stage.steady();
    // What is measured from here on is the second fault.
    timeline.fault('all links of lb2 are cut', now());
    await stage.powerCut('lb2');
    await stage.takeover('lb1');
    await stage.steady();
    await stage.powerOn('lb2');
    await stage.holdsTable('lb2');
  },
};
