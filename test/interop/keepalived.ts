/** Debian's keepalived on the other side of the wire. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, VRID, type Wire } from '../director/heartbeat/pair.ts';
import { ip } from '../support/namespace.ts';

/** What both speak, and how. */
export interface Speech {
  readonly version: 2 | 3;
  readonly family: 4 | 6;
  readonly way: 'multicast' | 'unicast';
  readonly advertMs: number;
  /** Of version 2; empty for none. */
  readonly password?: string;
}

export interface KeepalivedOptions {
  readonly priority: number;
  readonly addresses: readonly string[];
  readonly speech: Speech;
  /** Of unicast: its own address, and the director's. */
  readonly own: string;
  readonly peer: string;
}

export class Keepalived {
  readonly #wire: Wire;
  readonly #options: KeepalivedOptions;
  #child: ChildProcess | undefined;
  #starts = 0;
  log = '';

  constructor(wire: Wire, options: KeepalivedOptions) {
    this.#wire = wire;
    this.#options = options;
  }

  start(): void {
    this.#starts += 1;
    this.log = '';
    this.#configure(this.#options.priority);
    const pid = (name: string) => join(this.#wire.directory, `keepalived-${name}-${this.#starts}.pid`);
    const child = this.#wire.spawn(this.#wire.b, 'keepalived', [
      ...['--dont-fork', '--log-console', '--vrrp', '--use-file', this.#file],
      ...['--pid', pid('main'), '--vrrp_pid', pid('vrrp')],
    ]);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
      });
    }
    this.#child = child;
  }

  get isMaster(): boolean {
    const [first = ''] = this.#options.addresses;
    return this.running && ip('-n', this.#wire.b, 'address', 'show', 'dev', 'up0').includes(` ${first}/`);
  }

  /** Since its last start. */
  get begun(): boolean {
    return /Entering (BACKUP|MASTER) STATE/.test(this.log);
  }

  get running(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** It reads its configuration again, as an operator has it do. */
  setPriority(priority: number): void {
    this.#configure(priority);
    this.#child?.kill('SIGHUP');
  }

  /** It says farewell: the parent passes SIGTERM on and waits for its child. */
  async stop(): Promise<void> {
    if (this.#child) await ended(this.#child, () => this.#child?.kill('SIGTERM'));
  }

  /** As a host that loses its power: no farewell, and no address is left. */
  async crash(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    // Its child first, or that would be the parent's to start again.
    const [worker] = this.#workers(child.pid ?? 0);
    await ended(child, () => {
      child.kill('SIGKILL');
      if (worker !== undefined) process.kill(worker, 'SIGKILL');
    });
    ip('-n', this.#wire.b, 'address', 'flush', 'dev', 'up0', 'to', this.#options.addresses[0] ?? '');
  }

  #workers(parent: number): number[] {
    return readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number);
  }

  get #file(): string {
    return join(this.#wire.directory, 'keepalived.conf');
  }

  #configure(priority: number): void {
    const { speech, addresses, own, peer } = this.#options;
    const { version, way, advertMs, password = '' } = speech;
    const lines = [
      ...(way === 'unicast' ? [`unicast_src_ip ${own}`, `unicast_peer {\n    ${peer}\n  }`] : []),
      ...(password ? [`authentication {\n    auth_type PASS\n    auth_pass ${password}\n  }`] : []),
    ];
    writeFileSync(
      this.#file,
      `global_defs {
  vrrp_version ${version}
}
vrrp_instance VI_1 {
  state BACKUP
  interface up0
  virtual_router_id ${VRID}
  priority ${priority}
  advert_int ${advertMs / 1000}
  ${lines.join('\n  ')}
  virtual_ipaddress {
    ${addresses.join('\n    ')}
  }
}
`,
    );
  }
}
