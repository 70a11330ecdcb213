/** The status for people: the first line says how things stand, the others say why. */
import type { ReplicationStatus, RouterStatus, Status, SyncKeys, SyncStatus } from '../director/status.ts';

type Row = readonly [label: string, text: string];

export function statusText(status: Status): string {
  const rows: Row[] = [
    ...status.routers.map((router): Row => [`router ${router.name}`, routerText(router)]),
    ['peer', peerText(status)],
    ['sync', syncText(status.sync)],
    ['rules', rulesText(status.rules)],
    ...trackedRow(status.tracked),
    ['connections', thousands(status.connections)],
    ['drops', countsText(status.drops)],
    ['plane', countsText(status.events)],
    ['adverts', countsText(countsOf(status.vrrp))],
    ['daemon', daemonText(status)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const body = rows.map(([label, text]) => `${label.padEnd(width)}${text}\n`);
  return `${headline(status)}\n\n${body.join('')}`;
}

function headline({ name, role, routers, peer }: Status): string {
  const open = routers.some((router) => router.fence.open);
  const addresses = routers.flatMap((router) => router.addresses).join(', ');
  switch (role) {
    case 'master':
      return open
        ? `${name} is MASTER and answers for ${addresses}`
        : `${name} is MASTER, but its fence is closed: it answers for nothing`;
    case 'backup':
      if (open) return `${name} is BACKUP, yet its fence is still open`;
      return peer.vrrp_ms === null
        ? `${name} is BACKUP: no master has been heard yet for ${addresses}`
        : `${name} is BACKUP: the peer answers for ${addresses}`;
    case 'init':
      return `${name} is starting: it answers for nothing yet`;
    case 'standalone':
      return `${name} stands alone: no virtual router is configured`;
  }
}

function routerText({ vrid, priority, state, fence, addresses }: RouterStatus): string {
  const gate = fence.open ? `fence open, ${Math.round(fence.remaining_ms)} ms left` : 'fence closed';
  return `${state}, ${gate}; vrid ${vrid}, priority ${priority}; ${addresses.join(', ')}`;
}

function peerText({ role, peer: { vrrp_ms, sync_ms, synced, paths } }: Status): string {
  const table = synced ? 'its table is here' : 'NOT SYNCED: its table is not wholly here';
  if (vrrp_ms === null && sync_ms === null) return 'never heard';
  // A backup advertises nothing: its silence there would only worry people.
  const vrrp = role === 'master' ? '' : `${ago(vrrp_ms)} (VRRP), `;
  const lost = paths.vrrp === 'lost' ? 'VRRP' : paths.sync === 'lost' ? 'sync' : undefined;
  const warning = lost === undefined ? '' : `; ONE PATH LOST: ${lost}`;
  return `heard ${vrrp}${ago(sync_ms)} (sync); ${table}${warning}`;
}

function trackedRow(tracked: Status['tracked']): Row[] {
  if (tracked.length === 0) return [];
  const texts = tracked.map(({ kind, name, up, weight }) => {
    const weighed = weight === 0 ? '' : ` (weight ${weight})`;
    return `${kind} ${name} ${up ? 'up' : 'DOWN'}${weighed}`;
  });
  return [['tracked', texts.join(', ')]];
}

const ago = (ms: number | null) => (ms === null ? 'never' : `${age(ms)} ago`);

function age(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

function syncText(sync: SyncStatus): string {
  const { p50, p99, max } = sync.lag_ms;
  const troubles = countsText({
    gaps: sync.gaps,
    resent: sync.resent,
    lost: sync.lost,
    shortfall: sync.shortfall,
    stale: sync.records_stale,
    conflicting: sync.records_conflicting,
    duplicates: sync.duplicates,
    foreign: sync.foreign,
    'ring overflows': sync.ring_overflows,
    ...Object.fromEntries(Object.entries(sync.rejected).map(([why, count]) => [`rejected ${why}`, count])),
  });
  const records = `sent ${thousands(sync.records_sent)}, applied ${thousands(sync.records_applied)} records`;
  const lag = `lag ${fixed(p50)} ms, p99 ${fixed(p99)}, max ${fixed(max)}`;
  const seal = sync.sealed ? sealText(sync.keys) : 'NOT SEALED';
  return [seal, records, ...bulkTexts(sync.bulk), lag, ...(troubles === 'none' ? [] : [troubles])].join('; ');
}

/** Only while one runs. */
function bulkTexts({ sending, receiving }: SyncStatus['bulk']): string[] {
  const text = (way: string, bulk: { done: number; total: number } | null) =>
    bulk ? [`bulk ${way} the peer ${thousands(bulk.done)} of ${thousands(bulk.total)}`] : [];
  return [...text('to', sending), ...text('from', receiving)];
}

function sealText({ sealing, opened }: SyncKeys): string {
  const others = opened.filter((name) => name !== sealing);
  const too = others.length > 0 ? `, opening ${others.join(', ')} too` : '';
  return `sealed (key ${sealing}${too})`;
}

function rulesText({ replicated, version, agreed, refused }: ReplicationStatus): string {
  if (!replicated) return 'of this director alone';
  if (refused !== null) return `version ${version}; NOT THOSE OF THE PEER: ${refused}`;
  return `version ${version}, ${agreed ? 'the same at the peer' : 'the peer has not said that it has it'}`;
}

/** Only what is not zero: a wall of zeros hides the one number that matters. */
function countsText(counts: Readonly<Record<string, number>>): string {
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  if (shown.length === 0) return 'none';
  return shown.map(([what, count]) => `${what} ${thousands(count)}`).join(', ');
}

/** Without what the daemon's row says in words. */
function countsOf({ real_time, memory_locked, ...counts }: Status['vrrp']): Status['vrrp'] {
  return counts;
}

function daemonText({ version, datapath, pid, uptime_s, vrrp }: Status): string {
  const lacks = [
    ...(vrrp.real_time === 0 ? ['real-time priority'] : []),
    ...(vrrp.memory_locked === 0 ? ['locked code'] : []),
  ];
  const warning = lacks.length === 0 ? '' : `; HEARTBEAT WITHOUT ${lacks.join(' and ')}`;
  return `tandem ${version}, ${datapath} plane, pid ${pid}, up ${age(uptime_s * 1000)}${warning}`;
}

const fixed = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const thousands = (value: number) => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
