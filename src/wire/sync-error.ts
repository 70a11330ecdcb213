/** Why a datagram was refused. These are the names of the `rejected` counters; `foreign` has its own. */
export type SyncRefusal =
  /** Not ours: a kernel's sync message, or something else on the port. */
  | 'foreign'
  /** Cut: ends before its header says, or before the place that its layout promises. */
  | 'truncated'
  /** Longer than its header says, or than what this director takes (--sync-maxlen). */
  | 'oversized'
  /** For another group of directors. */
  | 'syncid'
  /** Of a version of ours that is to come: a header, a seal or a kind of message that this one does not know. */
  | 'version'
  /** In clear while a key is set. */
  | 'unsealed'
  /** Sealed with a key that we do not have, or while no key is set. */
  | 'key'
  /** The seal does not match: wrong key, or changed on the way. */
  | 'seal'
  /** Taken before and not a moment ago, behind the replay window, or of an epoch that its sender has left. */
  | 'replay'
  /** Of a sender that has not said yet that it hears this life of ours: perhaps a recording of a former day. */
  | 'unproven'
  /** The protobuf message cannot be read. */
  | 'malformed'
  /** It can be read, but a value is outside of its range. */
  | 'value'
  /** Records while receiving is switched off. */
  | 'off'
  /** Our own sender id: a looped datagram, or two directors with one name. */
  | 'own'
  /** More senders than we keep state for. */
  | 'peers';

/** A datagram or a key that cannot be used. Nothing of it has been applied. */
export class SyncWireError extends Error {
  readonly refusal: SyncRefusal;

  constructor(refusal: SyncRefusal, message: string) {
    super(message);
    this.name = 'SyncWireError';
    this.refusal = refusal;
  }
}
