import { expect, test, vi } from 'vitest';
import { execute } from '../../src/lab/command.ts';
import { LabProcess } from '../../src/lab/process.ts';

test('programs of /usr/sbin start also for a root whose PATH lacks it', async () => {
  vi.stubEnv('PATH', '/usr/bin:/bin');
  expect((await execute('sshd', ['-V'])).stderr).toMatch(/OpenSSH/);
  const nginx = await LabProcess.start('nginx', 'nginx', ['-v'], { env: { LANG: 'C' } });
  expect((await nginx.exited).code).toBe(0);
});

test('what a process is given stands before what it inherits', async () => {
  const shell = await LabProcess.start('shell', 'sh', ['-c', '[ "$PATH" = /bin ]'], {
    env: { PATH: '/bin' },
  });
  expect((await shell.exited).code).toBe(0);
});
