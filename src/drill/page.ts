/** The report: one HTML page that needs nothing else, with each drill's UDP stream drawn over time. */
import { longestGap } from './gaps.ts';
import type { DrillRecord, DrillTrace, TimelineEntry } from './result.ts';
import { SCENARIOS } from './scenarios/index.ts';

const WIDTH = 1000;
const HEIGHT = 220;
/** The stream's bar, and the rows of labels under it. */
const BAR = { top: 20, height: 50 } as const;
const LABEL = { top: 92, step: 18, rows: 7 } as const;
/** Silence that is drawn as such, in ms: three packets of the stream. */
const SILENCE_MS = 4;
/** What is drawn around the fault, in ms. */
const WINDOW = { before: 500, after: 3000 } as const;

export function reportPage(records: readonly DrillRecord[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tandem drill</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1040px; margin: 2em auto; padding: 0 1em; color: #1b1f24; }
table { border-collapse: collapse; width: 100%; margin: 1em 0; }
th, td { text-align: left; padding: .3em .6em; border-bottom: 1px solid #d8dee4; vertical-align: top; }
.good { color: #116329; } .bad { color: #a40e26; font-weight: 600; }
svg { width: 100%; height: auto; background: #f6f8fa; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
</style>
</head>
<body>
<h1>Tandem drill</h1>
${records.map(section).join('\n')}
</body>
</html>
`;
}

function section({ result, trace }: DrillRecord): string {
  const { connections, requests, packets } = result;
  const numbers: readonly (readonly [string, string])[] = [
    ['connections', `${connections.established} established, ${connections.lost} lost`],
    ['HTTP requests', `${requests.sent} sent, ${requests.failed} failed`],
    ['UDP packets', `${packets.sent} sent, ${packets.lost} lost`],
    ['outage', `${result.outage_ms} ms`],
    ['takeover after', result.detection_ms === null ? 'none' : `${result.detection_ms} ms`],
    ['limit', `${result.limit_ms} ms`],
  ];
  return `<section>
<h2>${html(result.scenario)}: <span class="${result.passed ? 'good' : 'bad'}">${result.passed ? 'passed' : 'FAILED'}</span></h2>
<p>${html(SCENARIOS[result.scenario].title)}</p>
${drawing(trace, result.timeline)}
<table>${numbers.map(([name, value]) => `<tr><th>${name}</th><td>${html(value)}</td></tr>`).join('')}</table>
<table>${result.checks
    .map(
      ({ name, passed, detail }) =>
        `<tr><td class="${passed ? 'good">held' : 'bad">BROKEN'}</td><td>${html(name)}</td><td>${html(detail)}</td></tr>`,
    )
    .join('')}</table>
<table>${result.timeline
    .map(({ at_ms, event }) => `<tr><td class="number">${at_ms} ms</td><td>${html(event)}</td></tr>`)
    .join('')}</table>
</section>`;
}

/** A green bar where answers came, red where none did, and what happened then. */
function drawing({ answers, lost }: DrillTrace, timeline: readonly TimelineEntry[]): string {
  const from = -WINDOW.before;
  const to = Math.max(WINDOW.after, longestGap(answers).to + WINDOW.before);
  const x = (at: number): number => Math.round(((at - from) / (to - from)) * WIDTH * 10) / 10;
  const shown = answers.filter((at) => at >= from && at <= to);
  const silences = shown.flatMap((at, index) => {
    const next = shown[index + 1];
    return next !== undefined && next - at > SILENCE_MS ? [{ at, next }] : [];
  });
  const bar = (at: number, end: number, colour: string, title: string): string =>
    `<rect x="${x(at)}" y="${BAR.top}" width="${Math.max(1, x(end) - x(at))}" height="${BAR.height}" fill="${colour}"><title>${title}</title></rect>`;
  const events = timeline.filter(({ at_ms }) => at_ms >= from && at_ms <= to);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="UDP stream around the fault">
${shown.length > 1 ? bar(shown[0] ?? 0, shown.at(-1) ?? 0, '#4ac26b', 'answers came') : ''}
${silences.map(({ at, next }) => bar(at, next, '#cf222e', `no answer for ${(next - at).toFixed(1)} ms`)).join('\n')}
${lost
  .filter((at) => at >= from && at <= to)
  .map(
    (at) =>
      `<line x1="${x(at)}" x2="${x(at)}" y1="${BAR.top + BAR.height}" y2="${BAR.top + BAR.height + 6}" stroke="#cf222e"/>`,
  )
  .join('')}
${events.map((entry, index) => label(x(entry.at_ms), LABEL.top + (index % LABEL.rows) * LABEL.step, entry)).join('\n')}
</svg>`;
}

function label(x: number, y: number, { at_ms, event }: TimelineEntry): string {
  const end = x > WIDTH * 0.6;
  return `<line x1="${x}" x2="${x}" y1="${BAR.top - 8}" y2="${y}" stroke="#57606a" stroke-dasharray="2 2"/><text x="${end ? x - 4 : x + 4}" y="${y}" font-size="12" text-anchor="${end ? 'end' : 'start'}">${at_ms} ms: ${html(event)}</text>`;
}

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
