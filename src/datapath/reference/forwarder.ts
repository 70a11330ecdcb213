/**
 * The forwarding plane in plain TypeScript, written from docs/datapath.md: a frame in, a verdict out, and what changes in
 * the table and the counters. The XDP plane must do the same (test/datapath/differential).
 */
import type { Connection } from '../../model/connection.ts';
import type { IpvsOptions } from '../../model/ipvs-options.ts';
import { RECORD_FAMILY, RECORD_OP } from '../../model/record.ts';
import { PROTOCOL_NUMBER } from '../../model/rules.ts';
import { isLater } from '../../model/serial.ts';
import type { PlaneAddress } from '../plane.ts';
import type { ApplyResult, Origin } from '../ports.ts';
import { isUp, SCTP_TIMEOUTS, tcpTimeouts } from '../timeouts.ts';
import { abortFor } from './abort.ts';
import { type Answerer, answerArp } from './arp.ts';
import { Fragments } from './fragments.ts';
import { connectionOf, type Held, hasReply, methodOf, replyOf, requestOf, seenAt, wordsAt } from './held.ts';
import { type IcmpError, icmpFor } from './icmp.ts';
import { isMartian } from './local-ports.ts';
import type { MemoryFence } from './memory-fence.ts';
import { type Found, HERE, MemoryTable } from './memory-table.ts';
import { answerNd, isSolicitation } from './nd.ts';
import type { Link, Network } from './network.ts';
import { Opener } from './opener.ts';
import { ETHERNET, ETHERTYPE, type IpPacket, type Packet, parsePacket } from './packet.ts';
import { isToSender, type Related, readRelated, translatedRelated } from './related.ts';
import { resetFor } from './reset.ts';
import { addressKey, RuleBook, type ServerState, type ServiceState } from './rule-book.ts';
import { CHUNK, followSctp } from './sctp.ts';
import { isDrained, isOver, isRefreshDue } from './sweep.ts';
import type { TableRecord, Version } from './table-record.ts';
import { followTcp } from './tcp.ts';
import { Templates } from './template.ts';
import { passedOn, translated } from './translate.ts';
import { destinationOf, reversed, samePorts, type Tuple, tupleKey, type Words, wordsOf } from './tuple.ts';
import { countsAsActive, countUse, fwmarkOf } from './use.ts';
import { drop, PASS, sendBack, sendRouted, type Verdict } from './verdict.ts';
import { type Clock, raised, versionAt } from './version-clock.ts';

const US_PER_S = 1_000_000;
/** Seconds, of a template whose service is not known here: ipvsadm's default. */
const TEMPLATE_TIMEOUT = 360;
/** 00:00:5e:00:01:VRID, and :02: for IPv6 (RFC 9568, 7.3): what they have in common. */
const VIRTUAL_MAC = Buffer.from('00005e00', 'hex');

export interface ForwarderOptions {
  /** Connections of each family. */
  readonly capacity: number;
  readonly localPorts: readonly [number, number];
  readonly ipvs: IpvsOptions;
  readonly maker: number;
  readonly network: Network;
  readonly fence: MemoryFence;
  readonly clock: Clock;
  /** A number of 32 bits, by chance. */
  readonly random: () => number;
  /** What others are to be told. */
  readonly tell: (record: TableRecord) => void;
}

