// Builds dist/: the kernel half with clang, the layouts from its BTF, userland with tsc, ipvsadm's single file.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');
/** The plane, and the bad wires of the lab. */
const objects = ['datapath/bpf/tandem.bpf', 'lab/bpf/wires.bpf'];
const plane = join(root, 'dist', `${objects[0]}.o`);
const tsc = join(root, 'node_modules/.bin/tsc');
const generated = join(root, 'src/datapath/layouts.generated.ts');

/** Where Debian keeps asm/types.h, which linux/types.h includes. */
const TRIPLETS = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

function run(command, args) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (error) {
    const missing = error.code === 'ENOENT';
    console.error(`build: ${command} ${missing ? 'is missing: run deploy/setup.sh' : 'failed'}`);
    process.exit(1);
  }
}

function compileKernelHalf(name) {
  const object = join(root, 'dist', `${name}.o`);
  mkdirSync(join(object, '..'), { recursive: true });
  const include = `-I/usr/include/${TRIPLETS[process.arch] ?? ''}`;
  // v3: compare-and-swap and 32-bit jumps; every kernel since 5.12 takes it.
  const options = [
    '-O2',
    '-g',
    '-target',
    'bpf',
    '-mcpu=v3',
    '-Wall',
    '-Wextra',
    '-Wno-unused-parameter',
    '-Werror',
  ];
  run('clang', [...options, include, '-c', `src/${name}.c`, '-o', object]);
}

function compileUserland() {
  run(tsc, ['-p', '.']);
  const from = join(root, 'src/wire/generated');
  const to = join(root, 'dist/wire/generated');
  mkdirSync(to, { recursive: true });
  for (const name of ['sync.js', 'control.js']) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
}

/** ipvsadm is started for every single command: one file for node to load, in the format that it loads fastest. */
async function bundleCommand() {
  const bundle = await rolldown({ input: join(root, 'src/cli/ipvsadm-programs.ts'), platform: 'node' });
  const file = join(root, 'dist/cli/ipvsadm-programs.cjs');
  await bundle.write({ file, format: 'cjs', minify: true, codeSplitting: false });
  await bundle.close();
}

for (const name of objects) compileKernelHalf(name);
// Whatever else does not fit the new layouts yet, what makes them is compiled.
spawnSync(tsc, ['-p', '.'], { cwd: root });
const { layoutSource, readLayouts } = await import(join(root, 'dist/datapath/layout.js'));
const layouts = layoutSource(readLayouts(readFileSync(plane)));
if (!existsSync(generated) || readFileSync(generated, 'utf8') !== layouts) {
  console.log('build: src/datapath/layouts.generated.ts follows bpf/types.h: written anew, commit it');
  writeFileSync(generated, layouts);
}
compileUserland();
await bundleCommand();
