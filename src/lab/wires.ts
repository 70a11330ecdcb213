/**
 * Bad wires: loss, duplicates and delay on the ways between hosts, one direction at a time, changed while frames
 * fly. A program at the switch's ports does it (bpf/wires.bpf.c); frames that are held wait in a process of their
 * own (waiting-room.ts), because a BPF program cannot keep one.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BpfMap } from '../native/bpf-map.ts';
import { BpfObject } from '../native/bpf-object.ts';
import { LabError } from './error.ts';
import type { LabProcess } from './process.ts';
import { portName, SWITCH_HOST, type Topology } from './topology.ts';

/** From one host to another, on one switch; what is left out stands for any. */
export interface Way {
  readonly from?: string;
  readonly to?: string;
  readonly on?: string;
}

export interface Trouble {
  /** Share of the frames that vanish, 0 to 1. */
  readonly loss?: number;
  /** Share of the frames that arrive twice. */
  readonly duplicates?: number;
  /**
   * A share of the frames (all by default) arrives late, by a time between the two, in milliseconds: with a share
   * below 1, or two times that differ, they are overtaken. What GRO has put together (TCP through a director) is not
   * held.
   */
  readonly delay?: { readonly ms: readonly [least: number, most: number]; readonly share?: number };
  /** The same seed treats the n-th frame of a way the same. 1 by default. */
  readonly seed?: number;
}

/** Frames of a way since its trouble began. */
export interface Tally {
  readonly seen: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly held: number;
}

/** What of a lab the wires need. */
export interface Switchboard {
  readonly topology: Topology;
  readonly pins: string;
  /** Shell script inside the switch's namespace; what it printed. */
  script(input: string): Promise<string>;
  spawn(host: string, command: string, args: readonly string[]): Promise<LabProcess>;
}

interface Port {
  readonly name: string;
  readonly host: string;
  readonly on: string;
}

interface Rule {
  readonly way: Way;
  readonly trouble: Trouble;
}

const built = new URL(import.meta.url.replace(/\/src\/(lab\/[^/]*)$/, '/dist/$1'));
const OBJECT = fileURLToPath(new URL('./bpf/wires.bpf.o', built));
const ROOM_PROGRAM = fileURLToPath(new URL('./waiting-room.js', built));

/** struct way, struct trouble and struct tally of bpf/wires.bpf.c, in bytes. */
const SIZES = { way: 8, trouble: 48, tally: 32 } as const;
/** The two ends of the link on which held frames leave the switch. */
const WAITING_ROOM = { door: 'waitdoor', inside: 'waitroom' } as const;
/** No interface has this index. */
const ANY = 0;
/** A held frame carries its ticket, so the links to the waiting room take more than Ethernet's 1500. */
const ROOM_MTU = 2000;

export class Wires {
  readonly #board: Switchboard;
  readonly #object: BpfObject;
  readonly #rules = new Map<string, Rule>();
  #ifindexes: ReadonlyMap<string, number> = new Map();

  private constructor(board: Switchboard, object: BpfObject) {
    this.#board = board;
    this.#object = object;
  }

