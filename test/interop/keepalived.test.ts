/** Debian's keepalived on the other side of the link, at VRRP version 3. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestDirector, VIP, VRID, Wire } from '../director/heartbeat/pair.ts';
import { ip } from '../support/namespace.ts';
import { until } from '../support/until.ts';

let wire: Wire;
beforeEach(() => {
  wire = new Wire();
});
afterEach(async () => {
  await wire.remove();
});

class Keepalived {
  readonly child;
  log = '';

  constructor(priority: number, more = '') {
    const config = join(wire.directory, 'keepalived.conf');
    writeFileSync(
      config,
      `global_defs {
  vrrp_version 3
}
vrrp_instance VI_1 {
  state BACKUP
  interface up0
  virtual_router_id ${VRID}
  priority ${priority}
  advert_int 0.2
  ${more}
  virtual_ipaddress {
    ${VIP}/32
  }
}
`,
    );
    const pid = (name: string) => join(wire.directory, `${name}.pid`);
    this.child = wire.spawn(wire.b, 'keepalived', [
      ...['--dont-fork', '--log-console', '--vrrp', '--use-file', config],
      ...['--pid', pid('main'), '--vrrp_pid', pid('vrrp')],
    ]);
    const read = (text: string) => {
      this.log += text;
    };
    this.child.stdout?.setEncoding('utf8').on('data', read);
    this.child.stderr?.setEncoding('utf8').on('data', read);
  }

  get isMaster(): boolean {
    return ip('-n', wire.b, 'address', 'show', 'dev', 'up0').includes(`${VIP}/32`);
  }

  /** The whole of keepalived: the parent passes SIGTERM on and waits for its child. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await until('keepalived ended', () => this.child.exitCode !== null || this.child.signalCode !== null);
  }
}

function director(priority: number): TestDirector {
  return new TestDirector(wire, wire.a, { name: 'a', priority, advertMs: 200 });
}

const heard = (one: TestDirector) => one.counters.adverts_received ?? 0;

describe('with keepalived', () => {
  test('is there', () => {
    expect(execFileSync('keepalived', ['--version'], { stdio: 'pipe' })).toBeDefined();
  });

  test('a director of lower priority follows it, and takes over when it leaves', async () => {
    const keepalived = new Keepalived(200);
    await until(`keepalived is master ${keepalived.log}`, () => keepalived.isMaster);
    const one = director(100);
    await until('the director hears keepalived', () => heard(one) > 10);
    expect(one.role).toBe('backup');
    expect(one.counters).toMatchObject({ checksum: 0, address_list: 0, ttl: 0, version: 0 });
    await keepalived.stop();
    await one.becomes('master');
    await until('its farewell was counted', () => (one.counters.releases_received ?? 0) > 0);
  });

  test('of lower priority, keepalived follows the director, and takes over when it leaves', async () => {
    const one = director(200);
    await one.becomes('master');
    const keepalived = new Keepalived(100);
    await until('keepalived runs', () => /Entering BACKUP STATE/.test(keepalived.log));
    const sent = () => one.counters.adverts_sent ?? 0;
    const before = sent();
    await until('it heard some advertisements', () => sent() > before + 20);
    expect(keepalived.isMaster).toBe(false);
    expect(keepalived.log).not.toMatch(/Entering MASTER STATE|checksum|invalid/i);
    await one.stop(true);
    await until(`keepalived is master ${keepalived.log}`, () => keepalived.isMaster);
  });

  test('of higher priority, keepalived preempts, and the director yields to it', async () => {
    const one = director(100);
    await one.becomes('master');
    const keepalived = new Keepalived(200);
    await one.becomes('backup', 20_000);
    await until(`keepalived is master ${keepalived.log}`, () => keepalived.isMaster);
    const before = heard(one);
    await until('the director follows', () => heard(one) > before + 10);
    expect(one.role).toBe('backup');
    expect(one.fenceOpen()).toBe(false);
    await keepalived.stop();
    await one.becomes('master');
  });
});
