/** What ipvsadm says when the kernel refuses: here, when the director does. */
import { DirectorError, type DirectorErrorCode } from '../director/api.ts';
import { ModelError } from '../model/error.ts';

export const KERNEL_TEXT = {
  noScheduler: 'Scheduler or persistence engine not found',
  noService: 'No such service',
  serviceExists: 'Service already exists',
  /** For commands on a service's servers and local addresses. */
  serviceNotDefined: 'Service not defined',
  invalid: 'Invalid operation.  Possibly wrong module version, address not unicast, ...',
} as const;

/** What to print, and the exit code. */
export interface Refusal {
  readonly text: string;
  readonly exitCode: number;
}

/** Exit code of what a kernel refuses; -1 in ipvsadm's source. */
export const KERNEL_EXIT = 255;

const DIRECTOR_TEXT: Readonly<Partial<Record<DirectorErrorCode, string>>> = {
  'sync-running': 'Daemon has already run',
  'sync-stopped': 'No daemon is running',
  'no-such-device': 'No such device',
  'no-route': 'Network is unreachable',
  'table-full': 'Memory allocation problem',
};

/**
 * @param within whether the command works on something inside a service
 * @returns undefined for an error that is not a refusal of the director
 */
export function describeRefusal(error: unknown, within: boolean): Refusal | undefined {
  if (error instanceof DirectorError)
    return { text: DIRECTOR_TEXT[error.code] ?? error.message, exitCode: KERNEL_EXIT };
  if (!(error instanceof ModelError)) return undefined;
  // Not built is a matter of this program, and like a wrong value: exit 2.
  if (error.code === 'not-supported') return { text: error.message, exitCode: 2 };
  return { text: modelText(error, within), exitCode: KERNEL_EXIT };
}

function modelText(error: ModelError, within: boolean): string {
  switch (error.code) {
    case 'service-exists':
      return KERNEL_TEXT.serviceExists;
    case 'no-such-service':
      return within ? KERNEL_TEXT.serviceNotDefined : KERNEL_TEXT.noService;
    case 'server-exists':
      return 'Destination already exists';
    case 'no-such-server':
      return 'No such destination';
    case 'local-exists':
      return 'Local address already exists';
    case 'no-such-local':
      return 'No such local address';
    case 'no-such-scheduler':
      return KERNEL_TEXT.noScheduler;
    case 'threshold-range':
      return 'Numerical result out of range';
    case 'family-mismatch':
    case 'not-unicast':
      return KERNEL_TEXT.invalid;
    default:
      return error.message;
  }
}
