// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An ICMP error about a packet of a connection, sent on. */
#ifndef TANDEM_RELATE_H
#define TANDEM_RELATE_H

#include "forward.h"
#include "related.h"

/* An error about a packet of a connection. It is nobody's business but that sender's: it touches no state, and of an error
 * no error is sent. */
static __always_inline int send_related(struct xdp_md *ctx, enum family family, struct packet *p, struct related *related,
					struct flow *flow)
{
	int direct = flow->forwarding == FORWARD_DIRECT;
	struct bpf_fib_lookup route;
	int found;

	if (is_stale(current_lease()))
		return drop(DROP_TABLE_STALE);
	if (hops_left(family, p) <= 1)
		return drop(DROP_TTL);
	count_traffic(p, flow);
	describe_route(family, p, flow, ctx->ingress_ifindex, &route);
	if (direct || keeps_source(flow))
		describe_source(family, p->key, &route);
	found = bpf_fib_lookup(ctx, &route, sizeof(route), 0);
	if (found == BPF_FIB_LKUP_RET_FRAG_NEEDED)
		return drop(DROP_TOO_BIG);
	if (!is_route(found))
		return drop_without_route(found);
	if (direct && !is_on_link(family, &route, flow))
		return drop(DROP_NOT_ON_LINK);
	if (direct)
		leave_as_it_is(family, p);
	else
		translate_related(family, p, related, flow);
	count_event(EVENT_ICMP_RELATED);
	return send_by(ctx, p, &route, found == BPF_FIB_LKUP_RET_SUCCESS, direct ? flow->server_id : 0);
}

static __always_inline int do_relate(enum family family, struct xdp_md *ctx)
{
	struct related related;
	struct flow *flow;
	struct packet p;

	if (!find_packet(ctx, family, &p) || !read_related(ctx, family, &p, &related) ||
	    !is_to_sender(family, &p, &related))
		return OF_NO_CONNECTION;
	flow = find_flow(family, &related.key);
	return flow ? send_related(ctx, family, &p, &related, flow) : OF_NO_CONNECTION;
}

STAGE(relate, (struct xdp_md *ctx), ctx)

#endif
