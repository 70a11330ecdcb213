/**
 * What becomes of the two ways between the directors: says when one of them is lost, and after a split what happened
 * when. It decides nothing.
 */
import type { RouterRole, RouterState } from '../../vrrp/router.ts';
import { masterDown } from '../../vrrp/timing.ts';

export type PathName = 'vrrp' | 'sync';
/** `unknown`: nothing was heard there yet, or nothing is to be heard there now. */
export type PathState = 'unknown' | 'up' | 'lost';

export interface PathNews {
  readonly level: 'warn' | 'info';
  readonly text: string;
}

const TITLE = { vrrp: 'VRRP', sync: 'sync' } as const;
/** What a split's account holds: more changes of role than that are no news. */
const MOST_MOMENTS = 16;

interface Moment {
  readonly at: number;
  readonly text: string;
}

/** While we were master, somebody else was too, and neither heard the other. */
interface Split {
  /** Since when nothing was heard. */
  readonly since: number;
  /** When the other one was heard again. */
  readonly healedAt: number;
}

export class PathWatch {
  readonly #paths: Record<PathName, PathState> = { vrrp: 'unknown', sync: 'unknown' };
  readonly #heardAt: Record<PathName, number> = { vrrp: 0, sync: 0 };
  /** Since when each is heard without a long silence. */
  readonly #heardSince: Record<PathName, number> = { vrrp: 0, sync: 0 };
  /** Of the present silence, or of the last one until its account is given. */
  #moments: Moment[] = [];
  #split: Split | undefined;
  /** A rival was heard last. */
  #rivalAt = 0;

  state(path: PathName): PathState {
    return this.#paths[path];
  }

  /** Something of the peer's came in. @param rival it says that it is master too */
  heard(path: PathName, rival: boolean, { settings, priority }: RouterState, now: number): void {
    const last = Math.max(this.#heardAt.vrrp, this.#heardAt.sync);
    const silent = now - last > masterDown(priority, settings.advertUs);
    if (silent && !this.#split) {
      if (rival && last > 0) {
        this.#split = { since: last, healedAt: now };
        this.#note(now, `the other one is heard again, on ${TITLE[path]}: both were master`);
      } else this.#moments = [];
    }
    if (rival) this.#rivalAt = now;
    if (now - this.#heardAt[path] > masterDown(priority, settings.advertUs)) this.#heardSince[path] = now;
    this.#heardAt[path] = now;
  }

  /** We changed our role. */
  role(role: RouterRole, term: number, why: string, now: number): void {
    this.#note(now, `we became ${role} (term ${term}): ${why}`);
  }

  /** @returns what has changed since the last look */
  look(state: RouterState, now: number): readonly PathNews[] {
    return [...this.#lookAtPaths(state, now), ...this.#lookAtSplit(state, now)];
  }

  #note(at: number, text: string): void {
    this.#moments.push({ at, text });
    if (this.#moments.length > MOST_MOMENTS) this.#moments.splice(0, 1);
  }

  #lookAtPaths(state: RouterState, now: number): PathNews[] {
    const before = { ...this.#paths };
    this.#paths.sync = this.#syncNow(state, now);
    this.#paths.vrrp = this.#vrrpNow(state, now);
    return (['vrrp', 'sync'] as const).flatMap((path): PathNews[] => {
      const [was, is] = [before[path], this.#paths[path]];
      if (is === 'lost' && was !== 'lost') {
        const by = path === 'vrrp' ? 'the sync path' : 'VRRP';
        return [{ level: 'warn', text: `one path lost: the peer is heard by ${by} only` }];
      }
      if (is === 'up' && was === 'lost')
        return [{ level: 'info', text: `the ${TITLE[path]} path to the peer works again` }];
      return [];
    });
  }

  #recent(path: PathName, { settings, priority, intervalUs }: RouterState, now: number): boolean {
    const at = this.#heardAt[path];
    const bound = masterDown(priority, Math.max(settings.advertUs, intervalUs));
    return at > 0 && now - at <= bound;
  }

  #syncNow(state: RouterState, now: number): PathState {
    if (this.#recent('sync', state, now)) return 'up';
    // Silent on both it is dead, or cut off: that is another story. One that comes back comes on one of them first.
    const waited = now - this.#heardSince.vrrp > masterDown(state.priority, state.intervalUs);
    if (this.#heardAt.sync > 0 && waited && this.#recent('vrrp', state, now)) return 'lost';
    return this.#paths.sync === 'lost' && state.role === 'backup' ? 'lost' : 'unknown';
  }

  /** A backup does not advertise: of a master's advertisements the peer says itself whether it hears them. */
  #vrrpNow(state: RouterState, now: number): PathState {
    if (this.#paths.sync !== 'up') return this.#recent('vrrp', state, now) ? 'up' : 'unknown';
    const { peer, role, silentSince, priority, intervalUs } = state;
    if (role === 'master') {
      if (peer.deaf) return 'lost';
      return peer.advertHeardAt > 0 ? 'up' : 'unknown';
    }
    if (this.#recent('vrrp', state, now)) return 'up';
    const since = Math.max(silentSince, this.#heardSince.sync);
    const waited = now - since > masterDown(priority, intervalUs);
    return peer.master && peer.leaseUntil > now && waited ? 'lost' : this.#paths.vrrp;
  }

  /** Told when it is clear who goes on. */
  #lookAtSplit(state: RouterState, now: number): PathNews[] {
    const split = this.#split;
    if (!split) return [];
    const { role, settings, priority, peer, intervalUs } = state;
    const yielded = role !== 'master';
    const calm = now - this.#rivalAt > masterDown(priority, Math.max(settings.advertUs, intervalUs));
    const won = role === 'master' && ((!peer.master && peer.at > this.#rivalAt) || calm);
    if (!yielded && !won) return [];
    if (won) this.#note(now, 'the other one has yielded; every address is announced again');
    this.#split = undefined;
    const ago = (at: number) => `${((now - at) / 1_000_000).toFixed(3)} s ago`;
    const lines = this.#moments.filter(({ at }) => at >= split.since);
    this.#moments = [];
    const lasted = ((split.healedAt - split.since) / 1_000_000).toFixed(3);
    return [
      {
        level: 'warn',
        text: `a split of ${lasted} s has ended: ${won ? 'we are' : 'the other one is'} master`,
      },
      { level: 'info', text: `split: ${ago(split.since)}: the other one was last heard` },
      ...lines.map(({ at, text }) => ({ level: 'info' as const, text: `split: ${ago(at)}: ${text}` })),
    ];
  }
}
