import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arpQuestion, questionNumber, readArp, readVrrp } from '../../src/drill/traffic/frames.ts';

const OURS = '02:00:00:00:01:11';
const DIRECTOR = '020000000102';
const VIP = '10.1.1.1';
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test('a question is the ARP request of RFC 826, to everyone, from an asker of its own', () => {
  expect(Buffer.from(arpQuestion(OURS, 3, VIP)).toString('hex')).toBe(
    'ffffffffffff0200000001110806' + '0001080006040001' + '0200000001110a010167' + '0000000000000a010101',
  );
});

test("a director's reply to us is an answer, and names the asker", () => {
  const reply = hex(
    `020000000111 ${DIRECTOR} 0806 0001 0800 06 04 0002 ${DIRECTOR} 0a010101 020000000111 0a010167`,
  );
  expect(readArp(reply, VIP, OURS)).toEqual({
    kind: 'answer',
    mac: '02:00:00:00:01:02',
    asker: '10.1.1.103',
  });
});

test('a reply to somebody else is not ours to count', () => {
  const reply = hex(
    `020000000110 ${DIRECTOR} 0806 0001 0800 06 04 0002 ${DIRECTOR} 0a010101 020000000110 0a01010a`,
  );
  expect(readArp(reply, VIP, OURS)).toBeUndefined();
});

test('a gratuitous ARP is an announcement, as request and as reply', () => {
  for (const oper of ['0001', '0002']) {
    const frame = hex(
      `ffffffffffff ${DIRECTOR} 0806 0001 0800 06 04 ${oper} ${DIRECTOR} 0a010101 000000000000 0a010101`,
    );
    expect(readArp(frame, VIP, OURS)).toEqual({ kind: 'announcement', mac: '02:00:00:00:01:02' });
  }
});

test('an advertisement tells its sender, router and priority', () => {
  const frame = hex(
    `01005e000012 ${DIRECTOR} 0800 45c0 0020 0000 0000 ff 70 0000 0a010102 e0000012 31 33 c8 01 000a 0000 0a010101`,
  );
  expect(readVrrp(frame)).toEqual({ kind: 'advert', source: '10.1.1.2', vrid: 51, priority: 200 });
});

test('other IPv4 is no advertisement', () => {
  const frame = hex(
    `01005e000012 ${DIRECTOR} 0800 45c000200000 0000 ff 11 0000 0a010102 e0000012 3133c801000a0000`,
  );
  expect(readVrrp(frame)).toBeUndefined();
});

test('no frame, however short or wrong, breaks the watcher', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (frame) => {
      expect(() => readArp(frame, VIP, OURS)).not.toThrow();
      expect(() => readVrrp(frame)).not.toThrow();
    }),
  );
});

test('an answer belongs to the newest question of its asker', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 99 }), (question, later) => {
      const asker = [...arpQuestion(OURS, question, VIP).subarray(28, 32)].join('.');
      expect(questionNumber(asker, question + 1 + later)).toBe(question);
    }),
  );
});
