/**
 * The border with the kernel half: `layouts.generated.ts` is written from the object's BTF at build time, and
 * the object is held against it again at every start.
 */
import { createHash } from 'node:crypto';
import { type Btf, readBtf } from './btf.ts';

/** Structures of bpf/types.h that userland reads or writes. */
const STRUCTS = [
  'ip_address',
  'flow_key',
  'flow',
  'tombstone',
  'source',
  'service_key',
  'service',
  'mark_rule',
  'service_options',
  'server',
  'server_load',
  'traffic',
  'server_index_key',
  'port_space',
  'local_use_key',
  'local_use',
  'ip_address',
  'address',
  'interface',
  'lease',
  'settings',
  'conn_record',
  'apply_call',
  'closing',
  'sweep_call',
] as const;

const ENUMS = [
  'family',
  'drop_reason',
  'plane_event',
  'scheduler',
  'service_flag',
  'server_flag',
  'entry_flag',
  'forwarding',
  'direction',
  'tcp_state',
  'sctp_state',
  'flow_flag',
  'address_kind',
  'record_op',
  'clash_rule',
  'lookup',
] as const;

function camel(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

export type Layouts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Sizes, offsets and values by constant name. @throws BtfError; Error naming what the object lacks */
export function readLayouts(object: Buffer): Layouts {
  const btf = readBtf(object);
  const structs = STRUCTS.map((name) => [name.toUpperCase(), structEntries(btf, name)] as const);
  const enums = ENUMS.map((name) => [name.toUpperCase(), enumEntries(btf, name)] as const);
  return Object.fromEntries([...structs, ...enums]);
}

function structEntries(btf: Btf, name: string): Record<string, number> {
  const struct = btf.structs.get(name);
  if (!struct) throw new Error(`the object has no struct ${name}: rebuild it with npm run build`);
  const fields = Object.entries(struct.members).filter(([field]) => field !== 'reserved');
  return { size: struct.size, ...Object.fromEntries(fields.map(([field, at]) => [camel(field), at])) };
}

function enumEntries(btf: Btf, name: string): Record<string, number> {
  const found = btf.enums.get(name);
  if (!found) throw new Error(`the object has no enum ${name}: rebuild it with npm run build`);
  return found;
}

/** The text of `layouts.generated.ts`. */
export function layoutSource(layouts: Layouts): string {
  const constants = Object.entries(layouts).map(([name, entries]) => {
    const lines = Object.entries(entries).map(([key, value]) => `  ${key}: ${value},\n`);
    return `export const ${name} = {\n${lines.join('')}} as const;\n`;
  });
  const head = '// Made from the BTF of tandem.bpf.o by `npm run build`: change bpf/types.h instead.\n';
  return `${head}\n${constants.join('\n')}`;
}

/** A number that differs when any layout does: pinned maps carry it. */
export function layoutDigest(layouts: Layouts): bigint {
  return createHash('sha256').update(layoutSource(layouts)).digest().readBigUInt64LE(0);
}

/** Where two sets of layouts differ first, or undefined: `FLOW.lastSeen is 16, not 24`. */
export function layoutDifference(actual: Layouts, expected: Layouts): string | undefined {
  for (const [name, entries] of Object.entries(expected)) {
    for (const [field, value] of Object.entries(entries)) {
      const found = actual[name]?.[field];
      if (found !== value) return `${name}.${field} is ${found ?? 'missing'}, not ${value}`;
    }
  }
  return undefined;
}
