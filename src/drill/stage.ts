/** A drill's stage: the lab with both directors in their roles, and all traffic flowing. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab/lab.ts';
import type { DirectorName } from '../lab/pair.ts';
import { pause } from '../lab/wait.ts';
import type { Contest } from './answerers.ts';
import { Director, PRIORITY, type Setting } from './director.ts';
import { masterDownMs } from './limit.ts';
import type { Check } from './result.ts';
import { startServers } from './servers.ts';
import { type Match, match } from './table-match.ts';
import type { Timeline } from './timeline.ts';
import { now } from './traffic/channel.ts';
import { TARGETS, Traffic } from './traffic-set.ts';
import { type Advert, Watcher } from './watcher.ts';

export interface StageOptions {
  readonly lab: Lab;
  readonly timeline: Timeline;
  readonly advertMs: number;
  readonly answerers: readonly DirectorName[];
  readonly signal: AbortSignal;
  /** Told what is being done, for people who wait. */
  readonly progress: (text: string) => void;
  /** What the directors are set to; the drills' ordinary services when absent. */
  readonly setting?: Setting;
  /** The `tandem` command; the built one when absent. */
  readonly command?: readonly string[];
}

/** On top of a master-down interval: elections and commands on a busy machine. */
const PATIENCE_MS = 10_000;
/** Traffic before the fault, and after each event, so that a late effect is seen. */
const STEADY_MS = 1500;
const ASK_EVERY_MS = 200;
/** Bytes of the sync channel's key. */
const KEY_BYTES = 32;

export class Stage {
  readonly lab: Lab;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly lb1: Director;
  readonly lb2: Director;
  readonly watcher: Watcher;
  readonly traffic: Traffic;
  readonly checks: Check[] = [];
  /** A master-down interval of the lower director, in ms. */
  readonly masterDownMs: number;
  /** Who answers ARP for the VIP, one after the other: what the scenario says, unless the play finds otherwise. */
  answerers: readonly DirectorName[];
  readonly advertMs: number;
  /** The survivor's first advertisement after the fault. */
  takeoverAt: number | undefined;
  /** When both had to answer, if the play made them. */
  contest: Contest | undefined;

  private constructor(
    options: StageOptions,
    lb1: Director,
    lb2: Director,
    watcher: Watcher,
    traffic: Traffic,
  ) {
    this.lab = options.lab;
    this.timeline = options.timeline;
    this.signal = options.signal;
    this.advertMs = options.advertMs;
    this.answerers = options.answerers;
    this.masterDownMs = masterDownMs(options.advertMs, PRIORITY.lb2);
    this.lb1 = lb1;
    this.lb2 = lb2;
    this.watcher = watcher;
    this.traffic = traffic;
  }

