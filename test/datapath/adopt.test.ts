import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { DatapathError } from '../../src/datapath/plane.ts';
import { openSyncPort } from '../../src/datapath/share.ts';
import type { XdpInterface } from '../../src/datapath/xdp-plane.ts';
import { RecordBatch } from '../../src/model/record.ts';
import { ip } from '../support/namespace.ts';
import { read, reversed, tcp } from '../support/packet.ts';
import { CLIENT, PlaneBench, SERVER, VERDICT, VIP } from '../support/plane.ts';
import { until } from '../support/until.ts';

let bench: PlaneBench;

afterEach(() => bench.remove());

const tuple = { from: CLIENT, fromPort: 1234, to: VIP, toPort: 80 };

function establish() {
  const back = reversed(read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1 })).data));
  bench.fromServer(tcp(back, { flags: 'SA', seq: 1, ack: 2 }));
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 2, ack: 2 }));
  return back;
}

/** No such interface any more: what is attached after it never is. */
const NOWHERE: XdpInterface = { name: 'nowhere', ifindex: 9999, mac: Buffer.alloc(6), sendByRedirect: true };

test('a plane that cannot be attached everywhere is attached nowhere, and leaves no pin', () => {
  bench = new PlaneBench('none');
  bench.plane.close(false);
  const gone = { code: 'no-such-device', message: expect.stringContaining('interface nowhere is gone') };
  expect(() => bench.open({ interfaces: [bench.front, NOWHERE] })).toThrow(expect.objectContaining(gone));
  expect(existsSync(bench.namespace.pins)).toBe(false);
  bench.plane = bench.open();
  expect(bench.plane.adopted).toBe(false);
});

describe('a plane whose daemon died', () => {
  test('is adopted with its connections, counters, ids, events and lease', () => {
    bench = new PlaneBench('adopt');
    bench.addService('tcp', 80, [
      { address: SERVER, port: 22 },
      { address: '192.168.10.3', port: 22 },
    ]);
    bench.openFence(7);
    const back = establish();
    const counters = bench.plane.counters(bench.rules);
    const lease = bench.plane.fence.read();
    bench.plane.close(true);

    bench.plane = bench.open();
    bench.plane.applyRules(bench.rules);
    expect(bench.plane.adopted).toBe(true);
    expect(bench.plane.fence.read()).toEqual(lease);
    expect(bench.plane.counters(bench.rules)).toEqual(counters);
    const reply = tcp(back, { flags: 'PA', seq: 2, ack: 2, payload: 'still here' });
    expect(read(bench.fromServer(reply).data)).toMatchObject({ from: VIP, payload: 'still here' });
    const batch = new RecordBatch(10);
    openSyncPort(bench.plane.shareSync()).read(batch);
    expect(Array.from(batch.clientPort.subarray(0, batch.length))).toEqual([1234]);
  });

  test('goes on with the local ports of its own parity before the peer is heard again', () => {
    bench = new PlaneBench('parity', { director: 1 });
    bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
    bench.openFence();
    bench.plane.close(true);
    bench.plane = bench.open();
    bench.plane.applyRules(bench.rules);
    const ports = [1, 2, 3].map((client) => {
      const syn = tcp({ ...tuple, fromPort: client }, { flags: 'S', seq: 1 });
      return read(bench.fromClient(syn).data).fromPort;
    });
    expect(ports.map((port) => port % 2)).toEqual([1, 1, 1]);
  });

  test('is refused when its table has another size, and left as it was', () => {
    bench = new PlaneBench('other');
    bench.openFence(3);
    bench.plane.close(true);
    const other = new Error();
    try {
      bench.open({ connections: 99 }).close(true);
      throw other;
    } catch (error) {
      expect(error).toBeInstanceOf(DatapathError);
      expect((error as DatapathError).code).toBe('bad-plane');
      expect((error as DatapathError).message).toMatch(/rm -r/);
    }
    bench.plane = bench.open();
    expect(bench.plane.fence.read().term).toBe(3);
  });

  test('is left as it was when a new daemon cannot attach it everywhere', () => {
    bench = new PlaneBench('half');
    bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
    bench.openFence();
    establish();
    bench.plane.close(true);
    const pinned = () => readdirSync(bench.namespace.pins).sort();
    const before = pinned();
    expect(() => bench.open({ interfaces: [bench.front, NOWHERE] })).toThrow(DatapathError);
    expect(pinned()).toEqual(before);
    bench.plane = bench.open();
    bench.plane.applyRules(bench.rules);
    expect(bench.plane.adopted).toBe(true);
    expect(bench.fromClient(tcp(tuple, { flags: 'A', seq: 2, ack: 2 })).verdict).toBe(VERDICT.REDIRECT);
  });

  test('is taken off an interface that the new daemon is not given', async () => {
    bench = new PlaneBench('fewer');
    const attached = (name: string) => ip('-d', 'link', 'show', name).includes('prog/xdp');
    expect([attached('front'), attached('back')]).toEqual([true, true]);
    bench.plane.close(true);
    bench.plane = bench.open({ interfaces: [bench.front] });
    bench.plane.applyRules(bench.rules);
    expect(bench.plane.adopted).toBe(true);
    await until('the program is off', () => !attached('back'));
    expect(attached('front')).toBe(true);
    const left = readdirSync(bench.namespace.pins).filter((name) => name.endsWith(`_${bench.back.ifindex}`));
    expect(left).toEqual([]);
  });

  test('leaves nothing when it is closed for good', () => {
    bench = new PlaneBench('gone');
    const { pins } = bench.namespace;
    bench.plane.close(false);
    expect(existsSync(pins)).toBe(false);
    bench.plane = bench.open();
    expect(bench.plane.adopted).toBe(false);
  });
});
