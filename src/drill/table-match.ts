/** Whether two directors hold the same connections while new ones come and go. Pure. */
import { type Connection, stateName, TCP_STATE } from '../model/connection.ts';

export interface Match {
  /** Connections that one held before and after, and the other one held not, or in another state. */
  readonly lacking: readonly string[];
  /** Connections of the other one that the first held neither before nor after. */
  readonly strange: readonly string[];
}

/** Nobody is told of a connection before its handshake is over. */
const HALF_OPEN: readonly number[] = [
  TCP_STATE.NONE,
  TCP_STATE.SYN_SENT,
  TCP_STATE.SYN_RECV,
  TCP_STATE.SYNACK,
];

/**
 * Holds a listing against two of another director, one from before and one from after it: what was the same in
 * those must be in it, but for what is half-open.
 */
export function match(
  before: readonly Connection[],
  other: readonly Connection[],
  after: readonly Connection[],
): Match {
  const [first, last] = [before, after].map(states) as [States, States];
  const [told, there] = [before, other].map((each) => states(each.filter(isTold))) as [States, States];
  const same = ([tuple, state]: [string, string]): boolean => last.get(tuple) === state;
  const lacking = [...told].filter((entry) => same(entry) && there.get(entry[0]) !== entry[1]);
  const strange = [...there].filter(([tuple]) => !first.has(tuple) && !last.has(tuple));
  return { lacking: lacking.map(words), strange: strange.map(words) };
}

const isTold = ({ protocol, state }: Connection): boolean => protocol !== 'tcp' || !HALF_OPEN.includes(state);

type States = ReadonlyMap<string, string>;

const states = (connections: readonly Connection[]): States =>
  new Map(connections.map((each) => [tupleOf(each), stateName(each)]));

function tupleOf({ protocol, client, virtual, local, server }: Connection): string {
  const ends = [client, virtual, local, server].map((end) => (end ? `${end.address}:${end.port}` : '-'));
  return `${protocol} ${ends.join(' ')}`;
}

const words = ([tuple, state]: [string, string]): string => `${tuple} ${state}`;
