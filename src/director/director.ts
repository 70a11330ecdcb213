/**
 * One node: opens the plane, starts the heartbeat and the sync worker, and carries news and commands between
 * them. It decides nothing that a machine below it could decide.
 */
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { Plane } from '../datapath/plane.ts';
import { HostError } from '../host/error.ts';
import { type InterfaceFacts, interfaceFacts, ownAddress } from '../host/interfaces.ts';
import { InterfaceSettings } from '../host/sysctl.ts';
import { type RuleEdit, requireService } from '../model/edit.ts';
import type { RuleSet, ServiceId } from '../model/rules.ts';
import type { SyncDaemon, SyncDirection } from '../model/sync-daemon.ts';
import { bootTimeUs } from '../native/clock.ts';
import type { SealKey } from '../wire/seal-key.ts';
import { AddressKeeper } from './address-keeper.ts';
import { type DirectorApi, DirectorError, type Listing } from './api.ts';
import { Board } from './board.ts';
import type { DirectorConfig } from './config.ts';
import { Handover } from './handover.ts';
import type { FloatingAddress, HeartbeatEvent, HeartbeatRouter } from './heartbeat/messages.ts';
import { HeartbeatThread } from './heartbeat/thread.ts';
import type { Log } from './log.ts';
import { openPlane } from './open-plane.ts';
import { RuleKeeper, rulesOf } from './rule-keeper.ts';
import { SavedRulesFile } from './saved-rules.ts';
import type { Role, Status } from './status.ts';
import { composeStatus } from './status-report.ts';
import { readKeyFile } from './sync/key-file.ts';
import type { SyncEvent } from './sync/messages.ts';
import { SyncThread } from './sync/thread.ts';

export interface Director {
  readonly api: DirectorApi;
  /** Hands over where a peer can take over, takes the plane down, ends the threads. */
  stop(): Promise<void>;
  /** Rejects when a thread that the director needs has died. */
  readonly done: Promise<void>;
}

const SWEEP_EVERY_MS = 1000;
/** Far below the bound after which the heartbeat doubts this thread (heartbeat/liveness.ts). */
const ALIVE_EVERY_MS = 250;
/** Between sync heartbeats of a director without a virtual router. */
const DEFAULT_ADVERT_MS = 100;
/** Said in the sync heartbeats of a director without a virtual router: VRRP's own default. */
const DEFAULT_PRIORITY = 100;
/** The lease of a director that shares its addresses with nobody. Microseconds; 285 years. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/** @throws DirectorError, HostError, ModelError: what is wrong, where, and what to do */
export async function startDirector(config: DirectorConfig, log: Log): Promise<Director> {
  const rules = rulesOf(config.rules);
  const key = config.syncKeyFile === undefined ? undefined : readKeyFile(config.syncKeyFile);
  const facts = new Map<string, InterfaceFacts>();
  for (const name of [...config.interfaces, ...config.routers.map((router) => router.interface)]) {
    facts.set(name, await existing(name));
  }
  const routers = config.routers.map((router): HeartbeatRouter => {
    const its = facts.get(router.interface) as InterfaceFacts;
    return { ...router, ifindex: its.ifindex, source: ownAddress(its, router.addresses) };
  });
  const settings = new InterfaceSettings();
  if (config.datapath.kind === 'xdp') for (const name of config.interfaces) await settings.apply(name);
  const carriers = [...facts.values()].filter(({ name }) => config.interfaces.includes(name));
  let plane: Plane | undefined;
  try {
    plane = openPlane(config, carriers, log.child('datapath'));
    const director = new RunningDirector({ config, log, plane, routers, settings });
    await director.start(rules, key);
    return director;
  } catch (error) {
    // A plane that carries connections is left as it was found.
    plane?.close(plane.adopted);
    await settings.restore();
    throw error;
  }
}

async function existing(name: string): Promise<InterfaceFacts> {
  try {
    return await interfaceFacts(name);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'no-such-interface') throw error;
    throw new DirectorError(
      'no-such-device',
      `interface ${name} does not exist: name one that "ip link" lists`,
    );
  }
}

interface Parts {
  readonly config: DirectorConfig;
  readonly log: Log;
  readonly plane: Plane;
  readonly routers: readonly HeartbeatRouter[];
  readonly settings: InterfaceSettings;
}

