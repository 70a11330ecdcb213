// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Fragments follow their first one: that alone has ports, and of a packet of a connection they are remembered for the others. */
#ifndef TANDEM_FRAGMENT_H
#define TANDEM_FRAGMENT_H

#include "flow.h"
#include "packet.h"
#include "clock.h"

/* Of packets whose fragments are on their way at the same time. The least recently used goes first. */
#define FRAGMENTED_PACKETS 8192

/* So long Linux waits for the rest of a packet (net.ipv4.ipfrag_time), so its receiver is not interested later. */
#define FRAGMENT_TIME (30 * NS_PER_S)

/* By what the fragments of a packet are one (RFC 791, 3.2; RFC 8200, 4.5, which leaves out the protocol). */
struct fragment_key {
	struct ip_address source;
	struct ip_address destination;
	__be32 id;
	__u32 protocol;
};

struct fragmented {
	__u64 seen;		/* ns, idle_clock */
	__be16 source_port;
	__be16 destination_port;
	__u32 protocol;		/* IPv6: a later fragment may not say */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FRAGMENTED_PACKETS);
	__type(key, struct fragment_key);
	__type(value, struct fragmented);
	PINNED;
} fragments SEC(".maps");

static __always_inline void name_fragments(enum family family, const struct packet *p, struct fragment_key *name)
{
	whole_address(family, p->key->source, p->key->source_high, &name->source);
	whole_address(family, p->key->destination, p->key->destination_high, &name->destination);
	name->id = p->fragment_id;
	name->protocol = family == FAMILY_IPV6 ? 0 : p->key->protocol;
}

/* To be called for the first fragment of a packet of a connection: of others nothing is kept. */
static __always_inline void remember_fragments(enum family family, const struct packet *p)
{
	struct fragmented ports = {
		.seen = idle_clock(),
		.source_port = p->key->source_port,
		.destination_port = p->key->destination_port,
		.protocol = p->key->protocol,
	};
	struct fragment_key name;

	name_fragments(family, p, &name);
	bpf_map_update_elem(&fragments, &name, &ports, BPF_ANY);
}

/* The ports of a later fragment, into its key. Returns 0 when its first one has not come by, or long ago. */
static __always_inline int recall_fragments(enum family family, struct packet *p)
{
	struct fragmented *first;
	struct fragment_key name;

	name_fragments(family, p, &name);
	first = bpf_map_lookup_elem(&fragments, &name);
	if (!first || first->seen + FRAGMENT_TIME < idle_clock())
		return 0;
	p->key->source_port = first->source_port;
	p->key->destination_port = first->destination_port;
	p->key->protocol = first->protocol;
	return 1;
}

#endif
