import { describe, expect, test } from 'vitest';
import { memoryDirector } from './memory-director.ts';
import { type } from './terminal.ts';

const run = (line: string, director = memoryDirector(), stdin = '') => type(line.split(' '), director, stdin);

const GOOD = `# not for -R

ipvsadm -A -t 10.1.1.1:80 -s rr
-P -t 10.1.1.1:80 -z 192.168.10.1
-a -t 10.1.1.1:80 -r 192.168.10.2:22 -q -w 1
`.replace('# not for -R\n', '');

async function seeded() {
  const director = memoryDirector();
  await run('ipvsadm -A -t 10.9.9.9:80', director);
  return director;
}

describe('-R --atomic', () => {
  test('takes a whole file', async () => {
    const director = await seeded();
    expect(await run('ipvsadm -R --atomic', director, GOOD)).toEqual({ stdout: '', stderr: '', exit: 0 });
    expect(director.rules.services).toHaveLength(2);
    expect(director.rules.services[1]).toMatchObject({ servers: [{}], locals: [{}] });
  });

  test.each<[string, string, string, number]>([
    ['a wrong value', '-A -t 10.1.1.2:80 -p x', "line 5: invalid timeout value `x' specified\n", 2],
    ['an unknown option', '-A -t 10.1.1.2:80 -K', 'line 5: -K: unknown option\n', 255],
    ['a service that is there', '-A -t 10.1.1.1:80', 'line 5: Service already exists\n', 255],
    ['a service that is not there', '-a -t 10.1.1.3:80 -r 10.2.2.2', 'line 5: Service not defined\n', 255],
    [
      'no such scheduler',
      '-A -t 10.1.1.2:80 -s x',
      'line 5: Scheduler or persistence engine not found\n',
      255,
    ],
    ['a listing', '-L', 'line 5: this changes no rule, and cannot be part of an atomic restore\n', 2],
    [
      'a daemon',
      '--start-daemon master',
      'line 5: this changes no rule, and cannot be part of an atomic restore\n',
      2,
    ],
  ])('with %s changes nothing, and names the line', async (_what, line, stderr, exit) => {
    const director = await seeded();
    const before = director.rules;
    expect(await run('ipvsadm -R --atomic', director, `${GOOD}${line}\n-C\n`)).toEqual({
      stdout: '',
      stderr,
      exit,
    });
    expect(director.rules).toEqual(before);
  });

  test('belongs to -R alone', async () => {
    expect(await run('ipvsadm -S --atomic')).toMatchObject({
      stderr: "Illegal 'atomic' option with the 'save' command\n",
      exit: 2,
    });
  });
});

describe('ipvsadm-restore --atomic', () => {
  test('puts the file in the place of what was there', async () => {
    const director = await seeded();
    expect(await run('ipvsadm-restore --atomic', director, `# saved\n${GOOD}`)).toMatchObject({ exit: 0 });
    expect(director.rules.services).toMatchObject([{ id: { address: '10.1.1.1' } }]);
  });

  test('clears nothing when a line is wrong, which it counts with the comments', async () => {
    const director = await seeded();
    const before = director.rules;
    expect(await run('ipvsadm-restore --atomic', director, `# saved\n${GOOD}-A\n`)).toMatchObject({
      stderr: "line 6: You need to supply the 'service-address' option for the 'add-service' command\n",
      exit: 2,
    });
    expect(director.rules).toEqual(before);
  });
});
