/**
 * libbpf, through koffi: objects, maps, programs, links. Thin: what a call does stands in libbpf's own
 * documentation. Keys and values are bytes in the kernel's layout.
 */
import koffi from 'koffi';
import { NativeError } from './error.ts';

type Pointer = bigint | null;

/** libbpf's functions return -errno. */
function checked(operation: string, result: number): number {
  if (result < 0) throw new NativeError(operation, -result);
  return result;
}

const lib = koffi.load('libbpf.so.1');

koffi.struct('bpf_object_open_opts', {
  sz: 'size_t',
  object_name: 'const char *',
  relaxed_maps: 'bool',
  pin_root_path: 'const char *',
});
koffi.struct('bpf_link_create_opts', {
  sz: 'size_t',
  flags: 'uint32_t',
  iter_info_len: 'uint32_t',
  iter_info: 'void *',
  target_btf_id: 'uint32_t',
  pad: 'uint32_t',
});
koffi.struct('bpf_tc_hook', { sz: 'size_t', ifindex: 'int', attach_point: 'int', parent: 'uint32_t' });
koffi.struct('bpf_tc_opts', {
  sz: 'size_t',
  prog_fd: 'int',
  flags: 'uint32_t',
  prog_id: 'uint32_t',
  handle: 'uint32_t',
  priority: 'uint32_t',
});

const call = {
  setPrint: lib.func('void *libbpf_set_print(void *fn)'),
  open: lib.func('void *bpf_object__open_file(const char *path, const bpf_object_open_opts *opts)'),
  load: lib.func('int bpf_object__load(void *object)'),
  close: lib.func('void bpf_object__close(void *object)'),
  nextMap: lib.func('void *bpf_object__next_map(void *object, void *map)'),
  findMap: lib.func('void *bpf_object__find_map_by_name(void *object, const char *name)'),
  findProgram: lib.func('void *bpf_object__find_program_by_name(void *object, const char *name)'),
  mapFd: lib.func('int bpf_map__fd(void *map)'),
  mapKeySize: lib.func('uint32_t bpf_map__key_size(void *map)'),
  mapValueSize: lib.func('uint32_t bpf_map__value_size(void *map)'),
  mapMaxEntries: lib.func('uint32_t bpf_map__max_entries(void *map)'),
  mapSetMaxEntries: lib.func('int bpf_map__set_max_entries(void *map, uint32_t count)'),
  mapSetPinPath: lib.func('int bpf_map__set_pin_path(void *map, const char *path)'),
  programFd: lib.func('int bpf_program__fd(void *program)'),
  lookup: lib.func('int bpf_map_lookup_elem(int fd, const void *key, void *value)'),
  update: lib.func('int bpf_map_update_elem(int fd, const void *key, const void *value, uint64_t flags)'),
  delete: lib.func('int bpf_map_delete_elem(int fd, const void *key)'),
  nextKey: lib.func('int bpf_map_get_next_key(int fd, const void *key, void *next)'),
  lookupBatch: lib.func(
    'int bpf_map_lookup_batch(int fd, void *in, void *out, void *keys, void *values, uint32_t *count, void *opts)',
  ),
  testRun: lib.func('int bpf_prog_test_run_opts(int fd, void *opts)'),
  linkCreate: lib.func(
    'int bpf_link_create(int program, int target, int type, const bpf_link_create_opts *opts)',
  ),
  linkUpdate: lib.func('int bpf_link_update(int link, int program, void *opts)'),
  pin: lib.func('int bpf_obj_pin(int fd, const char *path)'),
  get: lib.func('int bpf_obj_get(const char *path)'),
  tcHookCreate: lib.func('int bpf_tc_hook_create(bpf_tc_hook *hook)'),
  tcHookDestroy: lib.func('int bpf_tc_hook_destroy(bpf_tc_hook *hook)'),
  tcAttach: lib.func('int bpf_tc_attach(const bpf_tc_hook *hook, bpf_tc_opts *opts)'),
  tcDetach: lib.func('int bpf_tc_detach(const bpf_tc_hook *hook, const bpf_tc_opts *opts)'),
  possibleCpus: lib.func('int libbpf_num_possible_cpus()'),
};

