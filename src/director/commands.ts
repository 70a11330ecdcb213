/** What people and programs ask of a running director. The control socket carries these calls. */
import type { Plane } from '../datapath/plane.ts';
import type { Connection } from '../model/connection.ts';
import { type RuleEdit, refuseMixedFamilies, requireService } from '../model/edit.ts';
import type { ServiceId } from '../model/rules.ts';
import { fittedTo, type SyncDaemon, type SyncDirection } from '../model/sync-daemon.ts';
import { bootTimeUs } from '../native/clock.ts';
import { interfaceMtu } from '../native/interface.ts';
import type { AddressKeeper } from './address-keeper.ts';
import { type DirectorApi, DirectorError, type Listing, type RefusedEdit } from './api.ts';
import type { Board } from './board.ts';
import type { DirectorConfig } from './config.ts';
import type { Handover } from './handover.ts';
import type { Log } from './log.ts';
import type { RateWatch } from './rate-watch.ts';
import type { Replication } from './replication.ts';
import type { RuleKeeper } from './rule-keeper.ts';
import type { Status, SyncKeys } from './status.ts';
import { composeStatus, type StatusSources } from './status-report.ts';
import { readKeyFile } from './sync/key-file.ts';
import type { SyncThread } from './sync/thread.ts';
import type { Upgrade } from './upgrade.ts';

export interface CommandParts {
  readonly config: DirectorConfig;
  readonly plane: Plane;
  readonly keeper: RuleKeeper;
  readonly rates: Pick<RateWatch, 'perSecond'>;
  readonly replication: Replication;
  readonly addresses: AddressKeeper;
  readonly sync: SyncThread;
  readonly board: Board;
  readonly handover: Handover;
  readonly upgrade: Upgrade;
  readonly log: Log;
  /** Before sync speaks on it: the host must not answer there for a floating address. @throws HostError */
  readonly quietArp: (name: string) => Promise<void>;
  /** What only the director knows, as it is now. */
  readonly facts: () => Pick<StatusSources, 'role' | 'vrrp' | 'connections' | 'uptimeMs' | 'tracked'>;
}

/** Said whenever a direction begins. */
export const NOT_SEALED =
  'sync is not sealed: whoever reaches its group can write the connection table; set sync.key_file';

export class Commands implements DirectorApi {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  async edit(edits: readonly RuleEdit[], how?: 'whole'): Promise<readonly RefusedEdit[]> {
    const { keeper, replication, addresses } = this.#parts;
    try {
      return how === 'whole' ? keeper.editWhole(edits) : keeper.edit(edits);
    } finally {
      replication.changed();
      await addresses.place();
    }
  }

  async list(): Promise<Listing> {
    const { plane, keeper } = this.#parts;
    return { rules: keeper.rules, counters: plane.counters(keeper.rules) };
  }

  async rates(): Promise<Listing> {
    const { rules, counters } = await this.list();
    return { rules, counters: this.#parts.rates.perSecond(rules, counters) };
  }

  async zero(service?: ServiceId): Promise<void> {
    const { plane, keeper } = this.#parts;
    if (service) requireService(keeper.rules, service);
    plane.zero(keeper.rules, service);
  }

  connections(): AsyncIterable<readonly Connection[]> {
    return this.#parts.plane.connections();
  }

  async status(): Promise<Status> {
    const { config, plane, board, sync, replication, facts } = this.#parts;
    const counters = await sync.status();
    const rules = replication.status();
    return composeStatus({ config, plane, board, sync: counters, rules, now: bootTimeUs(), ...facts() });
  }

  async syncDaemons(): Promise<readonly SyncDaemon[]> {
    return this.#parts.keeper.sync;
  }

  async startSync(asked: SyncDaemon): Promise<void> {
    const { keeper } = this.#parts;
    refuseMixedFamilies(keeper.rules);
    const daemon = fittedTo(asked, interfaceMtu(asked.interface));
    await this.runSync(daemon);
    keeper.setSync(daemon);
  }

  /** Without noting it down: for what is noted already. */
  async runSync(daemon: SyncDaemon): Promise<void> {
    const { sync, log, quietArp, config } = this.#parts;
    await quietArp(daemon.interface);
    await sync.start(daemon);
    log.info(`${daemon.direction} runs on ${daemon.interface}, ${daemon.group}:${daemon.port}`);
    if (config.syncKeyFile === undefined) log.warn(NOT_SEALED);
  }

  async stopSync(direction: SyncDirection): Promise<void> {
    const { sync, keeper } = this.#parts;
    await sync.stop(direction);
    keeper.dropSync(direction);
  }

  async rekey(): Promise<SyncKeys> {
    const { config, sync } = this.#parts;
    if (config.syncKeyFile === undefined)
      throw new DirectorError(
        'no-key-file',
        'sync has no key file: set sync.key_file in the configuration, and start the daemon again',
      );
    await sync.rekey(readKeyFile(config.syncKeyFile));
    return (await sync.status()).keys;
  }

  async upgrade(): Promise<void> {
    await this.#parts.upgrade.prepare();
  }

  async handover(): Promise<{ readonly tookMs: number }> {
    return this.#parts.handover.run();
  }
}
