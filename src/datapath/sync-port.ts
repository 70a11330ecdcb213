/** The XDP plane's side of connection sync: the ring of its events, the inbox of the peer's records. */
import { RECORD_OP, RecordBatch } from '../model/record.ts';
import { PROTOCOL_NUMBER } from '../model/rules.ts';
import type { BpfMap } from '../native/bpf-map.ts';
import { BpfProgram } from '../native/bpf-program.ts';
import { type Mapping, mapShared } from '../native/mmap.ts';
import { bytes, u32, u64 } from './codec.ts';
import { FlowWalk, isLeftOver, isTold } from './flow-walk.ts';
import {
  APPLY_CALL,
  CLASH_RULE,
  CONN_RECORD,
  PLANE_EVENT,
  SERVER,
  SETTINGS,
  SWEEP_CALL,
} from './layouts.generated.ts';
import { readPerCpu } from './per-cpu.ts';
import type { SyncMapName } from './plane.ts';
import {
  type ApplyResult,
  type Cleaning,
  NOTHING_APPLIED,
  type Origin,
  type SyncPort,
  type TableWalk,
} from './ports.ts';
import { readRecord, writeRecord } from './record-bytes.ts';
import { Ring } from './ring.ts';
import { SourceTable, UNKNOWN_SOURCE } from './source-table.ts';

const NS_PER_US = 1000n;
const ZERO = u32(0);
const CLASH = {
  newer: CLASH_RULE.CLASH_NEWER,
  ours: CLASH_RULE.CLASH_OURS,
  theirs: CLASH_RULE.CLASH_THEIRS,
} as const;

export class BpfSyncPort implements SyncPort {
  readonly #maps: Readonly<Record<SyncMapName, BpfMap>>;
  readonly #sources: SourceTable;
  readonly #apply: BpfProgram;
  readonly #announce: BpfProgram;
  readonly #ring: Ring;
  readonly #inboxMapping: Mapping;
  readonly #inbox: DataView;
  readonly #applyCall = bytes(APPLY_CALL.size);

  constructor(maps: Readonly<Record<SyncMapName, BpfMap>>, applyFd: number, announceFd: number) {
    this.#maps = maps;
    this.#sources = new SourceTable(maps.sources);
    this.#apply = new BpfProgram(applyFd);
    this.#announce = new BpfProgram(announceFd);
    this.#ring = new Ring(maps.events.fd, maps.events.maxEntries);
    this.#inboxMapping = mapShared(maps.inbox.fd, maps.inbox.maxEntries * CONN_RECORD.size, 0, true);
    this.#inbox = new DataView(this.#inboxMapping.bytes);
  }

  read(batch: RecordBatch): number {
    const before = batch.length;
    this.#ring.read((data, offset) => {
      if (batch.length === batch.capacity) return false;
      readRecord(data, offset, batch, batch.length++);
      return true;
    });
    return batch.length - before;
  }

  acknowledge(): void {
    this.#ring.acknowledge();
  }

  overflows(): number {
    return readPerCpu(this.#maps.plane_events, PLANE_EVENT.EVENT_RING_OVERFLOW);
  }

  apply(batch: RecordBatch, from: Origin): ApplyResult {
    return this.#merge(batch, this.#sources.find(from.sender), from);
  }

  newMark(sender: number): number {
    return this.#sources.newMark(sender);
  }

  walk(): TableWalk {
    const settings = bytes(SETTINGS.size);
    this.#maps.settings.lookup(ZERO, settings);
    return new FlowWalk(this.#tables, isTold, {
      timeout: (protocol, state) => settings.readUInt32LE(timeoutPlace(protocol, state)),
      fwmark: settings.readUInt32LE(SETTINGS.marks) > 0 ? this.#fwmarks() : () => 0,
    });
  }

  /** Each server is looked up once. */
  #fwmarks(): (serverId: number) => number {
    const known = new Map<number, number>();
    const server = bytes(SERVER.size);
    return (id) => {
      let fwmark = known.get(id);
      if (fwmark === undefined) {
        fwmark = this.#maps.servers.lookup(u32(id), server) ? server.readUInt32LE(SERVER.fwmark) : 0;
        known.set(id, fwmark);
      }
      return fwmark;
    };
  }

  clean(from: Origin): Cleaning {
    const source = this.#sources.find(from.sender);
    const walk = new FlowWalk(this.#tables, (flow, at) => isLeftOver(flow, at, source, from.mark));
    const batch = new RecordBatch(this.#maps.inbox.maxEntries);
    let over = source === UNKNOWN_SOURCE;
    let again = false;
    return {
      step: () => {
        if (!again) batch.length = 0;
        if (!again && !over) over = !walk.read(batch);
        batch.op.fill(RECORD_OP.FORGET, 0, batch.length);
        const { applied, deferred } = this.#merge(batch, source, from);
        // The ring must be read first.
        again = deferred > 0;
        return { removed: applied, waits: again, done: over && !again };
      },
    };
  }

  get #tables() {
    return { 4: this.#maps.flows4, 6: this.#maps.flows6 };
  }

  #merge(batch: RecordBatch, source: number, { mark, clash = 'newer' }: Origin): ApplyResult {
    const total = { ...NOTHING_APPLIED };
    for (let from = 0; from < batch.length; from += this.#maps.inbox.maxEntries) {
      const count = Math.min(batch.length - from, this.#maps.inbox.maxEntries);
      for (let index = 0; index < count; index++) {
        writeRecord(this.#inbox, index * CONN_RECORD.size, batch, from + index);
      }
      this.#applyCall.fill(0);
      this.#applyCall.writeUInt32LE(count, APPLY_CALL.count);
      this.#applyCall.writeUInt32LE(source, APPLY_CALL.source);
      this.#applyCall.writeUInt32LE(mark, APPLY_CALL.mark);
      this.#applyCall.writeUInt32LE(CLASH[clash], APPLY_CALL.clash);
      this.#apply.runSyscall(this.#applyCall);
      total.applied += this.#applyCall.readUInt32LE(APPLY_CALL.applied);
      total.stale += this.#applyCall.readUInt32LE(APPLY_CALL.stale);
      total.gone += this.#applyCall.readUInt32LE(APPLY_CALL.gone);
      total.conflicts += this.#applyCall.readUInt32LE(APPLY_CALL.conflicts);
      total.refused += this.#applyCall.readUInt32LE(APPLY_CALL.refused);
      total.failed += this.#applyCall.readUInt32LE(APPLY_CALL.failed);
      total.deferred += this.#applyCall.readUInt32LE(APPLY_CALL.deferred);
    }
    return total;
  }

  renewSyncLease(until: number): void {
    this.#maps.sync_lease.update(ZERO, u64(BigInt(Math.trunc(until)) * NS_PER_US));
  }

  announceAll(): boolean {
    const call = bytes(SWEEP_CALL.size);
    this.#announce.runSyscall(call);
    return call.readUInt32LE(SWEEP_CALL.deferred) === 0;
  }

  close(): void {
    this.#ring.close();
    this.#inboxMapping.unmap();
  }
}

function timeoutPlace(protocol: number, state: number): number {
  if (protocol === PROTOCOL_NUMBER.tcp) return SETTINGS.tcpTimeout + state * 4;
  return protocol === PROTOCOL_NUMBER.sctp ? SETTINGS.sctpTimeout + state * 4 : SETTINGS.udpTimeout;
}
