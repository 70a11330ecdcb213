import { describe, expect, test } from 'vitest';
import { Peer } from '../../src/sync/peer.ts';
import { Peers } from '../../src/sync/peers.ts';
import { HOLE_BOUND, REORDER } from '../../src/sync/stream.ts';
import type { Heartbeat } from '../../src/wire/sync-message.ts';

const SENDER = 7;
const OWN = { sender: 1, epoch: 500 };

function beat(newest: number, continues?: { epoch: number; sequence: number }): Heartbeat {
  return {
    ...{ kind: 'heartbeat', name: 'lb2', priority: 100, role: 1, term: 1, leaseRemaining: 0 },
    ...{
      newest,
      oldest: 1,
      shortfall: 0,
      synced: true,
      echoes: [{ ...OWN, applied: 0, appliedAge: 0, earlier: false }],
    },
    ...(continues && { continues }),
    keys: [],
  };
}

/** A peer that was heard from the beginning of its epoch 100 and sent three records. */
function synced(): Peer {
  const peer = new Peer({ sender: SENDER, epoch: 100, counter: 1 });
  peer.accept({ sender: SENDER, epoch: 100, counter: 1 }, 0);
  peer.beat(beat(0), OWN, true, 0);
  for (const sequence of [1, 2, 3]) peer.take({ sequence, bulk: 0 }, 0);
  return peer;
}

/** It was told that it is heard. */
function greeted(peer: Peer): Peer {
  peer.greeted = true;
  return peer;
}

function restart(peer: Peer, epoch: number): Peer {
  peer.accept({ sender: SENDER, epoch, counter: 1 }, 0);
  return peer;
}

test('a peer is not synced before its heartbeat says how it began', () => {
  const peer = new Peer({ sender: SENDER, epoch: 100, counter: 1 });
  peer.take({ sequence: 1, bulk: 0 }, 0);
  expect(peer.synced).toBe(false);
  peer.beat(beat(1), OWN, true, 0);
  expect(peer.synced).toBe(true);
});

test('a peer is not synced before it says that it hears this life of ours: it may be a recording', () => {
  const peer = new Peer({ sender: SENDER, epoch: 100, counter: 1 });
  const echo = { ...OWN, applied: 0, appliedAge: 0, earlier: false };
  for (const echoes of [[], [{ ...echo, epoch: OWN.epoch - 1 }], [{ ...echo, sender: 9 }]]) {
    peer.beat({ ...beat(0), echoes }, OWN, true, 0);
    expect(peer).toMatchObject({ live: false, synced: false, heartbeat: undefined });
  }
  peer.beat(beat(0), OWN, true, 0);
  expect(peer).toMatchObject({ live: true, synced: true });
});

test('of a peer that was heard live a later epoch is no recording', () => {
  const peer = restart(synced(), 101);
  peer.beat({ ...beat(0), echoes: [] }, OWN, true, 0);
  expect(peer.synced).toBe(true);
});

test('a peer that can tell all that it had sent before we came is synced when it did', () => {
  const peer = greeted(new Peer({ sender: SENDER, epoch: 100, counter: 9 }));
  peer.beat(beat(2), OWN, true, 0);
  peer.turn(0);
  expect(peer.synced).toBe(false);
  expect(peer.ack(REORDER)).toMatchObject({ again: [{ from: 1, count: 2 }], upTo: 0, newest: 2, missing: 2 });
  for (const sequence of [1, 2]) peer.take({ sequence, bulk: 0 }, 0);
  expect(peer.turn(HOLE_BOUND)).toEqual({ gaps: 0, lost: 0 });
  expect(peer.synced).toBe(true);
});

test('of a peer that cannot, a bulk transfer is wanted', () => {
  const peer = greeted(new Peer({ sender: SENDER, epoch: 100, counter: 9 }));
  peer.beat({ ...beat(5), oldest: 3 }, OWN, true, 0);
  expect(peer.turn(0)).toEqual({ gaps: 0, lost: 0 });
  expect(peer.synced).toBe(false);
  expect(peer.ack(0)).toMatchObject({ bulkAfter: 5, again: [] });
});

test('a bulk transfer makes whole what lacked something', () => {
  const peer = new Peer({ sender: SENDER, epoch: 100, counter: 9 });
  peer.beat({ ...beat(5), oldest: 6 }, OWN, true, 0);
  peer.take({ sequence: 6, bulk: 6 }, 0);
  peer.bracket({ kind: 'bracket', sequence: 6, bulk: 6, phase: 'begin', total: 1, complete: true }, 0);
  peer.take({ sequence: 8, bulk: 6 }, 0);
  peer.bracket({ kind: 'bracket', sequence: 8, bulk: 6, phase: 'end', total: 1, complete: false }, 0);
  peer.turn(0);
  expect(peer.cleaning).toBeUndefined();
  peer.take({ sequence: 7, bulk: 6 }, 0);
  peer.turn(0);
  expect(peer.cleaning).toMatchObject({ begin: 6, complete: true });
  expect(peer).toMatchObject({ synced: false, everWhole: false });
  peer.cleaned();
  expect(peer).toMatchObject({ synced: true, everWhole: true });
});

