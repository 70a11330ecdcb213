/**
 * What clients, servers and strangers send, at random but mostly so that it reaches deep: connections that open, talk,
 * close, are used again, and everything that comes between them. It learns the local ports from what the plane sends.
 */
import { uptime } from 'node:os';
import type { TableRecord } from '../../../src/datapath/reference/table-record.ts';
import { applyEdit } from '../../../src/model/edit.ts';
import { RECORD_OP } from '../../../src/model/record.ts';
import {
  EMPTY_RULES,
  PROTOCOL_NUMBER,
  type RuleSet,
  type ServiceId,
  serviceFamily,
} from '../../../src/model/rules.ts';
import {
  type Extension,
  icmp6,
  read,
  reversed,
  type TcpOptions,
  type Tuple,
  tcp,
  to,
  udp,
} from '../../support/packet.ts';
import type { Random } from '../../support/random.ts';
import { nextOf, opening, SCTP, stranger } from './associations.ts';
import type { Arm, Setup, Step } from './case.ts';
import { PEER } from './constants.ts';
import { randomError } from './errors.ts';
import { damaged } from './frames.ts';
import { addressWords, PLACE } from './places.ts';
import { randomQuestion } from './questions.ts';
import { randomEdits, randomService } from './rules.ts';

type Macs = Readonly<Record<Arm, Uint8Array>>;

/** A conversation as its two ends see it. */
interface Dialog {
  /** IP protocol number. */
  readonly protocol: number;
  readonly client: Tuple;
  /** The server's tuple, once the plane has shown it. */
  server?: Tuple;
  /** Next sequence numbers; of SCTP the tags that their packets bear. */
  clientNext: number;
  serverNext: number;
  stage?: number;
}

interface Sent {
  readonly step: Step;
  /** The dialog whose first translated packet it may be. */
  readonly opens?: Dialog;
}

const ETHERNET = 14;
const TCP = 6;
const UDP = 17;
const MOST_DIALOGS = 12;
/** Seconds. */
const MOST_WITHOUT_SWEEP = 50;
const PAYLOADS = ['', 'x', 'odd', 'even', 'a longer piece of what they say', 'y'.repeat(1400)] as const;

const OPTIONS: Extension = { type: 0, bytes: Buffer.from('00000104000000ff'.padEnd(16, '0'), 'hex') };
const DESTINATION: Extension = { type: 60, bytes: Buffer.concat([Buffer.of(0, 2, 1, 20), Buffer.alloc(20)]) };
const ROUTING: Extension = { type: 43, bytes: Buffer.from('0000040000000000', 'hex') };
const FURTHER: Extension = { type: 43, bytes: Buffer.from('0000040100000000', 'hex') };
const ATOMIC: Extension = { type: 44, bytes: Buffer.from('0000000012345678', 'hex') };
const MORE: Extension = { type: 44, bytes: Buffer.from('0000000112345678', 'hex') };
const LATER: Extension = { type: 44, bytes: Buffer.from('000005c012345678', 'hex') };
const EXTENSIONS = [
  OPTIONS,
  DESTINATION,
  DESTINATION,
  ROUTING,
  ATOMIC,
  ATOMIC,
  FURTHER,
  MORE,
  LATER,
] as const;

export class Traffic {
  readonly #random: Random;
  readonly #macs: Macs;
  readonly #services: readonly ServiceId[];
  readonly #dialogs: Dialog[] = [];
  /** How much more often than usual something begins. */
  readonly #eager: number;
  /** Seconds: the kernel's clock began with the machine, and nothing was seen before. */
  #mostAge = Math.floor(uptime());
  #rules: RuleSet;
  #nextPort: number;
  /** Steps that belong together. */
  readonly #due: Step[] = [];
  #pending: Dialog | undefined;

  constructor(setup: Setup, macs: Macs, random: Random) {
    this.#rules = setup.edits.reduce(applyEdit, EMPTY_RULES);
    this.#macs = macs;
    this.#random = random;
    this.#services = setup.edits.flatMap((edit) => (edit.op === 'add-service' ? [edit.id] : []));
    this.#nextPort = random.between(1024, 60_000);
    this.#eager = random.pick([0, 0, 0, 0.3, 0.6]);
  }

