import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { ip } from '../support/namespace.ts';
import { LIP6, linkOf, SERVER6, VIP, VIP6 } from '../support/plane.ts';
import { Wire } from '../support/wire.ts';

const UDP_ECHO = `const s=require('dgram').createSocket('udp6');s.on('message',(m,r)=>s.send(m,r.port,r.address));s.bind(7,()=>console.log('ready'))`;
const udpAsk = (to: string) =>
  `const s=require('dgram').createSocket('${to.includes(':') ? 'udp6' : 'udp4'}');s.on('message',(m,r)=>{console.log(r.address+' '+m);process.exit()});s.send('one packet',80,'${to}')`;
const TCP_ECHO = `require('net').createServer(s=>s.pipe(s)).listen(7,()=>console.log('ready'))`;
const tcpAsk = (to: string) =>
  `const s=require('net').connect(80,'${to}');let n=0;s.on('data',d=>{n+=d.length;if(n===300000){console.log('all '+n);process.exit()}});s.write(Buffer.alloc(300000))`;

let wire: Wire;
afterEach(() => wire.remove());

describe('real hosts behind a director', () => {
  test.each([
    ['IPv4', VIP, '192.168.10.1', '192.168.10.2'],
    ['IPv6', VIP6, LIP6, SERVER6],
  ])(
    'hear an answer to the first packet over %s, though no next hop was resolved',
    async (_, vip, lip, rip) => {
      wire = new Wire('first');
      wire.serve(lip, rip);
      await wire.run('server', UDP_ECHO);
      ip('neigh', 'flush', 'all');
      expect(await wire.run('client', udpAsk(vip))).toBe(`${vip} one packet`);
      expect(wire.plane.events().neighbour_resolve).toBeGreaterThan(0);
    },
  );

  test.each(['auto', 'generic'] as const)('exchange data over TCP, XDP attached as %s', async (mode) => {
    wire = new Wire('tcp', { mode });
    wire.serve('192.168.10.1', '192.168.10.2');
    await wire.run('server', TCP_ECHO);
    expect(await wire.run('client', tcpAsk(VIP))).toBe('all 300000');
  });

  test.each(['auto', 'generic'] as const)('exchange data over TCP and IPv6, attached as %s', async (mode) => {
    wire = new Wire('tcp6', { mode });
    wire.serve(LIP6, SERVER6);
    await wire.run('server', TCP_ECHO);
    expect(await wire.run('client', tcpAsk(VIP6))).toBe('all 300000');
  });

  test('go on when no process of ours holds the plane', async () => {
    wire = new Wire('alone');
    wire.serve('192.168.10.1', '192.168.10.2');
    await wire.run('server', TCP_ECHO);
    wire.plane.close(true);
    expect(await wire.run('client', tcpAsk(VIP))).toBe('all 300000');
  });

  test('exchange data over TCP through a director with one arm', async () => {
    wire = new Wire('arm', { oneArmed: true });
    wire.serve('10.1.1.3', '10.1.1.20');
    await wire.run('server', TCP_ECHO);
    expect(await wire.run('client', tcpAsk(VIP))).toBe('all 300000');
  });
});

describe.each([
  ['IPv4', 'udp4', '10.1.1.1/32', [], '10.1.1.10', 'arp_egress_fenced'],
  ['IPv6', 'udp6', '2001:db8:1::1/128', ['nodad'], '2001:db8:1::10', 'nd_egress_fenced'],
])('%s', (_, socket, floating, flags, client, counter) => {
  test('the kernel never asks for a neighbour under a floating address without the lease', async () => {
    wire = new Wire('egress');
    wire.serve('192.168.10.1', '192.168.10.2');
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
    send();
    await expect.poll(entry, { timeout: 5000 }).toBe(linkMac('front'));
  });

  test('hears nobody while the fence is closed', async () => {
    wire = new Wire('nd');
    wire.serve('192.168.10.1', '192.168.10.2');
    wire.plane.fence.close();
    ip('addr', 'add', `${VIP6}/128`, 'dev', 'front', 'nodad');
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
