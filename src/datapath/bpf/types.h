// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Everything that crosses the border between kernel and userland. src/datapath/layouts.generated.ts is made
 * from these by way of BTF; addresses and ports are in network byte order, all else in the host's.
 *
 * What there is one of for each connection or packet has the size of its family: the fields that both have stand
 * first, an IPv6 address with its last four bytes only, and its other twelve stand at the end. An entry, a key or a
 * record of IPv4 ends before those. */
#ifndef TANDEM_TYPES_H
#define TANDEM_TYPES_H

#include <linux/types.h>

enum family { FAMILY_IPV4, FAMILY_IPV6 };

/* Why a packet was dropped. Each has a counter; the names are what `tandem status` prints. */
enum drop_reason {
	DROP_FENCE_CLOSED,	/* new connection or stray packet while this director owns nothing */
	DROP_ARP_FENCED,	/* question for a floating address that this director does not own */
	DROP_ARP_EGRESS_FENCED, /* ARP of our own host with a floating sender, without a lease */
	DROP_ND_FENCED,		/* the same two for IPv6 */
	DROP_ND_EGRESS_FENCED,
	DROP_ND_INVALID,	/* solicitation for a floating address that RFC 4861 says to discard */
	DROP_SYNC_LEASE,	/* new connection that nobody would sync: the daemon is gone */
	DROP_TABLE_STALE,	/* our copy of the table may be wrong, and the fence is closed */
	DROP_TABLE_FULL,
	DROP_NO_SERVER,		/* no real server with a weight above 0 */
	DROP_NO_LOCAL_ADDRESS,	/* a fullnat service without a local address */
	DROP_NO_LOCAL_PORT,	/* every port that was tried, of every local address or (masq) of the client, is in use */
	DROP_NO_CONNECTION,	/* for a service or local address, of no connection, and no RST is due */
	DROP_MALFORMED,
	DROP_MARTIAN,		/* would begin a connection, from what is no host's address */
	DROP_FRAGMENT,
	DROP_TTL,
	DROP_TOO_BIG,
	DROP_NO_ROUTE,
	DROP_NOT_ON_LINK,	/* direct routing to a server behind a router */
	DROP_FORWARDING_OFF,	/* the ingress interface has net.ipv4.conf.*.forwarding=0 */
	DROP_NO_NEIGHBOUR,	/* unresolved, and it could not be handed over to tc */
	DROP_UNSUPPORTED,	/* forwarding method that this plane does not have */
	DROP_REASONS,
};

/* Things worth counting that are no drops. */
enum plane_event {
	EVENT_NEW_CONNECTION,
	EVENT_EXPIRED,
	EVENT_RESET_SENT,	/* RST for a packet of no connection */
	EVENT_RESET_IGNORED,	/* RST or FIN outside the sequence that is due (RFC 5961) */
	EVENT_ARP_ANSWERED,
	EVENT_ND_ANSWERED,
	EVENT_NEIGHBOUR_RESOLVE, /* handed to tc, so that the kernel resolves the next hop */
	EVENT_ICMP_SENT,	/* the sender of a packet was told why it was dropped */
	EVENT_ICMP_WITHHELD,	/* it was not: that is bounded */
	EVENT_ICMP_RELATED,	/* an error about a connection's packet, sent on to who sent that */
	EVENT_RING_OVERFLOW,
	EVENT_PORT_CONFLICT,
	EVENT_DRAINED,		/* closed because its server has been taken out for so long */
	EVENT_DRAIN_UNSENT,	/* RST of those that userland could not send: its own counter */
	EVENT_ABORT_SENT,	/* ABORT, or SHUTDOWN COMPLETE, for an SCTP packet of no connection */
	EVENT_SYNC_CONFLICT,	/* a synced connection met another one on its local port: the newer keeps it */
	PLANE_EVENTS,
};

