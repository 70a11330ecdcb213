// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The programs that see packets: XDP on every interface of the director, and its two helpers in tc. */
#ifndef TANDEM_PLANE_H
#define TANDEM_PLANE_H

#include <linux/if_packet.h>
#include "abort.h"
#include "arp.h"
#include "fragment.h"
#include "icmp.h"
#include "nd.h"
#include "open.h"
#include "related.h"
#include "reset.h"
#include "sctp.h"
#include "tcp.h"
#include "translate.h"

/* Not our concern: others at the hook decide. TC_ACT_OK would end their turn too. */
#define TC_ACT_UNSPEC -1
#define TC_ACT_SHOT 2

/* What a stage says of a packet that it has no verdict on. */
enum stage { OF_NO_CONNECTION = -1, OF_SCTP = -2, ADMITTED = -3, TO_ABORT = -4, OPENED = -5 };

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
		return p->fragment == FRAGMENT_LATER ? drop(DROP_TTL) : time_exceeded(ctx, family);
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

/* Whether a segment of no connection begins one: a SYN, or with sloppy_tcp whatever a connection goes on with. */
static __always_inline int begins_connection(const struct tcphdr *tcp)
{
	struct settings *set;

	if (tcp->rst)
		return 0;
	if (tcp->syn)
		return !tcp->ack && !tcp->fin;
	set = current_settings();
	return set && set->sloppy_tcp && tcp->ack;
}

/* Whether a packet of no connection may begin one. Then it says so, and the opening knows what it needs. */
static __always_inline int admit_to(struct xdp_md *ctx, enum family family, struct packet *p,
				    const struct service *service)
{
	struct opening *opening = current_opening();

	if (!fence_is_open())
		return drop(DROP_FENCE_CLOSED);
	if (is_martian(family, p))
		return drop(DROP_MARTIAN);
	if (p->tcp && !begins_connection(p->tcp))
		return send_reset(ctx, family, p);
	if (p->sctp && p->sctp->first.type != CHUNK_INIT)
		return TO_ABORT;
	if (hops_left(family, p) <= 1)
		return time_exceeded(ctx, family);
	if (!sync_allows_new())
		return drop(DROP_SYNC_LEASE);
	if (!opening)
		return drop(DROP_TABLE_FULL);
	copy_key(family, &opening->key, p->key);
	opening->service = *service;
	/* From NONE a segment that is no SYN moves it on itself, as it is followed. */
	opening->state = p->tcp && p->tcp->syn ? TCP_S_SYN_RECV : TCP_S_NONE;
	return ADMITTED;
}

