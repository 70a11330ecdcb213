/** iproute2's programs, which know more about the kernel than we want to. */
import { spawn } from 'node:child_process';
import { HostError } from './error.ts';

/**
 * Runs `ip` with these arguments.
 * @param input for `-batch -`
 * @returns its stdout
 * @throws HostError `no-such-interface`, `no-iproute2`, `ip-failed`
 */
export async function ip(args: readonly string[], input = ''): Promise<string> {
  return run('ip', args, input);
}

/** The same for another of its programs. @throws HostError as {@link ip} */
export async function run(program: 'ip' | 'bridge', args: readonly string[], input = ''): Promise<string> {
  const command = `${program} ${args.join(' ')}`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A child that is gone before it read its input tells its reason on stderr.
    child.stdin.on('error', () => {});
    child.on('error', (cause) => {
      const text = `cannot run "${command}": install the package iproute2`;
      reject(new HostError('no-iproute2', text, { cause }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(ipError(command, stderr.trim()));
    });
    child.stdin.end(input);
  });
}

/** The same for `ip -j`. The caller knows iproute2's shape of what it asked for. */
export async function ipJson<Shape>(args: readonly string[]): Promise<Shape> {
  return JSON.parse((await ip(['-json', ...args])) || '[]') as Shape;
}

function ipError(command: string, stderr: string): HostError {
  const missing = /^(?:Device|Cannot find device) "([^"]+)"/m.exec(stderr);
  if (missing) {
    const text = `interface ${missing[1]} does not exist: "ip link" lists those that do`;
    return new HostError('no-such-interface', text);
  }
  return new HostError('ip-failed', `"${command}" failed: ${stderr || 'it said nothing'}`);
}
