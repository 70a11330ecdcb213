import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratch } from '../support/scratch.ts';

const script = fileURLToPath(new URL('../../deploy/setup.sh', import.meta.url));

/** A checkout with stand-ins for every program that would reach the network or take long. */
function checkout(node = '20.19.0') {
  const folder = scratch();
  const calls = join(folder, 'calls');
  const bin = join(folder, 'bin');
  for (const path of ['deploy', 'src', 'proto', 'bin', 'lists']) mkdirSync(join(folder, path));
  const policy = join(folder, 'policy-rc.d');
  writeFileSync(
    join(folder, 'deploy/setup.sh'),
    readFileSync(script, 'utf8')
      .replace('=/usr/sbin/policy-rc.d', `=${policy}`)
      .replace('=/var/lib/apt/lists', `=${join(folder, 'lists')}`),
  );
  writeFileSync(join(folder, 'lists/mirror_Packages'), '');
  for (const path of ['package-lock.json', 'tsconfig.json', 'deploy/build.mjs', 'src/a.ts'])
    writeFileSync(join(folder, path), '');
  const program = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('node', `echo ${node}`);
  program('nginx', '');
  // dpkg refuses to begin without the programs of /usr/sbin.
  program(
    'apt-get',
    `case :$PATH: in *:/usr/sbin:*) ;; *) exit 2;; esac; echo "apt-get $*" >>${calls}; ${policy} ssh start; echo "start: $?" >>${calls}; touch installed`,
  );
  program('update-rc.d', `echo "update-rc.d $*" >>${calls}`);
  // Every package that is asked for is there.
  program('dpkg-query', 'shift 3; for p; do echo "ii $p"; done');
  program(
    'npm',
    `echo "npm $*" >>${calls}; case $1 in ci) mkdir -p node_modules;; *) mkdir -p dist/cli && touch dist/cli/tandem.js;; esac`,
  );
  const run = (...args: string[]) => {
    writeFileSync(calls, '');
    const env = { ...process.env, PATH: `${bin}:/usr/bin:/bin` };
    const { status, stderr } = spawnSync('bash', ['deploy/setup.sh', ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { status, stderr, calls: readFileSync(calls, 'utf8').trimEnd().split('\n').filter(Boolean) };
  };
  return { folder, policy, program, run };
}

test('a first run installs what is locked and builds', () => {
  const { run } = checkout();
  const { status, calls } = run();
  expect(status).toBe(0);
  expect(calls).toEqual(['npm ci --include=dev --no-audit --no-fund', 'npm run --silent build']);
});

test('a second run does nothing, and says so for each step', () => {
  const { run } = checkout();
  run('--tests');
  const { status, stderr, calls } = run('--tests');
  expect(status).toBe(0);
  expect(calls).toEqual([]);
  expect(stderr.trimEnd().split('\n')).toEqual([
    'setup: Debian packages: all there',
    'setup: npm packages: as locked',
    'setup: build: up to date',
  ]);
});

test('a changed lock installs again, and a changed source builds again', () => {
  const { folder, run } = checkout();
  run();
  appendFileSync(join(folder, 'src/a.ts'), '// changed');
  expect(run().calls).toEqual(['npm run --silent build']);
  appendFileSync(join(folder, 'package-lock.json'), '{}');
  expect(run().calls[0]).toBe('npm ci --include=dev --no-audit --no-fund');
});

test('a build that failed is tried again', () => {
  const { folder, program, run } = checkout();
  program(
    'npm',
    'case $1 in ci) mkdir -p node_modules;; *) mkdir -p dist/cli; touch dist/cli/tandem.js; exit 1;; esac',
  );
  const failed = run();
  expect(failed.status).toBe(1);
  expect(failed.stderr).toMatch(/the build failed: mend what it says above/);
  expect(existsSync(join(folder, 'dist/.tandem-built'))).toBe(false);
  expect(run().status).toBe(1);
});

test.each(['18.20.4', '20.18.3', '9.0.0'])('Node %s is refused in one line with the remedy', (version) => {
  const { status, stderr, calls } = checkout(version).run();
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(`Node.js ${version} is too old, 20.19.0 or newer is needed: install it from`);
  expect(calls).toEqual([]);
});

test('an unknown argument is refused', () => {
  expect(checkout().run('--test')).toMatchObject({ status: 1, stderr: /unknown argument --test/ });
});

/** As the real one: what it has never heard of is missing from the output, and makes it exit 1. Once installed, it is there. */
const missing = (...packages: string[]) =>
  `shift 3; for p; do case $p in ${packages.join('|')}) if [ -e installed ]; then echo "ii $p"; else bad=1; fi;; *) echo "ii $p";; esac; done; exit \${bad:-0}`;

test.each([
  ['some packages', missing('ethtool', 'ipvsadm'), /sudo apt-get install ethtool ipvsadm\n/],
  ['all packages', missing('*'), /sudo apt-get install clang libbpf-dev .* keepalived ipvsadm procps\n/],
])(
  'without root, where %s are missing they are named with the command that installs them',
  (_, query, said) => {
    const { program, run } = checkout();
    program('dpkg-query', query);
    program('id', 'echo 1000');
    expect(run('--tests')).toMatchObject({ status: 1, stderr: said, calls: [] });
  },
);

test('as root, what is missing is installed, and no service starts: not now, and not at the next boot', () => {
  const { policy, program, run } = checkout();
  program('dpkg-query', missing('ethtool', 'openssh-server', 'ipvsadm'));
  program('id', 'echo 0');
  writeFileSync(policy, 'of the machine');
  const { status, calls } = run('--tests');
  expect(status).toBe(0);
  expect(calls.slice(0, -2)).toEqual([
    'apt-get install -y -qq --no-install-recommends ethtool openssh-server ipvsadm',
    'start: 101',
    'update-rc.d ssh disable',
    'update-rc.d ipvsadm disable',
  ]);
  expect(readFileSync(policy, 'utf8')).toBe('of the machine');
});

const ALL_MISSING = missing('ethtool', 'openssh-server', 'ipvsadm');

test.each(['INT', 'TERM', 'HUP'])(
  'a SIG%s during the installation leaves no service for the next boot',
  (signal) => {
    const { policy, program, run } = checkout();
    program('dpkg-query', ALL_MISSING);
    program('id', 'echo 0');
    program('apt-get', `touch installed; kill -${signal} $PPID`);
    writeFileSync(policy, 'of the machine');
    const { status, calls } = run('--tests');
    expect(status).toBe(130);
    expect(calls).toEqual(['update-rc.d ssh disable', 'update-rc.d ipvsadm disable']);
    expect(readFileSync(policy, 'utf8')).toBe('of the machine');
  },
);

test('what a setup that was killed left undone is done by the next one', () => {
  const { policy, program, run } = checkout();
  program('dpkg-query', ALL_MISSING);
  program('id', 'echo 0');
  program('apt-get', 'touch installed; kill -KILL $PPID');
  writeFileSync(policy, 'of the machine');
  expect(run('--tests').status).toBe(null);
  expect(run('--tests').calls.slice(0, 2)).toEqual([
    'update-rc.d ssh disable',
    'update-rc.d ipvsadm disable',
  ]);
  expect(readFileSync(policy, 'utf8')).toBe('of the machine');
});

test('empty lists are updated before anything is asked of them', () => {
  const { folder, program, run } = checkout();
  program('dpkg-query', ALL_MISSING);
  program('id', 'echo 0');
  rmSync(join(folder, 'lists/mirror_Packages'));
  expect(run('--tests').calls[0]).toBe('apt-get update -qq');
});