const libc = koffi.load('libc.so.6');
const closeFd = libc.func('int close(int fd)');

/** libbpf writes to stderr what it finds wrong, verifier logs included: only when asked for. */
if (!process.env.TANDEM_BPF_LOG) call.setPrint(null);

/** bpf(2): create or update; create only. */
export const UPDATE = { ANY: 0n, NO_EXIST: 1n, EXIST: 2n } as const;

/** enum bpf_attach_type of linux/bpf.h */
export const ATTACH = { XDP: 37, TCX_INGRESS: 46, TCX_EGRESS: 47 } as const;

/** linux/if_link.h */
export const XDP_MODE = { GENERIC: 1 << 1, NATIVE: 1 << 2 } as const;

/** enum bpf_tc_attach_point of libbpf.h */
export const TC = { INGRESS: 1, EGRESS: 2 } as const;

/** struct bpf_test_run_opts of bpf.h: offsets of its fields. */
const TEST_RUN = {
  size: 80,
  dataIn: 8,
  dataOut: 16,
  dataSizeIn: 24,
  dataSizeOut: 28,
  contextIn: 32,
  contextOut: 40,
  contextSizeIn: 48,
  contextSizeOut: 52,
  verdict: 56,
  repeat: 60,
  duration: 64,
} as const;

export function possibleCpus(): number {
  return checked('libbpf_num_possible_cpus', call.possibleCpus());
}

export interface MapSizes {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
}

export class BpfMap {
  readonly fd: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;

  constructor(fd: number, keySize: number, valueSize: number, maxEntries: number) {
    this.fd = fd;
    this.keySize = keySize;
    this.valueSize = valueSize;
    this.maxEntries = maxEntries;
  }

  /** Undefined when nothing is pinned there. The caller knows the sizes that the map was made with. */
  static openPinned(path: string, sizes: MapSizes): BpfMap | undefined {
    const fd: number = call.get(path);
    return fd < 0 ? undefined : new BpfMap(fd, sizes.keySize, sizes.valueSize, sizes.maxEntries);
  }

  /** Fills `value`; false when there is no such key. A per-CPU map fills one value of 8-byte multiples a CPU. */
  lookup(key: Uint8Array, value: Uint8Array): boolean {
    const result: number = call.lookup(this.fd, key, value);
    if (result === -2 /* ENOENT */) return false;
    checked('bpf_map_lookup_elem', result);
    return true;
  }

  update(key: Uint8Array, value: Uint8Array, flags: bigint = UPDATE.ANY): void {
    checked('bpf_map_update_elem', call.update(this.fd, key, value, flags));
  }

  /** False when there was no such key. */
  delete(key: Uint8Array): boolean {
    const result: number = call.delete(this.fd, key);
    if (result === -2 /* ENOENT */) return false;
    checked('bpf_map_delete_elem', result);
    return true;
  }

  /** All keys, copied before the first is returned, so that the caller may delete. For small maps. */
  keys(): Uint8Array[] {
    const found: Uint8Array[] = [];
    let previous: Uint8Array | null = null;
    for (;;) {
      const next = Buffer.allocUnsafeSlow(this.keySize);
      const result: number = call.nextKey(this.fd, previous, next);
      if (result === -2 /* ENOENT */) return found;
      checked('bpf_map_get_next_key', result);
      found.push(next);
      previous = next;
    }
  }

  /**
   * Walks a hash map in chunks. The views are valid until the next step. Entries that come or go meanwhile may
   * be missed or seen twice.
   */
  *chunks(size: number): Generator<{ count: number; keys: Buffer; values: Buffer }> {
    let cursor: Buffer | null = null;
    let wanted = size;
    for (;;) {
      const keys = Buffer.allocUnsafeSlow(wanted * this.keySize);
      const values = Buffer.allocUnsafeSlow(wanted * this.valueSize);
      const next: Buffer = Buffer.allocUnsafeSlow(Math.max(4, this.keySize));
      const count = Buffer.allocUnsafeSlow(4);
      count.writeUInt32LE(wanted);
      const result: number = call.lookupBatch(this.fd, cursor, next, keys, values, count, null);
      if (result === -28 /* ENOSPC: one bucket holds more than the chunk */ && wanted < this.maxEntries) {
        wanted *= 2;
        continue;
      }
      const end = result === -2; /* ENOENT: this was the last chunk */
      if (!end) checked('bpf_map_lookup_batch', result);
      const got = count.readUInt32LE();
      if (got > 0) yield { count: got, keys, values };
      if (end) return;
      cursor = next;
    }
  }
}

