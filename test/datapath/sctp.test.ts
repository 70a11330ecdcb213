import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, SCTP_STATE_NAME, stateName } from '../../src/model/connection.ts';
import { RecordBatch } from '../../src/model/record.ts';
import { read, reversed, type Tuple } from '../support/packet.ts';
import {
  CLIENT,
  CLIENT6,
  LIP,
  LIP6,
  PlaneBench,
  SERVER,
  SERVER6,
  VERDICT,
  VIP,
  VIP6,
} from '../support/plane.ts';
import { CHUNK, initBody, readSctp, SCTP, sctp } from '../support/sctp.ts';

let bench: PlaneBench;
let clientPort = 50_000;
/** What each end asks the other to say. */
const [CLIENT_TAG, SERVER_TAG] = [0xc11e_0001, 0x5e12_0002];
const SERVICE_PORT = 2905;

beforeAll(() => {
  bench = new PlaneBench('sctp');
  for (const address of [SERVER, SERVER6]) bench.addService('sctp', SERVICE_PORT, [{ address, port: 7000 }]);
  bench.openFence();
});

afterAll(() => bench.remove());

const fromClient = (client = CLIENT, vip = VIP): Tuple => ({
  from: client,
  fromPort: clientPort++,
  to: vip,
  toPort: SERVICE_PORT,
});

async function connectionOf({ fromPort }: Tuple): Promise<Connection | undefined> {
  for await (const chunk of bench.plane.connections()) {
    const found = chunk.find(({ protocol, client }) => protocol === 'sctp' && client.port === fromPort);
    if (found) return found;
  }
  return undefined;
}

async function stateOf(tuple: Tuple): Promise<string | undefined> {
  const found = await connectionOf(tuple);
  return found && stateName(found);
}

const request = (tuple: Tuple, type: number, tag = SERVER_TAG, flags = 0, body?: Buffer) =>
  bench.fromClient(sctp(tuple, tag, [{ type, flags, ...(body && { body }) }]));
const reply = (back: Tuple, type: number, tag = CLIENT_TAG, flags = 0, body?: Buffer) =>
  bench.fromServer(sctp(back, tag, [{ type, flags, ...(body && { body }) }]));

/** The four-way handshake. @returns both ends' tuples, and the states on the way */
async function associate(tuple = fromClient()) {
  const init = request(tuple, CHUNK.INIT, 0, 0, initBody(CLIENT_TAG));
  expect(init.verdict).toBe(VERDICT.REDIRECT);
  const back = reversed({ ...read(init.data), ...portsOf(init.data) });
  const states = [await stateOf(tuple)];
  reply(back, CHUNK.INIT_ACK, CLIENT_TAG, 0, initBody(SERVER_TAG));
  states.push(await stateOf(tuple));
  request(tuple, CHUNK.COOKIE_ECHO, SERVER_TAG, 0, Buffer.alloc(100));
  states.push(await stateOf(tuple));
  reply(back, CHUNK.COOKIE_ACK);
  states.push(await stateOf(tuple));
  return { tuple, back, states };
}

function portsOf(frame: Buffer): Pick<Tuple, 'fromPort' | 'toPort'> {
  const { fromPort, toPort } = readSctp(frame);
  return { fromPort, toPort };
}

