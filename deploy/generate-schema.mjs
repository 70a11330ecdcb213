#!/usr/bin/env node
/** Writes deploy/tandem.schema.json from src/config/schema.ts. Needs a build; a test compares the two. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { jsonSchema } = await import(join(root, 'dist/config/json-schema.js'));
writeFileSync(join(root, 'deploy/tandem.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
