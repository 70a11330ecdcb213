import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { XdpPlane } from '../../src/datapath/xdp-plane.ts';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type ServiceId } from '../../src/model/rules.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { ip, TestNamespace } from '../support/namespace.ts';
import { linkOf, setForwarding, VIP6 } from '../support/plane.ts';

/** Real hosts at the far ends of a director's links: nothing is resolved beforehand. */
class Wire {
  readonly namespace: TestNamespace;
  readonly plane: XdpPlane;
  readonly front: string;
  readonly #far: string[] = [];
  readonly #children: ChildProcess[] = [];

  constructor(
    label: string,
    { mode = 'auto', oneArmed = false }: { mode?: 'auto' | 'generic'; oneArmed?: boolean } = {},
  ) {
    this.namespace = new TestNamespace(label);
    this.front = 'front';
    if (oneArmed) this.#bridge();
    else {
      this.#link('client', 'front', '10.1.1.2/24', '10.1.1.10/24');
      this.#link('server', 'back', '192.168.10.3/24', '192.168.10.2/24');
    }
    const interfaces = (oneArmed ? ['front'] : ['front', 'back']).map(linkOf);
    for (const { name } of interfaces) setForwarding(name);
    this.plane = XdpPlane.open({
      pins: this.namespace.pins,
      connections: 1000,
      localPorts: [1024, 65535],
      mode,
      interfaces,
    });
    this.plane.applyRules(EMPTY_RULES);
  }

  serve(local: string, server: string): void {
    const rules = (['tcp', 'udp'] as const).flatMap((protocol): RuleEdit[] => {
      const id: ServiceId = {
        kind: 'address',
        protocol,
        address: parseAddress('10.1.1.1'),
        port: 80,
        subnetId: 0,
      };
      const to = { address: parseAddress(server), port: 7, weight: 1, forwarding: 'fullnat' as const };
      return [
        { op: 'add-service', id, settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false } },
        { op: 'add-server', id, server: { ...to, upperThreshold: 0, lowerThreshold: 0 } },
        { op: 'add-local', id, local: { address: parseAddress(local) } },
      ];
    });
    this.plane.applyRules(rules.reduce(applyEdit, EMPTY_RULES));
    const [front, back] = ['front', ip('-br', 'link').includes('back') ? 'back' : 'front'].map(linkOf);
    this.plane.setAddresses([
      { address: parseAddress('10.1.1.1'), kind: 'virtual', floating: true, ifindex: front?.ifindex ?? 0 },
      { address: parseAddress(VIP6), kind: 'virtual', floating: true, ifindex: front?.ifindex ?? 0 },
      { address: parseAddress(local), kind: 'local', floating: true, ifindex: back?.ifindex ?? 0 },
    ]);
    this.plane.fence.open(bootTimeUs() + 60_000_000, 1);
  }

  /** Runs a script in a far host; resolves with its first line of output. */
  async run(host: string, script: string): Promise<string> {
    const child = spawn('nsenter', [`--net=/run/netns/${this.host(host)}`, process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return line.toString().trim();
  }

  /** Runs a script in a far host to its end. */
  runNow(host: string, script: string): void {
    execFileSync('nsenter', [`--net=/run/netns/${this.host(host)}`, process.execPath, '-e', script]);
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    this.plane.close(false);
    for (const name of this.#far) ip('netns', 'del', name);
    this.namespace.remove();
  }

  /** Its namespace. */
  host(host: string): string {
    return `${this.namespace.name}-${host}`;
  }

  #host(host: string): string {
    const name = this.host(host);
    ip('netns', 'add', name);
    this.#far.push(name);
    return name;
  }

  #link(host: string, near: string, nearAddress: string, farAddress: string): void {
    const name = this.#host(host);
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('addr', 'add', nearAddress, 'dev', near);
    ip('link', 'set', near, 'up');
    this.#address(name, farAddress);
  }

  #address(name: string, address: string): void {
    ip('-n', name, 'addr', 'add', address, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
    // Frames that XDP redirects need NAPI at the far end; partial checksums must not leave the host.
    execFileSync('nsenter', [`--net=/run/netns/${name}`, 'ethtool', '-K', 'eth0', 'tx', 'off', 'gro', 'on']);
  }

  /** Client, server and director on one segment. */
  #bridge(): void {
    const bridge = this.#host('switch');
    ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', bridge, 'link', 'set', 'br0', 'up');
    const plug = (port: string) => {
      ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
      execFileSync('nsenter', [
        `--net=/run/netns/${bridge}`,
        'ethtool',
        '-K',
        port,
        'gro',
        'on',
        'tx',
        'off',
        'gso',
        'off',
      ]);
    };
    for (const [host, address] of [
      ['client', '10.1.1.10/24'],
      ['server', '10.1.1.20/24'],
    ] as const) {
      const name = this.#host(host);
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', host, 'netns', bridge);
      plug(host);
      this.#address(name, address);
    }
    ip('link', 'add', 'front', 'type', 'veth', 'peer', 'name', 'director', 'netns', bridge);
    plug('director');
    ip('addr', 'add', '10.1.1.2/24', 'dev', 'front');
    ip('link', 'set', 'front', 'up');
  }
}