export interface RunResult {
  readonly verdict: number;
  /** The packet after the program. */
  readonly data: Buffer;
  /** Nanoseconds of one run, averaged over `repeat`. */
  readonly duration: number;
}

export class BpfProgram {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  /**
   * BPF_PROG_TEST_RUN with a packet. `ingress` fills struct xdp_md's ingress_ifindex (and rx_queue_index 0); the
   * interface must be of the caller's network namespace.
   */
  runPacket(packet: Uint8Array, options: { ingress?: number; repeat?: number } = {}): RunResult {
    const dataIn = ownBytes(packet);
    const dataOut = Buffer.allocUnsafeSlow(packet.length + 512);
    const opts = Buffer.alloc(TEST_RUN.size);
    opts.writeBigUInt64LE(BigInt(TEST_RUN.size), 0);
    opts.writeBigUInt64LE(koffi.address(dataIn), TEST_RUN.dataIn);
    opts.writeBigUInt64LE(koffi.address(dataOut), TEST_RUN.dataOut);
    opts.writeUInt32LE(dataIn.length, TEST_RUN.dataSizeIn);
    opts.writeUInt32LE(dataOut.length, TEST_RUN.dataSizeOut);
    opts.writeInt32LE(options.repeat ?? 1, TEST_RUN.repeat);
    // struct xdp_md: data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex
    const context = Buffer.allocUnsafeSlow(24).fill(0);
    if (options.ingress !== undefined) {
      context.writeUInt32LE(dataIn.length, 4);
      context.writeUInt32LE(options.ingress, 12);
      opts.writeBigUInt64LE(koffi.address(context), TEST_RUN.contextIn);
      opts.writeUInt32LE(context.length, TEST_RUN.contextSizeIn);
    }
    checked('bpf_prog_test_run', call.testRun(this.fd, opts));
    return {
      verdict: opts.readUInt32LE(TEST_RUN.verdict),
      data: dataOut.subarray(0, opts.readUInt32LE(TEST_RUN.dataSizeOut)),
      duration: opts.readUInt32LE(TEST_RUN.duration),
    };
  }

  pin(path: string): void {
    checked(`pin ${path}`, call.pin(this.fd, path));
  }

  /** Runs a program of type syscall; the kernel writes the context back in place. */
  runSyscall(context: Buffer): number {
    const opts = Buffer.alloc(TEST_RUN.size);
    opts.writeBigUInt64LE(BigInt(TEST_RUN.size), 0);
    opts.writeBigUInt64LE(koffi.address(context), TEST_RUN.contextIn);
    opts.writeUInt32LE(context.length, TEST_RUN.contextSizeIn);
    checked('bpf_prog_test_run', call.testRun(this.fd, opts));
    return opts.readUInt32LE(TEST_RUN.verdict);
  }
}

/** Bytes that stay where they are while the kernel reads them: small typed arrays may live in V8's moving heap. */
function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}

export class BpfObject {
  #object: Pointer;
  readonly #path: string;

  private constructor(object: Pointer, path: string) {
    this.#object = object;
    this.#path = path;
  }

  /** @param pinRoot directory of a bpffs: maps that ask for it are pinned there, or taken from there. Without
   * it nothing is pinned. */
  static open(path: string, pinRoot?: string): BpfObject {
    const opts = { sz: 32, object_name: null, relaxed_maps: false, pin_root_path: pinRoot ?? null };
    const pointer: Pointer = call.open(path, opts);
    if (!pointer) throw new NativeError(`open ${path}`, koffi.errno() || 2);
    const object = new BpfObject(pointer, path);
    if (pinRoot === undefined) object.#forgetPins();
    return object;
  }