/* Opens the connection that was admitted. */
static __always_inline int begin_connection(enum family family)
{
	struct opening *opening = current_opening();
	struct traffic *traffic;
	__u32 id;

	if (!RUN(choose, family))
		return drop(DROP_NO_SERVER);
	switch (RUN(open, family)) {
	case OPEN_OK:
		id = opening ? opening->request.server_id : 0;
		traffic = bpf_map_lookup_elem(&server_traffic, &id);
		if (traffic)
			traffic->connections += 1;
		return OPENED;
	case OPEN_RACED:
		return OPENED;
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
}

/* A packet of no connection, for a floating address. It never reaches the host's stack unless this director
 * owns the address, and for a local address never at all: the stack would answer it with RST. */
static __always_inline int stray_packet(struct xdp_md *ctx, enum family family, struct packet *p,
					const struct address *address)
{
	if (!fence_is_open())
		return drop(DROP_FENCE_CLOSED);
	if (address->kind == ADDRESS_VIRTUAL)
		return XDP_PASS;
	if (p->tcp)
		return send_reset(ctx, family, p);
	return p->sctp ? TO_ABORT : drop(DROP_NO_CONNECTION);
}

/* A switch floods frames whose destination it has forgotten, and veth filters nothing: what is for another host,
 * the other director above all, must not be forwarded twice. */
static __always_inline int is_for_this_host(struct xdp_md *ctx, const struct ethhdr *eth)
{
	__u32 ifindex = ctx->ingress_ifindex;
	struct interface *here = bpf_map_lookup_elem(&interfaces, &ifindex);

	return here && (same_mac(eth->h_dest, here->mac) ||
			is_for_virtual_mac(eth, (void *)(long)ctx->data_end));
}

/* Not of a connection and of no service, or not to be read further. */
static __always_inline int handle_other(struct xdp_md *ctx, enum family family, struct packet *p,
					enum parse_result parsed, const struct ip_address *destination)
{
	struct address *address = find_floating(destination);

	if (!address)
		return XDP_PASS;
	if (parsed == PARSE_FRAGMENT)
		return drop(DROP_FRAGMENT);
	if (parsed == PARSE_MALFORMED)
		return drop(DROP_MALFORMED);
	return stray_packet(ctx, family, p, address);
}

static __always_inline enum parse_result read_packet(struct xdp_md *ctx, enum family family, struct packet *p)
{
	enum parse_result parsed = parse_packet(ctx, family, p);

	/* No IPv6 packet goes to an IPv4 address, which has the same bytes in our maps. */
	if (parsed == PARSE_NOT_IP || (family == FAMILY_IPV6 && is_mapped_ipv4(p->key->destination_high)))
		return PARSE_NOT_IP;
	if (parsed == PARSE_FRAGMENT && recall_fragments(family, p))
		return PARSE_OK;
	if (parsed != PARSE_OTHER_PROTOCOL || !may_connect_without_ports(p))
		return parsed;
	if (sizeof(struct ethhdr) + p->length > bpf_xdp_get_buff_len(ctx) || p->length < p->headers ||
	    p->headers < sizeof(struct iphdr))
		return PARSE_MALFORMED;
	return PARSE_OK;
}

/* The stages of a packet are one behind the other: Linux 6.1 gives 512 bytes of stack to a program and all that it calls.
 * The first one reads it. */
static __always_inline int do_read(enum family family, struct xdp_md *ctx)
{
	struct reading *reading = current_reading();
	struct packet p = {};

	if (!reading)
		return PARSE_NOT_IP;
	p.key = &reading->key;
	reading->parsed = read_packet(ctx, family, &p);
	reading->length = p.length;
	reading->headers = p.headers;
	reading->initiate_tag = p.initiate_tag;
	reading->fragment_id = p.fragment_id;
	reading->fragment = p.fragment;
	return reading->parsed;
}

STAGE(read, (struct xdp_md *ctx), ctx)

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

static __always_inline int do_admit(enum family family, struct xdp_md *ctx, int parsed)
{
	struct ip_address destination;
	struct service *service;
	struct packet p;

	if (!find_packet(ctx, family, &p))
		return XDP_PASS;
	if (parsed == PARSE_OK && p.fragment == FRAGMENT_LATER)
		parsed = PARSE_FRAGMENT;
	service = parsed == PARSE_OK ? find_service(family, ctx->ingress_ifindex, p.key) : NULL;
	if (service)
		return admit_to(ctx, family, &p, service);
	whole_address(family, p.key->destination, p.key->destination_high, &destination);
	return handle_other(ctx, family, &p, parsed, &destination);
}

STAGE(admit, (struct xdp_md *ctx, int parsed), ctx, parsed)

static __always_inline int do_abort(enum family family, struct xdp_md *ctx)
{
	struct packet p;

	if (!find_packet(ctx, family, &p) || !p.sctp)
		return drop(DROP_MALFORMED);
	return send_abort(ctx, family, &p);
}

STAGE(abort, (struct xdp_md *ctx), ctx)

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

/* The stack drops what goes to another link address than its interface's: let it have what XDP has left for it. */
static __always_inline void take_for_virtual_mac(struct __sk_buff *skb)
{
	struct ethhdr *eth = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;

	if (skb->pkt_type == PACKET_OTHERHOST && (void *)(eth + 1) <= end && is_for_virtual_mac(eth, end))
		bpf_skb_change_type(skb, PACKET_HOST);
}

/* Toward the server itself, whatever the packet's destination is. */
static __always_inline int send_to_server(struct __sk_buff *skb, const struct handover_note *note)
{
	struct bpf_redir_neigh next = {};
	__u32 ifindex = note->ifindex, id = note->server_id;
	struct server *server = bpf_map_lookup_elem(&servers, &id);

	if (!server) {
		drop(DROP_NO_NEIGHBOUR);
		return TC_ACT_SHOT;
	}
	if (skb->protocol == bpf_htons(ETH_P_IPV6)) {
		next.nh_family = AF_INET6;
		__builtin_memcpy(next.ipv6_nh, &server->address, sizeof(next.ipv6_nh));
	} else {
		next.nh_family = AF_INET;
		next.ipv4_nh = server->address.word[3];
	}
	return bpf_redirect_neigh(ifindex, &next, sizeof(next), 0);
}

/* In generic mode Linux may copy a packet for XDP, and forget how long its link header is: to tc it begins with the IP
 * header, of which bpf_redirect_neigh would cut off the first 14 bytes. A link header of any content makes it right. */
static __always_inline int repair_link_header(struct __sk_buff *skb, const struct handover_note *note)
{
	struct handover_note first;

	if (bpf_skb_load_bytes(skb, 0, &first, sizeof(first)))
		return -1;
	if (first.secret == note->secret && first.ifindex == note->ifindex)
		return 0;
	return bpf_skb_change_head(skb, ETH_HLEN, 0);
}

/* Sends a packet that XDP has made ready but found no neighbour entry for. */
SEC("tc")
int tandem_resolve(struct __sk_buff *skb)
{
	struct settings *set = current_settings();
	struct handover_note note;

	take_for_virtual_mac(skb);
	if (!set || !set->secret ||
	    bpf_skb_load_bytes_relative(skb, 0, &note, sizeof(note), BPF_HDR_START_MAC) || note.secret != set->secret)
		return TC_ACT_UNSPEC;
	if (repair_link_header(skb, &note)) {
		drop(DROP_NO_NEIGHBOUR);
		return TC_ACT_SHOT;
	}
	if (note.server_id)
		return send_to_server(skb, &note);
	return bpf_redirect_neigh(note.ifindex, 0, 0, 0);
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
