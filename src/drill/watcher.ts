/** The drill's ear on the client network: who advertises, who announces, who answers ARP for the VIP. */
import type { Lab } from '../lab/lab.ts';
import { DIRECTOR_FRONT, DIRECTORS, type DirectorName, PAIR } from '../lab/pair.ts';
import { waitFor } from '../lab/wait.ts';
import type { ArpRecord } from './answerers.ts';
import { Generator } from './generator.ts';
import { Masters } from './masters.ts';
import type { Timeline } from './timeline.ts';
import type { Heard } from './traffic/frames.ts';
import type { WatchDone } from './traffic/messages.ts';

export interface Advert {
  readonly at: number;
  readonly from: DirectorName;
  /** 0 when it gives the addresses up. */
  readonly priority: number;
}

/** Announcements are repeated; within this time they are one event. */
const SAME_ANNOUNCEMENT_MS = 1000;

export class Watcher {
  readonly adverts: Advert[] = [];
  readonly #timeline: Timeline;
  readonly #masters = new Masters();
  readonly #announced = new Map<string, number>();
  #generator: Generator<WatchDone> | undefined;

  private constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  static async start(lab: Lab, timeline: Timeline, signal: AbortSignal): Promise<Watcher> {
    const { stdout } = await lab.run('probe', 'ip', ['-json', 'link', 'show', 'dev', 'eth0']);
    const [link] = JSON.parse(stdout) as { ifindex: number; address: string }[];
    const self = new Watcher(timeline);
    const settings = { ifindex: link?.ifindex, mac: link?.address, vip: PAIR.vip };
    self.#generator = await Generator.start<WatchDone>(lab, 'probe', 'watch', settings, (message) =>
      self.#hear(message as Heard & { at: number }),
    );
    await self.#generator.ready(signal);
    return self;
  }

  /** Advertisements of one director since a moment, releases (priority 0) left out. */
  since(from: DirectorName, at: number): Advert[] {
    return this.adverts.filter((advert) => advert.from === from && advert.at >= at && advert.priority > 0);
  }

  /** The first advertisement of one director since a moment. @throws LabError `timeout` */
  firstAdvert(from: DirectorName, at: number, timeoutMs: number, signal: AbortSignal): Promise<Advert> {
    return waitFor(`${from} to advertise as master`, () => this.since(from, at)[0], { timeoutMs, signal });
  }

  async finish(signal: AbortSignal): Promise<ArpRecord> {
    const done = await this.#generator?.finish(signal);
    return done?.arp ?? { asked: 0, runs: [], doubles: 0 };
  }

  #hear(message: Heard & { at: number }): void {
    if (message.kind === 'advert') this.#advert(message);
    else if (message.kind === 'announcement') this.#announcement(message.mac, message.at);
  }

  #advert({ source, priority, at }: Heard & { kind: 'advert'; at: number }): void {
    const from = DIRECTORS.find((name) => DIRECTOR_FRONT[name].address === source);
    if (!from) return;
    if (priority === 0) {
      // It is sent several times, because one may be lost.
      if (this.#masters.released(from))
        this.#timeline.note(`${from} gives the addresses up (priority 0)`, at);
    } else if (this.#masters.advertised(from, at)) this.#timeline.note(`${from} advertises as master`, at);
    this.adverts.push({ at, from, priority });
  }

  #announcement(mac: string, at: number): void {
    const before = this.#announced.get(mac);
    this.#announced.set(mac, at);
    if (before !== undefined && at - before < SAME_ANNOUNCEMENT_MS) return;
    const from = DIRECTORS.find((name) => DIRECTOR_FRONT[name].mac === mac) ?? mac;
    this.#timeline.note(`${from} announces ${PAIR.vip} (gratuitous ARP)`, at);
  }
}
