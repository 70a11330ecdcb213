/**
 * The client and a real server of the recorded association. Only a kernel speaks SCTP, and not every host's does: a guest's is
 * both ends, in the place of the lab's hosts that have their addresses.
 */
import { Guest, type GuestJob } from '../../support/user-mode-linux/guest.ts';

/** A busy machine's guest is slow. */
const BOUND_MS = 60_000;

const SOCKETS = `use strict; use Socket qw(:all);
sub at { pack_sockaddr_in($_[1], inet_aton($_[0])) }
sub make { socket(my $s, AF_INET, SOCK_STREAM, 132) or die "socket: $!"; bind($s, at(@_)) or die "bind: $!"; return $s; }
`;

/** Says that it listens, takes one association, and reads until it is shut down. */
const SERVE = `${SOCKETS}my $l = make("192.168.10.2", 2905); listen($l, 1) or die "listen: $!"; open(my $f, ">", "/tmp/listens"); close($f);
accept(my $s, $l) or die "accept: $!"; open(my $g, ">", "/tmp/accepted"); close($g); recv($s, my $part, 9, 0); close($s);`;

/** Associates, and shuts down as soon as the file is there. */
const CALL = `${SOCKETS}my $s = make("10.0.0.1", 42000); connect($s, at("10.0.0.100", 2905)) or die "connect: $!";
select(undef, undef, undef, 0.05) until -e "/tmp/close"; close($s);`;

const appears = (file: string) => `until [ -e ${file} ]; do sleep 0.05; done`;

export class SctpEnds {
  readonly #guest: Guest;
  readonly #jobs: readonly GuestJob[];

  private constructor(guest: Guest, jobs: readonly GuestJob[]) {
    this.#guest = guest;
    this.#jobs = jobs;
  }

  /** With an association that is up. @param namespace of the lab's switches */
  static async associate(namespace: string): Promise<SctpEnds> {
    const guest = await Guest.boot({
      links: [
        { namespace, tap: 'sctp-front', bridge: 'front' },
        { namespace, tap: 'sctp-back', bridge: 'back' },
      ],
      modules: ['sctp'],
    });
    try {
      await guest.must(
        [
          ['client', 'eth0', '10.0.0.1/24'],
          ['rs', 'eth1', '192.168.10.2/24'],
        ]
          .map(
            ([name, link, address]) => `ip netns add ${name}
ip link set ${link} netns ${name}
ip -n ${name} link set ${link} up
ip -n ${name} address add ${address} dev ${link}`,
          )
          .join('\n'),
      );
      await guest.must('ip -n rs route add default via 192.168.10.1');
      const server = guest.start(`ip netns exec rs perl -e '${SERVE}'`);
      await guest.must(appears('/tmp/listens'), BOUND_MS);
      const client = guest.start(`ip netns exec client perl -e '${CALL}'`);
      await guest.must(appears('/tmp/accepted'), BOUND_MS);
      return new SctpEnds(guest, [server, client]);
    } catch (error) {
      await guest.kill();
      throw error;
    }
  }

  /** @throws Error with what an end said when it failed */
  async shutDown(): Promise<void> {
    await this.#guest.must('touch /tmp/close');
    for (const { done } of this.#jobs) {
      const { code, stderr } = await done;
      if (code !== 0) throw new Error(`an end of the association: exit ${code}: ${stderr}`);
    }
  }

  leave(): Promise<void> {
    return this.#guest.kill();
  }
}
