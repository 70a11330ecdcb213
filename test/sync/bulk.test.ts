import { describe, expect, test } from 'vitest';
import { BulkGiver } from '../../src/sync/bulk-giver.ts';
import { BulkTaker } from '../../src/sync/bulk-taker.ts';
import type { Ack, BracketMessage, BracketPhase } from '../../src/wire/sync-message.ts';

const SECOND = 1_000_000;

function ack(bulkAfter: number | undefined, about: Partial<Ack> = {}): Ack {
  return {
    ...{ kind: 'ack', sender: 1, epoch: 1, upTo: 0, newest: 0, missing: 0, age: 0, again: [] },
    ...(bulkAfter !== undefined && { bulkAfter }),
    ...about,
  };
}

describe('the giver', () => {
  test('begins when somebody lacks the table, and goes on until the walk is over', () => {
    const giver = new BulkGiver();
    giver.heed(2, ack(undefined), 0);
    expect(giver.next(0)).toBeUndefined();
    giver.heed(2, ack(0), 0);
    expect(giver.next(0)).toBe('begin');
    giver.began(5, 100, 0);
    expect(giver.next(1)).toBe('walk');
    giver.walked(30);
    expect(giver.progress).toEqual({ done: 30, total: 100 });
    giver.ended(2);
    expect(giver.next(SECOND)).toBeUndefined();
    expect(giver.progress).toBeUndefined();
  });

  test('does not begin again for one who has not the whole of it yet', () => {
    const giver = new BulkGiver();
    giver.heed(2, ack(0), 0);
    giver.began(5, 100, 0);
    giver.ended(10);
    giver.heed(2, ack(0, { upTo: 6, newest: 9, missing: 2 }), 500_000);
    expect(giver.next(500_000)).toBeUndefined();
    // It has lost something of it.
    giver.heed(2, ack(9), 600_000);
    expect(giver.next(600_000)).toBe('begin');
  });

  test('serves all who asked before it began; later ones get the next', () => {
    const giver = new BulkGiver();
    giver.heed(2, ack(3), 0);
    giver.heed(3, ack(4), 0);
    giver.began(5, 100, 0);
    giver.heed(4, ack(7), 10);
    giver.heed(2, ack(undefined), 20);
    expect(giver.next(20)).toBe('walk');
    giver.heed(3, ack(3), 30);
    giver.ended(40);
    expect(giver.next(40)).toBeUndefined();
    expect(giver.next(40 + 100_000)).toBe('begin');
  });

  test('gives up when nobody who asked is left, or heard', () => {
    const left = new BulkGiver();
    left.heed(2, ack(0), 0);
    left.began(5, 100, 0);
    left.heed(2, ack(undefined), 10);
    expect(left.next(10)).toBe('abandon');
    const silent = new BulkGiver();
    silent.heed(2, ack(0), 0);
    silent.began(5, 100, 0);
    expect(silent.next(SECOND)).toBe('walk');
    expect(silent.next(3 * SECOND)).toBe('abandon');
    silent.ended(3 * SECOND);
    expect(silent.next(9 * SECOND)).toBeUndefined();
  });

  test('sends no more than a window ahead of the slowest', () => {
    const giver = new BulkGiver();
    giver.heed(2, ack(0, { newest: 4, upTo: 4 }), 0);
    giver.heed(3, ack(0, { newest: 4, upTo: 4 }), 0);
    giver.began(5, 1000, 0);
    const window = giver.room(4);
    expect(window).toBeGreaterThan(0);
    expect(giver.room(4 + window)).toBe(0);
    giver.heed(2, ack(0, { newest: 4 + window, upTo: 4 + window }), 0);
    expect(giver.room(4 + window)).toBeLessThan(window / 2);
    giver.heed(3, ack(0, { newest: 4 + window, upTo: 4, missing: 10 }), 0);
    expect(giver.room(4 + window)).toBeGreaterThan(0);
    expect(giver.room(4 + window)).toBeLessThan(window);
  });

  test('sends less when something is lost, and more when nothing is', () => {
    const giver = new BulkGiver();
    giver.heed(2, ack(0), 0);
    giver.began(1, 1000, 0);
    const first = giver.room(0);
    giver.heed(2, ack(0), 1000);
    const more = giver.room(0);
    expect(more).toBeGreaterThan(first);
    giver.heed(2, ack(0, { again: [{ from: 1, count: 1 }] }), 100_000);
    expect(giver.room(0)).toBeLessThan(more);
    for (let n = 0; n < 100; n++)
      giver.heed(2, ack(0, { again: [{ from: 1, count: 1 }] }), 200_000 + n * 50_000);
    expect(giver.room(0)).toBeGreaterThan(0);
  });
});