/* How a service's slots are read. */
enum scheduler {
	SCHEDULE_ROTATE, /* one after the other: rr and wrr */
	SCHEDULE_LC,
	SCHEDULE_WLC,
	SCHEDULE_SED,
	SCHEDULE_NQ,
	SCHEDULE_FO,
	SCHEDULE_OVF,
	SCHEDULE_SOURCE, /* as a hash table: sh */
	SCHEDULE_DESTINATION, /* dh */
	SCHEDULE_MAGLEV, /* mh */
	SCHEDULE_LBLC,
	SCHEDULE_LBLCR,
};

enum service_flag {
	SERVICE_FALLBACK = 1,	/* sh-fallback, mh-fallback */
	SERVICE_HASH_PORT = 2,	/* sh-port, mh-port */
	SERVICE_ONE_PACKET = 4,	/* -o: each datagram is scheduled */
	SERVICE_PERSISTENT = 8,	/* -p */
};

enum server_flag {
	SERVER_DELETED = 1,	/* no rule names it any more: it goes on with the connections that it has */
};

enum forwarding { FORWARD_FULLNAT, FORWARD_MASQ, FORWARD_DIRECT, FORWARD_TUNNEL };

enum direction { DIRECTION_REQUEST, DIRECTION_REPLY };

/* IPVS's numbers: include/net/ip_vs.h, enum ip_vs_tcp_states */
enum tcp_state {
	TCP_S_NONE,
	TCP_S_ESTABLISHED,
	TCP_S_SYN_SENT,
	TCP_S_SYN_RECV,
	TCP_S_FIN_WAIT,
	TCP_S_TIME_WAIT,
	TCP_S_CLOSE,
	TCP_S_CLOSE_WAIT,
	TCP_S_LAST_ACK,
	TCP_S_LISTEN,
	TCP_S_SYNACK,
	TCP_STATES,
};

/* The same, enum ip_vs_sctp_states */
enum sctp_state {
	SCTP_S_NONE,
	SCTP_S_INIT1,
	SCTP_S_INIT,
	SCTP_S_COOKIE_SENT,
	SCTP_S_COOKIE_REPLIED,
	SCTP_S_COOKIE_WAIT,
	SCTP_S_COOKIE,
	SCTP_S_COOKIE_ECHOED,
	SCTP_S_ESTABLISHED,
	SCTP_S_SHUTDOWN_SENT,
	SCTP_S_SHUTDOWN_RECEIVED,
	SCTP_S_SHUTDOWN_ACK_SENT,
	SCTP_S_REJECTED,
	SCTP_S_CLOSED,
	SCTP_STATES,
};

/* IPv6, or IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
struct ip_address {
	__be32 word[4];
};

/* The tuple of a packet as it arrives. */
struct flow_key {
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 family;
	__u8 reserved[2];
	/* IPv6 only */
	__be32 source_high[3];
	__be32 destination_high[3];
};

/* In `family` of a key: that of a persistence template, whose source is a network of clients. No packet bears it. */
#define KEY_TEMPLATE 0x80

#define IPV4_KEY_SIZE __builtin_offsetof(struct flow_key, source_high)

/* Flags of a connection. */
enum flow_flag {
	FLOW_ANNOUNCED = 1,	/* the peer was told of it */
	FLOW_UNSENT = 2,	/* a change found no room in the ring: the sweep announces it again */
	FLOW_SYNCED = 4,	/* came from the peer, and no packet was seen here since */
	FLOW_INACTIVE = 8,	/* counts as inactive at its server */
	FLOW_SEQUENCE_KNOWN = 16, /* next_sequence is of a packet seen here */
	FLOW_GONE = 32,		/* on its way out: whoever set this removes and counts it, nobody else changes it */
	FLOW_ACK_KNOWN = 64,	/* last_ack is of a packet seen here */
	FLOW_TEMPLATE = 128,	/* of persistence: no connection */
};

/* Flags of a reply entry, in `flags`. */
enum entry_flag {
	ENTRY_ONE_PACKET = 1,	/* has no request entry: there for the answers to one datagram (-o) */
};

