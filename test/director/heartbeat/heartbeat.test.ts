/** The heartbeat with everything that touches the world faked. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { FencePort } from '../../../src/datapath/ports.ts';
import { BOARD_ROLE, Board } from '../../../src/director/board.ts';
import { Heartbeat, HeartbeatError } from '../../../src/director/heartbeat/heartbeat.ts';
import { stallBound } from '../../../src/director/heartbeat/liveness.ts';
import type {
  HeartbeatCommand,
  HeartbeatEvent,
  HeartbeatRouter,
  TrackedLink,
} from '../../../src/director/heartbeat/messages.ts';
import type { Received, Transport } from '../../../src/director/heartbeat/transport.ts';
import { parseAddress } from '../../../src/model/address.ts';
import type { Advertisement } from '../../../src/vrrp/advertisement.ts';
import { VrrpError } from '../../../src/vrrp/error.ts';
import { masterDown } from '../../../src/vrrp/timing.ts';
import { routerConfig } from '../../support/router.ts';

const A = 100_000;
const DOWN = masterDown(100, A);
const ROUTER: HeartbeatRouter = {
  ...routerConfig(),
  ifindex: 3,
  source: parseAddress('10.0.0.11'),
};
const SIBLING: HeartbeatRouter = { ...ROUTER, name: 'other', vrid: 52, interface: 'down0' };
const FLOATING = [
  { address: parseAddress('10.0.0.1'), ifindex: 3, mac: '02:00:00:00:00:01' },
  { address: parseAddress('10.1.0.1'), ifindex: 4, mac: '02:00:00:00:00:02' },
];

class FakeTransport implements Transport {
  readonly fds = [];
  readonly sent: Advertisement[] = [];
  readonly inbox: (Received | Error)[] = [];
  broken: Error | undefined;
  carrier = true;

  receive(): Received | undefined {
    const next = this.inbox.shift();
    if (next instanceof Error) throw next;
    return next;
  }

  send(advertisement: Advertisement): void {
    if (this.broken) throw this.broken;
    this.sent.push(advertisement);
  }

  close(): void {}
}

class World {
  now = 1_000_000_000;
  readonly board = new Board();
  readonly happened: string[] = [];
  readonly events: HeartbeatEvent[] = [];
  readonly transports: FakeTransport[];
  readonly heartbeat: Heartbeat;
  readonly frames: number[] = [];
  /** How many frames were out when each role was said. */
  readonly framesAtRole: number[] = [];
  fenceUntil = 0;

  readonly down = new Set<string>();

  constructor(
    routers: readonly HeartbeatRouter[] = [ROUTER],
    { frames = true, links = [] as readonly TrackedLink[] } = {},
  ) {
    this.transports = routers.map(() => new FakeTransport());
    const fence: FencePort = {
      open: (until) => {
        this.happened.push('open');
        this.fenceUntil = until;
      },
      close: () => {
        this.happened.push('close');
        this.fenceUntil = 0;
      },
      read: () => ({ until: 0, term: 0 }),
      setStale: (stale) => this.happened.push(stale ? 'stale' : 'fresh'),
    };
    this.heartbeat = new Heartbeat(routers, FLOATING, {
      transports: this.transports,
      fence,
      board: this.board,
      links,
      running: (name) => !this.down.has(name),
      clock: () => this.now,
      ...(frames && { sendFrame: (_frame: Uint8Array, ifindex: number) => this.frames.push(ifindex) }),
      post: (event) => {
        this.events.push(event);
        if (event.kind !== 'role') return;
        this.happened.push(event.role);
        this.framesAtRole.push(this.frames.length);
      },
    });
    this.heartbeat.start();
  }

  get transport(): FakeTransport {
    return this.transports[0] as FakeTransport;
  }

  get role(): string | undefined {
    return this.events.filter((event) => event.kind === 'role').at(-1)?.role;
  }

  /** Turns of the loop, until this much time has passed. */
  pass(us: number): void {
    const end = this.now + us;
    for (;;) {
      const due = this.heartbeat.turn([]);
      if (due > end) break;
      this.now = Math.max(this.now + 1, due);
    }
    this.now = end;
  }

  turn(...commands: HeartbeatCommand[]): void {
    this.heartbeat.turn(commands);
  }

  hear(more: Partial<Advertisement> & { order?: number } = {}): void {
    const { order = 1, ...fields } = more;
    const advertisement = {
      vrid: 51,
      priority: 200,
      intervalCs: 10,
      addresses: ROUTER.addresses,
      style: 'pseudo' as const,
      ...fields,
    };
    this.transport.inbox.push({ from: parseAddress('10.0.0.12'), order, advertisement });
  }

  counters(): Readonly<Record<string, number>> {
    this.pass(2_000_000);
    return this.events.filter((event) => event.kind === 'counters').at(-1)?.counters ?? {};
  }

  logs(): string[] {
    return this.events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('a takeover', () => {
  test('opens the fence, announces every address five times on its interface, and then says the role', () => {
    world.happened.length = 0;
    world.pass(DOWN);
    expect(world.happened.filter((what) => what !== 'fresh').slice(0, 2)).toEqual(['open', 'master']);
    expect(world.framesAtRole).toEqual([0, 10]);
    expect(world.transport.sent[0]).toEqual({
      vrid: 51,
      priority: 100,
      intervalCs: 10,
      addresses: ['10.0.0.1'],
    });
    expect(world.frames.sort()).toEqual([3, 3, 3, 3, 3, 4, 4, 4, 4, 4]);
  });

  test('counts announcements that were sent, and none where frames cannot be', () => {
    world.pass(DOWN);
    expect(world.counters().garp_sent).toBe(20);
    const mute = new World([ROUTER], { frames: false });
    mute.pass(DOWN);
    expect(mute.role).toBe('master');
    expect(mute.counters().garp_sent ?? 0).toBe(0);
  });

  test('is counted for whoever hears of the role', () => {
    world.pass(DOWN);
    world.hear();
    world.turn();
    const told = world.events.flatMap((event, place) => {
      if (event.kind !== 'role') return [];
      const before = world.events.slice(0, place).filter((earlier) => earlier.kind === 'counters');
      const { takeovers, yields } = before.at(-1)?.counters ?? {};
      return [[event.role, takeovers, yields]];
    });
    expect(told.slice(1)).toEqual([
      ['master', 1, 0],
      ['backup', 1, 1],
    ]);
  });

  test('repeats the announcements after a second, and then ever more rarely', () => {
    world.pass(DOWN);
    world.pass(999_000);
    expect(world.frames).toHaveLength(10);
    world.pass(1000);
    expect(world.frames).toHaveLength(20);
    world.pass(120_000_000);
    expect(world.frames).toHaveLength(28);
  });

  test('announces no more once the role is gone', () => {
    world.pass(DOWN);
    world.hear();
    world.turn();
    expect(world.role).toBe('backup');
    const before = world.frames.length;
    for (let i = 0; i < 30; i += 1) {
      world.pass(A);
      world.hear();
    }
    expect(world.frames).toHaveLength(before);
  });

  test('whose advertisement cannot be sent is taken back before anybody hears of it', () => {
    world.transport.broken = new Error('network is down');
    world.pass(DOWN);
    expect(world.happened.slice(-3)).toEqual(['close', 'master', 'backup']);
    expect(world.frames).toEqual([]);
    expect(world.logs().filter((text) => text.includes('network is down'))).toHaveLength(1);
  });

  test('is shown on the board', () => {
    world.pass(DOWN);
    expect(world.board.get('role')).toBe(BOARD_ROLE.MASTER);
    expect(world.board.get('term')).toBe(1);
    expect(world.board.get('leaseUntil')).toBe(world.fenceUntil);
    const ticks = world.board.get('heartbeatTicks');
    world.turn();
    expect(world.board.get('heartbeatTicks')).toBe(ticks + 1);
  });
});

describe('reading', () => {
  test('comes before timers: what waits after a pause holds the takeover', () => {
    world.pass(DOWN - 1);
    world.now += 100;
    world.hear();
    world.turn();
    expect(world.role).toBe('backup');
    expect(world.board.get('peerAdvertAt')).toBe(world.now);
  });

  test('comes before commands: an older advertisement does not undo a handover', () => {
    world.hear();
    world.turn({ kind: 'released' });
    expect(world.role).toBe('master');
  });

  test('counts every refusal by its cause, logs one line of many, and changes nothing', () => {
    for (let i = 0; i < 50; i += 1) world.transport.inbox.push(new VrrpError('ttl', 'TTL 1 instead of 255'));
    world.hear({ vrid: 9 });
    world.hear({ order: 0 });
    world.turn();
    expect(world.counters()).toMatchObject({ ttl: 50, vrid: 1, own_address: 1, adverts_received: 0 });
    expect(world.logs().filter((text) => text.includes('TTL 1'))).toHaveLength(1);
    expect(world.board.get('peerAdvertAt')).toBe(0);
  });

  test('of another virtual router on the link is told once, and counted: it may be a stranger or a typing error', () => {
    for (let i = 0; i < 3; i += 1) {
      world.hear({ vrid: 9 });
      world.pass(20_000_000);
    }
    expect(world.counters()).toMatchObject({ vrid: 3, adverts_received: 0 });
    expect(world.logs().filter((text) => text.includes('virtual router 9'))).toHaveLength(1);
  });

  test('of an endless flood leaves time for timers', () => {
    world.transport.receive = () => {
      throw new VrrpError('checksum', 'forged');
    };
    world.pass(DOWN);
    expect(world.role).toBe('master');
  });

  test('from a broken socket is counted, and the loop goes on', () => {
    world.transport.receive = () => {
      throw new Error('ENETDOWN');
    };
    world.pass(DOWN);
    expect(world.role).toBe('master');
    expect(world.counters().receive_failures).toBeGreaterThan(0);
  });
});

describe('other threads', () => {
  const bound = stallBound(A);

  test.each(['mainAliveAt', 'syncAliveAt'] as const)('that stop writing %s end the mastership', (field) => {
    world.pass(DOWN);
    world.board.set(field, world.now);
    world.pass(bound);
    expect(world.role).toBe('master');
    world.pass(A);
    expect(world.role).toBe('backup');
    expect(world.fenceUntil).toBe(0);
    world.pass(10 * DOWN);
    expect(world.role).toBe('backup');
    world.board.set(field, world.now);
    world.pass(DOWN + A);
    expect(world.role).toBe('master');
  });

  test('that never wrote to the board are not waited for', () => {
    world.pass(DOWN + 10 * bound);
    expect(world.role).toBe('master');
  });

  test('are not blamed for a sleep of the whole machine', () => {
    world.board.set('mainAliveAt', world.now);
    world.pass(A);
    world.now += 100 * bound;
    world.turn();
    expect(world.logs()).toEqual([]);
  });
});

test('a router whose interface is gone lets go and does not try again; other interfaces are no concern of it', () => {
  world.pass(DOWN);
  world.turn({ kind: 'interface-gone', name: 'eth7' });
  expect(world.role).toBe('master');
  world.transport.broken = new Error('no such device');
  world.turn({ kind: 'interface-gone', name: ROUTER.interface });
  expect(world.role).toBe('backup');
  expect(world.fenceUntil).toBe(0);
  const { length } = world.happened;
  world.pass(100 * DOWN);
  expect(world.happened.slice(length).filter((what) => what !== 'stale')).toEqual([]);
  expect(world.logs().filter((text) => text.includes('interface'))).toHaveLength(1);
});

describe('a router whose cable is pulled', () => {
  test('lets go at once, and is master again a master-down interval after the carrier is back', () => {
    world.pass(DOWN);
    world.transport.carrier = false;
    world.turn();
    expect(world.role).toBe('backup');
    expect(world.fenceUntil).toBe(0);
    expect(world.board.get('barred')).toBe(1);
    world.pass(100 * DOWN);
    expect(world.role).toBe('backup');
    world.transport.carrier = true;
    world.turn();
    world.pass(DOWN - 1);
    expect(world.role).toBe('backup');
    world.pass(1);
    expect(world.role).toBe('master');
    expect(world.board.get('barred')).toBe(0);
    expect(world.counters()).toMatchObject({ carrier_losses: 1 });
  });

  test('says so once, with its interface', () => {
    world.transport.carrier = false;
    world.pass(100 * DOWN);
    expect(world.logs()).toEqual([`the cable of ${ROUTER.interface} has no carrier: must not be master`]);
  });
});

describe('commands', () => {
  test('are answered with the role although nothing changes', () => {
    const before = world.events.length;
    world.turn({ kind: 'release', ordered: true });
    expect(world.events.slice(before)).toContainEqual(
      expect.objectContaining({ kind: 'role', role: 'backup', why: 'so it was when the handover came' }),
    );
  });

  test('that end a master for good close the fence; for a restart they leave it', () => {
    for (const handOver of [true, false]) {
      world = new World();
      world.pass(DOWN);
      world.turn({ kind: 'shutdown', handOver });
      expect(world.heartbeat.stopped).toBe(true);
      expect(world.fenceUntil > world.now).toBe(!handOver);
      expect(world.transport.sent.some(({ priority }) => priority === 0)).toBe(handOver);
    }
  });

  test('that bring new addresses to a master are announced at once', () => {
    world.pass(DOWN);
    world.frames.length = 0;
    world.turn({ kind: 'floating', addresses: [{ ...FLOATING[0], ifindex: 9 } as (typeof FLOATING)[0]] });
    expect(world.frames).toEqual([9, 9, 9, 9, 9]);
  });

  test('that bring a new address say nothing of the others, whose schedule goes on', () => {
    world.pass(DOWN);
    world.pass(900_000);
    world.frames.length = 0;
    const fresh = { address: parseAddress('10.2.0.1'), ifindex: 5, mac: '02:00:00:00:00:03' };
    world.turn({ kind: 'floating', addresses: structuredClone([...FLOATING, fresh]) });
    expect(world.frames).toEqual([5, 5, 5, 5, 5]);
    world.pass(200_000);
    expect(world.frames.slice(5).sort()).toEqual([3, 3, 3, 3, 3, 4, 4, 4, 4, 4]);
    world.pass(120_000_000);
    const times = (ifindex: number) => world.frames.filter((frame) => frame === ifindex).length;
    expect([times(3), times(4), times(5)]).toEqual([9, 9, 14]);
  });

  test('that bring an address another MAC announce it anew', () => {
    world.pass(DOWN);
    world.pass(120_000_000);
    world.frames.length = 0;
    const [one, two] = FLOATING;
    world.turn({
      kind: 'floating',
      addresses: [{ ...one, mac: '02:00:00:00:00:09' }, two] as typeof FLOATING,
    });
    expect(world.frames).toEqual([3, 3, 3, 3, 3]);
  });

  test('that bring addresses to a backup are announced when it takes over', () => {
    const fresh = { address: parseAddress('10.2.0.1'), ifindex: 5, mac: '02:00:00:00:00:03' };
    world.turn({ kind: 'floating', addresses: [fresh] });
    expect(world.frames).toEqual([]);
    world.pass(DOWN);
    expect(world.frames).toEqual([5, 5, 5, 5, 5]);
  });
});

describe('several routers', () => {
  test('move as one unit: silence on every path is needed', () => {
    world = new World([ROUTER, SIBLING]);
    for (let i = 0; i < 10; i += 1) {
      world.pass(A);
      world.hear();
    }
    expect(world.role).toBe('backup');
    world.pass(2 * DOWN);
    expect(world.role).toBe('master');
    expect(world.transports.map(({ sent }) => sent[0]?.vrid)).toEqual([51, 52]);
  });

  test('let the lease run out when one of them cannot advertise', () => {
    world = new World([ROUTER, SIBLING]);
    world.pass(DOWN);
    (world.transports[1] as FakeTransport).broken = new Error('network is down');
    world.pass(3 * A);
    expect(world.role).toBe('backup');
    expect(world.fenceUntil).toBe(0);
  });

  test('must agree on priority and interval', () => {
    expect(() => new World([ROUTER, { ...SIBLING, priority: 99 }])).toThrow(HeartbeatError);
    expect(() => new World([])).toThrow(HeartbeatError);
  });
});

describe('what the plane holds', () => {
  test('is forwarded for one master-down interval after the sync with its owner ended', () => {
    const follow = (us: number) => {
      for (let passed = 0; passed < us; passed += A) {
        world.hear();
        world.pass(A);
      }
    };
    world.board.set('synced', 1);
    for (let i = 0; i < 20; i += 1) {
      world.board.set('peerSyncAt', world.now);
      follow(A);
    }
    expect(world.happened).not.toContain('stale');
    follow(2 * A);
    expect(world.happened).not.toContain('stale');
    follow(3 * A);
    expect(world.happened.at(-1)).toBe('stale');
    world.board.set('peerSyncAt', world.now);
    follow(A);
    expect(world.happened.at(-1)).toBe('fresh');
  });
});

describe('what is tracked', () => {
  test('and has no weight ends the mastership while it is down', () => {
    const world = new World([ROUTER], { links: [{ name: 'down0', weight: 0 }] });
    world.pass(DOWN);
    expect(world.role).toBe('master');
    world.down.add('down0');
    world.pass(A);
    expect([world.role, world.fenceUntil]).toEqual(['backup', 0]);
    world.down.clear();
    world.pass(2 * DOWN);
    expect(world.role).toBe('master');
  });

  test('changes the priority by its weight, and is shown', () => {
    const world = new World([ROUTER], { links: [{ name: 'down0', weight: -30 }] });
    world.pass(DOWN);
    world.down.add('down0');
    world.pass(2 * A);
    expect(world.role).toBe('master');
    expect(world.transport.sent.at(-1)?.priority).toBe(70);
    expect(world.board.get('priority')).toBe(70);
    world.turn({ kind: 'tracked', items: [{ kind: 'script', name: 'chk', up: true, weight: 50 }] });
    world.pass(2 * A);
    expect(world.transport.sent.at(-1)?.priority).toBe(120);
    const links = world.events.filter((event) => event.kind === 'links').at(-1);
    expect(links?.items).toEqual([{ kind: 'interface', name: 'down0', up: false, weight: -30 }]);
  });
});