  /** Puts the program on every port of the lab. @throws LabError `command-failed` */
  static async lay(board: Switchboard): Promise<Wires> {
    const object = BpfObject.open(OBJECT);
    try {
      object.load();
      checkSizes(object.map('troubles'), SIZES.way, SIZES.trouble);
      checkSizes(object.map('tallies'), SIZES.way, SIZES.tally);
      const wires = new Wires(board, object);
      object.program('lab_wires').pin(wires.#pin);
      await board.script(roomScript());
      await wires.plug(board.topology.hosts.map(({ name }) => name));
      await wires.#openRoom();
      return wires;
    } catch (error) {
      object.close();
      throw error;
    }
  }

  /** Ports of these hosts are new: the program comes to them, and the troubles of their ways go on. */
  async plug(hosts: readonly string[]): Promise<void> {
    const ports = this.#ports().filter(({ host }) => hosts.includes(host));
    await this.#board.script(filterScript(ports, this.#pin));
    const listing = await this.#board.script('ip -json link show');
    const links = JSON.parse(listing) as { ifname: string; ifindex: number }[];
    this.#ifindexes = new Map(links.map(({ ifname, ifindex }) => [ifname, ifindex]));
    for (const rule of this.#rules.values()) this.#write(rule);
  }

  /**
   * From now on, in place of what that way had. Of several that fit a frame the one that names both ends counts,
   * else the one that names where it comes from.
   * @throws LabError `no-host` when no such way exists
   */
  impair(way: Way, trouble: Trouble): void {
    checkTrouble(trouble);
    const rule = { way, trouble };
    this.#write(rule);
    this.#rules.set(keyOf(way), rule);
  }

  /** Nothing arrives on that way any more, and nobody is told: the carrier stays. */
  cut(way: Way): void {
    this.impair(way, { loss: 1 });
  }

  /** As if the switches broke in two: nothing passes between hosts of the two groups, either way. */
  split(one: readonly string[], other: readonly string[]): void {
    this.#forPairs(one, other, (way) => this.cut(way));
  }

  /** Ends a {@link split}. */
  join(one: readonly string[], other: readonly string[]): void {
    this.#forPairs(one, other, (way) => this.heal(way));
  }

  /** Ends what exactly that way had; without one, everything. Held frames still arrive. */
  heal(way?: Way): void {
    const rules = way ? [this.#rules.get(keyOf(way))] : [...this.#rules.values()];
    for (const rule of rules) {
      if (!rule) continue;
      this.#rules.delete(keyOf(rule.way));
      for (const key of this.#keys(rule.way)) this.#object.map('troubles').delete(key);
    }
  }

  /** @throws LabError `no-host` */
  tally(way: Way): Tally {
    const sum = { seen: 0, lost: 0, duplicated: 0, held: 0 };
    const value = Buffer.allocUnsafeSlow(SIZES.tally);
    for (const key of this.#keys(way)) {
      if (!this.#object.map('tallies').lookup(key, value)) continue;
      sum.seen += Number(value.readBigUInt64LE(0));
      sum.lost += Number(value.readBigUInt64LE(8));
      sum.duplicated += Number(value.readBigUInt64LE(16));
      sum.held += Number(value.readBigUInt64LE(24));
    }
    return sum;
  }

  /** The program goes with the lab's ports. */
  close(): void {
    this.#object.close();
  }

  get #pin(): string {
    return join(this.#board.pins, 'wires');
  }

  #write({ way, trouble }: Rule): void {
    const room = this.#ifindexes.get(WAITING_ROOM.door) ?? 0;
    const value = encodeTrouble(trouble, room);
    for (const key of this.#keys(way)) {
      // The tally first: a frame that finds the trouble counts.
      this.#object.map('tallies').update(key, Buffer.allocUnsafeSlow(SIZES.tally).fill(0));
      this.#object.map('troubles').update(key, value);
    }
  }

  /** The map's keys: a pair of ports on every switch where the way exists. */
  #keys(way: Way): Buffer[] {
    const pairs = waysOf(this.#board.topology, way);
    if (pairs.length === 0) {
      const { from = 'anywhere', to = 'anywhere', on = 'any switch' } = way;
      throw new LabError('no-host', `the lab has no way from ${from} to ${to} on ${on}`);
    }
    return pairs.map(({ from, to }) => {
      const key = Buffer.allocUnsafeSlow(SIZES.way);
      key.writeUInt32LE(from === undefined ? ANY : this.#ifindex(from), 0);
      key.writeUInt32LE(to === undefined ? ANY : this.#ifindex(to), 4);
      return key;
    });
  }

  #ifindex(port: string): number {
    const found = this.#ifindexes.get(port);
    if (found === undefined) throw new LabError('no-host', `the switch has no port ${port}`);
    return found;
  }

  #ports(): Port[] {
    return portsOf(this.#board.topology);
  }

  #forPairs(one: readonly string[], other: readonly string[], action: (way: Way) => void): void {
    const there = one.flatMap((from) => other.map((to): Way => ({ from, to })));
    const back = there.map(({ from, to }): Way => ({ from: to, to: from }));
    for (const way of [...there, ...back]) if (waysOf(this.#board.topology, way).length > 0) action(way);
  }

  async #openRoom(): Promise<void> {
    const inside = String(this.#ifindex(WAITING_ROOM.inside));
    const room = await this.#board.spawn(SWITCH_HOST, process.execPath, [ROOM_PROGRAM, inside]);
    await new Promise<void>((resolve, reject) => {
      room.onLine(() => resolve());
      void room.exited.then(() =>
        reject(new LabError('command-failed', `lab: no waiting room for frames: ${room.complaint}`)),
      );
    });
  }
}

const portsOf = (topology: Topology): Port[] =>
  topology.hosts.flatMap(({ name: host, interfaces }) =>
    interfaces.map((each) => ({ name: portName(host, each.name), host, on: each.switch })),
  );

/** Pairs of the switch's ports that a way consists of. Exported for its test. */
export function waysOf(topology: Topology, way: Way): { from?: string; to?: string }[] {
  const fits = (host: string | undefined): Port[] =>
    portsOf(topology).filter((port) => port.host === host && (way.on === undefined || port.on === way.on));
  const [sources, targets] = [fits(way.from), fits(way.to)];
  if (way.from === undefined) return targets.map(({ name: to }) => ({ to }));
  if (way.to === undefined) return sources.map(({ name: from }) => ({ from }));
  return sources.flatMap((from) =>
    targets.filter(({ on }) => on === from.on).map((to) => ({ from: from.name, to: to.name })),
  );
}

function checkTrouble({ loss = 0, duplicates = 0, delay }: Trouble): void {
  const shares = { loss, duplicates, 'share of the delay': delay?.share ?? 1 };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`${name} is ${share}: a share lies between 0 and 1`);
  }
  const [least, most] = delay?.ms ?? [0, 0];
  if (!(least >= 0 && most >= least)) throw new RangeError(`a delay of ${least} to ${most} ms`);
}

/** struct trouble. */
function encodeTrouble({ loss = 0, duplicates = 0, delay, seed = 1 }: Trouble, room: number): Buffer {
  const value = Buffer.allocUnsafeSlow(SIZES.trouble).fill(0);
  const parts = (share: number): bigint => BigInt(Math.round(share * 2 ** 32));
  const [least, most] = delay?.ms ?? [0, 0];
  value.writeBigUInt64LE(BigInt(seed), 0);
  value.writeBigUInt64LE(parts(loss), 8);
  value.writeBigUInt64LE(parts(duplicates), 16);
  value.writeBigUInt64LE(parts(delay ? (delay.share ?? 1) : 0), 24);
  value.writeUInt32LE(Math.round(least * 1000), 32);
  value.writeUInt32LE(Math.round((most - least) * 1000), 36);
  value.writeUInt32LE(room, 40);
  return value;
}

const keyOf = ({ from = '', to = '', on = '' }: Way): string => `${from} ${to} ${on}`;

const roomScript = (): string =>
  [
    'set -e',
    `ip link add ${WAITING_ROOM.door} mtu ${ROOM_MTU} type veth peer name ${WAITING_ROOM.inside} mtu ${ROOM_MTU}`,
    `ip link set dev ${WAITING_ROOM.door} up`,
    `ip link set dev ${WAITING_ROOM.inside} up`,
  ].join('\n');

const filterScript = (ports: readonly Port[], pin: string): string =>
  [
    'set -e',
    ...ports.flatMap(({ name }) => [
      `tc qdisc replace dev ${name} clsact`,
      `tc filter replace dev ${name} egress prio 1 handle 1 bpf direct-action object-pinned ${pin}`,
    ]),
  ].join('\n');

function checkSizes(map: BpfMap, keySize: number, valueSize: number): void {
  if (map.keySize === keySize && map.valueSize === valueSize) return;
  throw new LabError('command-failed', `${OBJECT} does not fit this program: run npm run build`);
}
