import { existsSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatapathError } from '../../src/datapath/plane.ts';
import { openSyncPort } from '../../src/datapath/share.ts';
import type { XdpInterface } from '../../src/datapath/xdp-plane.ts';
import { RecordBatch } from '../../src/model/record.ts';
import { ip } from '../support/namespace.ts';
import { read, reversed, tcp } from '../support/packet.ts';
import { CLIENT, PlaneBench, SERVER, VERDICT, VIP } from '../support/plane.ts';
import { until } from '../support/until.ts';

let bench: PlaneBench;
const pinned = () => readdirSync(bench.namespace.pins).sort();

afterAll(() => bench.remove());

const tuple = { from: CLIENT, fromPort: 1234, to: VIP, toPort: 80 };

function establish() {
  const back = reversed(read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1 })).data));
  bench.fromServer(tcp(back, { flags: 'SA', seq: 1, ack: 2 }));
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 2, ack: 2 }));
  return back;
}

/** No such interface any more: what is attached after it never is. */
const NOWHERE: XdpInterface = { name: 'nowhere', ifindex: 9999, mac: Buffer.alloc(6), sendByRedirect: true };

/** One plane from its first daemon to its end, in this order: each load of the programs takes its time. */
describe('a plane whose daemon died', () => {
  let back: ReturnType<typeof establish>;
  let before: object;
  let pins: readonly string[];
  const held = () => ({ counters: bench.plane.counters(bench.rules), lease: bench.plane.fence.read() });

  beforeAll(() => {
    bench = new PlaneBench('adopt', { director: 1 });
    bench.addService('tcp', 80, [
      { address: SERVER, port: 22 },
      { address: '192.168.10.3', port: 22 },
    ]);
    bench.openFence(7);
    back = establish();
    before = held();
    bench.plane.close(true);
    pins = pinned();
  });

  test('is refused when its table has another size, and left as it was', () => {
    const refused = { code: 'bad-plane', message: expect.stringMatching(/rm -r/) };
    expect(() => bench.open({ connections: 99 })).toThrow(DatapathError);
    expect(() => bench.open({ connections: 99 })).toThrow(expect.objectContaining(refused));
    expect(pinned()).toEqual(pins);
  });

  test('is left as it was when a new daemon cannot attach it everywhere', () => {
    expect(() => bench.open({ interfaces: [bench.front, NOWHERE] })).toThrow(DatapathError);
    expect(pinned()).toEqual(pins);
  });

  test('is adopted with its connections, counters, ids, events and lease', () => {
    bench.plane = bench.open();
    bench.plane.applyRules(bench.rules);
    expect(bench.plane.adopted).toBe(true);
    expect(held()).toEqual(before);
    const data = tcp(tuple, { flags: 'PA', seq: 2, ack: 2 });
    expect(bench.fromClient(data).verdict).toBe(VERDICT.REDIRECT);
    const reply = tcp(back, { flags: 'PA', seq: 2, ack: 2, payload: 'still here' });
    expect(read(bench.fromServer(reply).data)).toMatchObject({ from: VIP, payload: 'still here' });
    const batch = new RecordBatch(10);
    openSyncPort(bench.plane.shareSync()).read(batch);
    expect(Array.from(batch.clientPort.subarray(0, batch.length))).toEqual([1234]);
  });

  test('goes on with the local ports of its own parity before the peer is heard again', () => {
    const ports = [1, 2, 3].map((client) => {
      const syn = tcp({ ...tuple, fromPort: client }, { flags: 'S', seq: 1 });
      return read(bench.fromClient(syn).data).fromPort;
    });
    expect(ports.map((port) => port % 2)).toEqual([1, 1, 1]);
  });

  test('is taken off an interface that the new daemon is not given', async () => {
    const attached = (name: string) => ip('-d', 'link', 'show', name).includes('prog/xdp');
    expect([attached('front'), attached('back')]).toEqual([true, true]);
    bench.plane.close(true);
    bench.plane = bench.open({ interfaces: [bench.front] });
    bench.plane.applyRules(bench.rules);
    expect(bench.plane.adopted).toBe(true);
    await until('the program is off', () => !attached('back'));
    expect(attached('front')).toBe(true);
    expect(pinned().filter((name) => name.endsWith(`_${bench.back.ifindex}`))).toEqual([]);
  });

  test('leaves nothing when it is closed for good', () => {
    bench.plane.close(false);
    expect(existsSync(bench.namespace.pins)).toBe(false);
  });
});

test('a plane that cannot be attached everywhere is attached nowhere, and leaves no pin', () => {
  const gone = { code: 'no-such-device', message: expect.stringContaining('interface nowhere is gone') };
  expect(() => bench.open({ interfaces: [bench.front, NOWHERE] })).toThrow(expect.objectContaining(gone));
  expect(existsSync(bench.namespace.pins)).toBe(false);
  bench.plane = bench.open();
  expect(bench.plane.adopted).toBe(false);
});
