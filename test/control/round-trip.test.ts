import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type ControlClient, connect } from '../../src/control/client.ts';
import { serve } from '../../src/control/server.ts';
import { DirectorError } from '../../src/director/api.ts';
import { parseAddress } from '../../src/model/address.ts';
import type { RuleEdit } from '../../src/model/edit.ts';
import { ModelError } from '../../src/model/error.ts';
import { parseMark } from '../../src/model/mark-text.ts';
import type { ServiceId, ServiceSettings } from '../../src/model/rules.ts';
import { syncDaemon } from '../../src/model/sync-daemon.ts';
import { scratch } from '../support/scratch.ts';
import { until } from '../support/until.ts';
import { connection, FakeDirector, STATUS } from './fake-director.ts';

const ID: ServiceId = {
  kind: 'address',
  protocol: 'tcp',
  address: parseAddress('10.1.1.1'),
  port: 80,
  subnetId: 0,
};
const SETTINGS: ServiceSettings = { scheduler: 'rr', schedulerFlags: [], onePacket: false };

async function pair(): Promise<{ director: FakeDirector; client: ControlClient }> {
  const director = new FakeDirector();
  const path = join(scratch(), 'tandem.sock');
  const server = await serve(director, path);
  const client = await connect(path);
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  return { director, client };
}

const EDITS: readonly RuleEdit[] = [
  { op: 'add-service', id: ID, settings: SETTINGS },
  {
    op: 'edit-service',
    id: ID,
    settings: {
      scheduler: 'mh',
      schedulerFlags: ['mh-port', 'mh-fallback'],
      onePacket: true,
      persistence: { timeout: 60, prefix: 32, mask: parseAddress('255.0.255.0') },
      engine: 'sip',
      establishedTimeout: 30,
      drainingTimeout: 0,
    },
  },
  {
    op: 'add-server',
    id: ID,
    server: {
      address: parseAddress('2001:db8::2'),
      port: 8080,
      forwarding: 'tunnel',
      weight: 0,
      upperThreshold: 7,
      lowerThreshold: 3,
      tunnel: { type: 'gue', port: 6080, checksum: 'remote' },
      oif: 'eth1',
    },
  },
  {
    op: 'add-server',
    id: ID,
    server: {
      address: parseAddress('192.168.10.2'),
      port: 22,
      forwarding: 'fullnat',
      weight: 1,
      upperThreshold: 0,
      lowerThreshold: 0,
    },
  },
  { op: 'add-local', id: ID, local: { address: parseAddress('192.168.10.1'), oif: 'eth1' } },
  { op: 'add-local', id: ID, local: { address: parseAddress('192.168.10.9') } },
  { op: 'delete-local', id: ID, address: parseAddress('192.168.10.9') },
  { op: 'add-service', id: { kind: 'fwmark', fwmark: 5, family: 6 }, settings: SETTINGS },
  {
    op: 'add-service',
    id: { kind: 'raw', address: parseAddress('10.1.1.9'), port: 0, subnetId: 4294967295 },
    settings: SETTINGS,
  },
  { op: 'delete-service', id: { kind: 'fwmark', fwmark: 5, family: 6 } },
  { op: 'set-timeouts', timeouts: { tcp: 0, tcpFin: 10, udp: 20 } },
  { op: 'set-vlanflag', on: true },
  { op: 'set-vlanflag', on: false },
  { op: 'add-mark', mark: parseMark({ fwmark: 0xffff_ffff, interface: 'eth0' }) },
  {
    op: 'delete-mark',
    mark: parseMark({
      fwmark: 5,
      source: '10.0.0.0/8',
      destination: '10.1.1.1',
      protocol: 'tcp',
      ports: '80-90',
    }),
  },
];

test('every kind of edit arrives as it was sent, and a listing comes back equal', async () => {
  const { director, client } = await pair();
  const local = new FakeDirector();
  await client.edit(EDITS);
  await local.edit(EDITS);
  expect(director.rules).toStrictEqual(local.rules);
  expect(await client.list()).toStrictEqual(await local.list());
  await client.edit([{ op: 'clear' }]);
  expect(director.rules.services).toEqual([]);
});

