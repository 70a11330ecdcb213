export type LabErrorCode = 'not-root' | 'bad-topology' | 'command-failed' | 'aborted' | 'timeout' | 'no-host';

/** The lab could not do what it was asked: says what, where and what to do. */
export class LabError extends Error {
  readonly code: LabErrorCode;

  constructor(code: LabErrorCode, message: string) {
    super(message);
    this.name = 'LabError';
    this.code = code;
  }
}
