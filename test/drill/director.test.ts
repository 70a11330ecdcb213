import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { configurationText, SERVICES } from '../../src/drill/director.ts';
import { scratch } from '../support/scratch.ts';

test("the directors' settings are ones that the daemon takes, with four services behind one local address", () => {
  const directory = scratch();
  const key = join(directory, 'sync.key');
  writeFileSync(key, `${'ab'.repeat(32)}\n`, { mode: 0o600 });
  const file = join(directory, 'lb2.yaml');
  writeFileSync(file, configurationText('lb2', 1000, { pins: '/sys/fs/bpf/x', key, log: '/tmp/lb2.log' }));
  const config = loadConfig(file);
  expect(config.name).toBe('lb2');
  expect(config.interfaces).toEqual(['eth0', 'eth1']);
  expect(config.routers).toMatchObject([{ vrid: 51, priority: 100, advertMs: 1000, interface: 'eth0' }]);
  expect(config.syncKeyFile).toBe(key);
  expect(config.datapath.pins).toBe('/sys/fs/bpf/x');
  expect(config.rules.map(({ op }) => op)).toEqual(
    Array.from({ length: 4 }, () => ['add-service', 'add-local', 'add-server']).flat(),
  );
});

test("the seed's service is among them as the seed writes it", () => {
  expect(SERVICES.slice(0, 3)).toEqual([
    '-A -t 10.1.1.1:80 -s rr',
    '-P -t 10.1.1.1:80 -z 192.168.10.1',
    '-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1',
  ]);
});
