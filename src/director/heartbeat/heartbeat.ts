/**
 * The heartbeat without its thread: feeds the virtual router with what arrives, and carries out what it wants.
 * Everything that touches the world is handed in.
 */
import type { FencePort } from '../../datapath/ports.ts';
import { deadline, newRouter, step } from '../../vrrp/machine.ts';
import type { RouterEffect, RouterEvent, RouterState } from '../../vrrp/router.ts';
import { type Tracked, weigh } from '../../vrrp/tracking.ts';
import { PRIORITY } from '../../vrrp/wire.ts';
import type { Board } from '../board.ts';
import { ANNOUNCE } from '../config.ts';
import { readPeer } from '../peer-board.ts';
import { Seldom } from '../seldom.ts';
import { announcementsOf } from './announcement.ts';
import { Announcer } from './announcer.ts';
import { HeartbeatCounters } from './counters.ts';
import { Freshness } from './freshness.ts';
import { Leave } from './leave.ts';
import { LinkWatch } from './link-watch.ts';
import { Liveness } from './liveness.ts';
import type {
  FloatingAddress,
  HeartbeatCommand,
  HeartbeatEvent,
  HeartbeatRouter,
  TrackedLink,
} from './messages.ts';
import { Obstacles } from './obstacles.ts';
import { type PathName, PathWatch } from './path-watch.ts';
import { Publication } from './publication.ts';
import { Punctuality } from './punctuality.ts';
import { type Heard, Reception } from './reception.ts';
import type { Transport } from './transport.ts';

export interface HeartbeatPorts {
  /** One for each router, in their order. */
  readonly transports: readonly Transport[];
  readonly fence: FencePort;
  readonly board: Board;
  /** CLOCK_BOOTTIME in microseconds. */
  readonly clock: () => number;
  /** Puts a frame on an interface; undefined where frames cannot be sent. @throws Error */
  readonly sendFrame?: (frame: Uint8Array, ifindex: number) => void;
  readonly post: (event: HeartbeatEvent) => void;
  /** Interfaces that are tracked, and whether frames can leave by one. */
  readonly links?: readonly TrackedLink[];
  readonly running?: (name: string) => boolean;
  /** What the host has allowed this thread; nothing where nobody asked. */
  readonly standing?: { readonly realTime: boolean; readonly locked: boolean };
}

/** The board shows a turn at least so often, and a thread that must end notices so soon. */
const LONGEST_TURN_US = 100_000;

/** Settings that cannot work together. */
export class HeartbeatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HeartbeatError';
  }
}

export class Heartbeat {
  readonly #routers: readonly HeartbeatRouter[];
  readonly #ports: HeartbeatPorts;
  readonly #reception: Reception;
  readonly #announcer: Announcer;
  readonly #counters = new HeartbeatCounters();
  readonly #seldom = new Seldom();
  readonly #obstacles: Obstacles;
  readonly #freshness: Freshness;
  readonly #leave: Leave;
  readonly #punctuality: Punctuality;
  readonly #paths = new PathWatch();
  readonly #publication: Publication;
  readonly #links: LinkWatch;
  /** What the main thread tracks. */
  #others: readonly Tracked[] = [];
  #state: RouterState;
  /** Not carried out yet: what an effect leads to stands behind what was wanted with it. */
  readonly #effects: RouterEffect[] = [];
  #carrying = false;
  /** Said when everything is carried out. */
  readonly #roles: HeartbeatEvent[] = [];
  #barred = false;
  #stopped = false;
  #peerAdvertAt = 0;