  setMaxEntries(map: string, count: number): void {
    checked(`resize map ${map}`, call.mapSetMaxEntries(this.#findMap(map), count));
  }

  /** @throws NativeError EPERM without privileges, EINVAL when the verifier refuses or a pinned map differs */
  load(): void {
    checked(`load ${this.#path}`, call.load(this.#object));
  }

  map(name: string): BpfMap {
    const map = this.#findMap(name);
    return new BpfMap(call.mapFd(map), call.mapKeySize(map), call.mapValueSize(map), call.mapMaxEntries(map));
  }

  program(name: string): BpfProgram {
    const program: Pointer = call.findProgram(this.#object, name);
    if (!program) throw new NativeError(`find program ${name}`, 2);
    return new BpfProgram(checked(`program ${name}`, call.programFd(program)));
  }

  /** Closes every descriptor of the object; what is pinned or attached stays. */
  close(): void {
    if (this.#object) call.close(this.#object);
    this.#object = null;
  }

  #findMap(name: string): Pointer {
    const map: Pointer = call.findMap(this.#object, name);
    if (!map) throw new NativeError(`find map ${name}`, 2);
    return map;
  }

  #forgetPins(): void {
    for (let map: Pointer = call.nextMap(this.#object, null); map; map = call.nextMap(this.#object, map)) {
      checked('forget pin', call.mapSetPinPath(map, null));
    }
  }
}

/** A link holds a program at its hook as long as it is open or pinned. */
export class BpfLink {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** @throws NativeError EBUSY when another program holds the hook, EOPNOTSUPP when the driver has no XDP */
  static attach(program: BpfProgram, ifindex: number, type: number, flags = 0): BpfLink {
    const opts = { sz: 32, flags, iter_info_len: 0, iter_info: null, target_btf_id: 0, pad: 0 };
    return new BpfLink(
      checked('bpf_link_create', call.linkCreate(program.fd, ifindex, type, flags ? opts : null)),
    );
  }

  /** @throws NativeError ENOENT */
  static openPinned(path: string): BpfLink {
    return new BpfLink(checked(`open ${path}`, call.get(path)));
  }

  /** Exchanges the program with no packet in between. @throws NativeError ENOLINK when its interface is gone */
  replace(program: BpfProgram): void {
    checked('bpf_link_update', call.linkUpdate(this.fd, program.fd, null));
  }

  pin(path: string): void {
    checked(`pin ${path}`, call.pin(this.fd, path));
  }

  close(): void {
    closeFd(this.fd);
  }
}

/** Of tc's clsact hook, which kernels before 6.6 have in place of tcx links. */
export interface ClassicFilter {
  readonly ifindex: number;
  /** TC.INGRESS or TC.EGRESS */
  readonly point: number;
  readonly handle: number;
  readonly priority: number;
}

/** False when the interface has a clsact hook already. */
export function createClsact(ifindex: number): boolean {
  const created: number = call.tcHookCreate(clsact(ifindex, TC.INGRESS));
  if (created === -17 /* EEXIST */) return false;
  checked('bpf_tc_hook_create', created);
  return true;
}

/** Takes the whole hook away, with what others attached to it. */
export function destroyClsact(ifindex: number): void {
  call.tcHookDestroy(clsact(ifindex, TC.INGRESS | TC.EGRESS));
}

/** Replaces what has that handle. @throws NativeError EINVAL when a filter of another kind has the priority */
export function attachFilter(program: BpfProgram, filter: ClassicFilter): void {
  const { ifindex, point, handle, priority } = filter;
  const replace = 1; // BPF_TC_F_REPLACE
  const opts = { sz: 32, prog_fd: program.fd, flags: replace, prog_id: 0, handle, priority };
  checked('bpf_tc_attach', call.tcAttach(clsact(ifindex, point), opts));
}

/** @throws NativeError ENOENT without such a filter, EINVAL without a hook, ENODEV */
export function detachFilter({ ifindex, point, handle, priority }: ClassicFilter): void {
  const opts = { sz: 32, prog_fd: 0, flags: 0, prog_id: 0, handle, priority };
  checked('bpf_tc_detach', call.tcDetach(clsact(ifindex, point), opts));
}

function clsact(ifindex: number, point: number) {
  return { sz: 24, ifindex, attach_point: point, parent: 0 };
}