/* One direction of a connection. The packet that finds it finds all that it needs. The entry of the request
 * direction also carries the connection's record: state, version, term; the reply entry leads to it, because
 * what it translates to is, reversed, the key of the request entry.
 *
 * Of direct routing and tunnels the replies do not pass here: there is no reply entry. The request's names the client
 * and the server, whose address is 0 where it is of the other family. */
struct flow {
	__be32 source;		/* what the addresses become; of direct and tunnel nothing changes */
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 direction;
	__u8 forwarding;
	__u8 learned_from;	/* of the record: who told us this version, an entry of `sources`; 0: it was made here */
	__u8 flags;		/* of this entry: the two FLOW_*_KNOWN; of the record: in state_flags */
	__u64 last_seen;	/* ns, CLOCK_MONOTONIC_COARSE */
	__u32 server_id;
	__u32 packets;
	__u32 next_sequence;	/* TCP: end of the newest segment of this direction; SCTP: the tag that it bears */
	/* TCP: newest acknowledgement that went this way. Template: when a sweep last saw a connection of it, in s,
	 * CLOCK_MONOTONIC. */
	__u32 last_ack;
	/* the record, in the request entry only */
	__u32 state_flags;	/* state | flow_flags << 8: one word, changed by compare and swap */
	__u32 version;
	__u32 term;
	__u32 announced_at;	/* s, CLOCK_MONOTONIC_COARSE */
	/* of each entry again */
	__u32 known_term;	/* the lease's, when FLOW_*_KNOWN was set: of another one nothing is known */
	__u32 maker;		/* of the record: the plane that made this version, by its settings */
	__u8 mark;		/* of the record: the bulk transfer of its source that last named it */
	__u8 reserved[3];
	__u32 announced_packets; /* of the record: packets at the last announcement */
	/* IPv6 only */
	__be32 source_high[3];
	__be32 destination_high[3];
};

#define IPV4_FLOW_SIZE __builtin_offsetof(struct flow, source_high)

/* What is remembered of a connection that is gone, so that no older word of it brings it back. */
struct tombstone {
	__u32 term;
	__u32 version;
	__u32 maker;
};

/* A director whose records came here. Written by the sync worker. */
struct source {
	__u32 sender; /* its id on the sync channel; 0: the entry is free */
	__u32 mark;   /* of its newest bulk transfer */
};

/* What names a service: address, port and protocol. A port of 0 stands for all of them, IPPROTO_RAW for every protocol.
 * Of a fwmark service the mark stands in place of an IPv4 or of the end of an IPv6 address, and the protocol is 0. */
struct service_key {
	struct ip_address address;
	__be16 port;
	__u8 protocol;
	__u8 reserved;
	__u32 subnet; /* the tenant network that the address is of */
};

/* Kinds of services that there are, apart from those of one port: what is not there is not looked for. */
enum lookup {
	LOOKUP_MARK = 1,
	LOOKUP_EVERY_PORT = 2,
	LOOKUP_RAW_PORT = 4,
	LOOKUP_RAW = 8,
};

/* Marks the packets that it matches. Which of them are asked is in the settings. */
struct mark_rule {
	struct ip_address source;
	struct ip_address source_mask;
	struct ip_address destination;
	struct ip_address destination_mask;
	__u32 fwmark;
	__u32 ifindex;		/* where they come in; 0: anywhere */
	__u16 first_port;	/* destination, host order, both included; from 0: also what has no ports */
	__u16 last_port;
	__u8 protocol;		/* 0: any */
	__u8 family;
	__u8 reserved[2];
};

struct service {
	__u32 id;
	__u32 scheduler;
	__u32 first_slot;	/* its servers' ids: slots[first_slot .. first_slot + slots) */
	__u32 slots;
	__u32 first_local;	/* its local addresses: locals[first_local .. first_local + locals) */
	__u32 locals;
	__u32 flags;		/* enum service_flag */
};

