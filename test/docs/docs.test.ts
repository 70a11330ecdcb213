import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { DROP_REASON, PLANE_EVENT } from '../../src/datapath/layouts.generated.ts';
import { HeartbeatCounters } from '../../src/director/heartbeat/counters.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => read(`src/${file}`));

/** The members of `export type NAME = 'a' | 'b';`, comments left out. */
function union(declaration: string): string[] {
  const code = declaration.replaceAll(/\/\*.*?\*\//gs, '');
  return [...code.matchAll(/'([^']+)'/g)].map(([, member = '']) => member).sort();
}

const errorCodes = sources.flatMap((text) =>
  [...text.matchAll(/export type (\w+)ErrorCode =([^;]*);/g)].map(
    ([, name = '', members = '']) => [`${name}Error`, union(members)] as const,
  ),
);

/** First cells of the table under a heading. */
function rows(page: string, heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| (`[^|]*) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name))
    .sort();
}

test('the code has the error codes that this test looks for', () => {
  expect(errorCodes.map(([name]) => name)).toContain('ModelError');
});

test.each(errorCodes)('docs/errors.md lists the codes of %s, and no others', (name, codes) => {
  expect(rows(read('docs/errors.md'), name)).toEqual(codes);
});

test('docs/status.md explains every reason of a drop, and no others', () => {
  const names = Object.keys(DROP_REASON)
    .filter((name) => name !== 'DROP_REASONS')
    .map((name) => name.replace(/^DROP_/, '').toLowerCase());
  expect(rows(read('docs/status.md'), 'Reasons of `drops`')).toEqual(names.sort());
});

test('docs/status.md explains every event of the plane, and no others', () => {
  const names = Object.keys(PLANE_EVENT)
    .filter((name) => name !== 'PLANE_EVENTS')
    .map((name) => name.replace(/^EVENT_/, '').toLowerCase());
  expect(rows(read('docs/status.md'), 'Counters of `events`')).toEqual(names.sort());
});

test('docs/status.md explains every counter of the heartbeat, and no others', () => {
  const names = Object.keys(new HeartbeatCounters().snapshot() ?? {});
  expect(rows(read('docs/status.md'), 'Counters of `vrrp`')).toEqual(names.sort());
});

test('docs/status.md names every cause that sync refuses for', () => {
  const declaration = /export type SyncRefusal =([^;]*);/.exec(read('src/wire/sync-error.ts'))?.[1] ?? '';
  const page = read('docs/status.md');
  const missing = union(declaration).filter((cause) => !page.includes(`\`${cause}\``));
  expect(missing).toEqual([]);
});

/** Every key of the configuration, as `routers[].vrid`. */
function keysOf(schema: unknown, path = ''): string[] {
  const { properties, items, anyOf } = schema as {
    properties?: Record<string, unknown>;
    items?: unknown;
    anyOf?: unknown[];
  };
  const inner = Object.entries(properties ?? {}).flatMap(([key, value]) => {
    const name = path === '' ? key : `${path}.${key}`;
    const below = keysOf(value, name);
    return below.length > 0 ? below : [name];
  });
  return [
    ...inner,
    ...(items ? keysOf(items, `${path}[]`) : []),
    ...(anyOf ?? []).flatMap((one) => keysOf(one, path)),
  ];
}

test('docs/configuration.md explains every key', () => {
  const page = read('docs/configuration.md');
  expect(keysOf(jsonSchema()).filter((key) => !page.includes(`\`${key}\``))).toEqual([]);
});

test('links between the documents lead somewhere', () => {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)#:]+)\)/g)]
      .map(([, target = '']) => join(dirname(page), target))
      .filter((target) => !existsSync(join(root, target))),
  );
  expect(broken).toEqual([]);
});

test('the architecture page names files that are there', () => {
  const missing = [...read('docs/architecture.md').matchAll(/`((?:src|proto|test)\/[\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});
