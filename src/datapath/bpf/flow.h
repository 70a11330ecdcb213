// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The table of connections: a map for each family, behind one set of functions. Who calls them gives the family as a
 * constant: the compiler makes each family's code of it, and the verifier sees each map with its own sizes. */
#ifndef TANDEM_FLOW_H
#define TANDEM_FLOW_H

#include <bpf/bpf_endian.h>
#include "maps.h"
#include "stage.h"

static __always_inline struct flow *find_flow(enum family family, const struct flow_key *key)
{
	if (family == FAMILY_IPV6)
		return bpf_map_lookup_elem(&flows6, key);
	return bpf_map_lookup_elem(&flows4, key);
}

/* Returns an error as an int: before 6.4 the kernel's function returns one, and the upper half of a long is not its
 * own. */
static __always_inline int insert_flow(enum family family, const struct flow_key *key, const struct flow *flow)
{
	if (family == FAMILY_IPV6)
		return bpf_map_update_elem(&flows6, key, flow, BPF_NOEXIST);
	return bpf_map_update_elem(&flows4, key, flow, BPF_NOEXIST);
}

/* Returns an error as insert_flow does. */
static __always_inline int delete_flow(enum family family, const struct flow_key *key)
{
	if (family == FAMILY_IPV6)
		return bpf_map_delete_elem(&flows6, key);
	return bpf_map_delete_elem(&flows4, key);
}

static __always_inline void copy_key(enum family family, struct flow_key *to, const struct flow_key *from)
{
	if (family == FAMILY_IPV6)
		__builtin_memcpy(to, from, sizeof(*to));
	else
		__builtin_memcpy(to, from, IPV4_KEY_SIZE);
}

static __always_inline void copy_high(enum family family, __be32 *to, const __be32 *from)
{
	if (family == FAMILY_IPV6)
		__builtin_memcpy(to, from, 12);
}

static __always_inline int same_high(enum family family, const __be32 *a, const __be32 *b)
{
	return family == FAMILY_IPV4 || (a[0] == b[0] && a[1] == b[1] && a[2] == b[2]);
}

/* An address in one piece, of the last four bytes and the twelve before them. */
static __always_inline void whole_address(enum family family, __be32 low, const __be32 *high, struct ip_address *out)
{
	if (family == FAMILY_IPV6) {
		__builtin_memcpy(out->word, high, 12);
	} else {
		out->word[0] = out->word[1] = 0;
		out->word[2] = bpf_htonl(0xffff);
	}
	out->word[3] = low;
}

static __always_inline int same_key(enum family family, const struct flow_key *a, const struct flow_key *b)
{
	return a->source == b->source && a->destination == b->destination && a->source_port == b->source_port &&
	       a->destination_port == b->destination_port && same_high(family, a->source_high, b->source_high) &&
	       same_high(family, a->destination_high, b->destination_high);
}

/* Whether the connection has an entry of its replies. */
static __always_inline int has_reply(__u8 forwarding)
{
	return forwarding == FORWARD_FULLNAT || forwarding == FORWARD_MASQ;
}

/* The key under which the other direction's entry stands: what a packet becomes, from the other end. */
static __always_inline void other_key(enum family family, const struct flow *flow, __u8 protocol, struct flow_key *key)
{
	key->source = flow->destination;
	key->destination = flow->source;
	key->source_port = flow->destination_port;
	key->destination_port = flow->source_port;
	key->protocol = protocol;
	key->family = family;
	key->reserved[0] = key->reserved[1] = 0;
	copy_high(family, key->source_high, flow->destination_high);
	copy_high(family, key->destination_high, flow->source_high);
}

#endif
