/** --tcp_draining_timeout: real sockets at both ends learn that their server was taken out. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseAddress } from '../../src/model/address.ts';
import { applyEdit, type RuleEdit } from '../../src/model/edit.ts';
import { EMPTY_RULES, type RealServer, type ServiceId } from '../../src/model/rules.ts';
import { bootTimeUs } from '../../src/native/clock.ts';
import { LIP, LIP6, SERVER, SERVER6, VIP, VIP6 } from '../support/plane.ts';
import { until } from '../support/until.ts';
import { Wire } from '../support/wire.ts';

const DRAINING_S = 1;
let wire: Wire;
let folder: string;
let term = 1;
beforeAll(() => {
  wire = new Wire('drain');
});
afterEach(async () => {
  await wire.quiet();
  rmSync(folder, { recursive: true });
});
afterAll(() => wire.remove());

const serverScript = (end: string) => `
  require('node:net').createServer((socket) => {
    socket.on('data', (data) => socket.write(data));
    socket.on('error', (error) => require('node:fs').writeFileSync('${end}', error.code));
  }).listen(7, '::', () => console.log('listening'));`;

const clientScript = (virtual: string, end: string) => `
  const socket = require('node:net').connect(80, '${virtual}', () => socket.write('hello'));
  socket.on('data', () => console.log('echoed'));
  socket.on('error', (error) => require('node:fs').writeFileSync('${end}', error.code));`;

test.each([
  ['IPv4', VIP, LIP, SERVER, false],
  ['IPv6', VIP6, LIP6, SERVER6, false],
  // Nothing is known of the sequences.
  ['IPv4, after a takeover', VIP, LIP, SERVER, true],
  ['IPv6, after a takeover', VIP6, LIP6, SERVER6, true],
])('both ends of an idle connection are reset: %s', async (_, virtual, local, server, takeover) => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-drain-'));
  const [clientEnd, serverEnd] = [join(folder, 'client'), join(folder, 'server')];
  wire.serve(local, server, term);
  const id: ServiceId = {
    kind: 'address',
    protocol: 'tcp',
    address: parseAddress(virtual),
    port: 80,
    subnetId: 0,
  };
  const real: RealServer = {
    address: parseAddress(server),
    port: 7,
    weight: 1,
    forwarding: 'fullnat',
    upperThreshold: 0,
    lowerThreshold: 0,
  };
  const settings = {
    scheduler: 'rr',
    schedulerFlags: [],
    onePacket: false,
    drainingTimeout: DRAINING_S,
  } as const;
  const edits: readonly RuleEdit[] = [
    { op: 'add-service', id, settings },
    { op: 'add-server', id, server: real },
    { op: 'add-local', id, local: { address: parseAddress(local) } },
  ];
  const rules = edits.reduce(applyEdit, EMPTY_RULES);
  wire.plane.applyRules(rules);
  expect(await wire.run('server', serverScript(serverEnd))).toBe('listening');
  expect(await wire.run('client', clientScript(virtual, clientEnd))).toBe('echoed');

  wire.plane.applyRules(applyEdit(rules, { op: 'delete-server', id, server: real }));
  const drained = wire.plane.events().drained ?? 0;
  wire.plane.sweep();
  expect(wire.plane.events().drained).toBe(drained);
  if (takeover) term += 1;
  wire.plane.fence.open(bootTimeUs() + 600_000_000, term);
  await until('the connection is closed', () => {
    wire.plane.sweep();
    return wire.plane.events().drained === drained + 1;
  });
  const ends = () => [clientEnd, serverEnd].map((end) => (existsSync(end) ? readFileSync(end, 'utf8') : ''));
  await until('both ends know', () => ends().every((end) => end !== ''));
  expect(ends()).toEqual(['ECONNRESET', 'ECONNRESET']);
  expect(wire.plane.events().drain_unsent).toBe(0);
});
