/** Two network namespaces joined by a veth, and heartbeats in them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RouterConfig } from '../../../src/director/config.ts';
import type { HeartbeatCommand, HeartbeatEvent } from '../../../src/director/heartbeat/messages.ts';
import { parseAddress } from '../../../src/model/address.ts';
import { bootTimeUs } from '../../../src/native/clock.ts';
import { leaseTime } from '../../../src/vrrp/timing.ts';
import { built } from '../../support/build.ts';
import { ip } from '../../support/namespace.ts';
import { routerConfig } from '../../support/router.ts';
import { until } from '../../support/until.ts';

export const VIP = '10.99.0.1';
export const VRID = 77;

/** Of "up0" in that namespace. */
export function ifindex(namespace: string): number {
  const [link] = JSON.parse(ip('-json', '-n', namespace, 'link', 'show', 'dev', 'up0')) as {
    ifindex: number;
  }[];
  return link?.ifindex ?? 0;
}

export class Wire {
  /**
   * Side a has 10.99.0.11 and fe80::99:11, side b 10.99.0.12 and fe80::99:12; the interface is "up0" on both.
   */
  readonly a: string;
  readonly b: string;
  readonly directory = mkdtempSync(join(tmpdir(), 'tandem-heartbeat-'));
  readonly #children: ChildProcess[] = [];

  /** @param label tells wires of one process apart */
  constructor(label = '') {
    this.a = `tandem-hb-${process.pid}${label}-a`;
    this.b = `tandem-hb-${process.pid}${label}-b`;
    for (const name of [this.a, this.b]) ip('netns', 'add', name);
    ip('link', 'add', 'up0', 'netns', this.a, 'type', 'veth', 'peer', 'name', 'up0', 'netns', this.b);
    for (const [name, host] of [
      [this.a, '11'],
      [this.b, '12'],
    ] as const) {
      ip('-n', name, 'link', 'set', 'up0', 'addrgenmode', 'none');
      ip('-n', name, 'address', 'add', `10.99.0.${host}/24`, 'dev', 'up0');
      ip('-n', name, 'address', 'add', `fe80::99:${host}/64`, 'dev', 'up0', 'nodad');
      ip('-n', name, 'link', 'set', 'up0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  }

  /**
   * What a master of that name would have left just now: if it starts before this has run out it goes on at once, and
   * nobody waits for a master-down interval of silence.
   */
  leaveLease(name: string, advertMs: number): void {
    writeFileSync(fenceFile(this, name), `${bootTimeUs() + leaseTime(advertMs * 1000)} 1\n`);
  }

  spawn(namespace: string, command: string, args: readonly string[]): ChildProcess {
    const child = spawn('nsenter', [`--net=/run/netns/${namespace}`, command, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#children.push(child);
    return child;
  }

  /** Nobody runs, and nobody has left anything. */
  async clear(): Promise<void> {
    for (const child of this.#children.splice(0)) await ended(child, () => child.kill('SIGKILL'));
    for (const name of readdirSync(this.directory)) rmSync(join(this.directory, name), { recursive: true });
  }

  async remove(): Promise<void> {
    await this.clear();
    for (const name of [this.a, this.b]) ip('netns', 'del', name);
    rmSync(this.directory, { recursive: true });
  }
}

const fenceFile = (wire: Wire, name: string) => join(wire.directory, `${name}.fence`);

export async function ended(child: ChildProcess, act: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  act();
  await exit;
}

interface DirectorOptions {
  readonly priority: number;
  readonly advertMs: number;
  readonly addresses?: readonly string[];
  readonly interface?: string;
  readonly transport?: 'raw' | 'udp';
  /** What else the router is to be. */
  readonly router?: Partial<RouterConfig>;
  /** Names the fence's file: the same one is the same plane. */
  readonly name: string;
  /** Waits for `begin()`. */
  readonly held?: boolean;
}

type RoleEvent = Extract<HeartbeatEvent, { kind: 'role' }>;

export class TestDirector {
  readonly events: HeartbeatEvent[] = [];
  readonly child: ChildProcess;
  readonly fenceFile: string;
  stderr = '';
  /** So many advertisements of the peer at least. */
  heard = 0;
  #loaded = false;

  constructor(wire: Wire, namespace: string, options: DirectorOptions) {
    const dist = dirname(built('director'));
    this.fenceFile = fenceFile(wire, options.name);
    const setup = {
      transport: options.transport,
      routers: [
        routerConfig({
          vrid: VRID,
          interface: options.interface ?? 'up0',
          priority: options.priority,
          advertMs: options.advertMs,
          addresses: (options.addresses ?? [VIP]).map(parseAddress),
          ...options.router,
        }),
      ],
    };
    const harness = fileURLToPath(new URL('harness.mjs', import.meta.url));
    const argument = JSON.stringify({ dist, setup, fenceFile: this.fenceFile, held: options.held });
    this.child = wire.spawn(namespace, process.execPath, [harness, argument]);
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const event = JSON.parse(line) as HeartbeatEvent | { kind: 'heard' } | { kind: 'loaded' };
      if (event.kind === 'heard') this.heard += 1;
      else if (event.kind === 'loaded') this.#loaded = true;
      else this.events.push(event);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
  }

  /** Everything is there for it to begin. */
  async loaded(): Promise<void> {
    await until('the heartbeat is loaded', () => this.#loaded);
  }

  begin(): void {
    this.child.kill('SIGUSR2');
  }

  get roles(): RoleEvent[] {
    return this.events.filter((event) => event.kind === 'role');
  }

  get role(): string | undefined {
    return this.roles.at(-1)?.role;
  }

  get counters(): Readonly<Record<string, number>> {
    return this.events.filter((event) => event.kind === 'counters').at(-1)?.counters ?? {};
  }

  fenceOpen(): boolean {
    if (!existsSync(this.fenceFile)) return false;
    const [end = 0] = readFileSync(this.fenceFile, 'utf8').split(' ').map(Number);
    return end > bootTimeUs();
  }

  async becomes(role: string, boundMs?: number): Promise<RoleEvent> {
    return until(
      `role ${role} ${this.stderr}`,
      () => this.roles.at(-1)?.role === role && this.roles.at(-1),
      boundMs,
    );
  }

  send(command: HeartbeatCommand | { kind: 'stall'; on: boolean } | { kind: 'board'; values: object }): void {
    this.child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  async stop(handOver: boolean): Promise<void> {
    await ended(this.child, () => this.send({ kind: 'shutdown', handOver }));
  }

  async kill(): Promise<void> {
    await ended(this.child, () => this.child.kill('SIGKILL'));
  }

  /** What outlives the daemon goes with its host. */
  forget(): void {
    rmSync(this.fenceFile, { force: true });
  }
}
