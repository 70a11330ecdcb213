/** Filters at tc's clsact hook, which kernels before 6.6 have in place of tcx links. */
import { constants } from 'node:os';
import type { BpfProgram } from './bpf-program.ts';
import { libbpf, orThrow } from './libbpf.ts';

const { EEXIST } = constants.errno;

/** enum bpf_tc_attach_point of libbpf.h */
export const TC = { INGRESS: 1, EGRESS: 2 } as const;

/** Where a filter stands. */
export interface ClassicFilter {
  readonly ifindex: number;
  /** TC.INGRESS or TC.EGRESS */
  readonly point: number;
  readonly handle: number;
  readonly priority: number;
}

/** False when the interface has a clsact hook already. */
export function createClsact(ifindex: number): boolean {
  const created: number = libbpf.tcHookCreate(clsact(ifindex, TC.INGRESS));
  if (created === -EEXIST) return false;
  orThrow('bpf_tc_hook_create', created);
  return true;
}

/** Takes the whole hook away, with what others attached to it. */
export function destroyClsact(ifindex: number): void {
  libbpf.tcHookDestroy(clsact(ifindex, TC.INGRESS | TC.EGRESS));
}

/** Replaces what has that handle. @throws NativeError EINVAL when a filter of another kind has the priority */
export function attachFilter(program: BpfProgram, filter: ClassicFilter): void {
  const { ifindex, point, handle, priority } = filter;
  const replace = 1; // BPF_TC_F_REPLACE
  const opts = { sz: 32, prog_fd: program.fd, flags: replace, prog_id: 0, handle, priority };
  orThrow('bpf_tc_attach', libbpf.tcAttach(clsact(ifindex, point), opts));
}

/** @throws NativeError ENOENT without such a filter, EINVAL without a hook, ENODEV */
export function detachFilter({ ifindex, point, handle, priority }: ClassicFilter): void {
  const opts = { sz: 32, prog_fd: 0, flags: 0, prog_id: 0, handle, priority };
  orThrow('bpf_tc_detach', libbpf.tcDetach(clsact(ifindex, point), opts));
}

function clsact(ifindex: number, point: number) {
  return { sz: 24, ifindex, attach_point: point, parent: 0 };
}
