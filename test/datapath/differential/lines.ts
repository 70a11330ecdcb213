/** One way to write down what a plane holds, so that two planes' texts are equal when they agree. */
import type { TableRecord } from '../../../src/datapath/reference/table-record.ts';
import type { ServiceCounters } from '../../../src/model/counters.ts';
import type { TableLine } from './case.ts';

export interface SideFacts {
  readonly packets: number;
  readonly nextSequence: number | undefined;
  readonly lastAck: number | undefined;
  /** Of the lease under which they were learned. */
  readonly knownTerm: number;
}

export interface ConnectionFacts {
  readonly record: Omit<TableRecord, 'op' | 'timeout'>;
  readonly request: SideFacts;
  /** Undefined: answers do not pass here. */
  readonly reply: SideFacts | undefined;
  readonly announced: boolean;
  readonly synced: boolean;
  readonly learned: boolean;
  readonly announcedPackets: number;
}

export function nameOf(record: Omit<TableRecord, 'op' | 'timeout'>): string {
  const { template, protocol, client, clientPort, virtual, virtualPort, high } = record;
  return `${template ? 'template ' : ''}${protocol} ${high.slice(0, 6)} ${client}:${clientPort}>${virtual}:${virtualPort}`;
}

export function tableLine(facts: ConnectionFacts): TableLine {
  const { record, announced, synced, learned, announcedPackets } = facts;
  const marks = `${announced ? 'announced ' : ''}${synced ? 'synced ' : ''}${learned ? 'learned ' : ''}`;
  const way = `${record.high.slice(6)} ${record.local}:${record.localPort}>${record.server}:${record.serverPort}`;
  const text =
    `${way} state ${record.state} ${marks}term ${record.term} maker ${record.maker} ` +
    `extra ${JSON.stringify(tableExtra(record))} told at ${announcedPackets}; ` +
    `request ${sideText(facts.request)}; reply ${facts.reply ? sideText(facts.reply) : 'none'}`;
  return { text, version: record.version };
}

/** Without the mark: the table finds it by the server. */
function tableExtra({ extra = {} }: ConnectionFacts['record']) {
  const { fwmark: _, ...rest } = extra;
  return rest;
}

function sideText({ packets, nextSequence, lastAck, knownTerm }: SideFacts): string {
  const known = nextSequence === undefined && lastAck === undefined ? '' : ` under ${knownTerm}`;
  return `${packets} packets, next ${nextSequence}, acknowledged ${lastAck}${known}`;
}

export function toldLine(record: TableRecord): TableLine {
  const { op, state, term, maker, timeout, local, localPort, server, serverPort, high, extra } = record;
  const text =
    `${nameOf(record)} op ${op} ${high.slice(6)} ${local}:${localPort}>${server}:${serverPort} state ${state} ` +
    `term ${term} maker ${maker} timeout ${timeout} extra ${JSON.stringify(extra ?? {})}`;
  return { text, version: record.version };
}

export interface Counted {
  readonly drops: Readonly<Record<string, number>>;
  readonly events: Readonly<Record<string, number>>;
  readonly services: readonly ServiceCounters[];
}

/** What is zero is left out. */
export function counterLines({ drops, events, services }: Counted): string {
  const named = (title: string, counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${title} ${name} ${count}`);
  const lines = services.map((service, at) => `service ${at} ${JSON.stringify(service)}`);
  return [...named('drop', drops), ...named('event', events), ...lines].join('\n');
}