  next(): Step {
    const due = this.#due.shift();
    const { step, opens } = due ? { step: due, opens: undefined } : this.#choose();
    this.#pending = opens;
    return step;
  }

  /** What became of the last packet. */
  observe(frame: Buffer | undefined): void {
    const dialog = this.#pending;
    this.#pending = undefined;
    if (!dialog || !frame || dialog.server) return;
    const seen = read(frame);
    // An answer to the client, or nothing that was translated.
    if (seen.from === dialog.client.to || seen.to === dialog.client.to) return;
    dialog.server = reversed(seen);
  }

  #choose(): Sent {
    const random = this.#random;
    if (random.chance(this.#eager)) return this.#open();
    const dice = random.between(0, 999);
    if (dice < 80) return this.#open();
    if (dice < 570) return this.#talk();
    if (dice < 620) return this.#error();
    if (dice < 700) return this.#spoil(this.#talk());
    if (dice < 740) return this.#spoil(this.#open());
    if (dice < 800) return this.#stray();
    if (dice < 830) return { step: randomQuestion(this.#macs, random) };
    if (dice < 860) return this.#odd();
    if (dice < 890) return { step: this.#age(random.pick([1, 2, 3, 4, 6, 7, 12, 20, 61, 300])) };
    if (dice < 915) return { step: { do: 'sweep' } };
    if (dice < 945) return { step: this.#record() };
    if (dice < 965) return { step: this.#fence() };
    if (dice < 970)
      return { step: { do: 'sync-lease', state: random.pick(['none', 'none', 'valid', 'over']) } };
    if (dice < 975) return { step: { do: 'announce-all' } };
    if (dice < 985) return { step: this.#edit() };
    return this.#open();
  }

  /** Whether a template lasts is seen by sweeps that are less than a minute apart. */
  #age(wanted: number): Step {
    const seconds = Math.min(wanted, this.#mostAge);
    this.#mostAge -= seconds;
    if (seconds <= 0) return { do: 'sweep' };
    if (!this.#rules.services.some(({ persistence }) => persistence)) return { do: 'age', seconds };
    for (let left = seconds; left > 0; left -= MOST_WITHOUT_SWEEP)
      this.#due.push({ do: 'age', seconds: Math.min(left, MOST_WITHOUT_SWEEP) }, { do: 'sweep' });
    return this.#due.shift() ?? { do: 'sweep' };
  }

  #edit(): Step {
    const edits = randomEdits(this.#rules, this.#random);
    this.#rules = edits.reduce(applyEdit, this.#rules);
    return { do: 'edit', edits };
  }

  #fence(): Step {
    const random = this.#random;
    const open = random.chance(0.8);
    const term = random.pick([1, 1, 1, 2, 3, 0x7fff_ffff, 0xffff_ffff]);
    return { do: 'fence', open, term, stale: !open && random.chance(0.4) };
  }

  #service(): ServiceId {
    const known = this.#services;
    return known.length > 0 && this.#random.chance(0.97)
      ? this.#random.pick(known)
      : randomService(this.#random);
  }

  /** What a packet must be to belong to that service, more or less. */
  #target(): { family: 4 | 6; address: string; port: number; protocol: number } {
    const random = this.#random;
    const id = this.#service();
    const family = serviceFamily(id);
    const protocol =
      id.kind === 'address' ? PROTOCOL_NUMBER[id.protocol] : random.pick([6, 6, 17, 132, 136, 33, 47, 99]);
    const address = id.kind === 'fwmark' ? random.pick(PLACE[family].virtuals) : id.address;
    const port = id.kind === 'fwmark' || id.port === 0 ? random.pick([53, 80, 443, 2000, 0]) : id.port;
    return { family, address, port, protocol };
  }

  #clientTuple(oddest = 0.06): { tuple: Tuple; protocol: number } {
    const random = this.#random;
    const { family, address, port, protocol } = this.#target();
    const { clients, far, nowhere, servers, own, virtuals } = PLACE[family];
    const usual = random.chance(0.7) ? random.pick(clients.slice(0, 2)) : undefined;
    const rare = () => random.pick([...clients, far, far, far, nowhere, ...servers, ...own, ...virtuals]);
    const from = usual ?? (random.chance(oddest) ? random.pick(martians(family)) : rare());
    // Each its own: two of a client at one server may get a port by chance.
    const fromPort = this.#nextPort++ & 0xffff;
    return { tuple: { from, fromPort, to: address, toPort: port }, protocol };
  }

  #open(): Sent {
    const random = this.#random;
    const { tuple, protocol } = this.#clientTuple();
    const sequence = random.pick([random.between(0, 0xffff_ffff), 0xffff_fffe, 0, 1000]);
    const dialog: Dialog = {
      protocol,
      client: tuple,
      clientNext: sequence,
      serverNext: random.between(0, 0xffff_ffff),
    };
    const again = random.chance(0.1) && this.#dialogs.length > 0 ? random.pick(this.#dialogs) : undefined;
    if (!again) this.#dialogs.push(dialog);
    if (this.#dialogs.length > MOST_DIALOGS) this.#dialogs.splice(random.between(0, MOST_DIALOGS), 1);
    const chosen = again ?? dialog;
    if (chosen.protocol === SCTP)
      return this.#fromClient(chosen, opening(chosen, this.#options(chosen), random));
    if (chosen.protocol !== TCP) return this.#fromClient(chosen, this.#datagram(chosen, chosen.client));
    const flags = random.chance(0.9)
      ? 'S'
      : random.pick(['SA', 'A', 'PA', 'FA', 'R', 'RA', '', 'SF', 'SR', 'P']);
    chosen.clientNext = sequence;
    const frame = tcp(chosen.client, { ...this.#options(chosen), flags, seq: sequence });
    if (flags.includes('S')) chosen.clientNext = (sequence + 1) >>> 0;
    return this.#fromClient(chosen, frame);
  }

  #talk(): Sent {
    const random = this.#random;
    if (this.#dialogs.length === 0) return this.#open();
    const dialog = random.pick(this.#dialogs);
    if (dialog.protocol === SCTP) {
      const { fromServer, frame } = nextOf(dialog, this.#options(dialog), random);
      return fromServer ? { step: this.#packet('back', frame) } : this.#fromClient(dialog, frame);
    }
    const fromServer = dialog.server !== undefined && random.chance(0.5);
    const tuple = fromServer && dialog.server ? dialog.server : dialog.client;
    const frame =
      dialog.protocol === TCP ? this.#segment(dialog, tuple, fromServer) : this.#datagram(dialog, tuple);
    return fromServer ? { step: this.#packet('back', frame) } : this.#fromClient(dialog, frame);
  }

  #segment(dialog: Dialog, tuple: Tuple, fromServer: boolean): Buffer {
    const random = this.#random;
    const [mine, theirs] = fromServer
      ? [dialog.serverNext, dialog.clientNext]
      : [dialog.clientNext, dialog.serverNext];
    const flags = random.pick(
      fromServer
        ? ['SA', 'SA', 'A', 'A', 'PA', 'PA', 'FA', 'RA', 'R', 'S', '']
        : ['A', 'A', 'A', 'PA', 'PA', 'PA', 'FA', 'R', 'RA', 'S', '', 'SA', 'F'],
    );
    const payload = flags.includes('P') || random.chance(0.1) ? random.pick(PAYLOADS) : '';
    const off = [1, -1, 100, -100, 30_000, 2 ** 24 - 1, 2 ** 24, 2 ** 25, 2 ** 31, -(2 ** 24)] as const;
    const shift = (value: number) => (random.chance(0.15) ? (value + random.pick(off)) >>> 0 : value);
    const sequence = shift(mine);
    const ack = random.chance(0.03) ? random.between(0, 0xffff_ffff) : shift(theirs);
    const size = payload.length + (flags.includes('S') ? 1 : 0) + (flags.includes('F') ? 1 : 0);
    if (sequence === mine && random.chance(0.9)) {
      const next = (mine + size) >>> 0;
      if (fromServer) dialog.serverNext = next;
      else dialog.clientNext = next;
    }
    return tcp(tuple, { ...this.#options(dialog), flags, seq: sequence, ack, payload });
  }

  #options({ protocol, client }: Pick<Dialog, 'protocol' | 'client'>): TcpOptions {
    const random = this.#random;
    const ttl = random.chance(0.02) ? random.between(0, 2) : random.pick([64, 63, 255, 2]);
    if (client.from.includes(':')) {
      const count = random.chance(0.1) ? random.between(1, 6) : 0;
      return { ttl, extensions: Array.from({ length: count }, () => random.pick(EXTENSIONS)) };
    }
    // Those of UDP are common.
    return random.chance(protocol === UDP ? 0.15 : 0.02)
      ? { ttl, fragment: random.pick([0x2000, 0x2000, 0x0001, 0x00b9, 0x8000, 0, 0x20b9]) }
      : { ttl };
  }

  #fromClient(dialog: Dialog, frame: Buffer): Sent {
    return { step: this.#packet('front', frame), opens: dialog };
  }

  #packet(arm: Arm, frame: Buffer): Step {
    // Now and then it comes from where nobody expects it.
    const from = this.#random.chance(0.02) ? otherArm(arm) : arm;
    const ours = this.#random.chance(0.99) ? to(this.#macs[from], frame) : frame;
    return { do: 'packet', arm: from, hex: ours.toString('hex') };
  }

  #spoil({ step }: Sent): Sent {
    if (step.do !== 'packet') return { step };
    const frame = damaged(Buffer.from(step.hex, 'hex'), this.#random);
    return { step: { ...step, hex: frame.toString('hex') } };
  }

  /** For a local address, or an address of ours without a service. */
  #stray(): Sent {
    const random = this.#random;
    const family = random.pick([4, 6] as const);
    const { servers, locals, virtuals, clients, own, far } = PLACE[family];
    const target = random.pick([...locals, ...virtuals, ...own, ...servers, far, ...mapped(family)]);
    const tuple = {
      from: random.pick([...servers, ...clients, ...martians(family)]),
      fromPort: random.pick([22, 80, 5353, this.#nextPort]),
      to: target,
      toPort: random.pick([22, 80, 53, 443, 1024, 2000, 2001]),
    };
    const flags = random.pick(['A', 'SA', 'PA', 'R', 'RA', 'S', 'F', 'FA', '']);
    const numbers = { seq: random.between(0, 0xffff_ffff), ack: random.between(0, 0xffff_ffff) };
    const payload = random.pick(PAYLOADS);
    const kind = random.between(0, 9);
    const other = () => (kind < 8 ? stranger(tuple, numbers.seq, {}, random) : udpFrame(tuple, random));
    const frame = kind < 5 ? tcp(tuple, { flags, ...numbers, payload }) : other();
    return { step: this.#packet(random.pick(['front', 'back'] as const), frame) };
  }

  /** ICMP about what went one way, from the other. */
  #error(): Sent {
    const random = this.#random;
    if (this.#dialogs.length === 0) return this.#open();
    const { arm, frame } = randomError(random.pick(this.#dialogs), random);
    const sent = { step: this.#packet(arm, frame) };
    return random.chance(0.2) ? this.#spoil(sent) : sent;
  }

  /** Other protocols, other types of frame, and noise. */
  #odd(): Sent {
    const random = this.#random;
    const arm = random.pick(['front', 'back'] as const);
    const family = random.pick([4, 6] as const);
    const { clients, virtuals, locals } = PLACE[family];
    const tuple = {
      from: clients[0] ?? '',
      fromPort: 0x0800,
      to: random.pick([...virtuals, ...locals]),
      toPort: 0,
    };
    const frame = udp(tuple, 'abcdefgh', false);
    switch (random.between(0, 4)) {
      case 0:
        frame[14 + (family === 4 ? 9 : 6)] = random.pick([1, 58, 47, 132, 51, 59, 255]);
        return { step: this.#packet(arm, frame) };
      case 1:
        frame.writeUInt16BE(random.pick([0x8100, 0x88a8, 0x86dd, 0x0800, 0x0806, 0x8847, 46]), 12);
        return { step: this.#packet(arm, frame) };
      case 2:
        return { step: this.#packet(arm, Buffer.from(random.bytes(random.between(14, 90)))) };
      case 3:
        return {
          step: this.#packet(
            arm,
            icmp6(
              PLACE[6].clients[0] ?? '',
              random.pick(PLACE[6].virtuals),
              Buffer.from('8000000000010001', 'hex'),
              {
                hopLimit: 64,
              },
            ),
          ),
        };
      default:
        // Longer than the next link takes.
        return this.#fromClient(
          this.#dialogs[0] ?? { protocol: UDP, client: tuple, clientNext: 0, serverNext: 0 },
          udp(this.#dialogs[0]?.client ?? tuple, 'z'.repeat(random.between(1460, 1560))),
        );
    }
  }

  /** What the peer tells of connections that it has, or had. */
  #record(): Step {
    const random = this.#random;
    const { tuple, protocol } = this.#clientTuple(0);
    // No plane makes records of what it refuses.
    const told = this.#dialogs.filter(({ server }) => server !== undefined);
    const dialog = told.length > 0 && random.chance(0.5) ? random.pick(told) : undefined;
    const client = dialog?.client ?? tuple;
    const number = dialog?.protocol ?? protocol;
    const family = client.to.includes(':') ? 6 : 4;
    const { locals, servers } = PLACE[family];
    const server = dialog?.server ?? {
      from: random.pick(servers),
      fromPort: random.pick([22, 80, 5353]),
      to: random.pick(locals),
      toPort: random.pick([2000, 2001, 2002, 3001, 3002, 4000, 5000, 5001]),
    };
    const words = [client.from, client.to, server.to, server.from].map(addressWords);
    const low = words.map((each) => each.at(-1) ?? 0);
    const record: TableRecord = {
      op: random.chance(0.75) ? RECORD_OP.UPDATE : RECORD_OP.DELETE,
      protocol: number,
      family: family === 6 ? 1 : 0,
      high: family === 6 ? words.flatMap((each) => each.slice(0, 3)) : [],
      state: this.#stateOf(number),
      ...{
        client: low[0] ?? 0,
        clientPort: client.fromPort,
        virtual: low[1] ?? 0,
        virtualPort: client.toPort,
      },
      ...{ local: low[2] ?? 0, localPort: server.toPort, server: low[3] ?? 0, serverPort: server.fromPort },
      timeout: 900,
      maker: PEER,
      term: random.pick([0, 1, 1, 2, 3]),
      version: random.pick([1, 2, 3, 0x4000_0000]),
    };
    if (!dialog && record.op === RECORD_OP.UPDATE && random.chance(0.7))
      this.#dialogs.push({
        protocol: number,
        ...{
          client,
          server,
          clientNext: random.between(0, 0xffff_ffff),
          serverNext: random.between(0, 0xffff_ffff),
        },
      });
    return { do: 'apply', records: [record] };
  }

  /** Of a protocol that is neither TCP nor SCTP: what has ports has them where UDP has them. */
  #datagram({ protocol, client }: Dialog, tuple: Tuple): Buffer {
    const random = this.#random;
    const options = this.#options({ protocol, client });
    if (protocol === UDP) return udpFrame(tuple, random, options);
    const frame = udpFrame(tuple, random, { ttl: options.ttl ?? 64 });
    frame[tuple.from.includes(':') ? ETHERNET + 6 : ETHERNET + 9] = protocol;
    return frame;
  }

  /** Seldom one that there is not. */
  #stateOf(protocol: number): number {
    const random = this.#random;
    if (protocol === TCP) return random.pick([1, 1, 1, 3, 4, 5, 6, 7, 11]);
    return protocol === SCTP ? random.pick([8, 8, random.between(0, 14)]) : random.pick([0, 0, 0, 1]);
  }
}

function otherArm(arm: Arm): Arm {
  return arm === 'front' ? 'back' : 'front';
}

function martians(family: 4 | 6): string[] {
  return family === 4
    ? [
        '0.0.0.1',
        '127.0.0.1',
        '224.0.0.1',
        '239.1.2.3',
        '240.0.0.1',
        '255.255.255.255',
        '10.1.1.1',
        '223.255.255.1',
      ]
    : ['::', '::1', 'fe80::1', 'febf::1', 'ff02::1', '::ffff:10.1.1.10', '2001:db8:1::1', '::2', 'fec0::1'];
}

function mapped(family: 4 | 6): string[] {
  return family === 6 ? ['::ffff:10.1.1.1', '::ffff:192.168.10.1'] : [];
}

function udpFrame(tuple: Tuple, random: Random, options: TcpOptions = {}): Buffer {
  return udp(tuple, random.pick(PAYLOADS), random.chance(0.85), options);
}
