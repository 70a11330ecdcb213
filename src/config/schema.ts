/**
 * The configuration file. One schema checks it, gives it types, and becomes the JSON Schema that editors
 * read (deploy/tandem.schema.json). Defaults stand in settings.ts, where the rest is known too.
 */
import * as z from 'zod';
import { MOST_MARKS } from '../model/mark.ts';
import { LARGEST_TIMEOUT, LARGEST_WEIGHT, SCHEDULERS } from '../model/rules.ts';
import { LARGEST_MAXLEN, SMALLEST_MAXLEN, SYNC_DEFAULTS } from '../model/sync-daemon.ts';
import { announceSchema } from './announce.ts';
import {
  absolutePath,
  address,
  choice,
  endpoint,
  expects,
  flag,
  integer,
  interfaceName,
  keys,
  list,
  milliseconds,
  name,
  portRange,
  vrrpPassword,
} from './fields.ts';
import { ipvsSchema } from './ipvs.ts';
import { markSchema } from './marks.ts';
import { trackSchema } from './track.ts';

/** 64 bytes of the map's own, a key and a value, for each direction: 2^24 connections are about 5 GB. */
const MAX_CONNECTIONS = 1 << 24;

const datapath = keys(
  {
    kind: choice(['xdp', 'memory'], 'kind: xdp')
      .optional()
      .describe('xdp forwards in the kernel (default); memory runs without privileges and without packets'),
    mode: choice(['auto', 'native', 'generic'], 'mode: auto')
      .optional()
      .describe("How the program is attached: auto (default) takes the driver's own XDP where it has it"),
    connections: integer(1024, MAX_CONNECTIONS, 'connections: 1048576')
      .optional()
      .describe('Connections that the table holds; default 1048576'),
    local_ports: portRange('local_ports: 1024-65535')
      .optional()
      .describe('Ports that local addresses use, two at least; default 1024-65535'),
    pins: absolutePath('pins: /sys/fs/bpf/tandem/lb1')
      .optional()
      .describe('Where maps and programs outlive the daemon; default /sys/fs/bpf/tandem/<name>'),
  },
  'datapath: {kind: xdp}',
);

const router = keys(
  {
    name: name('name: main').describe('What status and logs call it'),
    vrid: integer(1, 255, 'vrid: 51').describe('Virtual router id, the same on both directors'),
    interface: interfaceName('interface: eth0').describe('Where it advertises'),
    priority: integer(1, 255, 'priority: 200')
      .optional()
      .describe('The higher one is master, when it has the table; default 100'),
    // RFC 9568, 5.2.7: 12 bits of centiseconds.
    advert: milliseconds(10, 40_950, 10, 'advert: 100ms')
      .optional()
      .describe('Advertisement interval, the same on both directors; default 1s'),
    addresses: list(address('addresses: [10.1.1.1]'), 'IP addresses', 'addresses: [10.1.1.1]')
      .min(1, 'is empty: name at least one floating address, as in "addresses: [10.1.1.1]"')
      // RFC 9568, 5.2.5: the count has 8 bits.
      .max(255, 'has more than the 255 addresses that an advertisement can hold: use fewer')
      .describe('Floating addresses that the master answers for, all IPv4 or all IPv6'),
    preempt: flag('preempt: false')
      .optional()
      .describe('Whether a master of lower priority gives way; default true'),
    preempt_delay: milliseconds(0, 1_000_000, 1, 'preempt_delay: 30s')
      .optional()
      .describe('How long a master of lower priority is left in peace; default 0s'),
    version: z
      .literal([2, 3], expects('2 or 3', 'version: 3'))
      .optional()
      .describe('Of VRRP: 2 is for old peers, IPv4 and whole seconds; default 3'),
    password: vrrpPassword('password: secret12')
      .optional()
      .describe('Of version 2: simple authentication, which keeps out mistakes and no enemies'),
    checksum: choice(['pseudo', 'plain'], 'checksum: pseudo')
      .optional()
      .describe(
        'Sent in version 3 over IPv4: pseudo as keepalived has it (default), plain as RFC 9568; both are taken',
      ),
    use_vmac: flag('use_vmac: true')
      .optional()
      .describe(
        'Whether its addresses are at the link address 00:00:5e:00:01:VRID (of IPv6 02) on whichever director; default false',
      ),
    unicast: keys(
      {
        peers: list(address('peers: [10.1.1.3]'), 'IP addresses', 'peers: [10.1.1.3]')
          .min(1, 'is empty: name the peer, as in "peers: [10.1.1.3]"')
          .max(16, 'has more than 16 peers: name fewer')
          .describe("The other director's own address"),
        min_ttl: integer(1, 255, 'min_ttl: 255')
          .optional()
          .describe(
            'The least TTL of what comes from it, lower where routers stand between; default 255, over IPv6 64 as keepalived sends',
          ),
      },
      'unicast: {peers: [10.1.1.3]}',
    )
      .optional()
      .describe('Advertisements go to each of these instead of the multicast group'),
  },
  '- {name: main, vrid: 51, interface: eth0, addresses: [10.1.1.1]}',
);

