import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Lab } from '../../src/lab/lab.ts';
import { LAB_ROOT, NETNS_ROOT, namespacePrefix } from '../../src/lab/ownership.ts';
import { DIRECTOR_FRONT, PAIR, PAIR_TOPOLOGY } from '../../src/lab/pair.ts';
import { waitFor } from '../../src/lab/wait.ts';

const labs: Lab[] = [];
const newLab = (): Lab => {
  const lab = new Lab(PAIR_TOPOLOGY);
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  for (const lab of labs.splice(0)) expect(await lab.down()).toEqual([]);
});

const mountsOf = (id: string): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(id));

/** Whether a TCP packet gets there and back: nobody listens, and the host says so at once. */
async function reaches(lab: Lab, from: string, to: string): Promise<boolean> {
  const { stderr } = await lab.run(from, 'timeout', ['2', 'bash', '-c', `echo > /dev/tcp/${to}/9`]);
  return stderr.includes('Connection refused');
}

/** Packets that an interface has received. */
async function received(lab: Lab, host: string): Promise<number> {
  const { stdout } = await lab.run(host, 'ip', ['-json', '-stats', 'link', 'show', 'dev', 'eth0']);
  const [link] = JSON.parse(stdout) as { stats64: { rx: { packets: number } } }[];
  return link?.stats64.rx.packets ?? 0;
}

