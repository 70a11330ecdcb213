/**
 * The border with the kernel half: `layouts.generated.ts` is written from the object's BTF at build time, and
 * the object is held against it again at every start.
 */
import { createHash } from 'node:crypto';
import { type Btf, readBtf } from './btf.ts';

/** Structures of bpf/types.h that userland reads or writes. */
const STRUCTS = [
  'flow_key',
  'flow',
  'service_key',
  'service',
  'server',
  'server_load',
  'traffic',
  'server_index_key',
  'port_space',
  'local_use_key',
  'local_use',
  'address',
  'interface',
  'lease',
  'settings',
  'conn_record',
  'apply_call',
  'sweep_call',
] as const;

const ENUMS = [
  'drop_reason',
  'plane_event',
  'scheduler',
  'forwarding',
  'direction',
  'tcp_state',
  'flow_flag',
  'address_kind',
  'record_op',
] as const;

function camel(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The text of `layouts.generated.ts` for an object. @throws BtfError; Error naming what the object lacks */
export function layoutSource(object: Buffer): string {
  const btf = readBtf(object);
  const structs = STRUCTS.map((name) => constant(name.toUpperCase(), structEntries(btf, name)));
  const enums = ENUMS.map((name) => constant(name.toUpperCase(), enumEntries(btf, name)));
  const head = '// Made from the BTF of tandem.bpf.o by `npm run build`: change bpf/types.h instead.\n';
  return `${head}\n${[...structs, ...enums].join('\n')}`;
}

function structEntries(btf: Btf, name: string): Array<[string, number]> {
  const struct = btf.structs.get(name);
  if (!struct) throw new Error(`the object has no struct ${name}: rebuild it with npm run build`);
  const fields = Object.entries(struct.members).filter(([field]) => field !== 'reserved');
  return [['size', struct.size], ...fields.map(([field, at]): [string, number] => [camel(field), at])];
}

function enumEntries(btf: Btf, name: string): Array<[string, number]> {
  const found = btf.enums.get(name);
  if (!found) throw new Error(`the object has no enum ${name}: rebuild it with npm run build`);
  return Object.entries(found);
}

function constant(name: string, entries: Array<[string, number]>): string {
  const lines = entries.map(([key, value]) => `  ${key}: ${value},\n`).join('');
  return `export const ${name} = {\n${lines}} as const;\n`;
}

/** A number that differs when any layout does: pinned maps carry it. */
export function layoutDigest(object: Buffer): bigint {
  return createHash('sha256').update(layoutSource(object)).digest().readBigUInt64LE(0);
}
