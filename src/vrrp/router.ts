/** The virtual router's vocabulary: its state, what can happen to it, and what it wants done. Plain values. */

export type RouterRole = 'init' | 'backup' | 'master';

export interface RouterSettings {
  /** 1-255; 255 is the owner of the addresses. */
  readonly priority: number;
  readonly advertUs: number;
  /**
   * RFC 9568's Preempt_Mode, and with it the owner's right to begin as master. Between two Tandems it is off:
   * preemption there is a handover, because only that moves the table first.
   */
  readonly preempt: boolean;
}

/** What the peer last said of itself on the sync path. All zero: never heard. */
export interface PeerView {
  /** When we heard it, our clock. */
  readonly at: number;
  readonly master: boolean;
  readonly term: number;
  /** The end of the lease that it named, our clock. */
  readonly leaseUntil: number;
}

export const NO_PEER: PeerView = { at: 0, master: false, term: 0, leaseUntil: 0 };

/** Times are microseconds of CLOCK_BOOTTIME; 0 means never. */
export interface RouterState {
  readonly settings: RouterSettings;
  readonly role: RouterRole;
  readonly term: number;
  /** Active_Adver_Interval: the master's, which backups adopt. */
  readonly intervalUs: number;
  /** As backup: when silence has lasted long enough. */
  readonly masterDownAt: number;
  /** As master: when the next advertisement is due. */
  readonly advertAt: number;
  /** As master: the end of the lease that the fence holds. */
  readonly leaseUntil: number;
  /** As master: when the last advertisement was asked for; bounds the answers to losing ones. */
  readonly advertisedAt: number;
  /** As master: no advertisement left this host yet in this term. */
  readonly unproven: boolean;
  /** As master: when the addresses were last announced. */
  readonly announcedAt: number;
  /** As master: since when losing advertisements have come without a pause, and when the last one came. */
  readonly contestedSince: number;
  readonly contestedAt: number;
  /** After a handover: what the peer advertised before it may still arrive until then. */
  readonly staleUntil: number;
  /** As backup: when the last priority 0 was heard; a lease named before it is over. */
  readonly releaseHeardAt: number;
  /** Our own daemon is not fit to be master. */
  readonly barred: boolean;
  readonly peer: PeerView;
  /** The previous step: what lies between two steps that are far apart was not listened to. */
  readonly steppedAt: number;
  /** When the last such sleep ended, or a lease that ran out was noticed. */
  readonly wokeAt: number;
}

export type RouterEvent =
  /** `fence`: what the plane holds from a former life of this director; `until` 0 for nothing. */
  | { readonly kind: 'startup'; readonly fence: { readonly until: number; readonly term: number } }
  | { readonly kind: 'timer' }
  | {
      readonly kind: 'advert';
      readonly priority: number;
      readonly intervalUs: number;
      /** Ranks of the sender's and of our own address on that link: unsigned numbers that compare alike. */
      readonly source: number;
      readonly own: number;
    }
  /** The outcome of a `send-advert` of ordinary priority. `at`: the clock, read before the kernel got it. */
  | { readonly kind: 'sent'; readonly at: number; readonly ok: boolean }
  | { readonly kind: 'peer'; readonly view: PeerView }
  /** We give the addresses away. */
  | { readonly kind: 'release' }
  /** The peer gave them to us, over the sync exchange: its fence is closed. */
  | { readonly kind: 'released' }
  /** The other threads of this daemon stand still, or turn again. */
  | { readonly kind: 'bar' }
  | { readonly kind: 'unbar' }
  | { readonly kind: 'shutdown'; readonly handOver: boolean };

export type RouterCount =
  | 'takeovers'
  | 'adoptions'
  | 'yields'
  | 'lapses'
  | 'held'
  | 'contested'
  | 'unheard'
  | 'stale'
  | 'slept'
  | 'send_failures';

/** Carried out in order. */
export type RouterEffect =
  | { readonly kind: 'open-fence'; readonly until: number; readonly term: number }
  | { readonly kind: 'close-fence' }
  /** Priority 0 releases; its outcome is not reported back. */
  | { readonly kind: 'send-advert'; readonly priority: number }
  /** Begin to tell the neighbours, with gratuitous ARP, where the addresses are. */
  | { readonly kind: 'announce' }
  | { readonly kind: 'role'; readonly role: RouterRole; readonly term: number; readonly why: string }
  | { readonly kind: 'count'; readonly name: RouterCount };

export interface RouterStep {
  readonly state: RouterState;
  readonly effects: readonly RouterEffect[];
}
