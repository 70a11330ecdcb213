/** Reads the connection table of a plane that another process has pinned, for tests that look for differences. */
import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIRECTION, FLOW, FLOW_KEY } from '../../src/datapath/layouts.generated.ts';
import { BpfMap } from '../../src/native/bpf-map.ts';
import { libbpf, orThrow } from '../../src/native/libbpf.ts';

const CHUNK = 16_384;
/** Differences of a kind that are told. */
const TOLD = 5;

/** The IPv4 connections of a plane. @param pins the directory of its pins */
export const flowsOf = (pins: string): string => join(pins, 'flows4');

/** For load/compare.c: where it finds a connection's translation, direction and state. */
export const OFFSETS = [FLOW.source, FLOW.direction, FLOW.stateFlags].map(String);

/** State by tuple: client, virtual, local, server, as hexadecimal digits. */
export function readStates(pins: string): Map<string, number> {
  const path = flowsOf(pins);
  const fd = orThrow(`open ${path}`, libbpf.get(path));
  const about = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(about)?.[1]);
  const [keySize, valueSize] = [number('key_size'), number('value_size')];
  const found = new Map<string, number>();
  for (const { count, keys, values } of new BpfMap(fd, keySize, valueSize, number('max_entries')).chunks(
    CHUNK,
  )) {
    for (let index = 0; index < count; index++) {
      const [key, value] = [index * keySize, index * valueSize];
      if (values[value + FLOW.direction] !== DIRECTION.DIRECTION_REQUEST) continue;
      const from = keys.toString('hex', key, key + FLOW_KEY.protocol + 1);
      const to = values.toString('hex', value + FLOW.source, value + FLOW.direction);
      found.set(`${from} ${to}`, values[value + FLOW.stateFlags] ?? 0);
    }
  }
  closeSync(fd);
  return found;
}

/** What differs, in words; empty when nothing does. */
export function differences(here: ReadonlyMap<string, number>, there: ReadonlyMap<string, number>): string[] {
  const lacking = [...here].filter(([tuple]) => !there.has(tuple));
  const more = [...there].filter(([tuple]) => !here.has(tuple));
  const unlike = [...here].filter(([tuple, state]) => there.has(tuple) && there.get(tuple) !== state);
  const told = [
    ...lacking.slice(0, TOLD).map(([tuple, state]) => `only in the first, state ${state}: ${tuple}`),
    ...more.slice(0, TOLD).map(([tuple, state]) => `only in the second, state ${state}: ${tuple}`),
    ...unlike
      .slice(0, TOLD)
      .map(([tuple, state]) => `state ${state} in the first, ${there.get(tuple)} in the second: ${tuple}`),
  ];
  if (told.length === 0) return [];
  const counts = `${lacking.length} only in the first, ${more.length} only in the second, ${unlike.length} in other states`;
  return [counts, ...told];
}
