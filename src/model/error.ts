/** Why a value or an edit of the model was refused. The codes are stable; `docs/errors.md` lists them. */
export type ModelErrorCode =
  | 'bad-address'
  | 'bad-value'
  | 'service-exists'
  | 'no-such-service'
  | 'server-exists'
  | 'no-such-server'
  | 'local-exists'
  | 'no-such-local'
  | 'no-such-scheduler'
  | 'family-mismatch'
  | 'not-unicast'
  | 'threshold-range'
  | 'mark-exists'
  | 'no-such-mark'
  | 'too-many-marks'
  | 'not-supported';

export class ModelError extends Error {
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string) {
    super(message);
    this.name = 'ModelError';
    this.code = code;
  }
}