describe('an association', () => {
  test('goes through the states of IPVS to the end, and counts as active while it is established', async () => {
    const { tuple, back, states } = await associate();
    const active = () => bench.plane.counters(bench.rules)[0]?.servers[0]?.activeConnections;
    expect(states).toEqual(['INIT1', 'C-SENT', 'C-REPLIED', 'ESTABLISHED']);
    const before = active() ?? 0;
    request(tuple, CHUNK.DATA);
    reply(back, CHUNK.SACK);
    expect((await connectionOf(tuple))?.expires).toBeGreaterThan(890);
    const end = [await stateOf(tuple)];
    request(tuple, CHUNK.SHUTDOWN);
    end.push(await stateOf(tuple));
    reply(back, CHUNK.SHUTDOWN_ACK);
    end.push(await stateOf(tuple));
    request(tuple, CHUNK.SHUTDOWN_COMPLETE);
    end.push(await stateOf(tuple));
    expect(end).toEqual(['ESTABLISHED', 'S-RECEIVED', 'S-ACK-SENT', 'CLOSED']);
    expect(active()).toBe(before - 1);
  });

  test.each([
    ['IPv4', CLIENT, VIP, LIP, SERVER],
    ['IPv6', CLIENT6, VIP6, LIP6, SERVER6],
  ])('over %s is translated with its CRC32c right, whatever the length', (_, client, vip, lip, server) => {
    const tuple = fromClient(client, vip);
    const init = request(tuple, CHUNK.INIT, 0, 0, initBody(CLIENT_TAG));
    expect(read(init.data)).toMatchObject({ from: lip, to: server });
    expect(readSctp(init.data)).toMatchObject({ toPort: 7000, crcOk: true });
    const back = reversed({ ...read(init.data), ...portsOf(init.data) });
    for (const length of [0, 1, 2, 3, 4, 11, 64, 255, 256, 500, 1000, 1428]) {
      const there = readSctp(request(tuple, CHUNK.DATA, 1, 3, Buffer.alloc(length, length)).data);
      expect([length, there.crcOk, there.toPort]).toEqual([length, true, 7000]);
      const here = readSctp(reply(back, CHUNK.DATA, 1, 3, Buffer.alloc(length, 0xa5)).data);
      expect([length, here.crcOk, here.fromPort, here.toPort]).toEqual([
        length,
        true,
        SERVICE_PORT,
        tuple.fromPort,
      ]);
    }
  });

  test('with a wrong CRC32c has a wrong one behind us, too', () => {
    const frame = sctp(fromClient(), 0, [{ type: CHUNK.INIT, body: initBody(CLIENT_TAG) }]);
    frame.writeUInt8((frame[frame.length - 1] ?? 0) ^ 1, frame.length - 1);
    expect(readSctp(bench.fromClient(frame).data).crcOk).toBe(false);
  });

  test('is not ended by who does not know its tag', async () => {
    const { tuple, back } = await associate();
    const before = bench.plane.events().reset_ignored ?? 0;
    request(tuple, CHUNK.ABORT, 0xbad);
    request(tuple, CHUNK.ABORT, SERVER_TAG, 1);
    reply(back, CHUNK.ABORT, 0xbad);
    reply(back, CHUNK.SHUTDOWN, 0xbad);
    request(tuple, CHUNK.INIT, 0, 0, initBody(0xbad));
    request(tuple, CHUNK.ABORT, 0xbad);
    expect(await stateOf(tuple)).toBe('ESTABLISHED');
    expect(bench.plane.events().reset_ignored).toBe(before + 5);
    reply(back, CHUNK.ABORT);
    expect(await stateOf(tuple)).toBe('CLOSED');
  });

  test('is ended by an ABORT that reflects the tag, and by one behind a COOKIE ECHO', async () => {
    const { tuple } = await associate();
    request(tuple, CHUNK.ABORT, CLIENT_TAG, 1);
    expect(await stateOf(tuple)).toBe('CLOSED');
    const other = await associate();
    const cookie = { type: CHUNK.COOKIE_ECHO, body: Buffer.alloc(33) };
    bench.fromClient(sctp(other.tuple, SERVER_TAG, [cookie, { type: CHUNK.ABORT }]));
    expect(await stateOf(other.tuple)).toBe('CLOSED');
  });

  test('is ended by an ABORT behind a COOKIE ECHO whose own flag says that it reflects the tag', async () => {
    const { tuple } = await associate();
    const cookie = { type: CHUNK.COOKIE_ECHO, body: Buffer.alloc(33) };
    const before = bench.plane.events().reset_ignored ?? 0;
    bench.fromClient(sctp(tuple, CLIENT_TAG, [{ ...cookie, flags: 1 }, { type: CHUNK.ABORT }]));
    expect([await stateOf(tuple), bench.plane.events().reset_ignored]).toEqual(['ESTABLISHED', before + 1]);
    bench.fromClient(sctp(tuple, CLIENT_TAG, [cookie, { type: CHUNK.ABORT, flags: 1 }]));
    expect(await stateOf(tuple)).toBe('CLOSED');
  });

  test('takes no notice of a first fragment that cannot be sent on, because its checksum covers what is not there', async () => {
    const tuple = fromClient();
    request(tuple, CHUNK.INIT, 0, 0, initBody(CLIENT_TAG));
    const chunks = [{ type: CHUNK.COOKIE_ECHO, body: Buffer.alloc(100) }];
    const part = bench.fromClient(sctp(tuple, SERVER_TAG, chunks, { fragment: 0x2000 }));
    expect([part.verdict, await stateOf(tuple)]).toEqual([VERDICT.DROP, 'INIT1']);
  });

  test('is announced as soon as it is established, and its record makes the same one elsewhere', async () => {
    const events = () => {
      const batch = new RecordBatch(1000);
      bench.sync.read(batch);
      bench.sync.acknowledge();
      return batch;
    };
    events();
    const { tuple, back } = await associate();
    const told = events();
    expect([told.length, told.protocol[0], SCTP_STATE_NAME[told.state[0] ?? 0], told.timeout[0]]).toEqual([
      1,
      SCTP,
      'ESTABLISHED',
      900,
    ]);
    told.version[0] = (told.version[0] ?? 0) + 1;
    told.state[0] = SCTP_STATE_NAME.length;
    expect(bench.sync.apply(told, { sender: 9, mark: 0 })).toMatchObject({ refused: 1 });
    told.state[0] = SCTP_STATE_NAME.indexOf('S-SENT');
    told.maker[0] = 1;
    expect(bench.sync.apply(told, { sender: 9, mark: 0 })).toMatchObject({ applied: 1 });
    expect(await stateOf(tuple)).toBe('S-SENT');
    reply(back, CHUNK.ABORT);
    expect(await stateOf(tuple)).toBe('CLOSED');
  });
});

