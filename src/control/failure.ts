/** Refusals over the wire: the daemon's errors arrive at the client as what they were. */
import { DirectorError, type DirectorErrorCode } from '../director/api.ts';
import { ModelError, type ModelErrorCode } from '../model/error.ts';
import { tandem } from '../wire/generated/control.js';
import { ControlError } from './error.ts';

const { FailureKind } = tandem.control;

/** Every code, so that one from another version is not passed on as if callers could know it. */
const MODEL_ERROR_CODES = Object.keys({
  'bad-address': true,
  'bad-value': true,
  'service-exists': true,
  'no-such-service': true,
  'server-exists': true,
  'no-such-server': true,
  'local-exists': true,
  'no-such-local': true,
  'no-such-scheduler': true,
  'family-mismatch': true,
  'not-unicast': true,
  'threshold-range': true,
  'mark-exists': true,
  'no-such-mark': true,
  'too-many-marks': true,
  'not-supported': true,
} satisfies Record<ModelErrorCode, true>) as ModelErrorCode[];

const DIRECTOR_ERROR_CODES = Object.keys({
  'sync-running': true,
  'sync-stopped': true,
  'no-such-device': true,
  'no-such-user': true,
  'no-route': true,
  'no-privileges': true,
  'no-xdp': true,
  'not-master': true,
  'no-peer': true,
  'handover-failed': true,
  'upgrade-refused': true,
  'table-full': true,
  'already-running': true,
  'bad-plane': true,
  'no-log-file': true,
  'no-key-file': true,
  'key-unknown': true,
  'bad-rules': true,
  'not-kept': true,
} satisfies Record<DirectorErrorCode, true>) as DirectorErrorCode[];

export function failureTo(error: unknown): tandem.control.IFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ModelError) return { kind: FailureKind.FAILURE_MODEL, code: error.code, message };
  if (error instanceof DirectorError)
    return { kind: FailureKind.FAILURE_DIRECTOR, code: error.code, message };
  return { kind: FailureKind.FAILURE_INTERNAL, message };
}

export function failureFrom(failure: tandem.control.IFailure): Error {
  const message = failure.message ?? '';
  const model = MODEL_ERROR_CODES.find((code) => code === failure.code);
  if (failure.kind === FailureKind.FAILURE_MODEL && model) return new ModelError(model, message);
  const director = DIRECTOR_ERROR_CODES.find((code) => code === failure.code);
  if (failure.kind === FailureKind.FAILURE_DIRECTOR && director) return new DirectorError(director, message);
  return new ControlError('internal', `the daemon failed: ${message}: its log says more`);
}
