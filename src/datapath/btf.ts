/**
 * Reads the BPF Type Format out of a compiled object: the layouts of its structures, the values of its
 * enumerations. Source: Documentation/bpf/btf.rst of the kernel, and the ELF specification.
 */

export interface BtfStruct {
  /** Bytes. */
  readonly size: number;
  /** Offset of each member in bytes. */
  readonly members: Readonly<Record<string, number>>;
}

export interface Btf {
  readonly structs: ReadonlyMap<string, BtfStruct>;
  readonly enums: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

export class BtfError extends Error {
  constructor(message: string) {
    super(`BTF: ${message}`);
    this.name = 'BtfError';
  }
}

const ELF_MAGIC = 0x464c457f;
const BTF_MAGIC = 0xeb9f;

const KIND = {
  INT: 1,
  ARRAY: 3,
  STRUCT: 4,
  UNION: 5,
  ENUM: 6,
  FUNC_PROTO: 13,
  VAR: 14,
  DATASEC: 15,
  DECL_TAG: 17,
  ENUM64: 19,
} as const;

/** The bytes of an ELF64 little-endian file's section. */
function elfSection(file: Buffer, name: string): Buffer {
  if (file.length < 64 || file.readUInt32LE(0) !== ELF_MAGIC) throw new BtfError('not an ELF object');
  const table = Number(file.readBigUInt64LE(40));
  const entrySize = file.readUInt16LE(58);
  const count = file.readUInt16LE(60);
  const header = (index: number) => file.subarray(table + index * entrySize, table + (index + 1) * entrySize);
  const content = (section: Buffer) => {
    const offset = Number(section.readBigUInt64LE(24));
    return file.subarray(offset, offset + Number(section.readBigUInt64LE(32)));
  };
  const names = content(header(file.readUInt16LE(62)));
  for (let index = 0; index < count; index++) {
    if (text(names, header(index).readUInt32LE(0)) === name) return content(header(index));
  }
  throw new BtfError(`the object has no section ${name}: compile it with -g`);
}

function text(strings: Buffer, offset: number): string {
  return strings.toString('latin1', offset, strings.indexOf(0, offset));
}

/** Bytes that follow the 12-byte head of a type. */
function tailSize(kind: number, vlen: number): number {
  switch (kind) {
    case KIND.INT:
    case KIND.VAR:
    case KIND.DECL_TAG:
      return 4;
    case KIND.ARRAY:
      return 12;
    case KIND.STRUCT:
    case KIND.UNION:
    case KIND.DATASEC:
    case KIND.ENUM64:
      return vlen * 12;
    case KIND.ENUM:
    case KIND.FUNC_PROTO:
      return vlen * 8;
    default:
      return 0;
  }
}

/** @throws BtfError when the file is no ELF object or carries no BTF */
export function readBtf(file: Buffer): Btf {
  const section = elfSection(file, '.BTF');
  if (section.readUInt16LE(0) !== BTF_MAGIC) throw new BtfError('bad magic number');
  const headerSize = section.readUInt32LE(4);
  const types = section.subarray(headerSize + section.readUInt32LE(8)).subarray(0, section.readUInt32LE(12));
  const strings = section.subarray(headerSize + section.readUInt32LE(16));
  const structs = new Map<string, BtfStruct>();
  const enums = new Map<string, Record<string, number>>();
  for (let at = 0; at < types.length; ) {
    const name = text(strings, types.readUInt32LE(at));
    const info = types.readUInt32LE(at + 4);
    const size = types.readUInt32LE(at + 8);
    const kind = (info >>> 24) & 0x1f;
    const vlen = info & 0xffff;
    const tail = types.subarray(at + 12, at + 12 + tailSize(kind, vlen));
    if (kind === KIND.STRUCT && name) structs.set(name, { size, members: members(tail, vlen, strings) });
    if (kind === KIND.ENUM && name) enums.set(name, values(tail, vlen, strings));
    at += 12 + tail.length;
  }
  return { structs, enums };
}

function members(tail: Buffer, count: number, strings: Buffer): Record<string, number> {
  const found: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    // Offsets are in bits; the upper byte is a bit field's size, which none of ours has.
    found[text(strings, tail.readUInt32LE(index * 12))] = (tail.readUInt32LE(index * 12 + 8) & 0xffffff) / 8;
  }
  return found;
}

function values(tail: Buffer, count: number, strings: Buffer): Record<string, number> {
  const found: Record<string, number> = {};
  for (let index = 0; index < count; index++) {
    found[text(strings, tail.readUInt32LE(index * 8))] = tail.readInt32LE(index * 8 + 4);
  }
  return found;
}
