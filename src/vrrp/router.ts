/**
 * The virtual router's vocabulary: its state, what can happen to it, and what it wants done. Plain values. One
 * machine stands for all virtual routers of a sync group: they move together.
 */

export type RouterRole = 'init' | 'backup' | 'master';

/**
 * What a director does that hears a living master of lower priority. `advertise`: RFC 9568's Preempt_Mode, for peers
 * that know nothing else. `handover`: it asks the master to hand over, because only that moves the table first.
 */
export type Preempt = 'never' | 'advertise' | 'handover';

export interface RouterSettings {
  /** 1-255; 255 is the owner of the addresses. What is tracked may lower or raise it. */
  readonly priority: number;
  readonly advertUs: number;
  readonly preempt: Preempt;
  /** How long a master of lower priority is left in peace. */
  readonly preemptDelayUs: number;
}

/** What the peer last said of itself on the sync path. All zero: never heard. */
export interface PeerView {
  /** When we heard it, our clock. */
  readonly at: number;
  /** Its words are authentic. */
  readonly sealed: boolean;
  readonly master: boolean;
  /** It is backup, and nothing keeps it from becoming master. */
  readonly able: boolean;
  readonly term: number;
  /** The end of the lease that it named, our clock. */
  readonly leaseUntil: number;
  readonly priority: number;
  readonly intervalUs: number;
  /** Its address is the greater one, which decides between equal priorities. */
  readonly outranks: boolean;
  /** Of what it tracks, what it reaches. */
  readonly reach: number;
  /** We hold its whole table. */
  readonly held: boolean;
  /** It holds ours. */
  readonly holds: boolean;
  /** Our clock when it last heard an advertisement, or earlier; 0 when it does not wait for any. */
  readonly advertHeardAt: number;
  /** It had missed our advertisements for too long when it said so. */
  readonly deaf: boolean;
  /** Our clock when we made the newest of our sync heartbeats that it heard. */
  readonly beatHeardAt: number;
}

export const NO_PEER: PeerView = {
  at: 0,
  sealed: false,
  master: false,
  able: false,
  term: 0,
  leaseUntil: 0,
  priority: 0,
  intervalUs: 0,
  outranks: false,
  reach: 0,
  held: false,
  holds: false,
  advertHeardAt: 0,
  deaf: false,
  beatHeardAt: 0,
};

/** Times are microseconds of CLOCK_BOOTTIME; 0 means never. */
export interface RouterState {
  readonly settings: RouterSettings;
  readonly role: RouterRole;
  /** The settings', as tracking has changed it. */
  readonly priority: number;
  /** Of what is tracked, what we reach. */
  readonly reach: number;
  readonly term: number;
  /** Active_Adver_Interval: the master's, which backups adopt. */
  readonly intervalUs: number;
  /** As backup: since when no advertisement has come, or since when we listen; and when that is long enough. */
  readonly silentSince: number;
  readonly masterDownAt: number;
  /** As master: since when. */
  readonly masterSince: number;
  /** As master: when the next advertisement is due. */
  readonly advertAt: number;
  /** As master: the end of the lease that the fence holds. */
  readonly leaseUntil: number;
  /**
   * As master whose advertisements say a longer interval, for a daemon that goes for a moment: by how much the lease is
   * longer, too.
   */
  readonly extensionUs: number;
  /** As master: our clock before the newest advertisement that left this host was handed to the kernel. */
  readonly sentAt: number;
  /** As master: when the last advertisement was asked for; bounds the answers to losing ones. */
  readonly advertisedAt: number;
  /** As master: since when sync heartbeats stand for advertisements, which the peer says it does not hear. */
  readonly offeringSince: number;
  /** As master: no advertisement left this host yet in this term. */
  readonly unproven: boolean;
  /** As master: when the addresses were last announced. */
  readonly announcedAt: number;
  /** As master: since when losing advertisements have come without a pause, and when the last one came. */
  readonly contestedSince: number;
  readonly contestedAt: number;
  /** The interval of whoever sent it. */
  readonly contestedUs: number;
  /** As master: when the peer shall have taken over, 0 when nothing is being given; and when that last began. */
  readonly givingUntil: number;
  readonly gaveAt: number;
  /** After a handover: what the peer advertised before it may still arrive until then. */
  readonly staleUntil: number;
  /** As backup: when the last priority 0 was heard; a lease named before it is over. */
  readonly releaseHeardAt: number;
  /** As backup: since when the master is one of lower priority, and when it was last asked to hand over. */
  readonly lowerSince: number;
  readonly askedAt: number;
  /** As backup: since when somebody advertises while the sealed sync path says that the peer is no master. */
  readonly strangeSince: number;
  /** As backup: since when the takeover is left to a peer that has the table. */
  readonly deferredSince: number;
  /** An operator gave the addresses away: they are not asked back. */
  readonly stepsAside: boolean;
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
      /** The sender's address is greater than ours on that link; undefined on a link that decides no tie. */
      readonly outranks: boolean | undefined;
    }
  /** The outcome of a `send-advert` of ordinary priority. `at`: the clock, read before the kernel got it. */
  | { readonly kind: 'sent'; readonly at: number; readonly ok: boolean }
  | { readonly kind: 'peer'; readonly view: PeerView }
  /** What is tracked has changed. */
  | { readonly kind: 'tracked'; readonly priority: number; readonly reach: number }
  /** From now on advertisements say another interval: see `extensionUs`. 0: the ordinary one again. */
  | { readonly kind: 'extend'; readonly us: number }
  /** We give the addresses away. `ordered`: by a person, who does not want them back at once. */
  | { readonly kind: 'release'; readonly ordered: boolean }
  /** The peer gave them to us, over the sync exchange: its fence is closed. */
  | { readonly kind: 'released' }
  /**
   * This director must not be master: at once, because its threads stand still; or `gently`, because it cannot
   * reach what it must, and a peer that can take over is given the chance to do it without a gap.
   */
  | { readonly kind: 'bar'; readonly gently: boolean }
  | { readonly kind: 'unbar' }
  | { readonly kind: 'shutdown'; readonly handOver: boolean };

export type RouterCount =
  | 'takeovers'
  | 'adoptions'
  | 'yields'
  | 'lapses'
  | 'held'
  | 'deferred'
  | 'contested'
  | 'unheard'
  | 'strange'
  | 'stale'
  | 'slept'
  | 'asked'
  | 'gave'
  | 'send_failures';

/** Carried out in order. */
export type RouterEffect =
  | { readonly kind: 'open-fence'; readonly until: number; readonly term: number }
  | { readonly kind: 'close-fence' }
  /** Priority 0 releases; its outcome is not reported back. */
  | { readonly kind: 'send-advert'; readonly priority: number }
  /** Begin to tell the neighbours, with gratuitous ARP, where the addresses are. */
  | { readonly kind: 'announce' }
  /** Ask the peer, which is master, to hand over; or hand over to it. Both are an exchange on the sync path. */
  | { readonly kind: 'ask-handover' }
  | { readonly kind: 'give-handover'; readonly why: string }
  | { readonly kind: 'role'; readonly role: RouterRole; readonly term: number; readonly why: string }
  | { readonly kind: 'count'; readonly name: RouterCount };

export interface RouterStep {
  readonly state: RouterState;
  readonly effects: readonly RouterEffect[];
}