export class Forwarder {
  readonly rules = new RuleBook(() => this.#bootSeconds());
  readonly table: MemoryTable;
  readonly drops: Record<string, number> = {};
  readonly events: Record<string, number> = {};
  director = 0;
  /** Microseconds since boot until which new connections are synced; 0: there is nobody to sync to. */
  syncLease = 0;
  readonly #options: ForwarderOptions;
  readonly #templates: Templates;
  readonly #opener: Opener;
  readonly #fragments = new Fragments(() => this.#now());
  #addresses = new Map<string, PlaneAddress>();
  readonly #ownMacs = new Map<number, Uint8Array>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
    this.table = new MemoryTable(options.capacity, {
      maker: options.maker,
      tell: options.tell,
      joined: (held) => {
        held.server ??= this.#serverOf(held.record, held.record.extra?.fwmark ?? 0);
        countUse(held, held.record, 1);
      },
      left: (held) => countUse(held, held.record, -1),
      changed: ({ server, record }, before) => {
        if (!record.template) server?.move(countsAsActive(before), countsAsActive(record));
      },
      clashed: () => this.#count('sync_conflict'),
    });
    const newest = () => this.#newest();
    this.#templates = new Templates(this.table, options.clock, newest, options.ipvs.templatesOnly);
    this.#opener = new Opener({
      ...{ table: this.table, newest, count: (event) => this.#count(event), director: () => this.director },
      ...{ clock: options.clock, localPorts: options.localPorts, random: options.random },
      timeout: (record, server) => this.#timeout(record, server),
    });
  }

  setAddresses(addresses: readonly PlaneAddress[]): void {
    this.#addresses = new Map(addresses.map((entry) => [addressKey(wordsOf(entry.address)), entry]));
  }

  setMac(ifindex: number, mac: Uint8Array): void {
    this.#ownMacs.set(ifindex, mac);
  }

  apply(records: readonly TableRecord[], from: Origin): ApplyResult {
    return this.table.apply(records, from, this.#now());
  }

  receive(frame: Buffer, ingress: number): Verdict {
    const verdict = this.#handle(frame, ingress);
    if (verdict.kind === 'drop') this.#countDrop(verdict.reason);
    if (verdict.kind === 'resolve') this.#count('neighbour_resolve');
    return verdict;
  }

  *connections(): Generator<Connection> {
    for (const held of this.table.held()) {
      const timeout = this.#timeout(held.record, held.server);
      const idle = (this.#now() - seenAt(held)) / US_PER_S;
      yield connectionOf(held, Math.max(0, Math.ceil(timeout - idle)));
    }
  }

  /** Ends what is idle or drained, and tells again of what is in use. @returns how many ended */
  sweep(): number {
    const owner = this.#isOwner();
    let expired = 0;
    this.table.endOnePackets(this.#now());
    for (const held of [...this.table.held()]) {
      const timeout = this.#timeout(held.record, held.server) * US_PER_S;
      this.#templates.hold(held);
      const drained = owner && isDrained(held, this.#bootSeconds());
      if (drained || isOver(held, owner, timeout, this.#options.ipvs, this.#now())) {
        if (held.announced && owner) this.#repeat(held, RECORD_OP.DELETE);
        this.table.end(held);
        this.#count(drained ? 'drained' : 'expired');
        expired += 1;
        continue;
      }
      this.#bind(held);
      const isDue = owner && isRefreshDue(held, timeout, this.#options.ipvs, this.#now());
      if (held.announced && (held.unsent || isDue)) this.#repeat(held, RECORD_OP.UPDATE);
    }
    return expired;
  }

  /** Tells of half-open connections too: before a handover. */
  announceAll(): void {
    for (const held of this.table.held())
      if (!held.announced || held.unsent) this.#announce(held, RECORD_OP.UPDATE);
  }

  #handle(frame: Buffer, ingress: number): Verdict {
    if (frame.length < ETHERNET) return PASS;
    const asked = { frame, ingress, link: this.#link(ingress) };
    const count = (event: string) => this.#count(event);
    switch (frame.readUInt16BE(12)) {
      case ETHERTYPE.ARP:
        return answerArp(asked, (address) => this.#answerer([address]), count);
      case ETHERTYPE.IPV6:
        if (isSolicitation(frame)) return answerNd(asked, (words) => this.#answerer(words), count);
        return this.#handleIp(frame, ingress);
      case ETHERTYPE.IPV4:
        return this.#handleIp(frame, ingress);
      default:
        return PASS;
    }
  }

  #handleIp(frame: Buffer, ingress: number): Verdict {
    const parsed = parsePacket(frame, ingress, this.rules.takesPortless);
    if (parsed.kind === 'not-ip') return PASS;
    const { tuple } = parsed.kind === 'packet' ? parsed.packet : parsed;
    const address = this.#floating(destinationOf(tuple));
    if (!this.#isForUs(frame, ingress, address)) return PASS;
    const part = parsed.kind === 'fragment' && this.#fragments.recall(parsed.packet);
    const followed = part && this.table.lookup(tupleKey(part.tuple));
    if (part && followed) return this.#forward(part, followed);
    if (parsed.kind === 'packet') {
      const found = this.table.lookup(tupleKey(tuple));
      if (found) return this.#forward(parsed.packet, found);
      const service = this.rules.find(tuple, this.#link(ingress)?.name ?? '');
      if (service) return this.#begin(parsed.packet, service);
    }
    if (parsed.kind === 'other') {
      const related = this.#related(parsed.packet);
      if (related) return this.#sendRelated(...related);
    }
    if (!address) return PASS;
    if (parsed.kind === 'fragment' || parsed.kind === 'malformed') return drop(parsed.kind);
    if (!this.#isOwner()) return drop('fence_closed');
    if (address.kind === 'virtual') return PASS;
    return parsed.kind === 'packet' ? this.#refuse(parsed.packet) : drop('no_connection');
  }

  /** Frames for other hosts are seen too: flooded by a switch, or on a link of two. */
  #isForUs(frame: Buffer, ingress: number, address: PlaneAddress | undefined): boolean {
    const link = this.#link(ingress);
    const destination = frame.subarray(0, 6);
    if (!link) return false;
    if (destination.equals(link.mac)) return true;
    return (
      VIRTUAL_MAC.equals(destination.subarray(0, 4)) && !!address?.mac && destination.equals(address.mac)
    );
  }

  #begin(packet: Packet, service: ServiceState): Verdict {
    const { tuple } = packet;
    if (!this.#isOwner()) return drop('fence_closed');
    if (isMartian(tuple)) return drop('martian');
    if (!this.#beginsConnection(packet)) return this.#refuse(packet);
    if (packet.hops <= 1) return this.#tell(packet, 'ttl', { kind: 'time-exceeded' });
    if (this.syncLease !== 0 && this.syncLease <= this.#boot()) return drop('sync_lease');
    const server = service.rule.persistence
      ? this.#templates.serverFor(tuple, service)
      : service.choose(tuple, this.#now());
    if (!server) return drop('no_server');
    if (server.forwarding === 'tunnel') return drop('unsupported');
    if (server.forwarding === 'fullnat' && service.locals.length === 0) return drop('no_local_address');
    const held = this.#opener.open(packet, service, server);
    if (typeof held === 'string') return drop(held);
    server.traffic.connections += 1;
    return this.#forward(packet, { held, isRequest: true });
  }

  #beginsConnection({ tcp, sctp }: Packet): boolean {
    if (sctp) return sctp.chunk === CHUNK.INIT;
    if (!tcp) return true;
    const { rst, syn, ack, fin } = tcp;
    if (rst) return false;
    if (syn) return !ack && !fin;
    return this.#options.ipvs.sloppyTcp && ack;
  }

  #forward(packet: Packet, { held, isRequest }: Found): Verdict {
    const { fence } = this.#options;
    const isLater = packet.fragment?.isFirst === false;
    const to = reversed(isRequest ? replyOf(held.record) : requestOf(held.record));
    // Its checksum covers what is not here.
    if (packet.sctp && packet.fragment && !samePorts(packet.tuple, to)) return drop('fragment');
    if (packet.fragment?.isFirst) this.#fragments.remember(packet);
    if (fence.isStale() && !this.#isOwner()) return drop('table_stale');
    if (packet.hops <= 1) return isLater ? drop('ttl') : this.#tell(packet, 'ttl', { kind: 'time-exceeded' });
    const own = isRequest ? held.request : held.reply;
    own.seenAt = this.#now();
    own.packets += 1;
    if (packet.tcp || packet.sctp) this.#follow(packet, held, isRequest);
    else if (!isLater && isRequest && !held.announced && own.packets >= this.#options.ipvs.syncThreshold[0])
      this.#announce(held, RECORD_OP.UPDATE);
    if (isRequest) held.synced = false;
    this.#countTraffic(held, isRequest, packet.length);
    const { length, ingress } = packet;
    const direct = methodOf(held.record) === 'direct';
    const frame = direct ? passedOn(packet) : translated(packet, to);
    const verdict = sendRouted(this.#network(), frame, {
      destination: destinationOf(to),
      length,
      ingress,
      direct,
    });
    if (verdict.kind !== 'too-big') return verdict;
    const mayFragment =
      packet.tuple.family === RECORD_FAMILY.IPV4 && !(packet.frame.readUInt8(ETHERNET + 6) & 0x40);
    return mayFragment || isLater ? drop('too_big') : this.#tell(packet, 'too_big', verdict);
  }

  /** An error about a packet of a connection, and the entry of the other direction. */
  #related(packet: IpPacket): [Related, Found] | undefined {
    const related = readRelated(packet);
    const found = related && isToSender(related) && this.table.lookup(tupleKey(reversed(related.repeated)));
    return found ? [related, found] : undefined;
  }

  /** It changes nothing of the connection, and of an error no error is sent. */
  #sendRelated(related: Related, { held, isRequest }: Found): Verdict {
    if (this.#options.fence.isStale() && !this.#isOwner()) return drop('table_stale');
    if (related.hops <= 1) return drop('ttl');
    this.#countTraffic(held, isRequest, related.length);
    const to = reversed(isRequest ? replyOf(held.record) : requestOf(held.record));
    const method = methodOf(held.record);
    const direct = method === 'direct';
    const frame = direct ? passedOn(related) : translatedRelated(related, to, method === 'masq' && isRequest);
    const { length, ingress } = related;
    const verdict = sendRouted(this.#network(), frame, {
      destination: destinationOf(to),
      ...{ length, ingress, direct },
    });
    if (verdict.kind === 'too-big') return drop('too_big');
    if (verdict.kind !== 'drop') this.#count('icmp_related');
    return verdict;
  }

  /** Drops a packet, and says why to whom sent it. */
  #tell(packet: Packet, reason: string, error: IcmpError): Verdict {
    this.#countDrop(reason);
    this.#count('icmp_sent');
    return sendBack(packet.ingress, this.#link(packet.ingress), icmpFor(packet, error));
  }

  #countDrop(reason: string): void {
    this.drops[reason] = (this.drops[reason] ?? 0) + 1;
  }

  #follow({ tcp, sctp }: Packet, held: Held, isRequest: boolean): void {
    const [own, answers] = isRequest ? [held.request, held.reply] : [held.reply, held.request];
    const other = hasReply(held.record) ? answers : undefined;
    const { state: before } = held.record;
    const { term } = this.#options.fence.read();
    const followed = tcp
      ? followTcp(tcp, isRequest, before, own, other, term)
      : sctp && followSctp(sctp, isRequest, before, own, other, term);
    if (!followed) return;
    const { ignored, state } = followed;
    if (ignored) this.#count('reset_ignored');
    if (state === before) return;
    this.table.change(held, { state, version: raised(held.record.version, this.#boot()) });
    // Half-open connections cost the channel nothing.
    if (isUp(held.record.protocol, state) || held.announced) this.#announce(held, RECORD_OP.UPDATE);
  }

  /** What is of no connection has an answer of its protocol, or none. */
  #refuse(packet: Packet): Verdict {
    const { tcp, sctp } = packet;
    // An answer takes the question's headers: options and extensions would have to be cut out.
    if (packet.transport !== ETHERNET + plainHeader(packet.tuple)) return drop('no_connection');
    const answer = tcp && !tcp.rst ? resetFor(packet, tcp) : sctp && abortFor(packet, sctp);
    if (!answer) return drop('no_connection');
    this.#count(tcp ? 'reset_sent' : 'abort_sent');
    return sendBack(packet.ingress, this.#link(packet.ingress), answer);
  }

  #repeat(held: Held, op: number): void {
    this.table.change(held, { version: raised(held.record.version, this.#boot()) });
    this.#announce(held, op);
  }

  #announce(held: Held, op: number): void {
    if (this.#templates.isEnough(held)) return;
    const { record } = held;
    const { term } = this.#options.fence.read();
    this.table.change(held, {
      // After a takeover what is told is newer than what was taken over.
      term: isLater(term, record.term) ? term : record.term,
      maker: this.#options.maker,
      timeout: this.#timeout(record, held.server),
    });
    held.announced = true;
    held.unsent = false;
    held.learnedFrom = HERE;
    held.announcedAt = Math.floor(this.#now() / US_PER_S);
    held.announcedPackets = held.request.packets;
    const fwmark = fwmarkOf(held.server);
    const extra = { ...held.record.extra, ...(fwmark === 0 ? {} : { fwmark }) };
    this.#options.tell({ ...held.record, op, ...(Object.keys(extra).length > 0 ? { extra } : {}) });
  }

  /** A server that is there now takes the connections that name it. */
  #bind(held: Held): void {
    if (held.server && held.server.weight > 0) return;
    const server = this.#serverOf(held.record, fwmarkOf(held.server));
    if (!server || server === held.server) return;
    countUse(held, held.record, -1);
    held.server = server;
    countUse(held, held.record, 1);
  }

  #serverOf(record: TableRecord, fwmark: number): ServerState | undefined {
    return this.rules.server(requestOf(record), fwmark, wordsAt(record, 3, record.server), record.serverPort);
  }

  #countTraffic({ server }: Held, isRequest: boolean, bytes: number): void {
    if (!server) return;
    server.traffic[isRequest ? 'inPackets' : 'outPackets'] += 1;
    server.traffic[isRequest ? 'inBytes' : 'outBytes'] += bytes;
  }

  /** Seconds. */
  #timeout(
    { protocol, state, template }: Pick<TableRecord, 'protocol' | 'state' | 'template'>,
    server?: ServerState,
  ): number {
    const { timeouts } = this.rules.rules;
    if (template) return server?.service.rule.persistence?.timeout ?? TEMPLATE_TIMEOUT;
    const established = server?.service.rule.establishedTimeout;
    if (established && isUp(protocol, state)) return established;
    if (protocol === PROTOCOL_NUMBER.sctp) return SCTP_TIMEOUTS[state] ?? 0;
    return protocol === PROTOCOL_NUMBER.tcp ? (tcpTimeouts(timeouts)[state] ?? 0) : timeouts.udp;
  }

  #floating(words: Words): PlaneAddress | undefined {
    const address = this.#addresses.get(addressKey(words));
    return address?.floating ? address : undefined;
  }

  #answerer(words: Words): Answerer | undefined {
    const address = this.#floating(words);
    if (!address) return undefined;
    const { ifindex, mac } = address;
    return { isOwner: this.#isOwner(), ifindex, ...(mac ? { mac } : {}) };
  }

  #link(ifindex: number): Link | undefined {
    const link = this.#network().links.get(ifindex);
    const mac = this.#ownMacs.get(ifindex);
    return link && mac ? { ...link, mac } : link;
  }

  #network(): Network {
    return this.#options.network;
  }

  #isOwner(): boolean {
    return this.#options.fence.read().until > this.#boot();
  }

  #boot(): number {
    return this.#options.clock.boot();
  }

  #bootSeconds(): number {
    return Math.floor(this.#boot() / US_PER_S);
  }

  #now(): number {
    return this.#options.clock.idle();
  }

  /** What begins now has this version. */
  #newest(): Version {
    const { fence, maker } = this.#options;
    return { term: fence.read().term, version: versionAt(this.#boot()), maker };
  }

  #count(event: string): void {
    this.events[event] = (this.events[event] ?? 0) + 1;
  }
}

/** Bytes of an IP header without options or extensions. */
function plainHeader({ family }: Tuple): number {
  return family === RECORD_FAMILY.IPV6 ? 40 : 20;
}
