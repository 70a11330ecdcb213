/**
 * One node: opens the plane, starts the heartbeat and the sync worker, carries news between them, and ends it all
 * again. It decides nothing that a machine below it could decide; what commands do stands in commands.ts.
 */
import { rmSync } from 'node:fs';
import { pinnedLease } from '../datapath/fence-port.ts';
import type { FenceShare, Plane } from '../datapath/plane.ts';
import { macBytes } from '../host/gratuitous-arp.ts';
import { inTheWay } from '../host/pace.ts';
import { FORWARDING, type FormerSetting, InterfaceSettings, QUIET_ARP } from '../host/sysctl.ts';
import { type FilterEntry, UnicastFilter } from '../host/unicast-filter.ts';
import type { RuleSet } from '../model/rules.ts';
import { bootTimeUs } from '../native/clock.ts';
import { interfaceIndex } from '../native/interface.ts';
import type { SealKey } from '../wire/seal-key.ts';
import { AddressKeeper } from './address-keeper.ts';
import type { DirectorApi } from './api.ts';
import type { Board } from './board.ts';
import { type CommandParts, Commands } from './commands.ts';
import { type DirectorConfig, NO_TRACK, stateDirectory } from './config.ts';
import { DropWatch } from './drop-watch.ts';
import { Handover } from './handover.ts';
import { type Head, newHead } from './heartbeat/head-start.ts';
import type {
  FloatingAddress,
  HeartbeatCommand,
  HeartbeatEvent,
  HeartbeatRouter,
} from './heartbeat/messages.ts';
import { InterfaceWatch, type Readdressed } from './interface-watch.ts';
import { KeptRules } from './kept-rules.ts';
import type { Log } from './log.ts';
import { LostRules } from './lost-rules.ts';
import { openPlane } from './open-plane.ts';
import { type Prepared, prepare } from './prepare.ts';
import { RateWatch } from './rate-watch.ts';
import { Replication } from './replication.ts';
import { type RuleAuthor, RuleKeeper } from './rule-keeper.ts';
import { SavedRulesFile } from './saved-rules.ts';
import { readSettings, writeSettings } from './saved-settings.ts';
import type { Role } from './status.ts';
import { Sweeper } from './sweeper.ts';
import type { SyncEvent } from './sync/messages.ts';
import { senderId } from './sync/sender-id.ts';
import { SyncThread } from './sync/thread.ts';
import { Tracker } from './tracker.ts';
import { Upgrade } from './upgrade.ts';

export interface Director {
  readonly api: DirectorApi;
  /** What its heartbeat carries. */
  readonly routers: readonly HeartbeatRouter[];
  /**
   * Hands over where a peer can take over, takes the plane down, ends the threads. After a thread has died the plane
   * goes on instead, for the next daemon.
   */
  stop(): Promise<void>;
  /** Ends a daemon that could not begin its work. A plane that it adopted goes on, for the next one. */
  abandon(): Promise<void>;
  /** Ends for the next daemon, which adopts the plane: nothing is handed over, put back or taken down. */
  leave(): Promise<void>;
  readonly upgrade: Upgrade;
  /** Rejects when a thread that the director needs has died. */
  readonly done: Promise<void>;
}

/** Between looks at interfaces, and at what was dropped. */
const LOOK_EVERY_MS = 1000;
/** An interface that was down has lost its next hops: so long a takeover's first packets may then wait for ARP. */
const NEXT_HOPS_EVERY_MS = 10_000;
/** Far below the bound after which the heartbeat doubts this thread (heartbeat/liveness.ts). */
const ALIVE_EVERY_MS = 250;
const TELL_RULES_AFTER_MS = 10;
/** Between sync heartbeats of a director without a virtual router. */
const DEFAULT_ADVERT_MS = 100;
/** Said in the sync heartbeats of a director without a virtual router: VRRP's own default. */
const DEFAULT_PRIORITY = 100;
/** Troubles of sync that no datagram of somebody else's is the cause of. */
const OWN_TROUBLE: ReadonlySet<string> = new Set(['socket', 'unsent', 'table-full']);
/** The lease of a director that shares its addresses with nobody. Microseconds; 285 years. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/** As `ipvsadm -S` writes them: a room above this one knows how. */
export type RenderRules = (rules: RuleSet) => string;

/**
 * @param head the heartbeat's thread, where it was made before all this was loaded
 * @throws DirectorError, HostError, ModelError: what is wrong, where, and what to do
 */
