#!/usr/bin/env node
/**
 * Makes src/wire/generated/NAME.{js,d.ts} from every proto/NAME.proto.
 * `--check` writes nothing, and exits 1 when a committed file is not what its proto makes.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'src/wire/generated');
const check = process.argv.includes('--check');
const scratch = mkdtempSync(join(tmpdir(), 'tandem-proto-'));

async function run(tool, ...args) {
  const program = join(root, 'node_modules/protobufjs-cli/bin', tool);
  const { stderr } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: root });
  process.stderr.write(stderr);
}

/** The comments of the module serve only to make the types. */
async function generate(name) {
  const js = join(scratch, `${name}.js`);
  const commented = join(scratch, `${name}.commented.js`);
  const types = join(scratch, `${name}.d.ts`);
  const options = [
    ...['-t', 'static-module', '-w', 'esm', '--dependency', 'protobufjs/minimal.js'],
    // A root of its own for each file, or two modules would share, and overwrite, one namespace.
    ...['--root', `tandem-${name}`],
    ...['--no-verify', '--no-convert', '--no-delimited', '--no-typeurl'],
  ];
  const proto = join('proto', `${name}.proto`);
  await Promise.all([
    run('pbjs', ...options, '--no-comments', '-o', js, proto),
    run('pbjs', ...options, '-o', commented, proto).then(() => run('pbts', '-o', types, commented)),
  ]);
  return { name, texts: { js: readFileSync(js, 'utf8'), 'd.ts': readFileSync(types, 'utf8') } };
}

try {
  const stale = [];
  const protos = readdirSync(join(root, 'proto')).filter((file) => file.endsWith('.proto'));
  const made = await Promise.all(protos.map((proto) => generate(basename(proto, '.proto'))));
  for (const { name, texts } of made) {
    for (const [ending, text] of Object.entries(texts)) {
      const file = join(generated, `${name}.${ending}`);
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
      stale.push(`src/wire/generated/${name}.${ending}`);
      if (!check) writeFileSync(file, text);
    }
  }
  for (const file of stale)
    process.stderr.write(check ? `${file} is not what its proto makes\n` : `${file} written\n`);
  if (check && stale.length > 0) {
    process.stderr.write('run: node deploy/generate-proto.mjs\n');
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true });
}