test('what a bulk transfer could not say to be gone is no table that a daemon after us may build on', () => {
  const peer = new Peer({ sender: SENDER, epoch: 100, counter: 9 });
  const fill = (begin: number, complete: boolean) => {
    peer.take({ sequence: begin, bulk: begin }, 0);
    const bracket = { kind: 'bracket', bulk: begin, total: 0, complete } as const;
    peer.bracket({ ...bracket, sequence: begin, phase: 'begin' }, 0);
    peer.take({ sequence: begin + 1, bulk: begin }, 0);
    peer.bracket({ ...bracket, sequence: begin + 1, phase: 'end' }, 0);
    peer.turn(0);
    peer.cleaned();
  };
  peer.beat({ ...beat(5), oldest: 6, synced: false }, OWN, true, 0);
  fill(6, false);
  expect(peer).toMatchObject({ synced: true, held: undefined });
  peer.beat({ ...beat(7), oldest: 6 }, OWN, true, 0);
  expect(peer.synced).toBe(false);
  fill(8, true);
  expect(peer).toMatchObject({ synced: true, held: { sender: SENDER, epoch: 100, sequence: 9 } });
});

test('a hole ends synced only when it is older than repair takes', () => {
  const peer = synced();
  peer.beat(beat(4), OWN, true, 0);
  peer.turn(HOLE_BOUND - 1);
  expect(peer.synced).toBe(true);
  peer.turn(HOLE_BOUND);
  expect(peer.synced).toBe(false);
  peer.take({ sequence: 4, bulk: 0 }, HOLE_BOUND);
  peer.turn(HOLE_BOUND);
  expect(peer.synced).toBe(true);
});

test('a peer that could not tell everything yet is not synced until it has', () => {
  const peer = synced();
  peer.beat({ ...beat(3), shortfall: 9 }, OWN, true, 0);
  expect(peer.synced).toBe(false);
  peer.beat(beat(3), OWN, true, 0);
  expect(peer.synced).toBe(true);
});

test('it is told what came, at once and no more than that', () => {
  const peer = synced();
  expect(peer.ack(0)).toBeUndefined();
  greeted(peer);
  expect(peer.ack(0)).toMatchObject({ sender: SENDER, epoch: 100, upTo: 3, newest: 3, missing: 0 });
  expect(peer.ack(0)).toBeUndefined();
  peer.take({ sequence: 4, bulk: 0 }, 0);
  expect(peer.ack(0)).toMatchObject({ upTo: 4 });
});

test('records that came while receiving was off end synced', () => {
  const peer = synced();
  peer.beat(beat(4), OWN, false, 0);
  expect(peer.synced).toBe(false);
});

describe('a peer that restarts', () => {
  test('empty stays synced: we hold all that it has', () => {
    const peer = restart(synced(), 200);
    peer.beat(beat(0), OWN, true, 0);
    expect(peer).toMatchObject({ synced: true, life: 2 });
  });

  test('with its plane stays synced when we hold all of the epoch before', () => {
    const peer = restart(synced(), 200);
    peer.beat(beat(0, { epoch: 100, sequence: 3 }), OWN, true, 0);
    expect(peer.synced).toBe(true);
  });

  test('with its plane is not synced when it had sent more than we got', () => {
    const peer = restart(synced(), 200);
    peer.beat(beat(0, { epoch: 100, sequence: 4 }), OWN, true, 0);
    expect(peer.synced).toBe(false);
  });

  test('with its plane is not synced when it does not know where it stood', () => {
    const peer = restart(synced(), 200);
    peer.beat(beat(0, { epoch: 0, sequence: 0 }), OWN, true, 0);
    expect(peer.synced).toBe(false);
  });

  test('twice, the second time before it sent anything, stays synced', () => {
    const peer = restart(synced(), 200);
    peer.beat(beat(0, { epoch: 100, sequence: 3 }), OWN, true, 0);
    restart(peer, 300);
    peer.beat(beat(0, { epoch: 100, sequence: 3 }), OWN, true, 0);
    expect(peer.synced).toBe(true);
  });

  test('with its plane after a loss stays not synced', () => {
    const peer = synced();
    peer.beat(beat(4), OWN, true, 0);
    peer.turn(HOLE_BOUND);
    restart(peer, 200);
    peer.beat(beat(0, { epoch: 100, sequence: 4 }), OWN, true, 0);
    expect(peer.synced).toBe(false);
  });

  test('counts what is lost of its new epoch from the first number', () => {
    const peer = greeted(restart(synced(), 200));
    peer.beat(beat(0), OWN, true, 0);
    peer.take({ sequence: 3, bulk: 0 }, 0);
    expect(peer.ack(REORDER)).toMatchObject({ again: [{ from: 1, count: 2 }] });
    expect(peer.turn(REORDER)).toEqual({ gaps: 1, lost: 0 });
  });

  test('cannot be followed back to the epoch that it left', () => {
    const peer = restart(synced(), 200);
    expect(peer.check({ sender: SENDER, epoch: 100, counter: 999 }, 0)).toBe('behind');
  });
});