export async function startDirector(
  config: DirectorConfig,
  log: Log,
  renderRules: RenderRules,
  head = newHead(),
): Promise<Director> {
  const director = new RunningDirector(config, log, renderRules, head);
  try {
    await director.start(await prepare(config));
    return director;
  } catch (error) {
    await director.abandon();
    throw error;
  }
}

class RunningDirector implements Director {
  readonly done: Promise<void>;
  readonly #config: DirectorConfig;
  readonly #log: Log;
  readonly #renderRules: RenderRules;
  readonly #settings: InterfaceSettings;
  readonly #board: Board;
  readonly #stateDirectory: string;
  readonly #handover: Handover;
  readonly upgrade: Upgrade;
  readonly #tracker: Tracker;
  readonly #heartbeat: Head['thread'];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #startedAt = performance.now();
  /** From {@link start} on. */
  #running:
    | {
        plane: Plane;
        addresses: AddressKeeper;
        rates: RateWatch;
        sweeper: Sweeper;
        replication: Replication;
        sync: SyncThread;
        commands: Commands;
      }
    | undefined;
  routers: readonly HeartbeatRouter[] = [];
  #role: Role = 'init';
  /** Names of those that are heard on the sync channel now. */
  readonly #peers = new Set<string>();
  #vrrpCounters: Readonly<Record<string, number>> = {};
  #onRole: Array<() => void> = [];
  #stopping = false;
  /** What a thread has died of. */
  #death: Error | undefined;
  #fail: (error: Error) => void = () => {};

