// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The programs that see packets: XDP on every interface of the director, and its two helpers in tc. */
#ifndef TANDEM_PLANE_H
#define TANDEM_PLANE_H

#include "arp.h"
#include "nd.h"
#include "open.h"
#include "reset.h"
#include "tcp.h"
#include "translate.h"

/* Not our concern: others at the hook decide. TC_ACT_OK would end their turn too. */
#define TC_ACT_UNSPEC -1
#define TC_ACT_SHOT 2

/* Third packet of a UDP "connection" from the client: the default sync_threshold of IPVS. */
#define UDP_ANNOUNCE_PACKETS 3

static __always_inline void count_traffic(const struct packet *p, const struct flow *flow)
{
	__u32 id = flow->server_id;
	struct traffic *traffic = bpf_map_lookup_elem(&server_traffic, &id);

	if (!traffic)
		return;
	if (flow->direction == DIRECTION_REQUEST) {
		traffic->in_packets += 1;
		traffic->in_bytes += bpf_ntohs(p->ip->tot_len);
	} else {
		traffic->out_packets += 1;
		traffic->out_bytes += bpf_ntohs(p->ip->tot_len);
	}
}

static __always_inline int forward(struct xdp_md *ctx, struct packet *p, struct flow *flow)
{
	struct lease *held = current_lease();

	if (held && held->stale && held->until <= lease_clock())
		return drop(DROP_TABLE_STALE);
	if (p->ip->ttl <= 1)
		return drop(DROP_TTL);
	flow->last_seen = idle_clock();
	flow->packets += 1;
	if (p->tcp)
		tcp_follow(p, flow, held ? held->term : 0);
	else if (flow->direction == DIRECTION_REQUEST && flow->packets >= UDP_ANNOUNCE_PACKETS &&
		 !(flags_of(flow->state_flags) & FLOW_ANNOUNCED))
		announce(RECORD_UPDATE, &p->key, flow);
	if (flow->direction == DIRECTION_REQUEST && flags_of(flow->state_flags) & FLOW_SYNCED)
		change_flags(flow, 0, FLOW_SYNCED);
	count_traffic(p, flow);
	translate(p, flow);
	return send_packet(ctx, p);
}

static __always_inline int open_and_forward(struct xdp_md *ctx, struct packet *p, const struct service *service)
{
	__u8 state = p->tcp ? TCP_S_SYN_RECV : TCP_S_NONE;
	struct traffic *traffic;
	struct flow opened;
	struct flow *flow;

	if (!fence_is_open())
		return drop(DROP_FENCE_CLOSED);
	if (is_martian(p))
		return drop(DROP_MARTIAN);
	if (p->tcp && (!p->tcp->syn || p->tcp->ack || p->tcp->rst || p->tcp->fin))
		return send_reset(ctx, p);
	if (p->ip->ttl <= 1)
		return drop(DROP_TTL);
	if (!sync_allows_new())
		return drop(DROP_SYNC_LEASE);
	switch (open_connection(service, &p->key, state, &opened)) {
	case OPEN_OK:
		traffic = bpf_map_lookup_elem(&server_traffic, &opened.server_id);
		if (traffic)
			traffic->connections += 1;
		break;
	case OPEN_RACED:
		break;
	case OPEN_NO_LOCAL:
		return drop(DROP_NO_LOCAL_ADDRESS);
	case OPEN_NO_PORT:
		return drop(DROP_NO_LOCAL_PORT);
	case OPEN_NO_SERVER:
		return drop(DROP_NO_SERVER);
	case OPEN_UNSUPPORTED:
		return drop(DROP_UNSUPPORTED);
	default:
		return drop(DROP_TABLE_FULL);
	}
	flow = bpf_map_lookup_elem(&flows, &p->key);
	return flow ? forward(ctx, p, flow) : drop(DROP_TABLE_FULL);
}

/* A packet of no connection, for a floating address. It never reaches the host's stack unless this director
 * owns the address, and for a local address never at all: the stack would answer it with RST. */
static __always_inline int stray_packet(struct xdp_md *ctx, struct packet *p, const struct address *address)
{
	if (!fence_is_open())
		return drop(DROP_FENCE_CLOSED);
	if (address->kind == ADDRESS_VIRTUAL)
		return XDP_PASS;
	return p->tcp ? send_reset(ctx, p) : drop(DROP_NO_CONNECTION);
}

