import { expect, test } from 'vitest';
import { limitMs, masterDownMs } from '../../src/drill/limit.ts';
import { reportPage } from '../../src/drill/page.ts';
import type { DrillResult } from '../../src/drill/result.ts';
import { COLOURED, resultText, summaryText } from '../../src/drill/text.ts';
import { Timeline } from '../../src/drill/timeline.ts';

const result: DrillResult = {
  scenario: 'crash',
  passed: false,
  connections: { established: 1009, survived: 1008, lost: 1 },
  requests: { sent: 904, failed: 2 },
  outage_ms: 296.1,
  detection_ms: 301.1,
  limit_ms: 450,
  packets: { sent: 5016, lost: 296 },
  timeline: [
    { at_ms: 0, event: 'all links of lb1 are cut' },
    { at_ms: 301.1, event: 'lb2 advertises as <master>' },
  ],
  checks: [
    { name: 'no established connection was lost', passed: false, detail: '1008 survived, 1 lost' },
    { name: 'no HTTP request failed', passed: true, detail: '904 sent' },
  ],
};
const trace = { answers: [-2, -1, 0, 297, 298], lost: [1, 2, 3] };

test('the text tells when what happened and which promise broke', () => {
  const text = resultText(result, 'power cut');
  expect(text).toContain('crash: power cut  FAILED');
  expect(text).toContain('   +301.1 ms  lb2 advertises as <master>');
  expect(text).toContain(' BROKEN   no established connection was lost\n            1008 survived, 1 lost');
  expect(text).toContain('  held    no HTTP request failed');
});

test('colour comes only when it is asked for', () => {
  expect(resultText(result, 'power cut')).not.toContain('\x1b');
  expect(resultText(result, 'power cut', COLOURED)).toContain('\x1b[31mFAILED\x1b[0m');
});

test('the table has one row for each drill, its columns under their heads', () => {
  const [head = '', row = '', ...rest] = summaryText([{ ...result, detection_ms: null }])
    .trimEnd()
    .split('\n');
  expect(rest).toEqual([]);
  expect(row.length).toBe(head.length);
  expect(row).toMatch(/^crash {2}FAILED +1009 +1 +2\/904 +296\/5016 +296\.1 ms +- +450 ms$/);
});

test('the page needs no other file, and says what the result says', () => {
  const page = reportPage([{ result, trace }]);
  expect(page).not.toMatch(/<(script|link|img)|https?:|url\(/);
  expect(page).toContain('<svg');
  expect(page).toContain('no answer for 297.0 ms');
  expect(page).toContain('1008 survived, 1 lost');
});

test('what a page shows cannot break it', () => {
  expect(reportPage([{ result, trace }])).toContain('lb2 advertises as &lt;master&gt;');
});

test('a page of a drill that never got to traffic still shows its checks', () => {
  const page = reportPage([{ result: { ...result, timeline: [] }, trace: { answers: [], lost: [] } }]);
  expect(page).toContain('no established connection was lost');
});

test('times count from the fault, in order, whatever was noted first', () => {
  const told: string[] = [];
  const timeline = new Timeline((event) => told.push(event));
  timeline.note('late', 1300.04);
  timeline.note('early', 900);
  timeline.fault('fault', 1000);
  expect(timeline.entries()).toEqual([
    { at_ms: -100, event: 'early' },
    { at_ms: 0, event: 'fault' },
    { at_ms: 300, event: 'late' },
  ]);
  expect(told).toEqual(['late', 'early', 'fault']);
});

test('a takeover may last a master-down interval of RFC 9568 and some slack', () => {
  expect(masterDownMs(100, 100)).toBeCloseTo(360.9, 1);
  expect(limitMs(100, 100)).toBe(450);
  expect(limitMs(1000, 100)).toBe(3699);
});
