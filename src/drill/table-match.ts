/** Whether two directors hold the same connections while new ones come and go. Pure. */
import { type Connection, stateName } from '../model/connection.ts';

export interface Match {
  /** Connections that one held before and after, and the other one held not, or in another state. */
  readonly lacking: readonly string[];
  /** Connections of the other one that the first held neither before nor after. */
  readonly strange: readonly string[];
}

/**
 * Holds a listing against two of another director, one from before and one from after it: what was the same in
 * those must be in it.
 */
export function match(
  before: readonly Connection[],
  other: readonly Connection[],
  after: readonly Connection[],
): Match {
  const [first, last, there] = [before, after, other].map(states) as [States, States, States];
  const same = ([tuple, state]: [string, string]): boolean => last.get(tuple) === state;
  const lacking = [...first].filter((entry) => same(entry) && there.get(entry[0]) !== entry[1]);
  const strange = [...there].filter(([tuple]) => !first.has(tuple) && !last.has(tuple));
  return { lacking: lacking.map(words), strange: strange.map(words) };
}

type States = ReadonlyMap<string, string>;

const states = (connections: readonly Connection[]): States =>
  new Map(connections.map((each) => [tupleOf(each), stateName(each)]));

function tupleOf({ protocol, client, virtual, local, server }: Connection): string {
  const ends = [client, virtual, local, server].map((end) => (end ? `${end.address}:${end.port}` : '-'));
  return `${protocol} ${ends.join(' ')}`;
}

const words = ([tuple, state]: [string, string]): string => `${tuple} ${state}`;
