import { afterEach, expect, test } from 'vitest';
import { MemoryPlane } from '../../src/datapath/reference/memory-plane.ts';
import { openSyncPort } from '../../src/datapath/share.ts';
import { type Address, ipv4ToNumber, parseAddress } from '../../src/model/address.ts';
import { TCP_STATE } from '../../src/model/connection.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { IPVS_OPTIONS } from '../../src/model/ipvs-options.ts';
import { RecordBatch } from '../../src/model/record.ts';
import { EMPTY_RULES, type ServiceId } from '../../src/model/rules.ts';
import { until } from '../support/until.ts';

const VIP = parseAddress('10.1.1.1');
const LIP = parseAddress('192.168.10.1');
const SERVER = { address: parseAddress('192.168.10.2'), port: 22 };
const id: ServiceId = { kind: 'address', protocol: 'tcp', address: VIP, port: 80, subnetId: 0 };
const edits: RuleEdit[] = [
  { op: 'add-service', id, settings: { scheduler: 'rr', schedulerFlags: [], onePacket: false } },
  {
    op: 'add-server',
    id,
    server: { ...SERVER, weight: 1, forwarding: 'fullnat', upperThreshold: 0, lowerThreshold: 0 },
  },
  { op: 'add-local', id, local: { address: LIP } },
];
const rules = edits.reduce(applyEdit, EMPTY_RULES);

let now = 0;
const plane = new MemoryPlane({ connections: 100, localPorts: [1024, 65535], ipvs: IPVS_OPTIONS }, () => now);
plane.applyRules(rules);
afterEach(() => plane.close());

const number = (address: Address) => ipv4ToNumber(address);

/** Connections of the server, in these states. */
function recordsIn(states: readonly number[]): RecordBatch {
  const batch = new RecordBatch(states.length);
  states.forEach((state, at) => {
    batch.protocol[at] = 6;
    batch.state[at] = state;
    batch.client[at] = number(parseAddress('10.1.1.10'));
    batch.clientPort[at] = 1000 + at;
    batch.virtual[at] = number(VIP);
    batch.virtualPort[at] = 80;
    batch.local[at] = number(LIP);
    batch.localPort[at] = 2000 + at;
    batch.server[at] = number(SERVER.address);
    batch.serverPort[at] = 22;
    batch.timeout[at] = 120;
    batch.version[at] = 1;
  });
  batch.length = states.length;
  return batch;
}

test('what the peer sends is listed, counted at its server, and expires', async () => {
  const batch = recordsIn([TCP_STATE.ESTABLISHED, TCP_STATE.TIME_WAIT]);
  openSyncPort(plane.shareSync()).apply(batch, { sender: 77, mark: 0 });
  await until('the records are in the table', () => plane.sweep().connections === 2);
  const [counters] = plane.counters(rules);
  expect(counters?.servers).toMatchObject([{ activeConnections: 1, inactiveConnections: 1 }]);
  expect(counters?.locals).toMatchObject([{ connections: 2 }]);
  const listed = [];
  for await (const chunk of plane.connections()) listed.push(...chunk);
  expect(listed.map(({ client, local, expires }) => [client.port, local?.port, expires])).toEqual([
    [1000, 2000, 900],
    [1001, 2001, 120],
  ]);
  // Whoever is not the owner waits for the owner's word, twice the timeout.
  now += 1801_000_000;
  expect(plane.sweep()).toMatchObject({ expired: 2, connections: 0 });
});

test('the owner closes what is open of a server that has been taken out for so long', async () => {
  const own = new MemoryPlane({ connections: 100, localPorts: [1024, 65535], ipvs: IPVS_OPTIONS }, () => now);
  const settings = { scheduler: 'rr', schedulerFlags: [], onePacket: false, drainingTimeout: 30 } as const;
  const draining = applyEdit(rules, { op: 'edit-service', id, settings });
  const batch = recordsIn([TCP_STATE.ESTABLISHED, TCP_STATE.TIME_WAIT]);
  try {
    now += 1_000_000;
    own.applyRules(draining);
    openSyncPort(own.shareSync()).apply(batch, { sender: 77, mark: 0 });
    await until('the records are in the table', () => own.sweep().connections === 2);
    own.applyRules(applyEdit(draining, { op: 'delete-server', id, server: SERVER }));
    now += 29_000_000;
    own.fence.open(now + 3600_000_000, 1);
    expect(own.sweep()).toMatchObject({ expired: 0, connections: 2 });
    now += 1_000_000;
    expect(own.sweep()).toMatchObject({ expired: 1, connections: 1 });
    expect(own.events()).toEqual({ drained: 1 });
  } finally {
    own.close();
  }
});
