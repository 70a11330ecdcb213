// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Where a translated packet goes: route and neighbour of the host's own tables. */
#ifndef TANDEM_NEXTHOP_H
#define TANDEM_NEXTHOP_H

#include "maps.h"
#include "packet.h"

/* linux/socket.h, of which the C library has its own. */
#define AF_INET 2
#define AF_INET6 10

/* The traffic class and the flow label of an IPv6 header's first word: what routes may look at. */
#define FLOWINFO_MASK 0x0fffffff

/* What XDP tells tc about a packet whose next hop is not resolved yet. */
struct handover_note {
	__u32 magic;
	__u32 ifindex;
};

#define HANDOVER_MAGIC 0x54414e44 /* "TAND" */

static __always_inline int send_same_interface(__u32 ifindex)
{
	struct interface *here = bpf_map_lookup_elem(&interfaces, &ifindex);

	return here && here->send_by_redirect ? bpf_redirect(ifindex, 0) : XDP_TX;
}

/* Gives the packet to the tc program, whose bpf_redirect_neigh makes the kernel resolve the next hop and send the
 * packet then. The stack's own forwarding would drop it: its source is an address of this host. */
static __always_inline int resolve_next_hop(struct xdp_md *ctx, __u32 ifindex)
{
	struct handover_note *note;

	if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(*note)))
		return drop(DROP_NO_NEIGHBOUR);
	note = (void *)(long)ctx->data_meta;
	if ((void *)(note + 1) > (void *)(long)ctx->data)
		return drop(DROP_NO_NEIGHBOUR);
	note->magic = HANDOVER_MAGIC;
	note->ifindex = ifindex;
	count_event(EVENT_NEIGHBOUR_RESOLVE);
	return XDP_PASS;
}

static __always_inline void describe_route(enum family family, const struct packet *p, struct bpf_fib_lookup *route)
{
	route->l4_protocol = p->key.protocol;
	route->tot_len = p->length;
	if (family == FAMILY_IPV6) {
		route->family = AF_INET6;
		route->flowinfo = *(__be32 *)p->ip6 & bpf_htonl(FLOWINFO_MASK);
		__builtin_memcpy(route->ipv6_src, &p->ip6->saddr, sizeof(route->ipv6_src));
		__builtin_memcpy(route->ipv6_dst, &p->ip6->daddr, sizeof(route->ipv6_dst));
	} else {
		route->family = AF_INET;
		route->tos = p->ip->tos;
		route->ipv4_src = p->ip->saddr;
		route->ipv4_dst = p->ip->daddr;
	}
}

static __always_inline int send_packet(struct xdp_md *ctx, enum family family, struct packet *p)
{
	struct bpf_fib_lookup route = { .ifindex = ctx->ingress_ifindex };

	describe_route(family, p, &route);
	switch (bpf_fib_lookup(ctx, &route, sizeof(route), 0)) {
	case BPF_FIB_LKUP_RET_SUCCESS:
		__builtin_memcpy(p->eth->h_dest, route.dmac, ETH_ALEN);
		__builtin_memcpy(p->eth->h_source, route.smac, ETH_ALEN);
		if (route.ifindex == ctx->ingress_ifindex)
			return send_same_interface(route.ifindex);
		return bpf_redirect(route.ifindex, 0);
	case BPF_FIB_LKUP_RET_NO_NEIGH:
		return resolve_next_hop(ctx, route.ifindex);
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return drop(DROP_TOO_BIG);
	case BPF_FIB_LKUP_RET_FWD_DISABLED:
		return drop(DROP_FORWARDING_OFF);
	default:
		return drop(DROP_NO_ROUTE);
	}
}

#endif
