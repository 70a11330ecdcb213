/** Links between programs and hooks. */
import type { BpfProgram } from './bpf-program.ts';
import { libbpf, orThrow } from './libbpf.ts';
import { libcCall } from './libc.ts';

/** enum bpf_attach_type of linux/bpf.h */
export const ATTACH = { XDP: 37, TCX_INGRESS: 46, TCX_EGRESS: 47 } as const;

/** linux/if_link.h */
export const XDP_MODE = { GENERIC: 1 << 1, NATIVE: 1 << 2 } as const;

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
      orThrow('bpf_link_create', libbpf.linkCreate(program.fd, ifindex, type, flags ? opts : null)),
    );
  }

  /** @throws NativeError ENOENT */
  static openPinned(path: string): BpfLink {
    return new BpfLink(orThrow(`open ${path}`, libbpf.get(path)));
  }

  /** Exchanges the program with no packet in between. @throws NativeError ENOLINK when its interface is gone */
  replace(program: BpfProgram): void {
    orThrow('bpf_link_update', libbpf.linkUpdate(this.fd, program.fd, null));
  }

  pin(path: string): void {
    orThrow(`pin ${path}`, libbpf.pin(this.fd, path));
  }

  close(): void {
    libcCall.close(this.fd);
  }
}