const UDP_ECHO = `const s=require('dgram').createSocket('udp4');s.on('message',(m,r)=>s.send(m,r.port,r.address));s.bind(7,()=>console.log('ready'))`;
const UDP_ASK = `const s=require('dgram').createSocket('udp4');s.on('message',(m,r)=>{console.log(r.address+' '+m);process.exit()});s.send('one packet',80,'10.1.1.1')`;
const TCP_ECHO = `require('net').createServer(s=>s.pipe(s)).listen(7,()=>console.log('ready'))`;
const TCP_ASK = `const s=require('net').connect(80,'10.1.1.1');let n=0;s.on('data',d=>{n+=d.length;if(n===300000){console.log('all '+n);process.exit()}});s.write(Buffer.alloc(300000))`;

let wire: Wire;
afterEach(() => wire.remove());

describe('real hosts behind a director', () => {
  test('hear an answer to the first packet, though no next hop was resolved', async () => {
    wire = new Wire('first');
    wire.serve('192.168.10.1', '192.168.10.2');
    await wire.run('server', UDP_ECHO);
    ip('neigh', 'flush', 'all');
    expect(await wire.run('client', UDP_ASK)).toBe('10.1.1.1 one packet');
    expect(wire.plane.events().neighbour_resolve).toBeGreaterThan(0);
  });

  test.each(['auto', 'generic'] as const)('exchange data over TCP, XDP attached as %s', async (mode) => {
    wire = new Wire('tcp', { mode });
    wire.serve('192.168.10.1', '192.168.10.2');
    await wire.run('server', TCP_ECHO);
    expect(await wire.run('client', TCP_ASK)).toBe('all 300000');
  });

  test('go on when no process of ours holds the plane', async () => {
    wire = new Wire('alone');
    wire.serve('192.168.10.1', '192.168.10.2');
    await wire.run('server', TCP_ECHO);
    wire.plane.close(true);
    expect(await wire.run('client', TCP_ASK)).toBe('all 300000');
  });

  test('exchange data over TCP through a director with one arm', async () => {
    wire = new Wire('arm', { oneArmed: true });
    wire.serve('10.1.1.3', '10.1.1.20');
    await wire.run('server', TCP_ECHO);
    expect(await wire.run('client', TCP_ASK)).toBe('all 300000');
  });
});

describe.each([
  ['IPv4', 'udp4', '10.1.1.1/32', [], '10.1.1.10', 'arp_egress_fenced'],
  ['IPv6', 'udp6', '2001:db8:1::1/128', ['nodad'], '2001:db8:1::10', 'nd_egress_fenced'],
])('%s', (_, socket, floating, flags, client, counter) => {
  test('the kernel never asks for a neighbour under a floating address without the lease', async () => {
    wire = new Wire('egress');
    wire.serve('192.168.10.1', '192.168.10.2');
    ip('addr', 'add', '2001:db8:1::2/64', 'dev', 'front', 'nodad');
    ip('addr', 'add', floating, 'dev', 'front', ...flags);
    const ask = () => {
      ip('neigh', 'flush', 'all');
      // Its source is the floating address, so the kernel's question for the next hop bears it.
      const send = `s=require('dgram').createSocket('${socket}');s.bind(0,'${floating.split('/')[0]}',()=>s.send('x',9,'${client}',()=>s.close()))`;
      execFileSync(process.execPath, ['-e', send]);
    };
    const fenced = () => wire.plane.drops()[counter] ?? 0;
    ask();
    expect(fenced()).toBe(0);
    wire.plane.fence.close();
    ask();
    expect(fenced()).toBeGreaterThan(0);
  });
});

describe('a real host on the segment', () => {
  const entry = () => {
    const [found] = JSON.parse(ip('-j', '-n', wire.host('client'), 'neigh', 'show', VIP6)) as Array<{
      lladdr?: string;
    }>;
    return found?.lladdr;
  };
  /** One packet that needs the neighbour. */
  const send = () => {
    const script = `s=require('dgram').createSocket('udp6');s.send('x',9,'${VIP6}',()=>s.close())`;
    wire.runNow('client', script);
  };

  test('learns a floating IPv6 address from the plane, though no interface has it', async () => {
    wire = new Wire('nd');
    wire.serve('192.168.10.1', '192.168.10.2');
    ip('-n', wire.host('client'), 'addr', 'add', '2001:db8:1::10/64', 'dev', 'eth0', 'nodad');
    send();
    await expect.poll(entry, { timeout: 5000 }).toBe(linkMac('front'));
  });

  test('hears nobody while the fence is closed', async () => {
    wire = new Wire('nd');
    wire.serve('192.168.10.1', '192.168.10.2');
    wire.plane.fence.close();
    ip('addr', 'add', `${VIP6}/128`, 'dev', 'front', 'nodad');
    ip('-n', wire.host('client'), 'addr', 'add', '2001:db8:1::10/64', 'dev', 'eth0', 'nodad');
    send();
    await expect.poll(() => wire.plane.drops().nd_fenced, { timeout: 5000 }).toBeGreaterThan(1);
    expect(entry()).toBeUndefined();
  });

  test('finds that a floating IPv6 address is taken', async () => {
    wire = new Wire('nd');
    wire.serve('192.168.10.1', '192.168.10.2');
    ip('-n', wire.host('client'), 'addr', 'add', `${VIP6}/64`, 'dev', 'eth0');
    const state = () => ip('-n', wire.host('client'), '-6', 'addr', 'show', 'dev', 'eth0');
    await expect.poll(state, { timeout: 5000 }).toContain('dadfailed');
  });
});

function linkMac(name: string): string {
  return Buffer.from(linkOf(name).mac)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1:');
}
