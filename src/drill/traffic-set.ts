/** All traffic of a drill, as one: started, watched and ended together. */
import type { Lab } from '../lab/lab.ts';
import { PAIR } from '../lab/pair.ts';
import { Generator } from './generator.ts';
import type { SshKeys } from './servers.ts';
import { SshSession } from './ssh.ts';
import type { EchoDone, HttpDone, OpenerDone, Survival, UdpDone } from './traffic/messages.ts';

/** Where clients find the services; the drill's own are on the VIP. */
export const TARGETS = {
  ssh: { host: PAIR.vip, port: 80 },
  http: { host: PAIR.vip, port: 8080 },
  tcp: { host: PAIR.vip, port: 7000 },
  udp: { host: PAIR.vip, port: 7001 },
} as const;
export type Targets = {
  readonly [Name in keyof typeof TARGETS]: { readonly host: string; readonly port: number };
};

const CONNECTIONS = 1000;
/** Each connection speaks this often: 2,000 messages a second leave two small processors time for the rest. */
const MESSAGE_MS = 500;
const HTTP_CLIENTS = 8;
const REQUEST_MS = 40;

export interface TrafficResult {
  readonly udp: UdpDone;
  readonly echo: EchoDone;
  readonly http: HttpDone;
  readonly opener: OpenerDone;
  readonly ssh: { readonly count: number; readonly trouble: string | undefined };
  /** All long-lived connections together: echo, HTTP and ssh. */
  readonly connections: Survival;
  /** Segments that the client's TCP sent again, all connections together. */
  readonly retransmitted: number;
}

export interface TrafficNumbers {
  readonly connections: number;
  readonly lost: number;
  readonly packets: number;
  readonly unanswered: number;
  readonly requests: number;
  readonly ssh: number;
}

export class Traffic {
  readonly #lab: Lab;
  readonly #udp: Generator<UdpDone>;
  readonly #echo: Generator<EchoDone>;
  readonly #http: Generator<HttpDone>;
  readonly #opener: Generator<OpenerDone>;
  readonly #ssh: SshSession;

  private constructor(
    lab: Lab,
    udp: Generator<UdpDone>,
    echo: Generator<EchoDone>,
    http: Generator<HttpDone>,
    opener: Generator<OpenerDone>,
    ssh: SshSession,
  ) {
    this.#lab = lab;
    this.#udp = udp;
    this.#echo = echo;
    this.#http = http;
    this.#opener = opener;
    this.#ssh = ssh;
  }

  /**
   * Returns when everything flows.
   * @param established waited for when the long-lived connections stand, told how many; short-lived ones follow
   */
  static async start(
    lab: Lab,
    keys: SshKeys,
    targets: Targets,
    established: (connections: number) => Promise<void>,
    signal: AbortSignal,
  ): Promise<Traffic> {
    const echo = await Generator.start<EchoDone>(lab, 'client', 'echo-client', {
      ...targets.tcp,
      connections: CONNECTIONS,
      everyMs: MESSAGE_MS,
    });
    const ssh = SshSession.open(lab, targets.ssh, keys, signal);
    const [session] = await Promise.all([ssh, echo.ready(signal)]);
    const http = await Generator.start<HttpDone>(lab, 'client', 'http-client', {
      ...targets.http,
      clients: HTTP_CLIENTS,
      everyMs: REQUEST_MS,
    });
    await http.ready(signal);
    await established(echo.number('established') + http.number('established') + 1);
    const opener = await Generator.start<OpenerDone>(lab, 'client', 'opener', targets.tcp);
    const udp = await Generator.start<UdpDone>(lab, 'client', 'udp-client', targets.udp);
    await Promise.all([opener.ready(signal), udp.ready(signal)]);
    return new Traffic(lab, udp, echo, http, opener, session);
  }

  numbers(): TrafficNumbers {
    const packets = this.#udp.number('sent');
    return {
      connections: this.#echo.number('established') + this.#http.number('established') + 1,
      lost: this.#echo.number('lost'),
      packets,
      unanswered: packets - this.#udp.number('answered'),
      requests: this.#http.number('sent'),
      ssh: this.#ssh.count,
    };
  }

  /** Ends all traffic; each connection is asked a last time whether it lives. */
  async finish(signal: AbortSignal): Promise<TrafficResult> {
    const [udp, echo, http, opener, trouble] = await Promise.all([
      this.#udp.finish(signal),
      this.#echo.finish(signal),
      this.#http.finish(signal),
      this.#opener.finish(signal),
      this.#ssh.trouble(signal),
    ]);
    const retransmitted = await this.#retransmitted();
    const count = this.#ssh.count;
    await this.#ssh.close();
    const ssh: Survival = {
      established: 1,
      survived: trouble ? 0 : 1,
      lost: trouble ? 1 : 0,
      troubles: trouble ? [trouble] : [],
    };
    return {
      udp,
      echo,
      http,
      opener,
      ssh: { count, trouble },
      connections: [echo, http, ssh].reduce(together),
      retransmitted,
    };
  }

  /** RetransSegs of the client: read as text because a counter's place differs between kernels. */
  async #retransmitted(): Promise<number> {
    const { stdout } = await this.#lab.run('client', 'cat', ['/proc/net/snmp']);
    const [names = '', values = ''] = stdout.split('\n').filter((line) => line.startsWith('Tcp:'));
    return Number(values.split(' ')[names.split(' ').indexOf('RetransSegs')] ?? 0);
  }
}

const together = (one: Survival, other: Survival): Survival => ({
  established: one.established + other.established,
  survived: one.survived + other.survived,
  lost: one.lost + other.lost,
  troubles: [...one.troubles, ...other.troubles],
});
