// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where a translated packet goes: route and neighbour of the host's own tables. */
#ifndef TANDEM_NEXTHOP_H
#define TANDEM_NEXTHOP_H

#include "fence.h"
#include "flow.h"
#include "packet.h"

/* linux/socket.h, of which the C library has its own. */
#define AF_INET 2
#define AF_INET6 10

/* The traffic class and the flow label of an IPv6 header's first word: what routes may look at. */
#define FLOWINFO_MASK 0x0fffffff

/* What XDP tells tc about a packet whose next hop is not resolved yet, in place of its link addresses. Metadata would be
 * the usual way, but in generic mode the kernel loses it. */
struct handover_note {
	__u32 secret;
	__u32 ifindex;
	__u32 server_id; /* the next hop, of direct routing; 0: the packet's own destination says */
} __attribute__((packed));

_Static_assert(sizeof(struct handover_note) == 2 * ETH_ALEN, "handover_note");

static __always_inline int send_same_interface(__u32 ifindex)
{
	struct interface *here = bpf_map_lookup_elem(&interfaces, &ifindex);

	return here && here->send_by_redirect ? bpf_redirect(ifindex, 0) : XDP_TX;
}

/* Gives the packet to the tc program, whose bpf_redirect_neigh makes the kernel resolve the next hop and send the
 * packet then. The stack's own forwarding would drop it: its source may be an address of this host. */
static __always_inline int resolve_next_hop(struct packet *p, __u32 ifindex, __u32 server_id)
{
	struct handover_note *note = (void *)p->eth;
	struct settings *set = current_settings();

	if (!set || !set->secret)
		return drop(DROP_NO_NEIGHBOUR);
	note->secret = set->secret;
	note->ifindex = ifindex;
	note->server_id = server_id;
	count_event(EVENT_NEIGHBOUR_RESOLVE);
	return XDP_PASS;
}

/* Of the packet as it will be: with the addresses that the entry says. */
static __always_inline void describe_route(enum family family, const struct packet *p, const struct flow *flow,
					   __u32 ifindex, struct bpf_fib_lookup *route)
{
	/* Not before: the stack that it takes is others' until here, and Linux 6.1 counts it all. */
	__builtin_memset(route, 0, sizeof(*route));
	route->ifindex = ifindex;
	route->l4_protocol = p->key->protocol;
	route->tot_len = p->length;
	if (family == FAMILY_IPV6) {
		route->family = AF_INET6;
		route->flowinfo = *(__be32 *)p->ip6 & bpf_htonl(FLOWINFO_MASK);
		__builtin_memcpy(route->ipv6_src, flow->source_high, 12);
		__builtin_memcpy(route->ipv6_dst, flow->destination_high, 12);
		route->ipv6_src[3] = flow->source;
		route->ipv6_dst[3] = flow->destination;
	} else {
		route->family = AF_INET;
		route->tos = p->ip->tos;
		route->ipv4_src = flow->source;
		route->ipv4_dst = flow->destination;
	}
}

/* Of a packet that keeps its source. */
static __always_inline void describe_source(enum family family, const struct flow_key *key,
					    struct bpf_fib_lookup *route)
{
	if (family == FAMILY_IPV6) {
		__builtin_memcpy(route->ipv6_src, key->source_high, 12);
		route->ipv6_src[3] = key->source;
	} else {
		route->ipv4_src = key->source;
	}
}

/* Whether the next hop of a route is the destination itself. */
static __always_inline int is_on_link(enum family family, const struct bpf_fib_lookup *route, const struct flow *flow)
{
	if (family == FAMILY_IPV4)
		return route->family == AF_INET && route->ipv4_dst == flow->destination;
	return route->ipv6_dst[3] == flow->destination && same_high(FAMILY_IPV6, route->ipv6_dst, flow->destination_high);
}

static __always_inline int send_by(struct xdp_md *ctx, struct packet *p, const struct bpf_fib_lookup *route, int resolved,
				   __u32 server_id)
{
	if (!resolved)
		return resolve_next_hop(p, route->ifindex, server_id);
	__builtin_memcpy(p->eth->h_dest, route->dmac, ETH_ALEN);
	__builtin_memcpy(p->eth->h_source, route->smac, ETH_ALEN);
	if (route->ifindex == ctx->ingress_ifindex)
		return send_same_interface(route->ifindex);
	return bpf_redirect(route->ifindex, 0);
}

#endif