  /** @throws DrillError or LabError that says what did not come up */
  static async set(options: StageOptions): Promise<Stage> {
    const { lab, timeline, advertMs, signal, progress, command, setting } = options;
    progress('building hosts and links');
    await lab.up(signal);
    const key = join(lab.directory, 'sync.key');
    writeFileSync(key, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600 });
    const settings = { advertMs, key, ...(command && { command }), ...(setting && { setting }) };
    const [lb1, lb2] = [new Director(lab, 'lb1', settings), new Director(lab, 'lb2', settings)];
    progress('starting servers and directors');
    const watcher = await Watcher.start(lab, timeline, signal);
    const patience = masterDownMs(advertMs, PRIORITY.lb2) + PATIENCE_MS;
    const directors = async (): Promise<void> => {
      // One after the other, so that the higher one is master and keeps it.
      await lb1.start();
      await lb1.ready(signal);
      await lb1.until('become master', ({ role }) => role === 'master', patience, signal);
      await lb2.start();
      await lb2.ready(signal);
      const joined = 'be backup and hold the table';
      await lb2.until(joined, ({ role, peer }) => role === 'backup' && peer.synced, patience, signal);
    };
    const [keys] = await Promise.all([startServers(lab, signal), directors()]);
    progress('opening connections');
    const established = async (wanted: number): Promise<void> => {
      timeline.note(`${wanted} connections carry traffic through lb1`, now());
      const holds = `hold ${wanted} connections of lb1`;
      await lb2.until(holds, ({ connections }) => connections >= wanted, PATIENCE_MS, signal);
      timeline.note('lb2 holds them too', now());
    };
    const traffic = await Traffic.start(lab, keys, TARGETS, established, signal);
    const stage = new Stage(options, lb1, lb2, watcher, traffic);
    await stage.steady();
    return stage;
  }

  check(name: string, passed: boolean, detail: string): void {
    this.checks.push({ name, passed, detail });
  }

  /** Lets traffic flow. */
  steady(): Promise<void> {
    return pause(STEADY_MS, this.signal);
  }

  /** Waits for the survivor's first advertisement after the fault. @throws LabError `timeout` */
  async takeover(name: DirectorName = 'lb2'): Promise<Advert> {
    const since = this.timeline.faultAt ?? now();
    const advert = await this.watcher.firstAdvert(name, since, this.masterDownMs + PATIENCE_MS, this.signal);
    this.takeoverAt = advert.at;
    return advert;
  }

  /** Links first, so that nobody hears a last word; then everything that the host knew. */
  async powerCut(name: DirectorName): Promise<void> {
    await this.lab.cut(name);
    await this[name].kill();
    this[name].forget();
    this.timeline.note(`the daemon of ${name} is killed, its plane removed`, now());
  }

  /** The host begins anew, and its daemon with it. */
  async powerOn(name: DirectorName): Promise<void> {
    await this.lab.reboot(name);
    this.timeline.note(`${name} is back, empty`, now());
    await this.returnsAsBackup(name);
  }

  /** Brings a daemon back, and watches that it takes nothing for two master-down intervals. */
  async returnsAsBackup(name: DirectorName = 'lb1'): Promise<void> {
    const since = now();
    await this[name].start();
    const { connections } = await this[name].ready(this.signal);
    this.timeline.note(`${name}'s new daemon answers, with ${connections} connections`, now());
    await pause(2 * this.masterDownMs, this.signal);
    const role = (await this[name].status())?.role;
    const adverts = this.watcher.since(name, since).length;
    this.check(
      `${name} comes back as backup and takes nothing over`,
      role === 'backup' && adverts === 0,
      `role ${role ?? 'unknown'}, ${adverts} advertisements since its return`,
    );
  }

  /** Waits until a director says that it has the other one's whole table. @throws DrillError that it does not */
  async holdsTable(name: DirectorName): Promise<void> {
    await this[name].until('hold the whole table', ({ peer }) => peer.synced, PATIENCE_MS, this.signal);
    this.timeline.note(`${name} holds the whole table`, now());
  }

  /** Waits until a director says that it has this role. @throws DrillError that it has not */
  async role(name: DirectorName, role: 'master' | 'backup'): Promise<void> {
    const patience = this.masterDownMs + PATIENCE_MS;
    await this[name].until(`be ${role}`, (status) => status.role === role, patience, this.signal);
  }

  /** What of lb1's table lb2 lacks or has more, once it is nothing, or still after a while. */
  async sameTables(): Promise<Match> {
    const end = now() + PATIENCE_MS;
    for (;;) {
      const before = await this.lb1.connections();
      const other = await this.lb2.connections();
      const found = match(before, other, await this.lb1.connections());
      if (found.lacking.length + found.strange.length === 0 || now() > end) return found;
      await pause(ASK_EVERY_MS, this.signal);
    }
  }

  /** Whether both directors have these roles, as they say themselves. */
  async roles(master: DirectorName): Promise<void> {
    const [one, two] = await Promise.all([this.lb1.status(), this.lb2.status()]);
    const wanted = {
      lb1: master === 'lb1' ? 'master' : 'backup',
      lb2: master === 'lb2' ? 'master' : 'backup',
    };
    this.check(
      `at the end ${master} is master and the other one backup`,
      one?.role === wanted.lb1 && two?.role === wanted.lb2,
      `lb1 is ${one?.role ?? 'silent'}, lb2 is ${two?.role ?? 'silent'}`,
    );
  }
}
