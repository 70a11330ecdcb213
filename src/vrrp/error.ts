/** Why a received advertisement was refused. The codes are counter names: stable, one for each check. */
export const VRRP_REFUSALS = [
  'ip',
  'ttl',
  'destination',
  'source',
  'length',
  'version',
  'type',
  'checksum',
  'vrid',
  'interval',
  'count',
  'auth_type',
  'auth',
] as const;

export type VrrpRefusal = (typeof VRRP_REFUSALS)[number];

export class VrrpError extends Error {
  readonly code: VrrpRefusal;

  constructor(code: VrrpRefusal, message: string) {
    super(message);
    this.name = 'VrrpError';
    this.code = code;
  }
}