describe('a peer that has records of a former life of ours', () => {
  const echo = (epoch: number, applied: number, earlier: boolean) => ({
    ...beat(0),
    echoes: [{ sender: OWN.sender, epoch, applied, appliedAge: 0, earlier }],
  });

  test('is not synced, from the first word that it has heard us on', () => {
    const peer = new Peer({ sender: SENDER, epoch: 100, counter: 9 });
    peer.beat(echo(400, 9, false), OWN, true, 0);
    expect(peer.synced).toBe(false);
    peer.beat(echo(500, 0, true), OWN, true, 0);
    expect(peer.synced).toBe(false);
    peer.beat(echo(500, 1, true), OWN, true, 0);
    expect(peer.synced).toBe(false);
  });

  test('is synced when we have them too, from the plane that we adopted', () => {
    const peer = new Peer(
      { sender: SENDER, epoch: 100, counter: 9 },
      { sender: SENDER, epoch: 100, sequence: 0 },
    );
    peer.beat(echo(500, 0, true), OWN, true, 0);
    expect(peer.synced).toBe(true);
  });

  test('is synced when it comes back empty itself', () => {
    const peer = new Peer({ sender: SENDER, epoch: 100, counter: 9 });
    peer.beat(echo(500, 0, true), OWN, true, 0);
    restart(peer, 200);
    peer.beat(echo(500, 0, false), OWN, true, 0);
    expect(peer.synced).toBe(true);
  });

  test('is what we are to a peer that comes back empty', () => {
    const peer = synced();
    expect(peer.earlier).toBe(false);
    peer.applied = 3;
    expect(restart(peer, 200)).toMatchObject({ earlier: true, applied: 0 });
  });
});

describe('after our own restart with the plane', () => {
  const held = { sender: SENDER, epoch: 100, sequence: 3 };

  test('we stay synced when the peer sent nothing meanwhile', () => {
    const peer = new Peer({ sender: SENDER, epoch: 100, counter: 50 }, held);
    peer.beat(beat(3), OWN, true, 0);
    peer.turn(HOLE_BOUND);
    expect(peer.synced).toBe(true);
    expect(peer.held).toEqual(held);
  });

  test('we ask for what it sent meanwhile', () => {
    const peer = greeted(new Peer({ sender: SENDER, epoch: 100, counter: 50 }, held));
    peer.beat(beat(4), OWN, true, 0);
    expect(peer.ack(REORDER)).toMatchObject({ again: [{ from: 4, count: 1 }] });
    peer.turn(REORDER);
    expect(peer.synced).toBe(false);
  });

  test('we stay synced when it restarted too, with the plane that we know', () => {
    const peer = new Peer({ sender: SENDER, epoch: 200, counter: 1 }, held);
    peer.beat(beat(0, { epoch: 100, sequence: 3 }), OWN, true, 0);
    expect(peer.synced).toBe(true);
  });
});

describe('all peers', () => {
  test('are not synced while none was heard', () => {
    expect(new Peers().synced).toBe(false);
  });

  test('are bounded, whoever sends', () => {
    const peers = new Peers();
    for (let sender = 1; sender <= 8; sender++) peers.admit({ sender, epoch: 1, counter: 1 });
    expect(() => peers.admit({ sender: 9, epoch: 1, counter: 1 })).toThrow(/more than 8 senders/);
    expect(peers.admit({ sender: 8, epoch: 1, counter: 2 }).sender).toBe(8);
  });

  test('that fell silent are forgotten, but never the last one', () => {
    const peers = new Peers();
    const [old, recent] = [1, 2].map((sender) => peers.admit({ sender, epoch: 1, counter: 1 }));
    old?.beat(beat(0), OWN, true, 10);
    recent?.beat(beat(0), OWN, true, 20);
    for (const peer of peers) peer.heardAt = 5;
    expect(peers.forget(100)).toEqual([old]);
    expect(peers.forget(100)).toEqual([]);
    expect(peers.size).toBe(1);
  });
});