/* What connections ask for when they have been made: by their server, by its service's id. */
struct service_options {
	__u32 flags;		/* enum service_flag */
	__u32 persistence_timeout; /* s */
	__u32 established_timeout; /* s; 0: as the settings say */
	struct ip_address netmask; /* of the clients that persistence takes for one */
	__u32 fwmark;		/* 0: it is none of a mark */
	__be16 port;
	__u8 reserved[2];
};

struct server {
	struct ip_address address;
	__be16 port;
	__u8 forwarding;
	__u8 reserved;
	__u32 service_id;
	__u32 weight;
	__u32 fwmark; /* of its service; 0: that is none of a mark */
	__u32 last_weight;	/* the last one above 0, of which mh makes its table */
	__u32 upper_threshold;	/* connections; 0: none */
	__u32 lower_threshold;
	__u32 flags;		/* enum server_flag */
	__u32 quiet_since;	/* s, CLOCK_BOOTTIME: takes nothing since then; 0: it does */
	__u32 drain_at;		/* s, CLOCK_BOOTTIME: when its TCP connections are closed; 0: never */
};

/* Connections of a server: changed by the kernel, read by schedulers and listings. */
struct server_load {
	__s32 active;
	__s32 inactive;
	__s32 templates;	/* of persistence */
};

/* The servers that an address was given to by lblc or lblcr. */
struct locality_key {
	__u32 service_id;
	struct ip_address destination;
};

/* IPVS has no bound of a set; one that grows so large has long ceased to be local. */
#define MOST_REPLICAS 16

struct locality {
	__u32 used;	/* s, CLOCK_MONOTONIC_COARSE */
	__u32 changed;
	__u32 members;
	__u32 next;	/* place of the next one, modulo MOST_REPLICAS: the youngest stands before it */
	__u32 servers[MOST_REPLICAS]; /* ids; 0: nobody */
};

struct traffic {
	__u64 connections;
	__u64 in_packets;
	__u64 out_packets;
	__u64 in_bytes;
	__u64 out_bytes;
};

/* Finds the server of a connection that the peer announced. */
struct server_index_key {
	struct service_key service;
	struct ip_address server_address;
	__be16 server_port;
	__u8 reserved[2];
};

/* The space of local ports is per (local address, server). */
struct port_space {
	struct ip_address local;
	struct ip_address server;
	__be16 server_port;
	__u8 protocol;
	__u8 reserved;
};

struct local_use_key {
	__u32 service_id;
	struct ip_address local;
};

struct local_use {
	__u32 connections;
	__u32 conflicts;
};

enum address_kind { ADDRESS_VIRTUAL, ADDRESS_LOCAL };

/* An address of a service. One that is not floating belongs to the host, which then gets what we do not take. */
struct address {
	__u32 kind;
	__u32 floating;
	__u32 ifindex; /* where questions for it are answered */
	__u8 mac[6];   /* what the answers say: a virtual router's (RFC 9568, 7.3); all zero: the interface's own */
	__u8 reserved[2];
};

struct interface {
	__u8 mac[6];
	__u8 send_by_redirect; /* veth: an XDP_TX frame is lost unless the far end has a program too */
	__u8 reserved;
};

/* Written by the heartbeat worker. */
struct lease {
	__u64 until; /* ns, CLOCK_BOOTTIME: owner of the floating addresses until then */
	__u32 term;
	__u32 stale; /* connections must not be forwarded on our copy of the table */
};