const sync = keys(
  {
    interface: interfaceName('interface: eth2').describe('The link to the peer'),
    group: address(`group: ${SYNC_DEFAULTS.group}`)
      .optional()
      .describe('Multicast group; default 224.0.0.81'),
    port: integer(1, 65535, 'port: 8848').optional().describe('UDP port; default 8848'),
    ttl: integer(1, 255, 'ttl: 1').optional().describe('Hops that a datagram may take; default 1'),
    syncid: integer(0, 255, 'syncid: 255')
      .optional()
      .describe('Tells pairs on one link apart; a receiver with 0 takes all; default 255'),
    maxlen: integer(SMALLEST_MAXLEN, LARGEST_MAXLEN, 'maxlen: 1472')
      .optional()
      .describe('Largest payload of a datagram in bytes; default 1472, or 1452 for an IPv6 group'),
    key_file: absolutePath('key_file: /etc/tandem/sync.key')
      .optional()
      .describe(
        'Secrets of 32 bytes, as hex or base64, one a line and the newest last, mode 0600, the same on both; default /etc/tandem/sync.key, if it is there and no other configuration is named',
      ),
    sealed: z
      .boolean(expects('true or false', 'sealed: false'))
      .optional()
      .describe('false: without a key. Whoever reaches the group can then write the connection table'),
    directions: list(
      choice(['master', 'backup'], 'directions: [master, backup]'),
      'directions',
      'directions: [master, backup]',
    )
      .optional()
      .describe('master sends, backup receives; default both'),
  },
  'sync: {interface: eth2}',
);

const timeout = (key: string, example: number) =>
  integer(1, LARGEST_TIMEOUT, `${key}: ${example}`).optional().describe(`Seconds; default ${example}`);

const timeouts = keys(
  { tcp: timeout('tcp', 900), tcp_fin: timeout('tcp_fin', 120), udp: timeout('udp', 300) },
  'timeouts: {tcp: 900}',
);

const server = keys(
  {
    address: endpoint('address: 192.168.20.2:8080').describe('Address and port of the real server'),
    method: choice(['fullnat', 'masq', 'direct', 'tunnel'], 'method: fullnat')
      .optional()
      .describe('Forwarding method; default fullnat'),
    weight: integer(0, LARGEST_WEIGHT, 'weight: 1')
      .optional()
      .describe('0 takes no new connections; default 1'),
  },
  '- {address: 192.168.20.2:8080, method: fullnat}',
);