describe('a packet of no association', () => {
  test.each([
    ['DATA', CHUNK.DATA, 0, CHUNK.ABORT, 1],
    ['COOKIE ECHO', CHUNK.COOKIE_ECHO, 0, CHUNK.ABORT, 1],
    ['SHUTDOWN ACK', CHUNK.SHUTDOWN_ACK, 0, CHUNK.SHUTDOWN_COMPLETE, 1],
  ])('%s is answered at once, with its own tag', (_, type, flags, answer, reflected) => {
    const tuple = fromClient();
    const before = bench.plane.events().abort_sent ?? 0;
    const result = request(tuple, type, 0x1234_5678, flags, Buffer.alloc(20));
    expect([VERDICT.TX, VERDICT.REDIRECT]).toContain(result.verdict);
    expect(read(result.data)).toMatchObject({ from: VIP, to: CLIENT, ipChecksumOk: true });
    expect(readSctp(result.data)).toEqual({
      fromPort: SERVICE_PORT,
      toPort: tuple.fromPort,
      tag: 0x1234_5678,
      chunk: answer,
      flags: reflected,
      crcOk: true,
      length: 16,
    });
    expect(bench.plane.events().abort_sent).toBe(before + 1);
  });

  test('to a local address is answered the same, an INIT with the tag that it asks for', () => {
    const tuple = { from: SERVER, fromPort: 7000, to: LIP, toPort: 1 };
    const result = bench.fromServer(sctp(tuple, 0, [{ type: CHUNK.INIT, body: initBody(77) }]));
    expect(readSctp(result.data)).toMatchObject({ tag: 77, chunk: CHUNK.ABORT, flags: 0, crcOk: true });
  });

  test('over IPv6 is answered, too', () => {
    const result = request(fromClient(CLIENT6, VIP6), CHUNK.DATA, 9);
    expect(read(result.data)).toMatchObject({ from: VIP6, to: CLIENT6 });
    expect(readSctp(result.data)).toMatchObject({ tag: 9, chunk: CHUNK.ABORT, crcOk: true, length: 16 });
  });

  test.each([
    ['ABORT', CHUNK.ABORT],
    ['SHUTDOWN COMPLETE', CHUNK.SHUTDOWN_COMPLETE],
    ['COOKIE ACK', CHUNK.COOKIE_ACK],
    ['ERROR', CHUNK.ERROR],
  ])('%s is answered by nobody', (_, type) => {
    const before = bench.plane.drops().no_connection ?? 0;
    expect(request(fromClient(), type).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops().no_connection).toBe(before + 1);
  });

  test('with an ABORT behind a COOKIE ECHO is answered by nobody either', () => {
    const chunks = [{ type: CHUNK.COOKIE_ECHO, body: Buffer.alloc(20) }, { type: CHUNK.ABORT }];
    expect(bench.fromClient(sctp(fromClient(), 1, chunks)).verdict).toBe(VERDICT.DROP);
  });

  test('without a whole chunk is malformed, and so is an INIT without a tag', () => {
    const before = bench.plane.drops().malformed ?? 0;
    const whole = sctp(fromClient(), 0, []);
    expect(bench.fromClient(whole).verdict).toBe(VERDICT.DROP);
    expect(request(fromClient(), CHUNK.INIT, 0).verdict).toBe(VERDICT.DROP);
    expect(bench.plane.drops().malformed).toBe(before + 2);
  });
});
