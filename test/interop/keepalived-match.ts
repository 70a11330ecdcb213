/**
 * One director and one keepalived through everything that changes who is master: who starts first, a crash, a return,
 * another priority. After each there is one master, and it is the right one.
 */
import { parseAddress } from '../../src/model/address.ts';
import { leastTtl } from '../../src/vrrp/ip.ts';
import { TestDirector, type Wire } from '../director/heartbeat/pair.ts';
import { until } from '../support/until.ts';
import { Keepalived, type Speech } from './keepalived.ts';

export type Player = 'director' | 'keepalived';

export interface Match {
  readonly speech: Speech;
  readonly first: Player;
  /** Who has the higher priority. */
  readonly higher: Player | 'neither';
  /** Ends with the first crash. */
  readonly brief?: boolean;
}

/** Virtual addresses of each family; that of IPv6 begins with one of the link (RFC 9568, 5.2.9). */
export const ADDRESSES = { 4: ['10.99.0.1'], 6: ['fe80::99:1', 'fd99::1'] } as const;
const OWN = {
  4: { a: '10.99.0.11', b: '10.99.0.12' },
  6: { a: 'fe80::99:11', b: 'fe80::99:12' },
} as const;

const BASE = 100;
const STEP = 50;
/** More than ten master-down intervals, whatever the interval. */
const PATIENCE_MS = 60_000;
/** So many intervals in a row somebody is master alone: then it stays so. */
const STEADY = 4;

export function titleOf({ speech, first, higher }: Match): string {
  const { version, family, way } = speech;
  const wins = higher === 'neither' ? 'equal priorities' : `${higher} the higher one`;
  return `VRRPv${version} over IPv${family}, ${way}: ${first} first, ${wins}`;
}

/** @returns what was seen, step by step. @throws Error when another one is master than should be, or two are */
export async function play(wire: Wire, match: Match): Promise<readonly string[]> {
  const game = new Game(wire, match);
  try {
    await game.play();
    return game.story;
  } finally {
    await game.end();
  }
}

class Game {
  readonly story: string[] = [];
  readonly #wire: Wire;
  readonly #match: Match;
  readonly #keepalived: Keepalived;
  readonly #priority: Record<Player, number>;
  #director: TestDirector | undefined;

  constructor(wire: Wire, match: Match) {
    const { speech, higher } = match;
    this.#wire = wire;
    this.#match = match;
    this.#priority = {
      director: higher === 'director' ? BASE + STEP : BASE,
      keepalived: higher === 'keepalived' ? BASE + STEP : BASE,
    };
    this.#keepalived = new Keepalived(wire, {
      priority: this.#priority.keepalived,
      addresses: ADDRESSES[speech.family],
      speech,
      own: OWN[speech.family].b,
      peer: OWN[speech.family].a,
    });
  }

  async play(): Promise<void> {
    const { first, higher, brief } = this.#match;
    const second = other(first);
    await this.#start(first);
    await this.#alone(first, `${first} starts first`);
    await this.#start(second);
    // Equal ones leave each other in peace.
    const right = higher === 'neither' ? first : higher;
    await this.#alone(right, `${second} starts`);
    await this.#crash(right);
    await this.#alone(other(right), `${right} crashes`);
    if (brief) return;
    await this.#start(right);
    const returned = higher === 'neither' ? other(right) : right;
    await this.#alone(returned, `${right} returns`);
    this.#raise(other(returned));
    await this.#alone(other(returned), `${other(returned)} gets the higher priority`);
    await this.#leave(other(returned));
    await this.#alone(returned, `${other(returned)} leaves`);
  }

  async end(): Promise<void> {
    await this.#keepalived.stop();
    if (this.#director) await this.#director.kill();
  }

  async #start(player: Player): Promise<void> {
    if (player === 'keepalived') {
      this.#keepalived.start();
      await until('keepalived began', () => this.#keepalived.begun, PATIENCE_MS);
      return;
    }
    const { version, family, way, advertMs, password = '' } = this.#match.speech;
    this.#director = new TestDirector(this.#wire, this.#wire.a, {
      name: 'a',
      priority: this.#priority.director,
      advertMs,
      addresses: ADDRESSES[family],
      router: {
        version,
        password,
        preempt: 'advertise',
        leastTtl: leastTtl(family, way),
        useVmac: false,
        peers: way === 'unicast' ? [parseAddress(OWN[family].b)] : [],
      },
    });
    await until('the director began', () => this.#director?.role !== undefined, PATIENCE_MS);
  }

  /** Its power is gone: nothing is said, and nothing answers. */
  async #crash(player: Player): Promise<void> {
    if (player === 'keepalived') return this.#keepalived.crash();
    await this.#director?.kill();
    this.#director?.forget();
  }

  async #leave(player: Player): Promise<void> {
    if (player === 'keepalived') await this.#keepalived.stop();
    else await this.#director?.stop(true);
  }

  #raise(player: Player): void {
    const priority = BASE + 2 * STEP;
    if (player === 'keepalived') this.#keepalived.setPriority(priority);
    else {
      const items = [
        { kind: 'script', name: 'best', up: true, weight: priority - this.#priority.director },
      ] as const;
      this.#director?.send({ kind: 'tracked', items });
    }
  }

  /** Waits until that one is master, and the other one is not, for some intervals without a break. */
  async #alone(player: Player, after: string): Promise<void> {
    const begin = performance.now();
    let since = Number.POSITIVE_INFINITY;
    const wait = STEADY * this.#match.speech.advertMs;
    await until(
      `${titleOf(this.#match)}: ${after}: ${player} is the one master\n${this.#state()}`,
      () => {
        const { director, keepalived } = this.#masters();
        const right = director !== keepalived && (director ? 'director' : 'keepalived') === player;
        if (!right) since = Number.POSITIVE_INFINITY;
        else since = Math.min(since, performance.now());
        return performance.now() - since > wait;
      },
      PATIENCE_MS,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.#state()}`);
    });
    this.story.push(`${after}: ${player} is master after ${Math.round(since - begin)} ms`);
  }

  #masters(): Record<Player, boolean> {
    const director = this.#director?.fenceOpen() ?? false;
    return { director, keepalived: this.#keepalived.isMaster };
  }

  #state(): string {
    const { counters = {}, roles = [], stderr = '' } = this.#director ?? {};
    const nonzero = Object.fromEntries(Object.entries(counters).filter(([, value]) => value > 0));
    const why = roles.map(({ role, why }) => `${role}: ${why}`).join('; ');
    return [JSON.stringify(nonzero), why, stderr, this.#keepalived.log.slice(-2000)].join('\n');
  }
}

const other = (player: Player): Player => (player === 'director' ? 'keepalived' : 'director');
