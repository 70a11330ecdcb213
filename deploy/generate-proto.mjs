#!/usr/bin/env node
/**
 * Makes src/wire/generated/NAME.{js,d.ts} from every proto/NAME.proto.
 * `--check` writes nothing, and exits 1 when a committed file is not what its proto makes.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const generated = join(root, 'src/wire/generated');
const check = process.argv.includes('--check');
const scratch = mkdtempSync(join(tmpdir(), 'tandem-proto-'));

function run(tool, ...args) {
  execFileSync(process.execPath, [join(root, 'node_modules/protobufjs-cli/bin', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The comments of the module serve only to make the types. */
function generate(name) {
  const js = join(scratch, `${name}.js`);
  const commented = join(scratch, `${name}.commented.js`);
  const types = join(scratch, `${name}.d.ts`);
  const options = [
    ...['-t', 'static-module', '-w', 'esm', '--dependency', 'protobufjs/minimal.js'],
    // A root of its own for each file, or two modules would share, and overwrite, one namespace.
    ...['--root', `tandem-${name}`],
    ...['--no-verify', '--no-convert', '--no-delimited', '--no-typeurl'],
  ];
  run('pbjs', ...options, '-o', commented, join('proto', `${name}.proto`));
  run('pbjs', ...options, '--no-comments', '-o', js, join('proto', `${name}.proto`));
  run('pbts', '-o', types, commented);
  return { js: readFileSync(js, 'utf8'), 'd.ts': readFileSync(types, 'utf8') };
}

try {
  const stale = [];
  for (const proto of readdirSync(join(root, 'proto')).filter((file) => file.endsWith('.proto'))) {
    const name = basename(proto, '.proto');
    for (const [ending, text] of Object.entries(generate(name))) {
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
