import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import type { Connection } from '../../src/model/connection.ts';
import { TCP_STATE } from '../../src/model/connection.ts';
import { arpRequest, macBytes, read, reversed, tcp, to, udp } from '../support/packet.ts';
import { CLIENT, LIP, PlaneBench, SERVER, VERDICT, VIP } from '../support/plane.ts';

let bench: PlaneBench;
let clientPort = 40_000;

beforeAll(() => {
  bench = new PlaneBench('forward');
  bench.addService('tcp', 80, [{ address: SERVER, port: 22 }]);
  bench.addService('udp', 53, [{ address: SERVER, port: 5353 }]);
  bench.openFence();
});

afterAll(() => bench.remove());

function fromClient(port = clientPort++, to = 80) {
  return { from: CLIENT, fromPort: port, to: VIP, toPort: to };
}

async function connections(): Promise<Connection[]> {
  const all: Connection[] = [];
  for await (const chunk of bench.plane.connections()) all.push(...chunk);
  return all;
}

async function connectionOf(port: number): Promise<Connection | undefined> {
  return (await connections()).find((connection) => connection.client.port === port);
}

/** Opens a connection; returns both ends' tuples as packets carry them. */
function handshake(tuple = fromClient()) {
  const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1000 })).data);
  const back = reversed(syn);
  const synAck = bench.fromServer(tcp(back, { flags: 'SA', seq: 5000, ack: 1001 }));
  bench.fromClient(tcp(tuple, { flags: 'A', seq: 1001, ack: 5001 }));
  return { tuple, syn, back, synAck: read(synAck.data) };
}

