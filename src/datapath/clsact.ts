/**
 * tc's older hook, for kernels before 6.6, which have no tcx links. A filter there stays without our help, but says
 * not whose it is: pins tell it, so that whichever process stops the plane finds what another one attached.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BpfProgram } from '../native/bpf-program.ts';
import { NativeError } from '../native/error.ts';
import { attachFilter, createClsact, destroyClsact, detachFilter, TC } from '../native/tc-filter.ts';

export type Side = 'ingress' | 'egress';

/** First in line, and under a handle ("TAND") that leaves alone what others attach at that priority. */
const PLACE = { handle: 0x54414e44, priority: 1 } as const;

const POINT = { ingress: TC.INGRESS, egress: TC.EGRESS } as const;

/** What the kernel answers when the filter, the hook, or the interface is gone. */
const GONE = new Set(['ENOENT', 'EINVAL', 'ENODEV']);

/** Attaches the program, or exchanges the one of an earlier process with no packet in between. */
export function attachClassic(pins: string, ifindex: number, side: Side, program: BpfProgram): void {
  if (createClsact(ifindex)) pin(pins, 'hook', ifindex, program);
  attachFilter(program, { ifindex, point: POINT[side], ...PLACE });
  pin(pins, side, ifindex, program);
}

/**
 * Takes off every filter that has one of these pins; the hook too, if we made it and nobody else uses it.
 * @param names of pins; those that are no filter's are left alone
 */
export function detachClassic(pins: string, names: readonly string[]): void {
  for (const ifindex of numbers(names, 'ingress')) remove({ ifindex, point: TC.INGRESS, ...PLACE });
  for (const ifindex of numbers(names, 'egress')) remove({ ifindex, point: TC.EGRESS, ...PLACE });
  for (const ifindex of numbers(names, 'hook')) if (isUnused(ifindex)) destroyClsact(ifindex);
  for (const name of names) if (name.startsWith(PREFIX)) rmSync(join(pins, name), { force: true });
}

const PREFIX = 'link_clsact-';

/** The pinned program means nothing: what counts is that there is a pin. */
function pin(pins: string, what: Side | 'hook', ifindex: number, program: BpfProgram): void {
  const path = join(pins, `${PREFIX}${what}_${ifindex}`);
  rmSync(path, { force: true });
  program.pin(path);
}

function numbers(names: readonly string[], what: Side | 'hook'): number[] {
  const start = `${PREFIX}${what}_`;
  return names.filter((name) => name.startsWith(start)).map((name) => Number(name.slice(start.length)));
}

function remove(filter: Parameters<typeof detachFilter>[0]): void {
  try {
    detachFilter(filter);
  } catch (error) {
    if (!(error instanceof NativeError && GONE.has(error.code))) throw error;
  }
}

function isUnused(ifindex: number): boolean {
  return ['ingress', 'egress'].every((side) => {
    try {
      // if7 is iproute2's way to name the interface whose number is 7.
      const list = execFileSync('tc', ['-j', 'filter', 'show', 'dev', `if${ifindex}`, side], {
        stdio: 'pipe',
      });
      return (JSON.parse(list.toString()) as unknown[]).length === 0;
    } catch {
      return false;
    }
  });
}
