// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which service a packet belongs to: the names under which its service may stand, in IPVS's order (ip_vs_service_find).
 * Marks come from a table of our own: what netfilter would set comes after XDP. */
#ifndef TANDEM_SERVICE_H
#define TANDEM_SERVICE_H

#include <linux/in.h>
#include "fence.h"
#include "flow.h"
#include "packet.h"

/* The kinds in the order in which they are asked. */
enum service_kind { SERVICE_OF_MARK, SERVICE_OF_PORT, SERVICE_OF_EVERY_PORT, SERVICE_RAW_PORT, SERVICE_RAW, SERVICE_KINDS };

/* The name that a connection's service of one kind has. Returns 0 where there is none of that kind. */
static __always_inline int name_service(enum family family, enum service_kind kind, const struct flow_key *key,
					__u32 lookups, __u32 fwmark, struct service_key *name)
{
	int ports = has_transport(key->protocol);

	name->subnet = 0;
	name->port = 0;
	name->protocol = IPPROTO_RAW;
	if (kind == SERVICE_OF_MARK) {
		name->address.word[0] = name->address.word[1] = 0;
		name->address.word[2] = family == FAMILY_IPV6 ? 0 : bpf_htonl(0xffff);
		name->address.word[3] = bpf_htonl(fwmark);
		name->protocol = 0;
		return fwmark != 0;
	}
	whole_address(family, key->destination, key->destination_high, &name->address);
	if (kind == SERVICE_RAW)
		return lookups & LOOKUP_RAW;
	if (kind != SERVICE_OF_EVERY_PORT)
		name->port = key->destination_port;
	if (kind == SERVICE_RAW_PORT)
		return ports && lookups & LOOKUP_RAW_PORT;
	name->protocol = key->protocol;
	return ports && (kind == SERVICE_OF_PORT || lookups & LOOKUP_EVERY_PORT);
}

/* What is asked of the rules that set marks. */
struct mark_search {
	struct ip_address source;
	struct ip_address destination;
	__u32 first;
	__u32 ifindex;
	__u32 fwmark; /* the answer */
	__u16 port;
	__u8 protocol;
	__u8 family;
};

static __always_inline int within_mask(const struct ip_address *ip, const struct ip_address *prefix,
				       const struct ip_address *mask)
{
	return !(((ip->word[0] ^ prefix->word[0]) & mask->word[0]) | ((ip->word[1] ^ prefix->word[1]) & mask->word[1]) |
		 ((ip->word[2] ^ prefix->word[2]) & mask->word[2]) | ((ip->word[3] ^ prefix->word[3]) & mask->word[3]));
}

static long ask_mark_rule(__u32 index, void *context)
{
	struct mark_search *search = context;
	__u32 at = search->first + index;
	struct mark_rule *rule = bpf_map_lookup_elem(&mark_rules, &at);

	if (!rule)
		return 1;
	if (rule->family != search->family || (rule->protocol && rule->protocol != search->protocol) ||
	    (rule->ifindex && rule->ifindex != search->ifindex) || search->port < rule->first_port ||
	    search->port > rule->last_port || !within_mask(&search->source, &rule->source, &rule->source_mask) ||
	    !within_mask(&search->destination, &rule->destination, &rule->destination_mask))
		return 0;
	search->fwmark = rule->fwmark;
	return 1;
}

/* The mark of the first rule that a packet matches; 0: none. */
static __always_inline __u32 find_mark(enum family family, __u32 ifindex, const struct flow_key *key,
				       const struct settings *set)
{
	struct mark_search search = {
		.first = set->first_mark,
		.ifindex = ifindex,
		.port = bpf_ntohs(key->destination_port),
		.protocol = key->protocol,
		.family = family,
	};

	whole_address(family, key->source, key->source_high, &search.source);
	whole_address(family, key->destination, key->destination_high, &search.destination);
	bpf_loop(set->marks, ask_mark_rule, &search, 0);
	return search.fwmark;
}

static __always_inline struct service *find_service(enum family family, __u32 ifindex, const struct flow_key *key)
{
	struct settings *set = current_settings();
	struct service_key name = {};
	struct service *service;
	__u32 kind, fwmark = 0;

	if (!set)
		return 0;
	if (set->lookups & LOOKUP_MARK)
		fwmark = find_mark(family, ifindex, key, set);
	for (kind = 0; kind < SERVICE_KINDS; kind++) {
		if (!name_service(family, kind, key, set->lookups, fwmark, &name))
			continue;
		service = bpf_map_lookup_elem(&services, &name);
		if (service)
			return service;
	}
	return 0;
}

/* Whether a packet may belong to a connection though it has no ports. */
static __always_inline int may_connect_without_ports(const struct packet *p)
{
	struct settings *set = current_settings();

	return set && set->lookups & (LOOKUP_RAW | LOOKUP_MARK) && is_portless(p->key->protocol);
}

#endif
