import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the JSON Schema for editors is the one that the schema makes', () => {
  const committed: unknown = JSON.parse(readFileSync(join(root, 'deploy/tandem.schema.json'), 'utf8'));
  expect(committed, 'run: node deploy/generate-schema.mjs').toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});

test('the JSON Schema refuses unknown keys, as the daemon does', () => {
  expect(jsonSchema()).toMatchObject({ additionalProperties: false });
});

test('the two example files are accepted, and fit each other as a pair', () => {
  const [one, two] = ['lb1', 'lb2'].map((name) => loadConfig(join(root, `deploy/${name}.yaml.example`)));
  const shared = (config: typeof one) => ({ ...config, name: '', datapath: {}, routers: [] });
  expect(shared(two)).toEqual(shared(one));
  const { priority: high, ...router } = one?.routers[0] ?? { priority: 0 };
  const { priority: low, ...twin } = two?.routers[0] ?? { priority: 0 };
  expect(twin).toEqual(router);
  expect(high).toBeGreaterThan(low);
});
