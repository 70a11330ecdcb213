// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A packet of a connection: followed, counted, translated, and sent on. */
#ifndef TANDEM_FORWARD_H
#define TANDEM_FORWARD_H

#include "fragment.h"
#include "icmp.h"
#include "open.h"
#include "sctp.h"
#include "tcp.h"
#include "translate.h"

static __always_inline void count_traffic(const struct packet *p, const struct flow *flow)
{
	__u32 id = flow->server_id;
	struct traffic *traffic = bpf_map_lookup_elem(&server_traffic, &id);

	if (!traffic)
		return;
	if (flow->direction == DIRECTION_REQUEST) {
		traffic->in_packets += 1;
		traffic->in_bytes += p->length;
	} else {
		traffic->out_packets += 1;
		traffic->out_bytes += p->length;
	}
}

/* Whether a connection that has no states has lasted long enough to cost the channel something. */
static __always_inline int has_announce_packets(const struct flow *flow)
{
	struct settings *set = current_settings();

	return set && flow->packets >= set->announce_packets;
}

static __always_inline void touch(struct flow *flow)
{
	flow->last_seen = idle_clock();
	flow->packets += 1;
}

static __always_inline void count_use(const struct packet *p, struct flow *flow)
{
	if (flow->direction == DIRECTION_REQUEST && flags_of(flow->state_flags) & FLOW_SYNCED)
		change_flags(flow, 0, FLOW_SYNCED);
	count_traffic(p, flow);
}

/* What a packet of a connection does to it. */
static __always_inline void follow(enum family family, struct packet *p, struct flow *flow, const struct lease *held)
{
	touch(flow);
	if (p->tcp)
		tcp_follow(family, p, flow, held ? held->term : 0);
	else if (p->fragment != FRAGMENT_LATER && flow->direction == DIRECTION_REQUEST && !(flags_of(flow->state_flags) & FLOW_ANNOUNCED) &&
		 has_announce_packets(flow))
		announce(family, RECORD_UPDATE, p->key, flow);
	count_use(p, flow);
}

static __always_inline int is_stale(const struct lease *held)
{
	return held && held->stale && held->until <= lease_clock();
}

static __always_inline int is_route(int found)
{
	return found == BPF_FIB_LKUP_RET_SUCCESS || found == BPF_FIB_LKUP_RET_NO_NEIGH;
}

static __always_inline int drop_without_route(int found)
{
	return drop(found == BPF_FIB_LKUP_RET_FWD_DISABLED ? DROP_FORWARDING_OFF : DROP_NO_ROUTE);
}

/* 'sctp' is known where this is compiled: of that the packet has been followed already. */
static __always_inline int send_on(struct xdp_md *ctx, enum family family, struct packet *p, struct flow *flow, int sctp)
{
	struct lease *held = current_lease();
	int direct = flow->forwarding == FORWARD_DIRECT;
	struct bpf_fib_lookup route;
	int found;

	if (is_stale(held))
		return drop(DROP_TABLE_STALE);
	if (hops_left(family, p) <= 1)
		return p->fragment == FRAGMENT_LATER ? drop(DROP_TTL) : RUN(time_exceeded, family, ctx);
	if (!sctp)
		follow(family, p, flow, held);
	describe_route(family, p, flow, ctx->ingress_ifindex, &route);
	found = bpf_fib_lookup(ctx, &route, sizeof(route), 0);
	/* Of a later fragment no error is sent (RFC 1122, 3.2.2). */
	if (found == BPF_FIB_LKUP_RET_FRAG_NEEDED)
		return p->fragment == FRAGMENT_LATER ? drop(DROP_TOO_BIG) :
						       too_big(ctx, family, p, route.mtu_result);
	if (!is_route(found))
		return drop_without_route(found);
	if (direct && !is_on_link(family, &route, flow))
		return drop(DROP_NOT_ON_LINK);
	if (direct)
		leave_as_it_is(family, p);
	else
		translate(family, p, flow);
	return send_by(ctx, p, &route, found == BPF_FIB_LKUP_RET_SUCCESS, direct ? flow->server_id : 0);
}

static __always_inline int forward_packet(enum family family, struct xdp_md *ctx, int opened, int sctp)
{
	struct opening *opening = opened ? current_opening() : NULL;
	struct flow *flow;
	struct packet p;

	if (!find_packet(ctx, family, &p))
		return OF_NO_CONNECTION;
	if (!!p.sctp != sctp)
		return OF_SCTP;
	flow = opening && is_one_packet(&opening->service, p.key) ? &opening->request : find_flow(family, p.key);
	if (flow && p.fragment == FRAGMENT_FIRST) {
		/* Its checksum covers what is not here. */
		if (sctp && !same_ports(p.key, flow))
			return drop(DROP_FRAGMENT);
		remember_fragments(family, &p);
	}
	return flow ? send_on(ctx, family, &p, flow, sctp) : OF_NO_CONNECTION;
}

static __always_inline int do_forward(enum family family, struct xdp_md *ctx, int opened)
{
	return forward_packet(family, ctx, opened, 0);
}

STAGE(forward, (struct xdp_md *ctx, int opened), ctx, opened)

/* SCTP has two to itself: what it needs is much for the verifier, and in the way of the others. */
static __always_inline int do_follow_sctp(enum family family, struct xdp_md *ctx)
{
	struct lease *held = current_lease();
	struct flow *flow;
	struct packet p;

	if (!find_packet(ctx, family, &p) || !p.sctp || hops_left(family, &p) <= 1 || is_stale(held))
		return 0;
	flow = find_flow(family, p.key);
	/* It will not be sent on. */
	if (!flow || (p.fragment == FRAGMENT_FIRST && !same_ports(p.key, flow)))
		return 0;
	touch(flow);
	sctp_follow(ctx, family, &p, flow, held ? held->term : 0);
	count_use(&p, flow);
	return 0;
}

STAGE(follow_sctp, (struct xdp_md *ctx), ctx)

static __always_inline int do_forward_sctp(enum family family, struct xdp_md *ctx)
{
	return forward_packet(family, ctx, 0, 1);
}

STAGE(forward_sctp, (struct xdp_md *ctx), ctx)

#endif
