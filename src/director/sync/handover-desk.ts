/** Runs both halves of the handover exchange: feeds the machines and carries out what they ask for. */
import type { SyncPort } from '../../datapath/ports.ts';
import { type GiverEvent, type GiverState, stepGiver } from '../../sync/handover-giver.ts';
import { type Progress, stepTaker, type TakerEvent, type TakerState } from '../../sync/handover-taker.ts';
import type { Peer } from '../../sync/peer.ts';
import type { Peers } from '../../sync/peers.ts';
import type { HandoverMessage } from '../../wire/sync-message.ts';
import type { SyncEvent } from './messages.ts';
import type { Outbound } from './outbound.ts';

/**
 * Microseconds: draining the plane's events takes a few turns, unless the sockets are stuck or a million connections
 * were never announced. Before the offer, while we go on as master, that may take longer than after it.
 */
const OFFER_DRAIN_BOUND = 2_500_000;
const CLOSE_DRAIN_BOUND = 1_000_000;

const NOTHING: Progress = { synced: false, upTo: 0 };

type Draining =
  | { readonly next: 'start'; readonly token: number; readonly peer: number; readonly until: number }
  | { readonly next: 'closed'; readonly until: number };

export interface DeskOptions {
  readonly port: SyncPort;
  readonly outbound: Outbound;
  readonly peers: Peers;
  readonly report: (event: SyncEvent) => void;
  /** Why we do not want to be master now. */
  readonly unwilling: () => string | undefined;
  readonly isMaster: () => boolean;
}

/** Microseconds between two handovers that were asked for: one that is asked again and again fails each time. */
const ASKED_EVERY = 200_000;

export class HandoverDesk {
  readonly #options: DeskOptions;
  #giver: GiverState = { phase: 'idle' };
  #taker: TakerState = { phase: 'idle' };
  /** What has to be sent before the giver's next step. */
  #draining: Draining | undefined;
  /** The plane had room to announce everything. */
  #announced = false;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** Gives our place to the peer: first everything that is not announced yet, half-open connections too. */
  begin(peer: Peer | undefined, token: number, now: number): void {
    const reason = this.#obstacle(peer);
    if (!peer || reason) {
      this.#options.report({ type: 'handover-failed', reason });
      return;
    }
    this.#announce();
    this.#draining = { next: 'start', token, peer: peer.sender, until: now + OFFER_DRAIN_BOUND };
  }

  /** We are preferred. Without its whole table we ask for nothing: the connections would be lost (I4). */
  ask(master: Peer | undefined, token: number, now: number): void {
    if (!master?.synced) return;
    const { sender: peer } = master;
    const message = { kind: 'handover', phase: 'ask', token, peer, sequence: 0, reason: '' } as const;
    this.#options.outbound.say(message, now);
  }

  /** The fence is closed: what began since the first announcement, and is half-open still, is to be sent too. */
  fenceClosed(now: number): void {
    if (this.#giver.phase !== 'closing') return;
    this.#announce();
    this.#draining = { next: 'closed', until: now + CLOSE_DRAIN_BOUND };
  }

  message(peer: Peer, message: HandoverMessage, own: number, now: number): void {
    if (message.peer !== own) return;
    const from = peer.sender;
    if (message.phase === 'ask') this.#asked(peer, now);
    else if (message.phase === 'ready' || message.phase === 'refused')
      this.#give({ type: 'message', from, message }, now);
    else
      this.#take(
        {
          type: 'message',
          from,
          message,
          progress: this.#progress(from),
          unwilling: this.#options.unwilling(),
        },
        now,
      );
  }

  turn(now: number): void {
    this.#drain(now);
    this.#give({ type: 'tick' }, now);
    const from = this.#taker.phase === 'idle' ? undefined : this.#taker.from;
    if (from !== undefined) this.#take({ type: 'tick', progress: this.#progress(from) }, now);
  }

  #asked(peer: Peer, now: number): void {
    const { isMaster, report } = this.#options;
    if (!peer.heartbeat || !isMaster() || this.#obstacle(peer) || now < this.#askedAt + ASKED_EVERY) return;
    this.#askedAt = now;
    report({ type: 'handover-asked', from: peer.heartbeat.name });
  }

  /** Why no handover can begin; empty when one can. */
  #obstacle(peer: Peer | undefined): string {
    if (!peer) return 'no peer is heard on the sync channel';
    if (!this.#options.outbound.sending) return 'sync does not send: start-daemon master first';
    const free = this.#giver.phase === 'idle' || this.#giver.phase === 'releasing';
    return this.#draining || !free ? 'a handover is under way' : '';
  }

  #drain(now: number): void {
    const draining = this.#draining;
    if (!draining) return;
    const { outbound } = this.#options;
    const late = now >= draining.until;
    if (!late) {
      if (!outbound.drained) return;
      if (!this.#announced) {
        this.#announce();
        return;
      }
    }
    this.#draining = undefined;
    const sequence = outbound.stream.newest;
    if (draining.next === 'closed') {
      // The fence is closed already: better to release with what was sent than to leave nobody.
      if (this.#giver.phase === 'closing') this.#give({ type: 'closed', sequence }, now);
    } else if (late) {
      this.#options.report({ type: 'handover-failed', reason: 'the records of the plane could not be sent' });
    } else {
      const { token, peer } = draining;
      this.#give({ type: 'start', token, peer, sequence }, now);
    }
  }

  #announce(): void {
    this.#announced = this.#options.port.announceAll();
  }

  #progress(from: number): Progress {
    return this.#options.peers.get(from) ?? NOTHING;
  }

  #give(event: GiverEvent, now: number): void {
    const { state, effects } = stepGiver(this.#giver, event, now);
    this.#giver = state;
    for (const effect of effects) {
      if (effect.type === 'send') this.#options.outbound.say(effect.message, now);
      else if (effect.type === 'close-fence') this.#options.report({ type: 'handover-close-fence' });
      else if (effect.type === 'released') this.#options.report({ type: 'handover-released' });
      else this.#options.report({ type: 'handover-failed', reason: effect.reason });
    }
  }

  #take(event: TakerEvent, now: number): void {
    const { state, effects } = stepTaker(this.#taker, event, now);
    this.#taker = state;
    for (const effect of effects) {
      if (effect.type === 'send') this.#options.outbound.say(effect.message, now);
      else if (effect.type === 'abandoned') this.#options.report({ type: 'handover-abandoned' });
      else {
        const name = this.#options.peers.get(effect.from)?.heartbeat?.name ?? '';
        this.#options.report({ type: 'handover-take', from: name });
      }
    }
  }
}
