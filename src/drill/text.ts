/** A result for a person: what happened when, whether each promise held, and the numbers. */
import type { DrillResult } from './result.ts';

export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly strong: (text: string) => string;
}

const same = (text: string): string => text;
export const PLAIN: Paint = { good: same, bad: same, strong: same };
/** ECMA-48 select graphic rendition: green, red, bold. */
export const COLOURED: Paint = {
  good: (text) => `\x1b[32m${text}\x1b[0m`,
  bad: (text) => `\x1b[31m${text}\x1b[0m`,
  strong: (text) => `\x1b[1m${text}\x1b[0m`,
};

export function resultText(result: DrillResult, title: string, paint: Paint = PLAIN): string {
  const verdict = result.passed ? paint.good('PASSED') : paint.bad('FAILED');
  return [
    '',
    `${paint.strong(result.scenario)}: ${title}  ${verdict}`,
    '',
    ...result.timeline.map(({ at_ms, event }) => `${milliseconds(at_ms).padStart(12)}  ${event}`),
    '',
    ...result.checks.map(({ name, passed, detail }) => {
      const mark = passed ? paint.good('  held  ') : paint.bad(' BROKEN ');
      return `${mark}  ${name}\n            ${detail}`;
    }),
    '',
  ].join('\n');
}

/** One row for each drill. */
export function summaryText(results: readonly DrillResult[], paint: Paint = PLAIN): string {
  const head = [
    'drill',
    'result',
    'connections',
    'lost',
    'HTTP failed',
    'UDP lost',
    'outage',
    'takeover',
    'limit',
  ];
  const rows = results.map((result) => [
    result.scenario,
    result.passed ? 'passed' : 'FAILED',
    `${result.connections.established}`,
    `${result.connections.lost}`,
    `${result.requests.failed}/${result.requests.sent}`,
    `${result.packets.lost}/${result.packets.sent}`,
    `${result.outage_ms} ms`,
    result.detection_ms === null ? '-' : `${result.detection_ms} ms`,
    `${result.limit_ms} ms`,
  ]);
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  const painted = rows.map((row, index) => {
    const text = line(row);
    return results[index]?.passed ? text : paint.bad(text);
  });
  return `${paint.strong(line(head))}\n${painted.join('\n')}\n`;
}

const milliseconds = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)} ms`;
