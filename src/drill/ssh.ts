/** One real ssh session through the VIP that prints a counter; a number out of turn is a gap. */
import { userInfo } from 'node:os';
import type { Lab } from '../lab/lab.ts';
import type { LabProcess } from '../lab/process.ts';
import { waitFor } from '../lab/wait.ts';
import { DrillError } from './result.ts';
import type { SshKeys } from './servers.ts';
import type { Target } from './traffic/messages.ts';

/** Handshake and login, on a busy machine. */
const LOGIN_MS = 15_000;
/** The next number comes within this also when TCP has to retransmit after an outage. */
const NEXT_MS = 8000;
const COUNTER = 'i=0; while :; do echo $i; i=$((i+1)); sleep 0.02; done';

export class SshSession {
  readonly #process: LabProcess;
  #next = 0;
  #gaps = 0;

  private constructor(process: LabProcess) {
    this.#process = process;
    process.onLine((line) => {
      if (line !== String(this.#next)) this.#gaps++;
      this.#next = Number(line) + 1;
    });
  }

  /** Returns when the first number has come. @throws DrillError when the login fails */
  static async open(
    lab: Lab,
    { host, port }: Target,
    keys: SshKeys,
    signal: AbortSignal,
  ): Promise<SshSession> {
    const options = [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${keys.knownHosts}`,
      'GlobalKnownHostsFile=none',
      `ConnectTimeout=${LOGIN_MS / 1000}`,
    ].flatMap((option) => ['-o', option]);
    const target = `${userInfo().username}@${host}`;
    const args = ['-F', 'none', '-T', '-i', keys.client, ...options, '-p', String(port), target, COUNTER];
    const session = new SshSession(await lab.spawn('client', 'ssh', args, { label: 'ssh on client' }));
    await session.#counted(1, LOGIN_MS, signal);
    return session;
  }

  /** How far the counter has come. */
  get count(): number {
    return this.#next;
  }

  /** Waits for one more number. @returns in words why the session does not live as it should, or undefined */
  async trouble(signal: AbortSignal): Promise<string | undefined> {
    try {
      await this.#counted(this.#next + 1, NEXT_MS, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return (error as Error).message;
    }
    return this.#gaps > 0 ? `${this.#gaps} numbers came out of turn` : undefined;
  }

  close(): Promise<void> {
    return this.#process.end();
  }

  async #counted(count: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
    await waitFor(
      'the ssh session to print its next number',
      () => {
        if (!this.#process.running) throw new DrillError(`the ssh session ended: ${this.#process.complaint}`);
        return this.#next >= count;
      },
      { timeoutMs, signal },
    );
  }
}
