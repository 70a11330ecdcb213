/** How advertisements travel, as the heartbeat sees it. */
import type { Address } from '../../model/address.ts';
import type { Advertisement, Decoded } from '../../vrrp/advertisement.ts';

export interface Received {
  readonly from: Address;
  /** Orders senders of one link for RFC 9568's tie: greater wins. Comparable with {@link Transport.own}. */
  readonly rank: number;
  readonly advertisement: Decoded;
}

export interface Transport {
  /** Our own rank. */
  readonly own: number;
  /** Descriptors that become readable when something waits. */
  readonly fds: readonly number[];
  /** Whether what is sent can leave this host. */
  readonly carrier: boolean;
  /**
   * @returns undefined when nothing waits
   * @throws VrrpError for a datagram that was taken and refused; NativeError when the socket is broken
   */
  receive(): Received | undefined;
  /** @throws NativeError */
  send(advertisement: Advertisement): void;
  close(): void;
}
