/** Tracks what needs a look from time to time, routes and scripts, and keeps what the heartbeat says of interfaces. */
import { hasRoute } from '../host/routes.ts';
import { requireSafe, runScript, type Script } from '../host/script.ts';
import { userIds } from '../host/user.ts';
import { describe, type Tracked } from '../vrrp/tracking.ts';
import { DirectorError } from './api.ts';
import type { TrackedScript, TrackSettings } from './config.ts';
import type { Log } from './log.ts';

/** keepalived is told of routes by the kernel; we look. */
const ROUTES_EVERY_MS = 1000;

export interface TrackerParts {
  readonly track: TrackSettings;
  /** The heartbeat weighs these from now on. */
  readonly onChange: (items: readonly Tracked[]) => void;
  readonly log: Log;
  readonly run?: (script: Script) => Promise<string | undefined>;
  readonly hasRoute?: (destination: string) => Promise<boolean>;
}

/** What is known of one script: how often in a row its runs said something else than we believe. */
interface Watched {
  readonly script: TrackedScript;
  up: boolean;
  against: number;
}

export class Tracker {
  readonly #parts: TrackerParts;
  readonly #scripts: readonly Watched[];
  readonly #routes: { readonly destination: string; readonly weight: number; up: boolean }[];
  readonly #timers: NodeJS.Timeout[] = [];
  #links: readonly Tracked[] = [];
  #said = '';

  constructor(parts: TrackerParts) {
    this.#parts = parts;
    // Until a look says otherwise, all is well: a start must not be a fault.
    this.#scripts = parts.track.scripts.map((script) => ({ script, up: true, against: 0 }));
    this.#routes = parts.track.routes.map((route) => ({ ...route, up: true }));
  }

  /** For the status: interfaces too. */
  get all(): readonly Tracked[] {
    return [...this.#links, ...this.#items];
  }

  setLinks(links: readonly Tracked[]): void {
    this.#links = links;
  }

  start(): void {
    this.#tell();
    for (const watched of this.#scripts)
      this.#repeat(watched.script.intervalMs, () => this.#lookAtScript(watched));
    if (this.#routes.length > 0) this.#repeat(ROUTES_EVERY_MS, () => this.#lookAtRoutes());
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  get #items(): readonly Tracked[] {
    return [
      ...this.#routes.map(
        ({ destination, weight, up }): Tracked => ({ kind: 'route', name: destination, weight, up }),
      ),
      ...this.#scripts.map(
        ({ script: { name, weight }, up }): Tracked => ({ kind: 'script', name, weight, up }),
      ),
    ];
  }

  /** One look at a time: one that takes long is not overtaken. */
  #repeat(everyMs: number, look: () => Promise<void>): void {
    let busy = false;
    const once = async () => {
      if (busy) return;
      busy = true;
      await look().catch((error: Error) => this.#parts.log.warn(error.message));
      busy = false;
    };
    void once();
    this.#timers.push(setInterval(() => void once(), everyMs));
  }

  async #lookAtScript(watched: Watched): Promise<void> {
    const { run = runScript, log } = this.#parts;
    const { script } = watched;
    const failure = await run(scriptOf(script));
    const up = failure === undefined;
    if (up === watched.up) {
      watched.against = 0;
      return;
    }
    watched.against += 1;
    if (watched.against < (up ? script.rise : script.fall)) return;
    watched.up = up;
    watched.against = 0;
    if (up) log.info(`the script ${script.name} succeeds again`);
    else log.warn(`${describe({ kind: 'script', name: script.name })}: it ${failure}`);
    this.#tell();
  }

  async #lookAtRoutes(): Promise<void> {
    const { hasRoute: ask = hasRoute, log } = this.#parts;
    for (const route of this.#routes) {
      const up = await ask(route.destination);
      if (up === route.up) continue;
      route.up = up;
      if (up) log.info(`the route ${route.destination} is there again`);
      else log.warn(describe({ kind: 'route', name: route.destination }));
    }
    this.#tell();
  }

  #tell(): void {
    const items = this.#items;
    const said = JSON.stringify(items);
    if (said === this.#said) return;
    this.#said = said;
    this.#parts.onChange(items);
  }
}

/** Only root can be somebody else. */
function scriptOf({ command, timeoutMs, userName }: TrackedScript): Script {
  return { command, timeoutMs, user: process.getuid?.() === 0 ? userIds(userName) : undefined };
}

/** @throws DirectorError `no-such-user`, HostError `bad-script` */
export function checkScripts(scripts: readonly TrackedScript[]): void {
  for (const script of scripts) {
    const { name, userName } = script;
    if (userIds(userName) === undefined)
      throw new DirectorError(
        'no-such-user',
        `the script ${name} shall run as ${userName}, who is no user of this host: name another one with "user"`,
      );
    requireSafe(scriptOf(script));
  }
}