  constructor(config: DirectorConfig, log: Log, renderRules: RenderRules, head: Head) {
    this.#config = config;
    this.#log = log;
    this.#renderRules = renderRules;
    this.#heartbeat = head.thread;
    this.#board = head.board;
    this.#stateDirectory = stateDirectory(config.datapath.pins);
    this.#settings = settingsBeside(this.#stateDirectory, config);
    this.#handover = new Handover({
      isMaster: () => this.#role === 'master',
      hasPeer: () => this.#peers.size > 0,
      conceal: () => this.#parts.addresses.hide(),
      reveal: () => this.#parts.addresses.setOwner(this.#role === 'master'),
      begin: (to) => this.#parts.sync.tell({ type: 'handover', ...(to !== undefined && { to }) }),
      release: (ordered) => this.#release(ordered),
      fenceClosed: () => this.#parts.sync.tell({ type: 'fence-closed' }),
      now: () => performance.now(),
    });
    this.upgrade = new Upgrade({
      beats: () => this.#config.routers.length > 0,
      leave: (intervalUs) => this.#tellHeartbeat({ kind: 'leave', intervalUs }),
      stay: () => this.#tellHeartbeat({ kind: 'stay' }),
    });
    this.#tracker = new Tracker({
      track: config.track ?? NO_TRACK,
      onChange: (items) => this.#tellHeartbeat({ kind: 'tracked', items }),
      log: log.child('vrrp'),
    });
    this.done = new Promise((_, reject) => {
      this.#fail = (error) => {
        this.#death ??= error;
        reject(error);
      };
    });
    this.done.catch(() => {});
  }

  async start({ rules, keys, interfaces, routers }: Prepared): Promise<void> {
    const config = this.#config;
    this.routers = routers;
    const [first] = routers;
    if (first && config.datapath.kind === 'xdp')
      for (const text of inTheWay(first.advertMs)) this.#log.child('vrrp').warn(text);
    this.#stayAlive();
    // A lease that a former daemon left runs out soon: it is renewed before anything else is done.
    const early = this.#earlyHeartbeat();
    early?.catch(() => {}); // awaited below, after what must not wait for it
    if (config.datapath.kind === 'xdp')
      for (const { name } of interfaces) {
        await this.#settings.apply(name, FORWARDING);
        await this.#settings.forwardIpv6(name);
      }
    const plane = openPlane(config, interfaces, this.#log.child('datapath'));
    const kept = config.keptRules === undefined ? undefined : new KeptRules(config.keptRules);
    const saved = new SavedRulesFile(`${this.#stateDirectory}/rules.json`);
    const keeper = new RuleKeeper(plane, saved, this.#author, kept);
    const addresses = new AddressKeeper({
      plane,
      rules: () => keeper.rules,
      routers: config.routers,
      interfaces: config.interfaces,
      leased: () => plane.fence.read().until > bootTimeUs(),
      ...(plane.kind === 'xdp' && { filter: filterBeside(this.#stateDirectory) }),
      onAnnounced: (announced) => this.#tellHeartbeat({ kind: 'floating', addresses: announced }),
      log: this.#log.child('host'),
    });
    const sync = this.#startSync(plane, keys);
    const rates = new RateWatch(plane, () => keeper.rules);
    const sweeper = new Sweeper(plane, this.#board);
    const replication = this.#replication(keeper, addresses, sync);
    const commands = this.#commands({ plane, keeper, rates, replication, addresses, sync });
    this.#running = { plane, addresses, rates, sweeper, replication, sync, commands };
    await early;
    keeper.start(rules, config.sync);
    replication.changed();
    const { announced } = await addresses.place();
    addresses.setOwner(this.#role === 'master');
    for (const daemon of keeper.sync) await commands.runSync(daemon);
    if (routers.length === 0) {
      plane.fence.open(FOREVER, 1);
      this.#role = 'standalone';
      await this.#heartbeat.stop(false);
    } else if (!early) {
      await this.#startHeartbeat(plane.shareFence(), announced);
    }
    if (routers.length > 0) this.#tracker.start();
    sweeper.start();
    // A plane in memory sees no packet to count.
    if (plane.kind === 'xdp') rates.start();
    const drops = new DropWatch(plane.drops(), this.#log.child('datapath'));
    const used = [...interfaces, ...keeper.sync.map((daemon) => ({ name: daemon.interface }))];
    const watch = new InterfaceWatch(used, this.#log.child('host'));
    this.#timers.push(
      setInterval(() => {
        drops.look(plane.drops(), bootTimeUs());
        const { gone, readdressed } = watch.look();
        for (const name of gone) this.#tellHeartbeat({ kind: 'interface-gone', name });
        if (readdressed.length > 0) this.#readdress(readdressed);
      }, LOOK_EVERY_MS),
      setInterval(() => addresses.renewNextHops(), NEXT_HOPS_EVERY_MS),
    );
    // Until now it was covered by the lease of the daemon before, if that left one for this.
    this.#tellHeartbeat({ kind: 'stay' });
  }

  async stop(): Promise<void> {
    if (this.#stopping) return;
    // The kernel's half is whole, and carries connections that the peer may not have (I8).
    if (this.#death) return this.#end('died');
    if (this.#role === 'master' && this.#peers.size > 0) {
      const excuse = (error: Error) => this.#log.warn(`${error.message}: stopping without a handover`);
      await this.#handover.run().catch(excuse);
    }
    await this.#end('stopped');
  }

  async abandon(): Promise<void> {
    await this.#end('failed start');
  }

  async leave(): Promise<void> {
    await this.#end('left');
  }

  /** Ends each part whatever became of the one before: what stays behind would go on in the kernel. */
  async #end(how: 'stopped' | 'failed start' | 'died' | 'left'): Promise<void> {
    this.#stopping = true;
    const died = how === 'died';
    const left = how === 'left';
    const keepPlane = died || left || (how === 'failed start' && this.#running?.plane.adopted === true);
    const attempt = async (work: () => unknown) => {
      try {
        await work();
      } catch (error) {
        // What a thread has died of is said already.
        if (error !== this.#death) this.#log.error(error instanceof Error ? error.message : String(error));
      }
    };
    // In the reverse order of a takeover: shown no more, then answered for no more.
    if (!died && !left) await attempt(() => this.#running?.addresses.hide());
    // A peer goes on at once. Where there is none the lease stays what it is, and the next daemon may go on with it.
    await attempt(() => this.#heartbeat.stop(!left && (!died || this.#peers.size > 0)));
    for (const timer of this.#timers) clearInterval(timer);
    this.#tracker.stop();
    if (this.#running) {
      const { plane, sync, addresses, rates, sweeper, replication } = this.#running;
      rates.close();
      sweeper.stop();
      replication.close();
      await attempt(() => sync.close());
      // That of a plane which goes on was the heartbeat's to close; one whose heartbeat died ends by itself.
      if (!keepPlane) await attempt(() => plane.fence.close());
      if (!left) await attempt(() => addresses.clear(keepPlane));
      await attempt(() => plane.close(keepPlane));
      if (plane.kind === 'xdp' && !keepPlane)
        await attempt(() => rmSync(this.#stateDirectory, { recursive: true, force: true }));
      if (plane.kind === 'xdp' && died)
        this.#log.warn('the plane goes on without this daemon, and the next one adopts it');
    }
    // Without them a plane that goes on forwards nothing; what it found changed is for its last daemon to put back.
    if (!died && !left)
      await attempt(() => this.#settings.restore(this.#running !== undefined && !keepPlane));
  }

  get api(): DirectorApi {
    return this.#parts.commands;
  }

  get #parts() {
    if (!this.#running) throw new Error('the director is used before it has started');
    return this.#running;
  }

  /** Who changes the rules here. */
  get #author(): RuleAuthor {
    const { name, routers } = this.#config;
    return { priority: routers[0]?.priority ?? DEFAULT_PRIORITY, maker: senderId(name) };
  }

  #replication(keeper: RuleKeeper, addresses: AddressKeeper, sync: SyncThread): Replication {
    return new Replication(this.#config.replicateRules, {
      keeper,
      lost: new LostRules(this.#stateDirectory, this.#renderRules),
      log: this.#log.child('rules'),
      tell: (held) => sync.tell({ type: 'rules', held }),
      place: () => addresses.place(),
      now: () => new Date(),
      soon: (work) => setTimeout(work, TELL_RULES_AFTER_MS),
    });
  }

  #commands(
    parts: Pick<CommandParts, 'plane' | 'keeper' | 'rates' | 'replication' | 'addresses' | 'sync'>,
  ): Commands {
    return new Commands({
      ...parts,
      config: this.#config,
      board: this.#board,
      handover: this.#handover,
      upgrade: this.upgrade,
      log: this.#log.child('sync'),
      quietArp: (name) => this.#quietArp(name),
      facts: () => ({
        role: this.#role,
        vrrp: this.#vrrpCounters,
        connections: this.#running?.sweeper.connections ?? 0,
        uptimeMs: performance.now() - this.#startedAt,
        tracked: this.#tracker.all,
      }),
    });
  }

  /** The link to the peer may be one on which clients ask, too. */
  async #quietArp(name: string): Promise<void> {
    if (this.#config.datapath.kind !== 'xdp') return;
    // Sync refuses what is no interface in words of its own; "all" has settings and is none.
    if (interfaceIndex(name) !== 0) await this.#settings.apply(name, QUIET_ARP);
  }

  /** The heartbeat may be master only while this thread turns. */
  #stayAlive(): void {
    const touch = () => this.#board.set('mainAliveAt', bootTimeUs());
    touch();
    this.#timers.push(setInterval(touch, ALIVE_EVERY_MS));
  }

  #startSync(plane: Plane, keys: readonly SealKey[]): SyncThread {
    const [router] = this.routers;
    const settings = {
      name: this.#config.name,
      priority: router?.priority ?? DEFAULT_PRIORITY,
      advertInterval: (router?.advertMs ?? DEFAULT_ADVERT_MS) * 1000,
      gated: router !== undefined,
      ...(router && { address: router.source, bell: this.#heartbeat.bell() }),
      adopted: plane.adopted,
      replicates: this.#config.replicateRules,
      board: this.#board.buffer,
      keys,
      ...(plane.kind === 'xdp' && { progressFile: `${this.#stateDirectory}/sync.json` }),
    };
    const sync = new SyncThread(settings, plane.shareSync(), (event) => this.#onSyncEvent(event));
    this.#watch(sync.ended);
    return sync;
  }

  /** Undefined where there is nothing to hurry for. */
  #earlyHeartbeat(): Promise<void> | undefined {
    if (this.#heartbeat.begun) return this.#listen();
    const { kind, pins } = this.#config.datapath;
    const left = kind === 'xdp' && this.routers.length > 0 ? pinnedLease(pins) : undefined;
    return left && this.#startHeartbeat(left, []);
  }

  async #startHeartbeat(fence: FenceShare, floating: readonly FloatingAddress[]): Promise<void> {
    this.#heartbeat.begin({
      routers: this.routers,
      transport: fence.kind === 'xdp' ? 'raw' : 'udp',
      floating,
      links: this.#config.track?.links ?? [],
      board: this.#board.buffer,
      fence,
    });
    await this.#listen();
  }

  async #listen(): Promise<void> {
    await this.#heartbeat.listen((event) => this.#onHeartbeatEvent(event));
    this.#watch(this.#heartbeat.ended);
  }

  /** One that does not beat yet is told of the addresses when it begins. */
  #tellHeartbeat(command: HeartbeatCommand): void {
    if (this.#heartbeat.begun) this.#heartbeat.send(command);
  }

  #watch(ended: Promise<void>): void {
    ended.catch((error: Error) => {
      if (!this.#stopping) this.#fail(error);
    });
  }

  #onHeartbeatEvent(event: HeartbeatEvent): void {
    const log = this.#log.child('vrrp');
    switch (event.kind) {
      case 'log':
        log[event.level](event.text);
        return;
      case 'leaving':
        this.upgrade.leaving(event.refusal);
        return;
      case 'links':
        this.#tracker.setLinks(event.items);
        return;
      case 'counters':
        this.#vrrpCounters = event.counters;
        return;
      case 'ask-handover':
        log.info('the master is of lower priority: asking it to hand over');
        this.#parts.sync.tell({ type: 'ask-handover' });
        return;
      case 'give-handover':
        log.warn(`handing over to the peer: ${event.why}`);
        this.#handover.run([...this.#peers].at(-1) ?? '').catch((error: Error) => log.warn(error.message));
        return;
      case 'role':
        this.#role = event.role;
        this.#running?.addresses.setOwner(event.role === 'master');
        log.info(`${event.role} (term ${event.term}): ${event.why}`);
        for (const resolve of this.#onRole.splice(0)) resolve();
    }
  }

  #onSyncEvent(event: SyncEvent): void {
    const log = this.#log.child('sync');
    switch (event.type) {
      case 'peer-found':
        this.#peers.add(event.name);
        log.info(`peer ${event.name} ${event.restarted ? 'has restarted' : 'is there'}`);
        // Each takes the local ports of its own parity first, so that even a split rarely collides.
        this.#parts.plane.setDirector(
          [...this.#peers, this.#config.name].toSorted().indexOf(this.#config.name),
        );
        return;
      case 'peer-lost':
        this.#peers.delete(event.name);
        log.warn(`peer ${event.name} is silent`);
        return;
      case 'synced':
        log.info(
          event.synced ? 'we hold the whole table of the peer' : "we do not hold the peer's whole table",
        );
        return;
      case 'bulk':
        if (event.phase === 'broken') log.warn(bulkText(event));
        else log.info(bulkText(event));
        return;
      case 'sealing':
        log.info(`sealing with key ${event.key} from now on`);
        return;
      case 'rules-fetched':
        this.#parts.replication.fetched(event.name, event.rules);
        return;
      case 'rules-agreed':
        this.#parts.replication.agreed(event.version);
        return;
      case 'rules-one-sided':
        this.#parts.replication.oneSided(event.name, event.here);
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
        this.#tellHeartbeat({ kind: 'released' });
        return;
      case 'handover-asked':
        log.info(`${event.from} is preferred, and holds the table: handing over`);
        this.#handover.run(event.from).catch((error: Error) => log.warn(error.message));
        return;
      case 'handover-abandoned':
        log.warn('the peer began a handover and did not finish it');
        return;
      case 'trouble':
        log.warn(OWN_TROUBLE.has(event.cause) ? event.message : `refused a datagram: ${event.message}`);
    }
  }

  async #release(ordered: boolean): Promise<void> {
    const released = new Promise<void>((resolve) => this.#onRole.push(resolve));
    this.#tellHeartbeat({ kind: 'release', ordered });
    await released;
  }

  /** Frames to the new address are the plane's from now on, and the neighbours are told of it. */
  #readdress(interfaces: readonly Readdressed[]): void {
    const { plane, addresses } = this.#parts;
    for (const { ifindex, mac } of interfaces) plane.setMac(ifindex, macBytes(mac));
    addresses.place(true).catch((error: Error) => this.#log.child('host').warn(error.message));
  }
}

function bulkText({ way, phase, records, seconds, removed }: SyncEvent & { type: 'bulk' }): string {
  const what = `bulk transfer of the table ${way} the peer`;
  if (phase === 'begin') return `${what} begins${records > 0 ? `: about ${records} connections` : ''}`;
  const took = `${records} connections in ${seconds.toFixed(1)} s`;
  if (phase === 'broken') return `${what} broke off after ${took}`;
  return `${what} is complete: ${took}${removed > 0 ? `, ${removed} that are gone there taken out` : ''}`;
}

/** What the interfaces were told to take, for the next daemon to take back should this one be killed. */
function filterBeside(state: string): UnicastFilter {
  const file = `${state}/filter.json`;
  return new UnicastFilter({
    inherited: readSettings<FilterEntry>(file),
    remember: (added) => writeSettings(file, added),
  });
}

/** A plane in memory changes nothing on the host. */
function settingsBeside(state: string, { datapath }: DirectorConfig): InterfaceSettings {
  if (datapath.kind !== 'xdp') return new InterfaceSettings();
  const file = `${state}/settings.json`;
  return new InterfaceSettings({
    inherited: readSettings<FormerSetting>(file),
    remember: (former) => writeSettings(file, former),
  });
}