class RunningDirector implements Director, DirectorApi {
  readonly api: DirectorApi = this;
  readonly done: Promise<void>;
  readonly #parts: Parts;
  readonly #board = new Board();
  readonly #stateDirectory: string;
  readonly #savedRules: SavedRulesFile;
  readonly #keeper: RuleKeeper;
  readonly #addresses: AddressKeeper;
  readonly #handover: Handover;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startedAt = performance.now();
  #heartbeat: HeartbeatThread | undefined;
  #sync: SyncThread | undefined;
  #role: Role = 'init';
  #connections = 0;
  #vrrpCounters: Readonly<Record<string, number>> = {};
  #onRole: Array<() => void> = [];
  #stopping = false;
  #fail: (error: Error) => void = () => {};

  constructor(parts: Parts) {
    const { config, plane, log } = parts;
    this.#parts = parts;
    this.#stateDirectory = `/run/tandem/state/${basename(config.datapath.pins)}`;
    this.#savedRules = new SavedRulesFile(`${this.#stateDirectory}/rules.json`);
    this.#keeper = new RuleKeeper(plane, this.#savedRules);
    this.#addresses = new AddressKeeper({
      plane,
      routers: config.routers,
      interfaces: config.interfaces,
      onAnnounced: (addresses) => this.#heartbeat?.send({ kind: 'floating', addresses }),
      log: log.child('host'),
    });
    this.#handover = new Handover({
      isMaster: () => this.#role === 'master',
      begin: () => this.#sync?.tell({ type: 'handover' }),
      release: () => this.#release(),
      fenceClosed: () => this.#sync?.tell({ type: 'fence-closed' }),
      now: () => performance.now(),
    });
    this.done = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.done.catch(() => {});
  }

  async start(rules: RuleSet, key: SealKey | undefined): Promise<void> {
    const { config, plane, log } = this.#parts;
    const saved = this.#keeper.start(rules);
    const { announced } = await this.#addresses.place(this.#keeper.rules);
    this.#stayAlive();
    this.#startSyncThread(key);
    for (const daemon of saved.sync ?? config.sync) await this.startSync(daemon);
    if (!key && this.#keeper.sync.length > 0) {
      log.warn(
        'sync is not sealed: whoever reaches its group can write the connection table; set sync.key_file',
      );
    }
    if (config.routers.length > 0) await this.#startHeartbeat(announced);
    else {
      plane.fence.open(FOREVER, 1);
      this.#role = 'standalone';
    }
    this.#sweep();
    this.#timers.push(setInterval(() => this.#sweep(), SWEEP_EVERY_MS));
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    const { plane, log, settings } = this.#parts;
    if (this.#role === 'master' && this.#board.get('peerSyncAt') > 0) {
      await this.#handover
        .run()
        .catch((error: Error) => log.warn(`${error.message}: stopping without a handover`));
    }
    await this.#heartbeat?.stop(true).catch((error: Error) => log.error(error.message));
    await this.#sync?.close().catch((error: Error) => log.error(error.message));
    for (const timer of this.#timers) clearInterval(timer);
    plane.fence.close();
    await this.#addresses.clear();
    plane.close(false);
    await settings.restore();
    if (plane.kind === 'xdp') rmSync(this.#stateDirectory, { recursive: true, force: true });
  }

  async edit(edits: readonly RuleEdit[]): Promise<void> {
    try {
      this.#keeper.edit(edits);
    } finally {
      await this.#addresses.place(this.#keeper.rules);
    }
  }

  async list(): Promise<Listing> {
    const { rules } = this.#keeper;
    return { rules, counters: this.#parts.plane.counters(rules) };
  }

  async zero(service?: ServiceId): Promise<void> {
    if (service) requireService(this.#keeper.rules, service);
    this.#parts.plane.zero(this.#keeper.rules, service);
  }

  connections() {
    return this.#parts.plane.connections();
  }

  async status(): Promise<Status> {
    const { config, plane } = this.#parts;
    const sync = await this.#syncThread.status();
    return composeStatus({
      config,
      plane,
      board: this.#board,
      role: this.#role,
      sync,
      vrrp: this.#vrrpCounters,
      connections: this.#connections,
      uptimeMs: performance.now() - this.#startedAt,
      now: bootTimeUs(),
    });
  }

  async syncDaemons(): Promise<readonly SyncDaemon[]> {
    return this.#keeper.sync;
  }

  async startSync(daemon: SyncDaemon): Promise<void> {
    await this.#syncThread.start(daemon);
    this.#keeper.setSync(daemon);
    this.#parts.log
      .child('sync')
      .info(`${daemon.direction} runs on ${daemon.interface}, ${daemon.group}:${daemon.port}`);
  }

  async stopSync(direction: SyncDirection): Promise<void> {
    await this.#syncThread.stop(direction);
    this.#keeper.dropSync(direction);
  }

  async handover(): Promise<{ readonly tookMs: number }> {
    return this.#handover.run();
  }

  get #syncThread(): SyncThread {
    if (!this.#sync) throw new Error('the sync thread is used before it is started');
    return this.#sync;
  }

  /** The heartbeat may be master only while this thread turns. */
  #stayAlive(): void {
    const touch = () => this.#board.set('mainAliveAt', bootTimeUs());
    touch();
    this.#timers.push(setInterval(touch, ALIVE_EVERY_MS));
  }

  #startSyncThread(key: SealKey | undefined): void {
    const { config, plane, routers } = this.#parts;
    const [router] = routers;
    const settings = {
      name: config.name,
      priority: router?.priority ?? DEFAULT_PRIORITY,
      advertInterval: (router?.advertMs ?? DEFAULT_ADVERT_MS) * 1000,
      gated: router !== undefined,
      adopted: plane.adopted,
      board: this.#board.buffer,
      ...(key && { key }),
      ...(plane.kind === 'xdp' && { progressFile: `${this.#stateDirectory}/sync.json` }),
    };
    this.#sync = new SyncThread(settings, plane.shareSync(), (event) => this.#onSyncEvent(event));
    this.#watch(this.#sync.ended);
  }

  async #startHeartbeat(floating: readonly FloatingAddress[]): Promise<void> {
    const { plane, routers } = this.#parts;
    const setup = {
      routers,
      transport: plane.kind === 'xdp' ? ('raw' as const) : ('udp' as const),
      floating,
      board: this.#board.buffer,
      fence: { module: new URL('../datapath/share.js', import.meta.url).href, options: plane.shareFence() },
    };
    this.#heartbeat = await HeartbeatThread.start(setup, (event) => this.#onHeartbeatEvent(event));
    this.#watch(this.#heartbeat.ended);
  }

  #watch(ended: Promise<void>): void {
    ended.catch((error: Error) => {
      if (!this.#stopping) this.#fail(error);
    });
  }

  #onHeartbeatEvent(event: HeartbeatEvent): void {
    const log = this.#parts.log.child('vrrp');
    switch (event.kind) {
      case 'log':
        log[event.level](event.text);
        return;
      case 'counters':
        this.#vrrpCounters = event.counters;
        return;
      case 'role':
        this.#role = event.role;
        this.#addresses.setOwner(event.role === 'master');
        log.info(`${event.role} (term ${event.term}): ${event.why}`);
        for (const resolve of this.#onRole.splice(0)) resolve();
    }
  }

  #onSyncEvent(event: SyncEvent): void {
    const log = this.#parts.log.child('sync');
    switch (event.type) {
      case 'peer-found':
        log.info(`peer ${event.name} ${event.restarted ? 'has restarted' : 'is there'}`);
        // Each takes the local ports of its own parity first, so that even a split rarely collides.
        this.#parts.plane.setDirector(this.#parts.config.name < event.name ? 0 : 1);
        return;
      case 'peer-lost':
        log.warn(`peer ${event.name} is silent`);
        return;
      case 'synced':
        log.info(
          event.synced ? 'we hold the whole table of the peer' : "we do not hold the peer's whole table",
        );
        return;
      case 'handover-close-fence':
        this.#handover.closeFence().catch(this.#fail);
        return;
      case 'handover-released':
        this.#handover.released();
        return;
      case 'handover-failed':
        this.#handover.failed(event.reason);
        return;
      case 'handover-take':
        log.info(`${event.from} hands over`);
        this.#heartbeat?.send({ kind: 'released' });
        return;
      case 'handover-abandoned':
        log.warn('the peer began a handover and did not finish it');
        return;
      case 'trouble':
        log.warn(event.message);
    }
  }

  async #release(): Promise<void> {
    const released = new Promise<void>((resolve) => this.#onRole.push(resolve));
    this.#heartbeat?.send({ kind: 'release' });
    await released;
  }

  #sweep(): void {
    this.#connections = this.#parts.plane.sweep().connections;
  }
}
