/** What IPVS has as sysctls (Documentation/networking/ipvs-sysctl.rst), as far as a plane heeds it. */
export interface IpvsOptions {
  /**
   * Packets from the client: how many it takes until a connection without states (UDP) is announced to the peer, and
   * after how many more one in use is announced again; 0 for never by packets. TCP is announced as soon as it is
   * established.
   */
  readonly syncThreshold: readonly [packets: number, period: number];
  /** Seconds within which nothing is repeated of which only the timer has changed; 0 leaves it to the plane. */
  readonly syncRefreshPeriod: number;
  /** A TCP segment that belongs to no connection may begin one, not only a SYN. */
  readonly sloppyTcp: boolean;
  /** Of persistent services the peer is told of templates alone (sync_persist_mode). */
  readonly templatesOnly: boolean;
}

export const IPVS_OPTIONS: IpvsOptions = {
  syncThreshold: [3, 0],
  syncRefreshPeriod: 0,
  sloppyTcp: false,
  templatesOnly: false,
};