/** Compiles a program and puts it on an interface of a director the way the daemon does: in the driver. */
async function attach(lab: Lab, host: string, body: string): Promise<void> {
  const source = `
    struct xdp { unsigned data, data_end, meta, ingress, queue, egress; };
    static long (*redirect)(unsigned, unsigned long long) = (void *)23;
    __attribute__((section("xdp"), used)) int program(struct xdp *frame) {
      unsigned char *p = (void *)(long)frame->data;
      if (p + 42 > (unsigned char *)(long)frame->data_end || p[12] != 8 || p[13] != 0 || p[23] != 17) return 2;
      ${body}
    }
    char _license[] __attribute__((section("license"), used)) = "GPL";`;
  const object = join(lab.directory, 'test.o');
  execFileSync('clang', ['-O2', '-target', 'bpf', '-x', 'c', '-c', '-', '-o', object], { input: source });
  const env = `TC_BPF_MNT=${lab.pins}`;
  const args = [env, 'ip', 'link', 'set', 'dev', 'eth0', 'xdpdrv', 'object', object, 'section', 'xdp'];
  const { code, stderr } = await lab.run(host, 'env', args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
}

const shower = (to: string): string[] => [
  '-c',
  `for i in 1 2 3 4 5 6 7 8 9 10; do echo $i > /dev/udp/${to}/9; done`,
];

describe('a pair', () => {
  const lab = new Lab(PAIR_TOPOLOGY);
  let before: readonly string[];
  beforeAll(async () => {
    before = readdirSync('/sys/class/net');
    await lab.up();
  });
  afterAll(() => lab.down());

  test('has hosts that reach each other on every network', async () => {
    expect(await reaches(lab, 'client', '10.1.1.3')).toBe(true);
    expect(await reaches(lab, 'lb1', PAIR.rs1)).toBe(true);
    expect(await reaches(lab, 'lb1', '172.31.0.2')).toBe(true);
    expect(await reaches(lab, 'lb2', PAIR.rs2), 'no way to the server behind the router').toBe(true);
  });

  test('has no link that the machine itself sees', () => {
    expect(readdirSync('/sys/class/net')).toEqual(before);
  });

  test('whose host is cut: it hears nothing until its links are restored', async () => {
    await lab.cut('lb1');
    expect(await reaches(lab, 'client', '10.1.1.2')).toBe(false);
    expect(await reaches(lab, 'client', '10.1.1.3')).toBe(true);
    await lab.restore('lb1');
    await waitFor('lb1 to be back', () => reaches(lab, 'client', '10.1.1.2'), { timeoutMs: 10_000 });
  });

  test('frames that a director sends back with XDP_TX arrive', async () => {
    await reaches(lab, 'client', '10.1.1.2');
    const back =
      'for (int i = 0; i < 6; i++) { unsigned char c = p[i]; p[i] = p[i + 6]; p[i + 6] = c; } return 3;';
    await attach(lab, 'lb1', back);
    const earlier = await received(lab, 'client');
    await lab.run('client', 'bash', shower('10.1.1.2'));
    await waitFor('ten frames to come back', async () => (await received(lab, 'client')) >= earlier + 10, {
      timeoutMs: 5000,
    });
  });

  test('frames that a director redirects to its other interface arrive', async () => {
    await reaches(lab, 'client', '10.1.1.3');
    const { stdout } = await lab.run('lb2', 'ip', ['-json', 'link', 'show', 'dev', 'eth1']);
    const [link] = JSON.parse(stdout) as { ifindex: number }[];
    await attach(
      lab,
      'lb2',
      `for (int i = 0; i < 6; i++) p[i] = 0xff; return redirect(${link?.ifindex}, 0);`,
    );
    const earlier = await received(lab, 'rs1');
    await lab.run('client', 'bash', shower('10.1.1.3'));
    await waitFor('ten frames to arrive', async () => (await received(lab, 'rs1')) >= earlier + 10, {
      timeoutMs: 5000,
    });
  });

  test('whose host is rebooted: it has lost its processes and addresses, and has its hardware address again', async () => {
    const child = await lab.spawn('lb1', 'sleep', ['60']);
    await lab.run('lb1', 'ip', ['address', 'add', '10.1.1.1/32', 'dev', 'eth0']);
    await lab.reboot('lb1');
    expect((await child.exited).signal).toBe('SIGKILL');
    const { stdout } = await lab.run('lb1', 'ip', ['address', 'show', 'dev', 'eth0']);
    expect(stdout).not.toContain('10.1.1.1/32');
    expect(stdout).toContain(DIRECTOR_FRONT.lb1.mac);
    await waitFor('lb1 to be back', () => reaches(lab, 'client', '10.1.1.2'), { timeoutMs: 10_000 });
  });

  test('leaves nothing: its processes end, also those that will not, and those that they started', async () => {
    const child = await lab.spawn('client', 'bash', [
      '-c',
      'trap "" TERM; sleep 61 & echo deaf; while :; do wait; done',
    ]);
    await new Promise<void>((resolve) => child.onLine(() => resolve()));
    expect(await lab.down()).toEqual([]);
    expect((await child.exited).signal).toBe('SIGKILL');
    expect(lab.remains()).toEqual([]);
    expect(mountsOf(lab.id)).toEqual([]);
    expect(existsSync(lab.directory) || existsSync(lab.pins)).toBe(false);
  });
});

test('an interrupt in the middle of building leaves nothing', async () => {
  const lab = newLab();
  const controller = new AbortController();
  const building = lab.up(controller.signal);
  await waitFor(
    'the first hosts to stand',
    () =>
      existsSync(NETNS_ROOT) &&
      readdirSync(NETNS_ROOT).some((name) => name === `${namespacePrefix(lab.id)}lb1`),
    { timeoutMs: 20_000, everyMs: 1 },
  );
  controller.abort();
  await expect(building).rejects.toMatchObject({ code: 'aborted' });
  expect(lab.remains()).toEqual([]);
});

test('a lab that cannot be built whole is taken down again', async () => {
  const broken = new Lab({
    switches: ['net'],
    hosts: [
      {
        name: 'a',
        interfaces: [{ name: 'eth0', switch: 'net', mac: '02:00:00:00:00:01', addresses: ['10.0.0.1/24'] }],
        routes: [{ to: '10.9.0.0/24', via: '192.0.2.1' }],
      },
    ],
  });
  await expect(broken.up()).rejects.toMatchObject({ code: 'command-failed' });
  expect(broken.remains()).toEqual([]);
});

test('two labs stand beside each other, and the end of one leaves the other whole', async () => {
  const [one, other] = [newLab(), newLab()];
  await Promise.all([one.up(), other.up()]);
  expect(await one.down()).toEqual([]);
  expect(await reaches(other, 'client', '10.1.1.2')).toBe(true);
});

test('what a killed lab left is removed by the next one', async () => {
  const killed = newLab();
  await killed.up();
  const child = await killed.spawn('rs1', 'sleep', ['62']);
  // No process has this number: the kernel's greatest is 2^22.
  writeFileSync(join(LAB_ROOT, killed.id, 'owner.json'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
  await newLab().up();
  expect((await child.exited).signal).toBe('SIGKILL');
  expect(killed.remains()).toEqual([]);
});
