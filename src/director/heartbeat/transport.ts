/** How advertisements travel, as the heartbeat sees it. */
import type { Address } from '../../model/address.ts';
import type { Advertisement, Decoded } from '../../vrrp/advertisement.ts';

export interface Received {
  readonly from: Address;
  /** RFC 9568's tie on one link: above 0 when the sender's address is the greater one, 0 when it is our own. */
  readonly order: number;
  readonly advertisement: Decoded;
}

export interface Transport {
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