test('refused edits arrive with their places and as the errors that they were, and the others are done', async () => {
  const { director, client } = await pair();
  const [added] = EDITS;
  if (!added) throw new Error('no edit');
  expect(await client.edit([added])).toEqual([]);
  const second: RuleEdit = { op: 'add-service', id: { ...ID, port: 81 }, settings: SETTINGS };
  const refused = await client.edit([added, second, added]);
  expect(refused.map(({ at }) => at)).toEqual([0, 2]);
  for (const { error } of refused) {
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({
      code: 'service-exists',
      message: 'TCP 10.1.1.1:80 already exists: edit it with -E',
    });
  }
  expect(director.rules.services).toHaveLength(2);
});

test('a refusal of the director arrives with its code and its words', async () => {
  const { client } = await pair();
  const refused = client.startSync(syncDaemon({ direction: 'master', interface: 'nosuch0' }));
  await expect(refused).rejects.toThrow(DirectorError);
  await expect(refused).rejects.toMatchObject({ code: 'no-such-device', message: /nosuch0: list them/ });
});

test('a bug in the daemon is told as internal, not as a refusal', async () => {
  const { director, client } = await pair();
  director.status = async () => {
    throw new RangeError('offset out of bounds');
  };
  await expect(client.status()).rejects.toMatchObject({ name: 'ControlError', code: 'internal' });
});

test('the status arrives whole: nulls, fractions, and counters up to 2^53', async () => {
  const { client } = await pair();
  expect(await client.status()).toStrictEqual(STATUS);
});

test('sync daemons, zeroing, handover and rekeying reach the director', async () => {
  const { director, client } = await pair();
  const daemon = syncDaemon({ direction: 'backup', interface: 'eth2', group: parseAddress('ff02::51') });
  await client.startSync(daemon);
  expect(await client.syncDaemons()).toStrictEqual([daemon]);
  await client.stopSync('backup');
  expect(director.daemons).toEqual([]);
  await client.zero();
  await client.zero(ID);
  expect(director.zeroed).toStrictEqual([undefined, ID]);
  expect(await client.handover()).toEqual({ tookMs: 3.5 });
  await client.upgrade();
  expect(director.upgrades).toBe(1);
  expect(await client.rekey()).toEqual({ sealing: '5e', opened: ['a1', '5e'], peer: ['a1'] });
});

test('a call that takes its time does not hold up the others', async () => {
  const { director, client } = await pair();
  let open = () => {};
  director.handoverGate = new Promise((resolve) => {
    open = resolve;
  });
  const handover = client.handover();
  expect((await client.status()).name).toBe('lb1');
  open();
  expect(await handover).toEqual({ tookMs: 3.5 });
});

const CHUNKS = 100;
const CHUNK = 1_000;

function* bigTable() {
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    yield Array.from({ length: CHUNK }, (_, index) => connection(chunk * CHUNK + index));
  }
}

test('a table of 100,000 connections arrives whole and in order', async () => {
  const { director, client } = await pair();
  director.chunks = bigTable;
  let index = 0;
  for await (const chunk of client.connections()) {
    for (const row of chunk) {
      if (index % 9_973 === 0) expect(row).toStrictEqual(connection(index));
      index++;
    }
  }
  expect(index).toBe(CHUNKS * CHUNK);
});

test('a reader that stops reading stops the table behind it, and other calls go on', async () => {
  const { director, client } = await pair();
  director.chunks = bigTable;
  const reader = client.connections()[Symbol.asyncIterator]();
  await reader.next();
  await until('the window of the stream is used up', () => director.pulled >= 5);
  for (let call = 0; call < 20; call++) await client.status();
  expect(director.pulled).toBeLessThan(8);
  await reader.return?.();
  await until('the director was told that nobody reads any longer', () => director.finished === 1);
});

test('a table that fails on the way throws what the director threw', async () => {
  const { director, client } = await pair();
  director.chunks = function* () {
    yield [connection(1)];
    throw new DirectorError('bad-plane', 'the map conn is gone: restart the daemon');
  };
  const seen: number[] = [];
  const read = async () => {
    for await (const chunk of client.connections()) seen.push(chunk.length);
  };
  await expect(read()).rejects.toMatchObject({ code: 'bad-plane' });
  expect(seen).toEqual([1]);
});