describe('the taker', () => {
  const bracket = (phase: BracketPhase, sequence: number, bulk: number): BracketMessage => ({
    ...{ kind: 'bracket', sequence, bulk, phase, total: 10, complete: true },
  });
  function taker(): BulkTaker {
    let marks = 0;
    return new BulkTaker(() => ++marks);
  }

  test('has everything with the end of a bulk that began after it lacked something', () => {
    const taking = taker();
    expect(taking.wanted(0)).toBeUndefined();
    taking.lack(4, 0);
    expect(taking.wanted(0)).toBe(4);
    taking.follow(5, 5, 5, 0);
    taking.bracket(bracket('begin', 5, 5), 5, 0);
    taking.follow(6, 5, 6, 0);
    expect([4, 5, 6].map((sequence) => taking.markOf(sequence))).toEqual([0, 1, 1]);
    taking.walked(5, 10);
    expect(taking.progress).toEqual({ done: 10, total: 10 });
    taking.follow(7, 5, 7, 0);
    taking.bracket(bracket('end', 7, 5), 7, 0);
    taking.advance(6);
    expect(taking.cleaning).toBeUndefined();
    taking.advance(7);
    expect(taking.cleaning).toMatchObject({ begin: 5, mark: 1, complete: true });
    // Until the table is cleaned up, news must bear the mark too.
    expect(taking.markOf(8)).toBe(1);
    taking.cleaned();
    expect(taking.lacking).toBe(false);
    expect(taking.markOf(9)).toBe(0);
  });

  test('follows a bulk from any of its messages on', () => {
    const taking = taker();
    taking.lack(4, 0);
    taking.follow(9, 5, 9, 0);
    expect(taking.markOf(9)).toBe(1);
  });

  test('does not follow one that began before it lacked something', () => {
    const taking = taker();
    taking.lack(6, 0);
    taking.follow(7, 5, 7, 0);
    expect(taking.progress).toBeUndefined();
    expect(taking.wanted(0)).toBe(6);
  });

  test('does not follow one of which something came that bears no mark: it asks for another', () => {
    const taking = taker();
    taking.lack(4, 0);
    // Sent after the end of a bulk of which all else is still on its way.
    taking.follow(9, 0, 9, 0);
    taking.follow(6, 5, 9, 0);
    expect(taking.progress).toBeUndefined();
    expect(taking.wanted(0)).toBe(9);
  });

  test('begins again when something of it is lost, or when it is abandoned', () => {
    for (const end of ['lost', 'abandoned']) {
      const taking = taker();
      taking.lack(4, 0);
      taking.follow(5, 5, 5, 0);
      if (end === 'lost') taking.lack(8, 0);
      else taking.bracket(bracket('abandoned', 8, 5), 8, 0);
      expect(taking).toMatchObject({ lacking: true, progress: undefined });
      taking.follow(9, 9, 9, 0);
      expect(taking.markOf(9)).toBe(2);
    }
  });

  test('asks at once, then every 50 ms, and after a while where a delay was named', () => {
    const taking = taker();
    taking.lack(0, 0);
    const asked = [0, 1000, 49_000, 50_000, 99_000, 100_000].map((now) => taking.asks(now));
    expect(asked).toEqual([true, false, false, true, false, true]);
    taking.lack(0, 0, SECOND);
    expect([taking.asks(SECOND - 1), taking.wanted(SECOND - 1)]).toEqual([false, undefined]);
    expect([taking.asks(SECOND), taking.wanted(SECOND)]).toEqual([true, 0]);
  });
});
