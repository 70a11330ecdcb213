/** BPF programs, and running them by hand. */
import koffi from 'koffi';
import { libbpf, orThrow } from './libbpf.ts';

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

/** What a call has only the address of: else the collector might take it before the call is over. */
const inUse = new Set<readonly Buffer[]>();

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
    const buffers = [dataIn, dataOut, context];
    inUse.add(buffers);
    const result: number = libbpf.testRun(this.fd, opts);
    inUse.delete(buffers);
    orThrow('bpf_prog_test_run', result);
    return {
      verdict: opts.readUInt32LE(TEST_RUN.verdict),
      data: dataOut.subarray(0, opts.readUInt32LE(TEST_RUN.dataSizeOut)),
      duration: opts.readUInt32LE(TEST_RUN.duration),
    };
  }

  pin(path: string): void {
    orThrow(`pin ${path}`, libbpf.pin(this.fd, path));
  }

  /** Runs a program of type syscall; the kernel writes the context back in place. */
  runSyscall(context: Buffer): number {
    const opts = Buffer.alloc(TEST_RUN.size);
    opts.writeBigUInt64LE(BigInt(TEST_RUN.size), 0);
    opts.writeBigUInt64LE(koffi.address(context), TEST_RUN.contextIn);
    opts.writeUInt32LE(context.length, TEST_RUN.contextSizeIn);
    orThrow('bpf_prog_test_run', libbpf.testRun(this.fd, opts));
    return opts.readUInt32LE(TEST_RUN.verdict);
  }
}

/** Bytes that stay where they are while the kernel reads them: small typed arrays may live in V8's moving heap. */
function ownBytes(bytes: Uint8Array): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}
