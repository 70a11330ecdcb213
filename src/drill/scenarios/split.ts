import type { Lab } from '../../lab/lab.ts';
import { PAIR } from '../../lab/pair.ts';
import { HALVES, SPLIT, SPLIT_TOPOLOGY } from '../../lab/split-pair.ts';
import { DRILL_SETTING, SERVICES, type Setting } from '../director.ts';
import { Generator } from '../generator.ts';
import type { Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { now } from '../traffic/channel.ts';
import type { EchoDone } from '../traffic/messages.ts';

/** Services of this drill alone: one whose server is on the side of lb2, and one that both sides have. */
const PORT = { beside: 7002, anycast: 7003 } as const;
/** So few ports for a local address that each director takes some of the other one's half too. */
const LOCAL_PORTS = { first: 20_000, last: 20_511 } as const;
const HALF = (LOCAL_PORTS.last - LOCAL_PORTS.first + 1) / 2;
/** For all other connections of a drill there must be enough of them. */
const locals = Array.from({ length: 16 }, (_, index) => `192.168.10.${101 + index}`);
/** On each side: its half of the ports, and a quarter of the other's. */
const CLASHING = HALF + HALF / 4;
const BESIDE = 100;
const MESSAGE_MS = 500;

const plentiful = (line: string): string[] =>
  line.startsWith('-P') ? locals.map((local) => line.replace(PAIR.lip, local)) : [line];
const service = (port: number, server: string): string[] => [
  `-A -t ${PAIR.vip}:${port} -s rr`,
  `-P -t ${PAIR.vip}:${port} -z ${PAIR.lip}`,
  `-a -t ${PAIR.vip}:${port} -r ${server}:${port} -q -w 1`,
];

const SETTING: Setting = {
  ...DRILL_SETTING,
  services: [
    ...SERVICES.flatMap(plentiful),
    ...service(PORT.beside, SPLIT.rs3),
    ...service(PORT.anycast, SPLIT.anycast),
  ],
  datapath: { local_ports: `${LOCAL_PORTS.first}-${LOCAL_PORTS.last}` },
};

type Echo = Generator<EchoDone>;

/** Both paths are gone, so each side must believe that the other is dead, and serve those who reach it. */
export const split: Scenario = {
  name: 'split',
  title: 'all switches break in two, a director on each side; both serve; they are joined again',
  // How tables merge is tried, not how fast: no busy machine is to change the owner meanwhile.
  advertMs: 300,
  answerers: ['lb1'],
  lossless: false,
  topology: SPLIT_TOPOLOGY,
  setting: SETTING,
  async play(stage) {
    const { lab, timeline, signal } = stage;
    await serveBothSides(lab, signal);
    const wires = await lab.wires();
    const began = now();
    timeline.fault('all switches break: lb1 and lb2 hear nothing of each other', began);
    wires.split(HALVES.lb1, HALVES.lb2);
    await stage.takeover('lb2');
    const echo = async (host: string, port: number, connections: number): Promise<Echo> => {
      const settings = { host: PAIR.vip, port, connections, everyMs: MESSAGE_MS };
      const generator = await Generator.start<EchoDone>(lab, host, 'echo-client', settings);
      await generator.ready(signal);
      timeline.note(`${connections} new connections of ${host} to port ${port}`, now());
      return generator;
    };
    const ours = await echo('client', PORT.anycast, CLASHING);
    const theirs = await echo('client2', PORT.beside, BESIDE);
    const clashing = await echo('client2', PORT.anycast, CLASHING);
    stage.check(
      'both sides served new clients while they were split',
      true,
      `lb1 ${CLASHING} connections, lb2 ${BESIDE + CLASHING}, besides those that came and went`,
    );
    await stage.steady();
    wires.join(HALVES.lb1, HALVES.lb2);
    timeline.note('the switches are whole again', now());
    const settled = await oneOwner(stage, began);
    await merged(stage);
    await stage.steady();
    const adverts = stage.watcher.since('lb2', settled).length;
    stage.check(
      'one owner: lb2 yielded, and has not advertised since',
      adverts === 0,
      `${adverts} advertisements`,
    );
    await survivors(stage, { ours, theirs, clashing });
  },
};

async function serveBothSides(lab: Lab, signal: AbortSignal): Promise<void> {
  const server = async (name: string, host: string, port: number): Promise<void> => {
    const settings = { protocol: 'tcp', host, port };
    await (await Generator.start(lab, name, 'echo-server', settings)).ready(signal);
  };
  await Promise.all([
    server('rs3', SPLIT.rs3, PORT.beside),
    server('rs1', SPLIT.anycast, PORT.anycast),
    server('rs3', SPLIT.anycast, PORT.anycast),
  ]);
}

/** @returns when lb2 says that it is backup again, by the common clock */
async function oneOwner(stage: Stage, began: number): Promise<number> {
  await stage.role('lb2', 'backup');
  const settled = now();
  stage.contest = { from: began, to: settled };
  await stage.role('lb1', 'master');
  stage.timeline.note('lb2 is backup again, lb1 has the addresses', now());
  return settled;
}

async function merged(stage: Stage): Promise<void> {
  await stage.holdsTable('lb1');
  await stage.holdsTable('lb2');
  const { lacking, strange } = await stage.sameTables();
  const some = [...lacking, ...strange].slice(0, 3).map((text) => `; ${text}`);
  stage.check(
    'the tables are merged: both directors hold the same connections',
    lacking.length + strange.length === 0,
    `lb2 lacks ${lacking.length} of lb1's, and has ${strange.length} that lb1 has not${some.join('')}`,
  );
}

async function survivors(
  stage: Stage,
  { ours, theirs, clashing }: { ours: Echo; theirs: Echo; clashing: Echo },
): Promise<void> {
  const [one, other, lost] = await Promise.all(
    [ours, theirs, clashing].map((generator) => generator.finish(stage.signal)),
  );
  if (!one || !other || !lost) return;
  const [here, there] = await Promise.all([stage.lb1.status(), stage.lb2.status()]);
  const clashes = (here?.sync.records_conflicting ?? 0) + (there?.sync.records_conflicting ?? 0);
  stage.check(
    'clashes of local ports are counted',
    clashes > 0,
    `lb1 counts ${here?.sync.records_conflicting}, lb2 ${there?.sync.records_conflicting}; of the ${lost.established} connections that lb2 made to the server that both sides have ${lost.survived} live`,
  );
  stage.check(
    'every connection of the winner made during the split lives, those that clashed too',
    one.lost === 0,
    [`${one.survived} of ${one.established}`, ...one.troubles].join('; '),
  );
  // Those whose packets came to the winner before it knew of them were answered with RST.
  stage.check(
    'connections of the other one that clashed with none live on with the winner',
    other.survived > 0,
    [`${other.survived} of ${other.established}`, ...other.troubles].join('; '),
  );
}