const serviceKeys = keys(
  {
    tcp: endpoint('tcp: 10.1.1.1:8080').optional().describe('Virtual address and port of a TCP service'),
    udp: endpoint('udp: 10.1.1.1:53').optional().describe('Virtual address and port of a UDP service'),
    sctp: endpoint('sctp: 10.1.1.1:2905').optional().describe('Virtual address and port of an SCTP service'),
    scheduler: choice(SCHEDULERS, 'scheduler: wlc').optional().describe('Default wlc'),
    local_addresses: list(
      address('local_addresses: [192.168.10.1]'),
      'IP addresses',
      'local_addresses: [192.168.10.1]',
    )
      .optional()
      .describe('Source addresses toward the real servers'),
    servers: list(server, 'real servers', 'servers: [{address: 192.168.20.2:8080}]').optional(),
  },
  '- tcp: 10.1.1.1:8080',
).refine(({ tcp, udp, sctp }) => [tcp, udp, sctp].filter(Boolean).length === 1, {
  error: 'needs one of "tcp", "udp" and "sctp": write for example "tcp: 10.1.1.1:8080"',
});

const service = z.union(
  [z.string().describe('An ipvsadm line'), serviceKeys],
  expects('an ipvsadm line or a mapping of keys', '- -A -t 10.1.1.1:80 -s rr'),
);

const rules = keys(
  {
    keep: flag('keep: true')
      .optional()
      .describe('Whether rules that commands change are kept over a restart; they then go before "services"'),
    file: absolutePath('file: /var/lib/tandem/lb1/rules.json')
      .optional()
      .describe('Where they are kept; default /var/lib/tandem/<name>/rules.json'),
    replicate: flag('replicate: true')
      .optional()
      .describe(
        'true on both directors: a rule changed by command on either holds on both. Default false: each has its own',
      ),
  },
  'rules: {keep: true}',
);

const log = keys(
  {
    level: choice(['error', 'warn', 'info', 'debug'], 'level: info').optional().describe('Default info'),
    file: absolutePath('file: /var/log/tandem/tandem.log')
      .optional()
      .describe('JSON lines are appended to it, besides what goes to stderr'),
  },
  'log: {level: info}',
);

export const fileSchema = keys(
  {
    name: name('name: lb1')
      .optional()
      .describe('Names this director in status, logs and pins; default: the host name'),
    interfaces: list(interfaceName('interfaces: [eth0, eth1]'), 'interface names', 'interfaces: [eth0, eth1]')
      .optional()
      .describe('Interfaces that carry the program: all that clients or real servers are reached through'),
    datapath: datapath.optional(),
    routers: list(
      router,
      'virtual routers',
      'routers: [{name: main, vrid: 51, interface: eth0, addresses: [10.1.1.1]}]',
    )
      .max(64, 'has more than 64 virtual routers: put more addresses into each')
      .optional()
      .describe('They move together: all of them, or none'),
    profile: choice(['standard', 'fast', 'fastest'], 'profile: fast')
      .optional()
      .describe('How soon a failure is noticed: advert of 1s (default), 100ms or 10ms'),
    track: trackSchema.optional().describe('What this director must reach, and what it weighs'),
    announce: announceSchema.optional().describe('How neighbours are told where the floating addresses are'),
    sync: sync.optional(),
    ipvs: ipvsSchema
      .optional()
      .describe('What IPVS has as sysctls net.ipv4.vs.*; the same on both directors'),
    timeouts: timeouts.optional(),
    marks: list(markSchema, 'rules that set marks', 'marks: [{mark: 5, destination: 10.1.1.1}]')
      .max(MOST_MARKS, `has more than ${MOST_MARKS} rules: join some`)
      .optional()
      .describe('Which connections fwmark services (-f) take; the first rule that matches counts'),
    services: list(service, 'services', 'services: ["-A -t 10.1.1.1:80 -s rr"]').optional(),
    rules: rules.optional(),
    log: log.optional(),
  },
  'name: lb1',
);

export type ConfigFile = z.output<typeof fileSchema>;
export type ServiceEntry = NonNullable<ConfigFile['services']>[number];
