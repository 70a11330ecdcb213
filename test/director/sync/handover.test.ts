import { beforeEach, expect, test } from 'vitest';
import { BOARD_ROLE } from '../../../src/director/board.ts';
import { ordinaryRecord } from '../../wire/records.ts';
import { ADVERT, type Node, Rig } from './rig.ts';

let rig: Rig;
let master: Node;
let backup: Node;
beforeEach(async () => {
  rig = new Rig();
  [master, backup] = await rig.pair();
  master.board.set('role', BOARD_ROLE.MASTER);
});

const eventsOf = (node: Node) =>
  node.events.filter(({ type }) => type.startsWith('handover')).map((event) => event.type);

test('a handover brings half-open connections and those of the last moment over before it is taken', () => {
  for (let n = 0; n < 3000; n++) master.port.unannounced.push(ordinaryRecord(n));
  master.session.handover();
  rig.run(20_000);
  expect(eventsOf(master)).toEqual(['handover-close-fence']);
  expect(backup.port.table.size).toBe(3000);
  expect(eventsOf(backup)).toEqual([]);
  master.port.connect(5000);
  master.session.fenceClosed();
  rig.run(5000);
  expect(eventsOf(master)).toEqual(['handover-close-fence', 'handover-released']);
  expect(backup.events.at(-1)).toEqual({ type: 'handover-take', from: 'lb1' });
  expect(backup.port.table.size).toBe(3001);
  rig.run(200_000);
  expect(eventsOf(backup)).toEqual(['handover-take']);
});

test('a handover announces again what began until the fence was closed', () => {
  master.session.handover();
  rig.run(20_000);
  master.port.unannounced.push(ordinaryRecord(7));
  master.session.fenceClosed();
  rig.run(10_000);
  expect(eventsOf(backup)).toEqual(['handover-take']);
  expect(backup.port.table.size).toBe(1);
});

test('a handover announces no more at once than the ring has room for', () => {
  master.port.ringRoom = 1000;
  for (let n = 0; n < 5000; n++) master.port.unannounced.push(ordinaryRecord(n));
  master.session.handover();
  expect(master.port.events).toHaveLength(1000);
  rig.run(40_000);
  expect(eventsOf(master)).toEqual(['handover-close-fence']);
  expect(backup.port.table.size).toBe(5000);
});

test('a handover that goes on finding more to announce gives up before the command that waits for it', () => {
  master.port.ringRoom = 1;
  for (let n = 0; n < 5000; n++) master.port.unannounced.push(ordinaryRecord(n));
  master.session.handover();
  rig.run(3_000_000);
  expect(master.events.at(-1)).toMatchObject({ type: 'handover-failed' });
  expect(eventsOf(backup)).toEqual([]);
});

test('a handover survives the loss of most of its messages', () => {
  let count = 0;
  const delivered = [true, false, false, true, true, false, false];
  rig.network.fate = () => (delivered[count++ % delivered.length] ? [50] : []);
  master.session.handover();
  rig.run(100_000);
  expect(eventsOf(master)).toEqual(['handover-close-fence']);
  master.session.fenceClosed();
  rig.run(100_000);
  expect(eventsOf(backup)).toEqual(['handover-take']);
});

test('a backup that lacks part of the table refuses, and the master says why', () => {
  backup.port.room = 0;
  master.port.connect(1);
  rig.run(3 * ADVERT);
  master.session.handover();
  rig.run(20_000);
  expect(master.events.at(-1)).toEqual({
    type: 'handover-failed',
    reason: 'the peer does not hold the whole table',
  });
  expect(eventsOf(backup).filter((type) => type.startsWith('handover'))).toEqual([]);
});

test('a director that is not backup refuses', () => {
  backup.board.set('role', BOARD_ROLE.MASTER);
  master.session.handover();
  rig.run(20_000);
  expect(master.events.at(-1)).toMatchObject({ reason: 'the peer is not in state backup' });
});

test('a director that must not be master now refuses, and nothing changes', () => {
  backup.board.set('barred', 1);
  master.session.handover();
  rig.run(20_000);
  expect(master.events.at(-1)).toMatchObject({ reason: 'the peer must not be master now: its log says why' });
  expect(eventsOf(master)).toEqual(['handover-failed']);
});

test('without a peer a handover fails at once', async () => {
  rig.kill(backup);
  rig.run(1_500_000);
  master.session.handover();
  expect(master.events.at(-1)).toEqual({
    type: 'handover-failed',
    reason: 'no peer is heard on the sync channel',
  });
});

test('two handovers at once are refused, a second one after the first is not', () => {
  master.session.handover();
  master.session.handover();
  expect(master.events.at(-1)).toMatchObject({ type: 'handover-failed', reason: 'a handover is under way' });
  rig.run(20_000);
  master.session.fenceClosed();
  rig.run(100_000);
  master.session.handover();
  rig.run(20_000);
  expect(eventsOf(master).at(-1)).toBe('handover-close-fence');
});

test('a fence that closes with no handover under way changes nothing', () => {
  master.session.fenceClosed();
  rig.run(5000);
  expect(eventsOf(master)).toEqual([]);
});

test('a backup that is synced asks the master for its place, and the master is told who asks', () => {
  rig.run(2 * ADVERT);
  backup.session.askHandover();
  rig.run(5000);
  expect(master.events.at(-1)).toEqual({ type: 'handover-asked', from: 'lb2' });
  master.session.handover('lb2');
  rig.run(20_000);
  master.session.fenceClosed();
  rig.run(20_000);
  expect(eventsOf(backup)).toEqual(['handover-take']);
});

test('a backup that lacks the table of the master does not ask for its place', () => {
  backup.port.room = 0;
  master.port.connect(1);
  rig.run(200_000);
  expect(backup.board.get('synced')).toBe(0);
  backup.session.askHandover();
  rig.run(5000);
  expect(eventsOf(master)).toEqual([]);
});

test('who is not master is not asked, and one that is asked again and again is told of it at a bounded rate', () => {
  master.board.set('role', BOARD_ROLE.BACKUP);
  rig.run(2 * ADVERT);
  backup.session.askHandover();
  rig.run(5000);
  expect(eventsOf(master)).toEqual([]);
  master.board.set('role', BOARD_ROLE.MASTER);
  rig.run(2 * ADVERT);
  for (let asked = 0; asked < 100; asked++) {
    backup.session.askHandover();
    rig.run(1000);
  }
  expect(eventsOf(master)).toEqual(['handover-asked']);
});

test('a handover to a peer of another name than the one that is there fails, and says so', () => {
  master.session.handover('lb9');
  expect(eventsOf(master)).toEqual(['handover-failed']);
});