/* Written by the main thread. */
struct settings {
	__u32 director;		/* which of them this is, from 0; its parity is that of the ports it takes first */
	__u32 maker;		/* this plane, of all planes of all directors: a random number, kept as long as the plane */
	__u16 first_port;	/* host order, both included */
	__u16 last_port;
	__u32 tcp_timeout[TCP_STATES]; /* s */
	__u32 udp_timeout;	/* s */
	__u32 sctp_timeout[SCTP_STATES]; /* s */
	/* what IPVS has as sysctls */
	__u32 announce_packets;	/* from the client, until a UDP connection is announced */
	__u32 repeat_packets;	/* from the client, until any is announced again; 0: not by packets */
	__u32 refresh_period;	/* s, until a connection in use is announced again; 0: REFRESH_PARTS says */
	__u32 sloppy_tcp;	/* a segment that is no SYN may begin a connection */
	__u32 templates_only;	/* of persistent services others are told of nothing else */
	__u32 lookups;		/* enum lookup */
	__u32 first_mark;	/* mark_rules[first_mark .. first_mark + marks) */
	__u32 marks;
	__u32 secret;		/* by which tc knows a frame that XDP hands to it, of no group; 0: none yet */
	__u32 icmp_per_second;	/* ICMP errors that each CPU may send; 0: any number */
};

enum record_op {
	RECORD_UPDATE,
	RECORD_DELETE,
	RECORD_FORGET, /* inbox only: take out what its source did not name in a bulk transfer */
};

/* A connection on its way to the peer (ring) or from it (inbox). */
struct conn_record {
	__u8 op;
	__u8 protocol;
	__u16 flags;
	__u32 maker;
	__be32 client;
	__be32 virtual_address;
	__be32 local;
	__be32 server;
	__be16 client_port;
	__be16 virtual_port;
	__be16 local_port;
	__be16 server_port;
	__u32 timeout;		/* s */
	__u32 term;
	__u32 version;
	__u32 emitted_at;	/* us, CLOCK_BOOTTIME, modulo 2^32 */
	__u32 fwmark;		/* of its service; 0: that is none of a mark */
	__u32 subnet;		/* the tenant network of the virtual address */
	__u8 state;
	__u8 family;
	__u8 forwarding;
	__u8 reserved[5];
	/* IPv6 only */
	__be32 client_high[3];
	__be32 virtual_high[3];
	__be32 local_high[3];
	__be32 server_high[3];
};
/* The inbox is mapped, and an array's entries stand 8 bytes apart or a multiple of that. */
_Static_assert(sizeof(struct conn_record) % 8 == 0, "conn_record");

#define IPV4_RECORD_SIZE __builtin_offsetof(struct conn_record, client_high)

/* Of a connection that is in use here and one that is told, on the same local port: which stays. */
enum clash_rule { CLASH_NEWER, CLASH_OURS, CLASH_THEIRS };

/* Argument and result of the programs that userland runs. */
struct apply_call {
	__u32 count;
	__u32 source;	/* whose records: an entry of `sources` */
	__u32 mark;	/* of the bulk transfer that they belong to; 0: none */
	__u32 clash;	/* enum clash_rule */
	__u32 applied;
	__u32 stale;
	__u32 gone;	/* closed here: not brought back */
	__u32 conflicts; /* a newer connection holds the local port */
	__u32 refused;	/* no plane could have made it */
	__u32 failed;	/* no room */
	__u32 deferred; /* what others are to be told of found no room in the ring */
};

/* A connection that the sweep has taken out and whose ends are still to be told. */
struct closing {
	struct flow_key key;	/* of the request */
	__be32 source;		/* of packets to the server */
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__be32 source_high[3];
	__be32 destination_high[3];
	/* What is known of the sequences, as in the entries: of the request's direction, and of the reply's. */
	__u32 next_sequence[2];
	__u32 last_ack[2];
	__u32 known_term[2];
	__u32 term;		/* what the others must be to count */
	__u8 flags[2];
	__u8 forwarding;
	__u8 reserved[5];
};

_Static_assert(sizeof(struct closing) % 8 == 0, "closing");

struct sweep_call {
	__u32 family;
	__u32 count;	/* of the keys in sweep_keys */
	__u32 expired;
	__u32 announced;
	__u32 connections;
	__u32 orphans;
	__u32 deferred;	/* what found no room in the ring, for the next call */
	__u32 unsent;	/* changes among them: the peer lacks them until then */
	__u32 drained;	/* of them, those of servers that were taken out: in `closings` */
};

#endif
