/** What the host refused. The codes are stable. */
export type HostErrorCode =
  | 'no-such-interface'
  | 'no-address'
  | 'bad-address'
  | 'bad-mac'
  | 'bad-script'
  | 'no-iproute2'
  | 'ip-failed'
  | 'sysctl-failed';

export class HostError extends Error {
  readonly code: HostErrorCode;

  constructor(code: HostErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HostError';
    this.code = code;
  }
}