describe('a TCP connection through fullnat', () => {
  test('leaves toward the server from the local address, to the server port, with right checksums and MACs', () => {
    const tuple = fromClient();
    const result = bench.fromClient(tcp(tuple, { flags: 'S', seq: 7 }));
    const packet = read(result.data);
    expect(result.verdict).toBe(VERDICT.REDIRECT);
    expect(packet).toMatchObject({ from: LIP, to: SERVER, toPort: 22, ttl: 63, flags: 'S', seq: 7 });
    expect(packet.ipChecksumOk && packet.checksumOk).toBe(true);
    expect(packet.fromPort).toBeGreaterThanOrEqual(1024);
    expect(packet.destinationMac).toBe('020000000202');
    expect(packet.sourceMac).toBe(Buffer.from(bench.back.mac).toString('hex'));
  });

  test('comes back to the client from the virtual address', () => {
    const { tuple, synAck } = handshake();
    expect(synAck).toMatchObject({
      from: VIP,
      fromPort: 80,
      to: CLIENT,
      toPort: tuple.fromPort,
      flags: 'SA',
    });
    expect(synAck.ipChecksumOk && synAck.checksumOk).toBe(true);
    expect(synAck.destinationMac).toBe('020000000110');
  });

  test('carries data both ways unchanged', () => {
    const { tuple, back } = handshake();
    const up = read(bench.fromClient(tcp(tuple, { flags: 'PA', seq: 1001, ack: 5001, payload: 'odd' })).data);
    const down = read(
      bench.fromServer(tcp(back, { flags: 'PA', seq: 5001, ack: 1004, payload: 'even' })).data,
    );
    expect([up.payload, up.checksumOk, down.payload, down.checksumOk]).toEqual(['odd', true, 'even', true]);
  });

  test('goes through SYN_RECV, ESTABLISHED, CLOSE_WAIT and TIME_WAIT as in IPVS', async () => {
    const tuple = fromClient();
    const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1000 })).data);
    const back = reversed(syn);
    const seen: Array<number | undefined> = [];
    const look = async () => seen.push((await connectionOf(tuple.fromPort))?.state);
    await look();
    bench.fromServer(tcp(back, { flags: 'SA', seq: 5000, ack: 1001 }));
    await look();
    bench.fromClient(tcp(tuple, { flags: 'A', seq: 1001, ack: 5001 }));
    await look();
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 1001, ack: 5001 }));
    await look();
    bench.fromServer(tcp(back, { flags: 'FA', seq: 5001, ack: 1002 }));
    await look();
    const { SYN_RECV, ESTABLISHED, CLOSE_WAIT, TIME_WAIT } = TCP_STATE;
    expect(seen).toEqual([SYN_RECV, SYN_RECV, ESTABLISHED, CLOSE_WAIT, TIME_WAIT]);
  });

  test('keeps its state when a RST or FIN is outside the sequence that is due', async () => {
    const { tuple, back } = handshake();
    const before = bench.plane.events().reset_ignored ?? 0;
    bench.fromClient(tcp(tuple, { flags: 'R', seq: 999_999 }));
    bench.fromServer(tcp(back, { flags: 'RA', seq: 77, ack: 1 }));
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 500_000, ack: 5001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
    expect(bench.plane.events().reset_ignored).toBe(before + 3);
    bench.fromClient(tcp(tuple, { flags: 'R', seq: 1001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE);
  });

  test('is not prepared for a blind RST by a blind SYN or by data from far away', async () => {
    for (const bait of [
      { flags: 'S', seq: 2_000_000_000 },
      { flags: 'PA', seq: 1_000_000_000, ack: 5001, payload: 'x' },
      { flags: 'PA', seq: 20_000, ack: 4_000_000_000, payload: 'x' },
      { flags: '', seq: 1001, payload: 'x' },
    ]) {
      const { tuple } = handshake();
      bench.fromClient(tcp(tuple, bait));
      const next = bait.seq + (bait.payload?.length ?? 0) + (bait.flags === 'S' ? 1 : 0);
      bench.fromClient(tcp(tuple, { flags: 'R', seq: next }));
      expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
    }
  });

  test('is followed over data that was lost on its way to the director', async () => {
    const { tuple, back } = handshake();
    bench.fromClient(tcp(tuple, { flags: 'PA', seq: 31_001, ack: 5001, payload: 'behind a hole' }));
    bench.fromServer(tcp(back, { flags: 'A', seq: 5001, ack: 1001 }));
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 31_014, ack: 5001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE_WAIT);
  });

  test('follows sequence numbers over their wrap', async () => {
    const tuple = fromClient();
    const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 0xffff_fffe })).data);
    const back = reversed(syn);
    bench.fromServer(tcp(back, { flags: 'SA', seq: 0xffff_ffff, ack: 0xffff_ffff }));
    bench.fromClient(tcp(tuple, { flags: 'PA', seq: 0xffff_ffff, ack: 0, payload: 'over' }));
    bench.fromClient(tcp(tuple, { flags: 'R', seq: 3 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE);
  });

  test('that comes back from the other director is followed anew: what was known of it is old', async () => {
    for (const end of ['FA', 'RA']) {
      const { back, tuple } = handshake();
      bench.openFence(2);
      const far = 100_000_000;
      bench.fromServer(tcp(back, { flags: 'PA', seq: far, ack: 1001, payload: 'later' }));
      bench.fromClient(tcp(tuple, { flags: 'A', seq: 1001, ack: far + 5 }));
      bench.fromServer(tcp(back, { flags: end, seq: far + 5, ack: 1001 }));
      const { FIN_WAIT, CLOSE } = TCP_STATE;
      expect((await connectionOf(tuple.fromPort))?.state).toBe(end === 'FA' ? FIN_WAIT : CLOSE);
      bench.openFence();
    }
  });

  test('whose port is used again, and whose new SYN the server refuses, closes', async () => {
    const { tuple, back } = handshake();
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 1001, ack: 5001 }));
    bench.fromServer(tcp(back, { flags: 'FA', seq: 5001, ack: 1002 }));
    bench.fromClient(tcp(tuple, { flags: 'S', seq: 9_000_000 }));
    bench.fromServer(tcp(back, { flags: 'RA', seq: 0, ack: 9_000_001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE);
  });

  test('closes when the server refuses its SYN, and only if it is that SYN that is refused', async () => {
    const tuple = fromClient();
    const syn = read(bench.fromClient(tcp(tuple, { flags: 'S', seq: 1000 })).data);
    for (const blind of [
      { flags: 'RA', seq: 0, ack: 77 },
      { flags: 'R', seq: 1001 },
    ]) {
      bench.fromServer(tcp(reversed(syn), blind));
      expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.SYN_RECV);
    }
    bench.fromServer(tcp(reversed(syn), { flags: 'RA', seq: 0, ack: 1001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE);
  });

  test('is established by an acknowledgement, not by a segment that says nothing', async () => {
    const tuple = fromClient();
    bench.fromClient(tcp(tuple, { flags: 'S', seq: 1000 }));
    for (const flags of ['', 'P']) bench.fromClient(tcp(tuple, { flags, seq: 1001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.SYN_RECV);
  });

  test('whose client port is used again after its end is followed from the new SYN on', async () => {
    const { tuple, back } = handshake();
    bench.fromClient(tcp(tuple, { flags: 'FA', seq: 1001, ack: 5001 }));
    bench.fromServer(tcp(back, { flags: 'FA', seq: 5001, ack: 1002 }));
    bench.fromClient(tcp(tuple, { flags: 'S', seq: 9_000_000 }));
    bench.fromServer(tcp(back, { flags: 'SA', seq: 70_000, ack: 9_000_001 }));
    bench.fromClient(tcp(tuple, { flags: 'A', seq: 9_000_001, ack: 70_001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
    bench.fromServer(tcp(back, { flags: 'R', seq: 5002 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.ESTABLISHED);
    bench.fromServer(tcp(back, { flags: 'R', seq: 70_001 }));
    expect((await connectionOf(tuple.fromPort))?.state).toBe(TCP_STATE.CLOSE);
  });

  test('gives each connection a local port of its own', () => {
    const ports = Array.from({ length: 200 }, () => handshake().syn.fromPort);
    expect(new Set(ports).size).toBe(200);
    expect(ports.every((port) => port % 2 === 0)).toBe(true);
  });
});

describe('a UDP stream through fullnat', () => {
  test('is translated both ways, also without a checksum', async () => {
    const tuple = fromClient(clientPort++, 53);
    const up = read(bench.fromClient(udp(tuple, 'query')).data);
    expect(up).toMatchObject({ from: LIP, to: SERVER, toPort: 5353, checksumOk: true, payload: 'query' });
    const counters = bench.plane.counters(bench.rules).flatMap(({ servers }) => servers);
    // As in IPVS, whose UDP connections are never active.
    expect(counters.at(-1)).toMatchObject({ activeConnections: 0, inactiveConnections: 1 });
    const down = bench.fromServer(udp(reversed(up), 'answer', false)).data;
    expect(read(down)).toMatchObject({ from: VIP, fromPort: 53, to: CLIENT, payload: 'answer' });
    expect(down.readUInt16BE(14 + 20 + 6)).toBe(0);
  });
});

describe('a packet of no connection', () => {
  test('gets RST while the fence is open, from the virtual address', () => {
    const result = bench.fromClient(tcp(fromClient(), { flags: 'PA', seq: 10, ack: 42, payload: 'late' }));
    const packet = read(result.data);
    expect(result.verdict).toBe(VERDICT.REDIRECT);
    expect(packet).toMatchObject({
      from: VIP,
      to: CLIENT,
      flags: 'R',
      seq: 42,
      ipChecksumOk: true,
      checksumOk: true,
    });
    expect(result.data.length).toBe(54);
  });

  test('for a local address gets RST too, and never reaches the host', () => {
    const stray = { from: SERVER, fromPort: 22, to: LIP, toPort: 3333 };
    expect(read(bench.fromServer(tcp(stray, { flags: 'SA', seq: 1, ack: 9 })).data)).toMatchObject({
      flags: 'R',
      seq: 9,
    });
    expect(bench.fromServer(udp({ ...stray, fromPort: 53 })).verdict).toBe(VERDICT.DROP);
  });

  test('never gets RST for a RST', () => {
    expect(bench.fromClient(tcp(fromClient(), { flags: 'R', seq: 1 })).verdict).toBe(VERDICT.DROP);
  });

  test('is left to the host when its frame was flooded here and is for another', () => {
    const { tuple } = handshake();
    const frame = tcp(tuple, { flags: 'A', seq: 1001, ack: 5001 });
    const { verdict } = bench.program('tandem_xdp').runPacket(frame, { ingress: bench.front.ifindex });
    expect(verdict).toBe(VERDICT.PASS);
  });

  test('is left to the host when it is for none of our addresses', () => {
    expect(bench.fromClient(tcp({ ...fromClient(), to: '10.1.1.2' }, { flags: 'S' })).verdict).toBe(
      VERDICT.PASS,
    );
  });
});

describe('odd packets are dropped by name', () => {
  /** An answer goes out in its place. */
  const TOLD = [VERDICT.TX, VERDICT.REDIRECT];
  const dropped = (
    name: string,
    send: () => { verdict: number },
    verdicts: readonly number[] = [VERDICT.DROP],
  ) => {
    const before = bench.plane.drops()[name] ?? 0;
    expect(verdicts).toContain(send().verdict);
    expect(bench.plane.drops()[name]).toBe(before + 1);
  };

  test('a later fragment whose first one did not come', () =>
    dropped('fragment', () => bench.fromClient(tcp(fromClient(), { fragment: 0x0001 }))));

  test('a spent TTL, of which its sender is told', () => {
    const { tuple } = handshake();
    const spent = tcp(tuple, { flags: 'A', ttl: 1, seq: 1001, ack: 5001 });
    dropped('ttl', () => bench.fromClient(spent), TOLD);
  });

  test('a spent TTL that would begin a connection, and no connection is made', async () => {
    const tuple = fromClient();
    dropped('ttl', () => bench.fromClient(tcp(tuple, { flags: 'S', ttl: 1 })), TOLD);
    expect(await connectionOf(tuple.fromPort)).toBeUndefined();
  });

  test('more promised by the IP header than the frame holds', () => {
    const frame = tcp(fromClient(), { flags: 'S' });
    frame.writeUInt16BE(41, 14 + 2);
    dropped('malformed', () => bench.fromClient(frame));
  });

  test.each([7, 14, 65535])('a UDP length of %d where 13 were sent', (length) => {
    const frame = udp({ from: CLIENT, fromPort: clientPort++, to: VIP, toPort: 53 });
    frame.writeUInt16BE(length, 14 + 20 + 4);
    dropped('malformed', () => bench.fromClient(frame));
  });

  test.each(['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255', VIP])('a source of %s', (from) => {
    dropped('martian', () => bench.fromClient(tcp({ ...fromClient(), from }, { flags: 'S' })));
  });

  test('a TCP header that the packet is too short for', () => {
    dropped('malformed', () => bench.fromClient(tcp(fromClient(), { flags: 'S' }).subarray(0, 14 + 20 + 12)));
  });
});

test('what we do not take of an address that does not float is left to the host, fragments and odd packets too', () => {
  const own = '10.1.1.2';
  bench.plane.setAddresses([
    { address: parseAddress(own), kind: 'virtual', floating: false, ifindex: bench.front.ifindex },
  ]);
  const tuple = { ...fromClient(), to: own };
  const frames = [
    tcp(tuple, { flags: 'S' }),
    tcp(tuple, { fragment: 0x2000 }),
    tcp(tuple, { flags: 'S' }).subarray(0, 14 + 20 + 12),
  ];
  expect(frames.map((frame) => bench.fromClient(frame).verdict)).toEqual(frames.map(() => VERDICT.PASS));
  bench.placeAddresses();
});

describe('ARP for a floating address', () => {
  test('is answered with this interface address while the fence is open', () => {
    const { verdict, data } = bench.fromClient(arpRequest(CLIENT, VIP));
    expect(verdict).toBe(VERDICT.REDIRECT);
    expect(data.subarray(20, 22).readUInt16BE()).toBe(2);
    expect(data.subarray(22, 28)).toEqual(Buffer.from(bench.front.mac));
    expect(data.subarray(28, 32).join('.')).toBe(VIP);
  });

  test('is dropped on an interface that the address does not belong to', () => {
    expect(bench.fromServer(arpRequest(SERVER, VIP)).verdict).toBe(VERDICT.DROP);
  });

  test('is dropped while the fence is closed, and so are new connections, but not those that exist', () => {
    const { tuple } = handshake();
    bench.plane.fence.close();
    const before = bench.plane.drops();
    expect(bench.fromClient(arpRequest(CLIENT, VIP)).verdict).toBe(VERDICT.DROP);
    expect(bench.fromClient(tcp(fromClient(), { flags: 'S' })).verdict).toBe(VERDICT.DROP);
    expect(bench.fromClient(tcp(fromClient(), { flags: 'A' })).verdict).toBe(VERDICT.DROP);
    expect(bench.fromClient(tcp(tuple, { flags: 'A', seq: 1001, ack: 5001 })).verdict).toBe(VERDICT.REDIRECT);
    const after = bench.plane.drops();
    expect((after.arp_fenced ?? 0) - (before.arp_fenced ?? 0)).toBe(1);
    expect((after.fence_closed ?? 0) - (before.fence_closed ?? 0)).toBe(2);
    bench.openFence();
  });

  test('for an address of others is left to the host', () => {
    expect(bench.fromClient(arpRequest(CLIENT, '10.1.1.2')).verdict).toBe(VERDICT.PASS);
  });
});

test('an interface that has another MAC takes frames to it, and answers ARP with it', () => {
  const mac = macBytes('02:00:00:00:00:77');
  const arriving = (frame: Buffer) =>
    bench.program('tandem_xdp').runPacket(frame, { ingress: bench.front.ifindex });
  const syn = to(mac, tcp(fromClient(), { flags: 'S', seq: 1 }));
  expect(arriving(syn).verdict).toBe(VERDICT.PASS);
  bench.plane.setMac(bench.front.ifindex, mac);
  expect(arriving(syn).verdict).toBe(VERDICT.REDIRECT);
  expect(arriving(arpRequest(CLIENT, VIP)).data.subarray(22, 28)).toEqual(mac);
  bench.plane.setMac(bench.front.ifindex, bench.front.mac);
});
