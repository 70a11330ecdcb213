import { describe, expect, test } from 'vitest';
import { ControlError } from '../../src/control/error.ts';
import { main } from '../../src/ipvsadm/main.ts';
import { memoryDirector } from './memory-director.ts';
import { terminal, type } from './terminal.ts';

const run = (line: string, director = memoryDirector(), stdin = '') =>
  type(`ipvsadm ${line}`.split(' '), director, stdin);

/** Runs with a socket that cannot be opened; counts how often that was tried. */
async function without(line: string, error: Error) {
  const { io, output } = terminal();
  let tries = 0;
  const exit = await main(line.split(' '), io, () => {
    tries += 1;
    return Promise.reject(error);
  });
  return { ...output, exit, tries };
}

describe('without a director', () => {
  const gone = new ControlError('no-daemon', 'no daemon listens');

  test('the module is said to be missing', async () => {
    expect(await without('-L', gone)).toEqual({
      stdout: '',
      stderr:
        "Can't initialize ipvs: Protocol not available\n" +
        'Are you sure that IP Virtual Server is built in the kernel or as module?\n',
      exit: 2,
      tries: 1,
    });
  });

  test('a socket of somebody else is a matter of permission', async () => {
    const { stderr, exit } = await without('-C', new ControlError('no-access', 'EACCES'));
    expect(stderr).toBe(
      "Can't initialize ipvs: Permission denied (you must be root)\n" +
        'Are you sure that IP Virtual Server is built in the kernel or as module?\n',
    );
    expect(exit).toBe(2);
  });

  test.each(['-h', '--help'])('%s works', async (line) => {
    const { stdout, stderr, exit, tries } = await without(line, gone);
    expect(stdout).toMatch(/^ipvsadm v1\.31 /);
    expect({ stderr, exit, tries }).toEqual({ stderr: '', exit: 0, tries: 0 });
  });

  test.each(['-v', '-A', '--bogus', '-A -t 10.1.1.1:80 -w x'])('%s is not looked at', async (line) => {
    const { stderr, exit } = await without(line, gone);
    expect(stderr).toMatch(/^Can't initialize ipvs: Protocol not available\n/);
    expect(exit).toBe(2);
  });

  test('an error that is none of ours is not swallowed', async () => {
    await expect(without('-L', new TypeError('bug'))).rejects.toThrow('bug');
  });
});

describe('what is not built', () => {
  const withXdp = () => memoryDirector(['eth0'], 'xdp');

  test.each([
    [
      '-a -t 10.1.1.1:80 -r 192.168.10.2:22 -i',
      'tunneling (-i) is not built yet: use -q (FULLNAT), -m or -g\n',
    ],
    ['-A -t 10.1.1.1:80:5', 'subnet_id 5 is not built yet: leave it out, or write 0\n'],
    ['--set-vlanflag 1', 'VLAN matching (--set-vlanflag 1) is not built yet: leave it at 0\n'],
  ])('%s is one line and exit 2, and changes nothing', async (line, stderr) => {
    const director = withXdp();
    await run('-A -t 10.1.1.1:80', director);
    const before = director.rules;
    expect(await run(line, director)).toEqual({ stdout: '', stderr, exit: 2 });
    expect(director.rules).toBe(before);
  });
});

test('the port of a local address is ignored, which is said, and the exit code is 0', async () => {
  const director = memoryDirector();
  await run('-A -t 10.1.1.1:80', director);
  expect(await run('-P -t 10.1.1.1:80 -z 192.168.10.1:90', director)).toEqual({
    stdout: '',
    stderr: 'port 90 of local address 192.168.10.1 is ignored: ports are allocated per connection\n',
    exit: 0,
  });
});

describe('local addresses', () => {
  test.each([
    ['-P -t 10.1.1.1:81 -z 192.168.10.1', 'Service not defined\n'],
    ['-Q -t 10.1.1.1:81 -z 192.168.10.1', 'Service not defined\n'],
    ['-Q -t 10.1.1.1:80 -z 192.168.10.9', 'No such local address\n'],
    ['-P -t 10.1.1.1:80 -z 192.168.10.1', 'Local address already exists\n'],
    [
      '-P -t 10.1.1.1:80 -z 224.0.0.1',
      'Invalid operation.  Possibly wrong module version, address not unicast, ...\n',
    ],
  ])('%s is refused as a kernel would', async (line, stderr) => {
    const director = memoryDirector();
    await run('-A -t 10.1.1.1:80', director);
    await run('-P -t 10.1.1.1:80 -z 192.168.10.1', director);
    expect(await run(line, director)).toEqual({ stdout: '', stderr, exit: 255 });
  });
});

describe('what cannot be there is missing, as from a kernel', () => {
  test.each([
    ['-D -t 10.1.1.1:0', 'No such service\n'],
    ['-D -f 5', 'No such service\n'],
    ['-E -f 5 -s rr', 'No such service\n'],
    ['-E -t 10.1.1.1:0 -p', 'No such service\n'],
    ['-d -f 5 -r 192.168.10.2:22', 'Service not defined\n'],
    ['-e -t 10.1.1.1:0 -r 192.168.10.2:22', 'Service not defined\n'],
    ['-d -t 10.1.1.1:80 -r 192.168.10.2:0', 'No such destination\n'],
    ['-d -t 10.1.1.1:80 -r [2001:db8::1]:80', 'No such destination\n'],
    ['-Q -t 10.1.1.1:80 -z 2001:db8::1', 'No such local address\n'],
  ])('%s', async (line, stderr) => {
    const director = memoryDirector();
    await run('-A -t 10.1.1.1:80', director);
    expect(await run(line, director)).toEqual({ stdout: '', stderr, exit: 255 });
  });
});

test('an interface that does not exist has its own text', async () => {
  expect(await run('--start-daemon master --mcast-interface nosuch')).toEqual({
    stdout: '',
    stderr: 'No such device\n',
    exit: 255,
  });
});

describe('-R', () => {
  test('goes on behind a line that the plane does not carry', async () => {
    const director = memoryDirector(['eth0'], 'xdp');
    const lines = '-A -t 10.1.1.1:80\n-a -t 10.1.1.1:80 -r 10.2.2.2 -i\n-A -t 10.1.1.2:80\n';
    const { stderr, exit } = await run('-R', director, lines);
    expect(stderr).toBe('tunneling (-i) is not built yet: use -q (FULLNAT), -m or -g\n');
    expect(exit).toBe(0);
    expect(director.rules.services).toHaveLength(2);
  });

  test('goes on behind an unknown option, but not behind a wrong value', async () => {
    const lines = '-A -K\n-A -t 10.1.1.1:80\n-a -t 10.1.1.1:80 -r 10.2.2.2 -w x\n-A -t 10.1.1.2:80\n';
    const director = memoryDirector();
    expect(await run('-R', director, lines)).toEqual({
      stdout: '',
      stderr: '-K: unknown option\nillegal weight specified\n',
      exit: 2,
    });
    expect(director.rules.services).toHaveLength(1);
  });

  test('a listing of what is not there ends it', async () => {
    const director = memoryDirector();
    const output = await run('-R', director, '-L -t 10.1.1.1:80\n-A -t 10.1.1.1:80\n');
    expect(output).toEqual({ stdout: '', stderr: 'No such service\n', exit: 1 });
    expect(director.rules.services).toEqual([]);
  });

  test('does not read itself', async () => {
    expect(await run('-R', memoryDirector(), '-R\n')).toMatchObject({ exit: 255 });
  });
});

test('ipvsadm-restore clears first and drops comments', async () => {
  const director = memoryDirector();
  await run('-A -t 10.9.9.9:80', director);
  const output = await type(['ipvsadm-restore'], director, '# saved\n-A -t 10.1.1.1:80 -s rr\n');
  expect(output).toEqual({ stdout: '', stderr: '', exit: 0 });
  expect(director.rules.services.map(({ id }) => id)).toMatchObject([{ address: '10.1.1.1' }]);
});