/* A switch floods frames whose destination it has forgotten, and veth filters nothing: what is for another host,
 * the other director above all, must not be forwarded twice. */
static __always_inline int is_for_this_host(struct xdp_md *ctx, const struct ethhdr *eth)
{
	__u32 ifindex = ctx->ingress_ifindex;
	struct interface *here = bpf_map_lookup_elem(&interfaces, &ifindex);

	return here && *(__u32 *)eth->h_dest == *(__u32 *)here->mac &&
	       *(__u16 *)(eth->h_dest + 4) == *(__u16 *)(here->mac + 4);
}

SEC("xdp.frags")
int tandem_xdp(struct xdp_md *ctx)
{
	struct service_key wanted = {};
	struct service *service;
	struct address *address;
	enum parse_result parsed;
	struct packet p;
	struct flow *flow;
	struct ethhdr *eth = (void *)(long)ctx->data;

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_ARP))
		return handle_arp(ctx);
	if (eth->h_proto == bpf_htons(ETH_P_IPV6))
		return handle_nd(ctx);
	if (eth->h_proto != bpf_htons(ETH_P_IP) || !is_for_this_host(ctx, eth))
		return XDP_PASS;
	parsed = parse_packet(ctx, &p);
	if (parsed == PARSE_OK) {
		flow = bpf_map_lookup_elem(&flows, &p.key);
		if (flow)
			return forward(ctx, &p, flow);
		wanted.address = p.key.destination;
		wanted.port = p.key.destination_port;
		wanted.protocol = p.key.protocol;
		service = bpf_map_lookup_elem(&services, &wanted);
		if (service)
			return open_and_forward(ctx, &p, service);
	} else if ((void *)(p.ip + 1) > (void *)(long)ctx->data_end) {
		return XDP_PASS;
	}
	address = find_floating4(p.ip->daddr);
	if (!address)
		return XDP_PASS;
	if (parsed == PARSE_FRAGMENT)
		return drop(DROP_FRAGMENT);
	if (parsed == PARSE_MALFORMED)
		return drop(DROP_MALFORMED);
	return stray_packet(ctx, &p, address);
}

/* Sends a packet that XDP has translated but found no neighbour entry for. */
SEC("tc")
int tandem_resolve(struct __sk_buff *skb)
{
	struct handover_note *note = (void *)(long)skb->data_meta;

	if ((void *)(note + 1) > (void *)(long)skb->data || note->magic != HANDOVER_MAGIC)
		return TC_ACT_UNSPEC;
	return bpf_redirect_neigh(note->ifindex, 0, 0, 0);
}

static __always_inline int fence_arp(struct __sk_buff *skb)
{
	struct arp_packet *arp;

	if (bpf_skb_pull_data(skb, sizeof(struct arp_packet)))
		return TC_ACT_UNSPEC;
	arp = read_arp((void *)(long)skb->data, (void *)(long)skb->data_end);
	if (!arp || !find_floating4(arp->sender) || fence_is_open())
		return TC_ACT_UNSPEC;
	drop(DROP_ARP_EGRESS_FENCED);
	return TC_ACT_SHOT;
}

static __always_inline int fence_nd(struct __sk_buff *skb)
{
	__u32 length = sizeof(struct nd_packet);
	struct nd_head *head;
	void *end;
	__u8 next;

	if (bpf_skb_load_bytes(skb, sizeof(struct ethhdr) + offsetof(struct ipv6hdr, nexthdr), &next, sizeof(next)) ||
	    next != IPPROTO_ICMPV6)
		return TC_ACT_UNSPEC;
	/* Router solicitations are shorter than the others. */
	if (bpf_skb_pull_data(skb, skb->len < length ? skb->len : length))
		return TC_ACT_UNSPEC;
	end = (void *)(long)skb->data_end;
	head = read_nd((void *)(long)skb->data, end);
	if (!head || !claims_floating6(head, end) || fence_is_open())
		return TC_ACT_UNSPEC;
	drop(DROP_ND_EGRESS_FENCED);
	return TC_ACT_SHOT;
}

/* What the kernel itself would say under a floating address: "who has X, tell VIP" teaches its hearers our MAC. */
SEC("tc")
int tandem_egress(struct __sk_buff *skb)
{
	if (skb->protocol == bpf_htons(ETH_P_ARP))
		return fence_arp(skb);
	if (skb->protocol == bpf_htons(ETH_P_IPV6))
		return fence_nd(skb);
	return TC_ACT_UNSPEC;
}

#endif
