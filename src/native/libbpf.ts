/**
 * libbpf's functions, through koffi; what a call does stands in libbpf's own documentation. The classes around
 * them: bpf-object.ts, bpf-map.ts, bpf-program.ts, bpf-link.ts, tc-filter.ts.
 */
import koffi from 'koffi';
import { NativeError } from './error.ts';

export type Pointer = bigint | null;

/** They return -errno, and set none. Passes any other result through. @throws NativeError */
export function orThrow(operation: string, result: number): number {
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

export const libbpf = {
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
  updateBatch: lib.func(
    'int bpf_map_update_batch(int fd, const void *keys, const void *values, uint32_t *count, void *opts)',
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

/** libbpf writes to stderr what it finds wrong, verifier logs included: only when asked for. */
if (!process.env.TANDEM_BPF_LOG) libbpf.setPrint(null);