  /** @throws HeartbeatError */
  constructor(
    routers: readonly HeartbeatRouter[],
    floating: readonly FloatingAddress[],
    ports: HeartbeatPorts,
  ) {
    const [first] = routers;
    if (!first) throw new HeartbeatError('a heartbeat needs at least one router');
    for (const { name, priority, advertMs } of routers) {
      if (priority !== first.priority || advertMs !== first.advertMs) {
        throw new HeartbeatError(
          `routers ${first.name} and ${name} move together: give them the same priority and interval`,
        );
      }
    }
    this.#routers = routers;
    this.#ports = ports;
    this.#reception = new Reception(routers, ports.transports, {
      count: (name) => this.#counters.add(name),
      warn: (subject, text) => this.#warn(subject, text, ports.clock()),
      say: (text) => this.#say('info', text),
      heard: (advert) => this.#heard(advert),
    });
    this.#announcer = new Announcer(floating, first.announce ?? ANNOUNCE);
    const advertUs = first.advertMs * 1000;
    this.#punctuality = new Punctuality(advertUs);
    this.#leave = new Leave({ priority: first.priority, advertUs });
    const liveness = new Liveness(ports.board, advertUs);
    this.#obstacles = new Obstacles(routers, ports.transports, liveness, advertUs);
    this.#publication = new Publication({
      ...{ board: ports.board, post: ports.post },
      ...{ counters: this.#counters, paths: this.#paths, punctuality: this.#punctuality },
    });
    this.#freshness = new Freshness(ports.fence, ports.board);
    this.#links = new LinkWatch(ports.links ?? [], ports.running ?? (() => true));
    this.#counters.set('real_time', ports.standing?.realTime ? 1 : 0);
    this.#counters.set('memory_locked', ports.standing?.locked ? 1 : 0);
    const { priority, preempt, preemptDelayMs } = first;
    this.#state = newRouter({ priority, advertUs, preempt, preemptDelayUs: preemptDelayMs * 1000 });
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    const fence = this.#ports.fence.read();
    this.#step({ kind: 'startup', fence });
    if (this.#state.role === 'master') {
      // Until the rest of this daemon is there, too: then it says `stay`.
      this.#leave.goOn(fence.until, this.#ports.clock());
      this.#step({ kind: 'extend', us: this.#leave.extensionUs });
    }
    this.#weigh();
    this.#ports.post({ kind: 'links', items: this.#links.items });
    this.#publish(this.#ports.clock());
  }

  /**
   * One turn of the loop. What waits is read before any timer is looked at: after a pause the clock alone
   * would say that the master is dead.
   * @returns when the next turn is due at the latest
   */
  turn(commands: readonly HeartbeatCommand[]): number {
    this.#reception.readAll();
    for (const command of commands) this.#obey(command);
    if (!this.#stopped) this.#tick();
    const now = this.#ports.clock();
    this.#publish(now);
    return Math.min(deadline(this.#state), this.#announcer.deadline(), now + LONGEST_TURN_US);
  }

  #tick(): void {
    const { board, clock } = this.#ports;
    const view = readPeer(board);
    const { peer } = this.#state;
    if (view && view.at !== peer.at) this.#hear('sync', view.master && view.leaseUntil > clock());
    if (view && (view.at !== peer.at || view.held !== peer.held)) this.#step({ kind: 'peer', view });
    this.#lookAtLinks();
    this.#watch(clock());
    this.#step({ kind: 'timer' });
    const now = clock();
    this.#watchLeave(now);
    for (const { level, text } of this.#paths.look(this.#state, now)) this.#say(level, text);
    this.#announce(now);
    this.#freshness.update(this.#state, now);
  }

  #lookAtLinks(): void {
    const news = this.#links.look();
    if (!news) return;
    for (const text of news) this.#say('warn', text);
    this.#ports.post({ kind: 'links', items: this.#links.items });
    this.#weigh();
  }

  #weigh(): void {
    const { priority, reach, fault } = weigh(this.#state.settings.priority, [
      ...this.#links.items,
      ...this.#others,
    ]);
    this.#obstacles.fault = fault;
    if (priority !== this.#state.priority) this.#say('info', `the priority is ${priority} from now on`);
    this.#step({ kind: 'tracked', priority, reach });
  }

  #watch(now: number): void {
    const obstacle = this.#obstacles.look(now);
    const barred = obstacle !== undefined;
    if (barred === this.#barred) return;
    this.#barred = barred;
    if (!barred) {
      this.#say('info', 'nothing is in the way any more: may become master');
      this.#step({ kind: 'unbar' });
      return;
    }
    this.#counters.add(obstacle.count);
    this.#say('error', `${obstacle.text}: must not be master`);
    this.#step({ kind: 'bar', gently: obstacle.gently });
  }

  #obey(command: HeartbeatCommand): void {
    switch (command.kind) {
      case 'floating':
        this.#announcer.setFloating(command.addresses, this.#state.role === 'master', this.#ports.clock());
        return;
      case 'interface-gone':
        this.#obstacles.interfaceGone(command.name);
        return;
      case 'tracked':
        this.#others = command.items;
        this.#weigh();
        return;
      case 'release':
      case 'released': {
        const { role } = this.#state;
        this.#step(command);
        if (this.#state.role === role) {
          const why = 'so it was when the handover came';
          this.#ports.post({ kind: 'role', role, term: this.#state.term, why, atUs: this.#ports.clock() });
        }
        return;
      }
      case 'leave':
        this.#beginLeave(command.intervalUs);
        return;
      case 'stay':
        this.#leave.end();
        this.#step({ kind: 'extend', us: 0 });
        return;
      case 'shutdown':
        this.#step(command);
        this.#stopped = true;
    }
  }

  #heard(advert: Heard): void {
    this.#peerAdvertAt = this.#ports.clock();
    this.#hear('vrrp', advert.priority !== PRIORITY.RELEASE);
    this.#step({ kind: 'advert', ...advert });
  }

  #hear(path: PathName, master: boolean): void {
    const rival = master && this.#state.role === 'master';
    this.#paths.heard(path, rival, this.#state, this.#ports.clock());
  }

  #step(event: RouterEvent): void {
    const { state, effects } = step(this.#state, event, this.#ports.clock());
    this.#state = state;
    this.#effects.push(...effects);
    if (this.#carrying) return;
    this.#carrying = true;
    try {
      for (let next = this.#effects.shift(); next; next = this.#effects.shift()) this.#carryOut(next);
    } finally {
      this.#carrying = false;
      // Last of all: the addresses come on the interface when they are announced, and go when nobody answers.
      const roles = this.#roles.splice(0);
      if (roles.length > 0) this.#publication.tellCounters(this.#ports.clock());
      for (const event of roles) this.#ports.post(event);
    }
  }

  #carryOut(effect: RouterEffect): void {
    const { fence, clock } = this.#ports;
    switch (effect.kind) {
      case 'open-fence':
        fence.open(effect.until, effect.term);
        return;
      case 'close-fence':
        fence.close();
        return;
      case 'send-advert':
        this.#sendAdvert(effect.priority);
        return;
      case 'announce':
        this.#announcer.start(clock());
        this.#announce(clock());
        return;
      case 'ask-handover':
      case 'give-handover':
        this.#ports.post(effect);
        return;
      case 'role':
        if (effect.role === 'master') this.#announcer.goOn(clock());
        else {
          this.#announcer.stop();
          this.#punctuality.pause();
          this.#cancelLeave('this director has just lost the addresses');
        }
        this.#paths.role(effect.role, effect.term, effect.why, clock());
        this.#roles.push({ ...effect, atUs: clock() });
        return;
      case 'count':
        this.#counters.add(effect.name);
    }
  }

  #sendAdvert(priority: number): void {
    const at = this.#ports.clock();
    let ok = true;
    const intervalCs = this.#leave.intervalUs / 10_000;
    this.#routers.forEach(({ name, vrid, addresses }, index) => {
      try {
        this.#ports.transports[index]?.send({ vrid, priority, intervalCs, addresses });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        // One deaf path is enough to doubt the lease: its hearers may be moving already.
        ok = false;
        this.#warn('send', `router ${name}: cannot advertise: ${error.message}`, at);
      }
    });
    if (ok) this.#counters.add(priority === PRIORITY.RELEASE ? 'releases_sent' : 'adverts_sent');
    if (priority === PRIORITY.RELEASE) return;
    if (ok) {
      this.#leave.sent();
      this.#punctuality.sent(at);
    }
    this.#step({ kind: 'sent', at, ok });
  }

  #beginLeave(intervalUs: number): void {
    // Who is no master has nothing that must last.
    if (this.#state.role !== 'master') {
      this.#ports.post({ kind: 'leaving', refusal: undefined });
      return;
    }
    this.#leave.begin(intervalUs, this.#ports.clock());
    // RFC 3768 section 7.1: an advertisement with another interval is discarded.
    if (this.#routers.some(({ version }) => version === 2))
      this.#cancelLeave('VRRP version 2 has one interval: hand over first, or restart this director');
  }

  #cancelLeave(refusal: string): void {
    if (this.#leave.wanted) this.#ports.post({ kind: 'leaving', refusal });
    this.#leave.end();
  }

  #watchLeave(now: number): void {
    if (!this.#leave.nowCovered(this.#state.peer, now)) return;
    this.#step({ kind: 'extend', us: this.#leave.extensionUs });
    this.#ports.post({ kind: 'leaving', refusal: undefined });
  }

  #announce(now: number): void {
    const { sendFrame } = this.#ports;
    const { garpForm } = this.#routers[0]?.announce ?? ANNOUNCE;
    for (const floating of this.#announcer.due(now)) {
      if (!sendFrame) continue;
      for (const { frame, kind } of announcementsOf(floating, garpForm)) {
        try {
          sendFrame(frame, floating.ifindex);
          this.#counters.add(`${kind}_sent`);
        } catch (error) {
          if (!(error instanceof Error)) throw error;
          this.#counters.add(`${kind}_failures`);
          this.#warn(kind, `cannot announce ${floating.address}: ${error.message}`, now);
        }
      }
    }
  }

  /** Of what may come as often as a stranger, or a broken link, likes. */
  #warn(subject: string, text: string, now: number): void {
    const said = this.#seldom.say(subject, text, now);
    if (said !== undefined) this.#say('warn', said);
  }

  #say(level: 'error' | 'warn' | 'info', text: string): void {
    this.#ports.post({ kind: 'log', level, text });
  }

  #publish(now: number): void {
    this.#publication.show(
      {
        state: this.#state,
        intervalUs: this.#leave.intervalUs,
        peerAdvertAt: this.#peerAdvertAt,
        barred: this.#barred,
        last: this.#stopped,
      },
      now,
    );
  }
}
