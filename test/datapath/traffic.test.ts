import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ip } from '../support/namespace.ts';
import { LIP6, linkOf, SERVER6, VIP, VIP6 } from '../support/plane.ts';
import { Wire } from '../support/wire.ts';

const UDP_ECHO = `const s=require('dgram').createSocket('udp6');s.on('message',(m,r)=>s.send(m,r.port,r.address));s.bind(7,()=>console.log('ready'))`;
const udpAsk = (to: string) =>
  `const s=require('dgram').createSocket('${to.includes(':') ? 'udp6' : 'udp4'}');s.on('message',(m,r)=>{console.log(r.address+' '+m);process.exit()});s.send('one packet',80,'${to}')`;
const TCP_ECHO = `require('net').createServer(s=>s.pipe(s)).listen(7,()=>console.log('ready'))`;
const tcpAsk = (to: string) =>
  `const s=require('net').connect(80,'${to}');let n=0;s.on('data',d=>{n+=d.length;if(n===300000){console.log('all '+n);process.exit()}});s.write(Buffer.alloc(300000))`;

const FAMILIES = [
  ['IPv4', VIP, '192.168.10.1', '192.168.10.2'],
  ['IPv6', VIP6, LIP6, SERVER6],
] as const;

let wire: Wire;
afterEach(() => wire.quiet());
afterAll(() => wire.remove());

/** An address of the director's own, until the test ends. */
function onFront(address: string, flags: readonly string[]): void {
  ip('addr', 'add', address, 'dev', 'front', ...flags);
  onTestFinished(() => void ip('addr', 'del', address, 'dev', 'front'));
}

async function exchange(vip: string, local: string, server: string, meanwhile = () => {}): Promise<void> {
  wire.serve(local, server);
  await wire.run('server', TCP_ECHO);
  meanwhile();
  expect(await wire.run('client', tcpAsk(vip))).toBe('all 300000');
}

describe('real hosts behind a director', () => {
  beforeAll(() => {
    wire = new Wire('traffic');
  });

  test.each(FAMILIES)(
    'hear an answer to the first packet over %s, though no next hop was resolved',
    async (_, vip, local, server) => {
      const resolved = () => wire.plane.events().neighbour_resolve ?? 0;
      const before = resolved();
      wire.serve(local, server);
      await wire.run('server', UDP_ECHO);
      ip('neigh', 'flush', 'all');
      expect(await wire.run('client', udpAsk(vip))).toBe(`${vip} one packet`);
      expect(resolved()).toBeGreaterThan(before);
    },
  );

  test.each([
    ['IPv4', 'udp4', '10.1.1.1/32', [], '10.1.1.10', 'arp_egress_fenced'],
    ['IPv6', 'udp6', '2001:db8:1::1/128', ['nodad'], '2001:db8:1::10', 'nd_egress_fenced'],
  ] as const)(
    'are not asked for by the kernel under a floating %s address without the lease',
    (_, socket, floating, flags, client, counter) => {
      wire.serve('192.168.10.1', '192.168.10.2');
      onFront(floating, flags);
      const ask = () => {
        ip('neigh', 'flush', 'all');
        // Its source is the floating address, so the kernel's question for the next hop bears it.
        const send = `s=require('dgram').createSocket('${socket}');s.bind(0,'${floating.split('/')[0]}',()=>s.send('x',9,'${client}',()=>s.close()))`;
        execFileSync(process.execPath, ['-e', send]);
      };
      const fenced = () => wire.plane.drops()[counter] ?? 0;
      const before = fenced();
      ask();
      expect(fenced()).toBe(before);
      wire.plane.fence.close();
      ask();
      expect(fenced()).toBeGreaterThan(before);
    },
  );

  test.each(FAMILIES)('exchange data over TCP and %s', (_, ...ends) => exchange(...ends));
});

describe('a real host on the segment', () => {
  beforeEach(() => {
    wire.serve('192.168.10.1', '192.168.10.2');
    ip('-n', wire.host('client'), 'neigh', 'flush', 'all');
  });

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

  test('hears nobody while the fence is closed', async () => {
    const fenced = () => wire.plane.drops().nd_fenced ?? 0;
    const before = fenced();
    wire.plane.fence.close();
    onFront(`${VIP6}/128`, ['nodad']);
    send();
    await expect.poll(fenced, { timeout: 5000 }).toBeGreaterThan(before + 1);
    expect(entry()).toBeUndefined();
  });

  test('learns a floating IPv6 address from the plane, though no interface has it', async () => {
    send();
    await expect.poll(entry, { timeout: 5000 }).toBe(linkMac('front'));
  });

  test('finds that a floating IPv6 address is taken', async () => {
    ip('-n', wire.host('client'), 'addr', 'add', `${VIP6}/64`, 'dev', 'eth0');
    const state = () => ip('-n', wire.host('client'), '-6', 'addr', 'show', 'dev', 'eth0');
    await expect.poll(state, { timeout: 5000 }).toContain('dadfailed');
    ip('-n', wire.host('client'), 'addr', 'del', `${VIP6}/64`, 'dev', 'eth0');
  });
});

test('traffic goes on when no process of ours holds the plane', async () => {
  await exchange(VIP, '192.168.10.1', '192.168.10.2', () => wire.plane.close(true));
  wire.remove();
});

describe('attached as generic', () => {
  beforeAll(() => {
    wire = new Wire('generic', { mode: 'generic' });
  });
  afterAll(() => wire.remove());

  test.each(FAMILIES)('real hosts exchange data over TCP and %s', (_, ...ends) => exchange(...ends));
});

test('real hosts exchange data over TCP through a director with one arm', async () => {
  wire = new Wire('arm', { oneArmed: true });
  await exchange(VIP, '10.1.1.3', '10.1.1.20');
});

function linkMac(name: string): string {
  return Buffer.from(linkOf(name).mac)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1:');
}
