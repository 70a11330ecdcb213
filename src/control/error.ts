/** Why a call over the control socket could not be made or answered. `docs/errors.md` lists the codes. */
export type ControlErrorCode =
  /** Nobody listens, or the daemon went away before it answered. */
  | 'no-daemon'
  /** The socket is not ours to open. */
  | 'no-access'
  /** No socket can be where the path leads. */
  | 'bad-socket'
  /** A daemon that a command started did not become ready. */
  | 'not-started'
  /** What came over the socket is not this protocol. */
  | 'protocol'
  /** The daemon failed inside: a bug, its log says more. */
  | 'internal';

export class ControlError extends Error {
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ControlError';
    this.code = code;
  }
}
