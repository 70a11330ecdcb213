// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The program that sees packets: XDP on every interface of the director. */
#ifndef TANDEM_PLANE_H
#define TANDEM_PLANE_H

#include "admit.h"
#include "arp.h"
#include "forward.h"
#include "nd.h"
#include "read.h"
#include "relate.h"

/* A switch floods frames whose destination it has forgotten, and veth filters nothing: what is for another host,
 * the other director above all, must not be forwarded twice. */
static __always_inline int is_for_this_host(struct xdp_md *ctx, const struct ethhdr *eth)
{
	__u32 ifindex = ctx->ingress_ifindex;
	struct interface *here = bpf_map_lookup_elem(&interfaces, &ifindex);

	return here && (same_mac(eth->h_dest, here->mac) ||
			is_for_virtual_mac(eth, (void *)(long)ctx->data_end));
}

static __always_inline int forward_any(struct xdp_md *ctx, enum family family, int opened)
{
	int verdict = RUN(forward, family, ctx, opened);

	if (verdict != OF_SCTP)
		return verdict;
	RUN(follow_sctp, family, ctx);
	return RUN(forward_sctp, family, ctx);
}

static __always_inline int handle_packet(struct xdp_md *ctx, enum family family)
{
	int parsed = RUN(read, family, ctx);
	int verdict = OF_NO_CONNECTION;

	if (parsed == PARSE_NOT_IP)
		return XDP_PASS;
	if (parsed == PARSE_OK)
		verdict = forward_any(ctx, family, 0);
	else if (parsed == PARSE_OTHER_PROTOCOL)
		verdict = RUN(relate, family, ctx);
	if (verdict != OF_NO_CONNECTION)
		return verdict;
	verdict = RUN(admit, family, ctx, parsed);
	if (verdict == TO_ABORT)
		return RUN(abort, family, ctx);
	if (verdict != ADMITTED)
		return verdict;
	verdict = begin_connection(family);
	if (verdict != OPENED)
		return verdict;
	verdict = forward_any(ctx, family, 1);
	return verdict == OF_NO_CONNECTION ? drop(DROP_TABLE_FULL) : verdict;
}

static __always_inline int handle_ipv6(struct xdp_md *ctx, const struct ethhdr *eth)
{
	/* A question for an address goes to a group of hosts. */
	if (is_solicitation(ctx))
		return handle_nd(ctx);
	return is_for_this_host(ctx, eth) ? handle_packet(ctx, FAMILY_IPV6) : XDP_PASS;
}

SEC("xdp.frags")
int tandem_xdp(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_ARP))
		return handle_arp(ctx);
	if (eth->h_proto == bpf_htons(ETH_P_IP) && is_for_this_host(ctx, eth))
		return handle_packet(ctx, FAMILY_IPV4);
	if (eth->h_proto == bpf_htons(ETH_P_IPV6))
		return handle_ipv6(ctx, eth);
	return XDP_PASS;
}

#endif
