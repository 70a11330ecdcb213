/** Loads the kernel half: the compiled object, held against this program, with the maps that are pinned. */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BpfObject } from '../native/bpf-object.ts';
import { NativeError } from '../native/error.ts';
import { layoutDifference, layoutDigest, readLayouts } from './layout.ts';
import * as generated from './layouts.generated.ts';
import { DatapathError } from './plane.ts';

/** The compiled kernel half: the same file whether this runs from src/ or dist/. */
export const OBJECT_PATH = fileURLToPath(new URL('../../dist/datapath/bpf/tandem.bpf.o', import.meta.url));

/** The object on disk must be the one that this code was built for. Returns the digest of its layouts. */
export function checkLayouts(): bigint {
  let difference: string | undefined;
  try {
    const layouts = readLayouts(readFileSync(OBJECT_PATH));
    difference = layoutDifference(layouts, generated);
    if (!difference) return layoutDigest(layouts);
  } catch (error) {
    difference = String(error);
  }
  throw new DatapathError(
    'bad-plane',
    `${OBJECT_PATH} does not fit this program (${difference}): run npm run build`,
  );
}

/**
/**
 * An eighth of the table: at 5,000 connections a second, those of the last 26 seconds of a table of a million. The
 * kernel keeps some free on each CPU, so very few would remember nothing.
 */
const FEWEST_TOMBSTONES = 16_384;

/** IPv6 has fewer: the kernel sets their memory aside at once, also where nobody uses IPv6. */
const TABLES = [
  { flows: 'flows4', tombstones: 'tombstones4', connectionsPerTombstone: 8 },
  { flows: 'flows6', tombstones: 'tombstones6', connectionsPerTombstone: 32 },
] as const;

/**
 * @param connections that the table holds, of each family
 * @throws DatapathError `no-privileges`, `no-xdp`, `bad-plane`
 */
export function loadObject(pins: string, connections: number): BpfObject {
  const object = BpfObject.open(OBJECT_PATH, pins);
  try {
    // Two entries a connection.
    for (const { flows, tombstones, connectionsPerTombstone } of TABLES) {
      object.setMaxEntries(flows, connections * 2);
      object.setMaxEntries(tombstones, Math.max(FEWEST_TOMBSTONES, connections / connectionsPerTombstone));
    }
    object.load();
    return object;
  } catch (error) {
    object.close();
    throw loadRefusal(error, pins);
  }
}

function loadRefusal(error: unknown, pins: string): DatapathError {
  const code = error instanceof NativeError ? error.code : '';
  const options = { cause: error };
  // EACCES is the verifier's word, too, for a program that it refuses.
  if (code === 'EPERM' || (code === 'EACCES' && process.getuid?.() !== 0)) {
    return new DatapathError(
      'no-privileges',
      'no right to load BPF programs: run as root (CAP_BPF, CAP_NET_ADMIN)',
      options,
    );
  }
  if (readdirSync(pins).length > 0 && code === 'EINVAL') return foreignPins(pins, error);
  const text = `the kernel refuses the forwarding plane (${String(error)}): it needs Linux 6.1 or newer; TANDEM_BPF_LOG=1 shows its log`;
  return new DatapathError('no-xdp', text, options);
}

export function foreignPins(pins: string, cause?: unknown): DatapathError {
  const text = `the plane pinned in ${pins} is of another version or size: stop its daemon, or remove it with: rm -r ${pins}`;
  return new DatapathError('bad-plane', text, { cause });
}

export function removePins(pins: string): void {
  for (const name of readdirSync(pins)) rmSync(`${pins}/${name}`, { force: true });
  rmdirSync(pins);
}
