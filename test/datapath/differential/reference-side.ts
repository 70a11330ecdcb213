/** The reference, driven by steps. Its clock stands still but for the steps that let time go by. */
import { Forwarder } from '../../../src/datapath/reference/forwarder.ts';
import { type Held, type Side as HeldSide, hasReply } from '../../../src/datapath/reference/held.ts';
import { MemoryFence } from '../../../src/datapath/reference/memory-fence.ts';
import type { Network } from '../../../src/datapath/reference/network.ts';
import { parsePacket } from '../../../src/datapath/reference/packet.ts';
import type { TableRecord } from '../../../src/datapath/reference/table-record.ts';
import type { XdpInterface } from '../../../src/datapath/xdp-plane.ts';
import { RuleEditor } from '../../../src/model/edit.ts';
import { EMPTY_RULES } from '../../../src/model/rules.ts';
import { VERDICT } from '../../support/plane.ts';
import type { Arm, Outcome, Setup, Side, State, Step, TableLine } from './case.ts';
import { LEASE_US, MAKER, PEER, SECRET, SWEEPS } from './constants.ts';
import { counterLines, nameOf, type SideFacts, tableLine, toldLine } from './lines.ts';
import { planeAddresses } from './places.ts';

const US_PER_S = 1_000_000;

export interface Clocks {
  /** Microseconds. */
  readonly idle: () => number;
  readonly boot: () => number;
}

export class ReferenceSide implements Side {
  readonly #arms: Readonly<Record<Arm, XdpInterface>>;
  readonly #network: Network;
  readonly #connections: number;
  readonly #clocks: Clocks;
  #forwarder: Forwarder | undefined;
  #fence = new MemoryFence();
  #editor = new RuleEditor(EMPTY_RULES);
  /** What the other plane has chosen by chance. */
  #chance = 0;
  #firstPort = 0;
  #idle = 0;
  #boot = 0;
  #told: TableRecord[] = [];

  constructor(
    arms: Readonly<Record<Arm, XdpInterface>>,
    network: Network,
    connections: number,
    clocks: Clocks,
  ) {
    this.#arms = arms;
    this.#network = network;
    this.#connections = connections;
    this.#clocks = clocks;
  }

  begin({ edits, director, localPorts, ipvs }: Setup): void {
    this.#idle = this.#clocks.idle();
    this.#boot = this.#clocks.boot();
    this.#told = [];
    this.#firstPort = localPorts[0];
    this.#fence = new MemoryFence();
    this.#editor = new RuleEditor(EMPTY_RULES);
    this.#forwarder = new Forwarder({
      ...{ capacity: this.#connections, localPorts, ipvs, maker: MAKER },
      ...{ network: this.#network, fence: this.#fence },
      clock: { idle: () => this.#idle, boot: () => this.#boot },
      random: () => this.#chance,
      tell: (record) => this.#told.push(record),
    });
    this.#forwarder.director = director;
    this.#forwarder.setAddresses(planeAddresses(this.#arms));
    for (const edit of edits) this.#editor.apply(edit);
    this.#forwarder.rules.apply(this.#editor.rules);
  }

  /** @param other what the other plane made of it: where it chose a port by chance, that is taken */
  packet(arm: Arm, frame: Buffer, other?: Buffer): Outcome {
    const sent = other && parsePacket(other, 0, false);
    this.#chance = sent?.kind === 'packet' ? Math.max(0, sent.packet.tuple.sourcePort - this.#firstPort) : 0;
    const verdict = this.#plane.receive(frame, this.#arms[arm].ifindex);
    switch (verdict.kind) {
      case 'pass':
        return { verdict: VERDICT.PASS, frame };
      case 'resolve':
        return {
          verdict: VERDICT.PASS,
          frame: Buffer.concat([handoverNote(verdict), verdict.frame.subarray(12)]),
        };
      case 'drop':
        return { verdict: VERDICT.DROP };
      default:
        return { verdict: verdict.kind === 'tx' ? VERDICT.TX : VERDICT.REDIRECT, frame: verdict.frame };
    }
  }

  act(step: Exclude<Step, { do: 'packet' }>): void {
    switch (step.do) {
      case 'age':
        // A little more than that has gone by on the other plane, too.
        this.#idle += step.seconds * US_PER_S + 1;
        return;
      case 'sweep':
        for (let turn = 0; turn < SWEEPS; turn++) this.#plane.sweep();
        return;
      case 'announce-all':
        this.#plane.announceAll();
        return;
      case 'fence':
        this.#fence.open(step.open ? this.#boot + LEASE_US : 0, step.term);
        this.#fence.setStale(step.stale);
        return;
      case 'sync-lease':
        this.#plane.syncLease = { none: 0, valid: this.#boot + LEASE_US, over: 1 }[step.state];
        return;
      case 'apply':
        this.#plane.apply(step.records, { sender: PEER, mark: 0 });
        return;
      case 'edit':
        for (const edit of step.edits) {
          this.#editor.apply(edit);
          this.#plane.rules.apply(this.#editor.rules);
        }
    }
  }

  told(): TableLine[] {
    return this.#told.splice(0).map(toldLine);
  }

  state(): State {
    const { table, drops, events, rules } = this.#plane;
    const lines = [...table.held()].map((held): [string, TableLine] => [nameOf(held.record), lineOf(held)]);
    const services = rules.counters(this.#editor.rules);
    return { table: new Map(lines), counters: counterLines({ drops, events, services }) };
  }

  get #plane(): Forwarder {
    if (!this.#forwarder) throw new Error('no case has begun');
    return this.#forwarder;
  }
}

/** What XDP leaves for tc in place of the link addresses of a frame whose next hop is not resolved: bpf/nexthop.h. */
function handoverNote({ ifindex, direct }: { ifindex: number; direct: boolean }): Buffer {
  const note = Buffer.alloc(12);
  note.writeUInt32LE(SECRET, 0);
  note.writeUInt32LE(ifindex, 4);
  // The server's number is the other plane's own affair.
  note.writeUInt32LE(direct ? 1 : 0, 8);
  return note;
}

function lineOf(held: Held): TableLine {
  const { record, announced, synced, learnedFrom, announcedPackets } = held;
  const reply = hasReply(record) ? factsOf(held.reply) : undefined;
  const sides = { request: factsOf(held.request), reply };
  return tableLine({ record, ...sides, announced, synced, learned: learnedFrom !== 0, announcedPackets });
}

function factsOf({ packets, nextSequence, lastAck, knownTerm }: HeldSide): SideFacts {
  return { packets, nextSequence, lastAck, knownTerm };
}
