// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Answers a TCP packet of no connection with RST (RFC 9293, 3.10.7.1), so that its sender need not wait. */
#ifndef TANDEM_RESET_H
#define TANDEM_RESET_H

#include "checksum.h"
#include "nexthop.h"

#define RESET_TTL 64

/* Both addresses, the TTL and the length of an answer, in the headers of the packet that it answers. 'content': bytes
 * behind the IP header. Returns the sum of the addresses' words. */
static __always_inline __u64 answer_ipv4(struct iphdr *ip, const struct flow_key *key, __u32 content)
{
	ip->saddr = key->destination;
	ip->daddr = key->source;
	ip->tot_len = bpf_htons(sizeof(struct iphdr) + content);
	ip->ttl = RESET_TTL;
	ip->tos = 0;
	ip->id = 0;
	ip->frag_off = bpf_htons(0x4000); /* do not fragment: an id of 0 is then allowed (RFC 6864) */
	ip->check = 0;
	ip->check = ~fold(sum_words(ip, sizeof(struct iphdr)));
	return sum_words(&ip->saddr, 8);
}

static __always_inline __u64 answer_ipv6(struct ipv6hdr *ip, const struct flow_key *key, __u32 content)
{
	__builtin_memcpy(&ip->saddr, key->destination_high, 12);
	__builtin_memcpy(&ip->daddr, key->source_high, 12);
	ip->saddr.in6_u.u6_addr32[3] = key->destination;
	ip->daddr.in6_u.u6_addr32[3] = key->source;
	*(__be32 *)ip = bpf_htonl(0x60000000);
	ip->payload_len = bpf_htons(content);
	ip->hop_limit = RESET_TTL;
	return sum_words(&ip->saddr, 32);
}

/* Turns the packet's own link and IP headers into those of an answer with so many bytes behind them. Returns the sum of the
 * addresses' words. */
static __always_inline __u64 turn_around(enum family family, struct packet *p, __u32 content)
{
	__u8 mac[ETH_ALEN];

	__builtin_memcpy(mac, p->eth->h_dest, ETH_ALEN);
	__builtin_memcpy(p->eth->h_dest, p->eth->h_source, ETH_ALEN);
	__builtin_memcpy(p->eth->h_source, mac, ETH_ALEN);
	return family == FAMILY_IPV6 ? answer_ipv6(p->ip6, p->key, content) : answer_ipv4(p->ip, p->key, content);
}

static __always_inline int send_reset(struct xdp_md *ctx, enum family family, struct packet *p)
{
	/* The answer takes the packet's own headers: options and extensions would have to be cut out. */
	__u32 headers = family == FAMILY_IPV6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	__u32 acknowledged = bpf_ntohl(p->tcp->seq) + tcp_payload_length(p) + p->tcp->syn + p->tcp->fin;
	__u32 length = sizeof(struct ethhdr) + headers + sizeof(struct tcphdr);
	__u8 had_ack = p->tcp->ack;
	__be32 ack_seq = p->tcp->ack_seq;
	__u64 sum;

	if (p->tcp->rst || p->headers != headers)
		return drop(DROP_NO_CONNECTION);
	sum = turn_around(family, p, sizeof(struct tcphdr));
	__builtin_memset(p->tcp, 0, sizeof(struct tcphdr));
	p->tcp->source = p->key->destination_port;
	p->tcp->dest = p->key->source_port;
	p->tcp->doff = sizeof(struct tcphdr) / 4;
	p->tcp->rst = 1;
	if (had_ack) {
		p->tcp->seq = ack_seq;
	} else {
		p->tcp->ack = 1;
		p->tcp->ack_seq = bpf_htonl(acknowledged);
	}
	sum += bpf_htons(IPPROTO_TCP) + bpf_htons(sizeof(struct tcphdr));
	p->tcp->check = ~fold(sum + sum_words(p->tcp, sizeof(struct tcphdr)));
	if (bpf_xdp_adjust_tail(ctx, (int)length - (int)(bpf_xdp_get_buff_len(ctx))))
		return drop(DROP_NO_CONNECTION);
	count_event(EVENT_RESET_SENT);
	return send_same_interface(ctx->ingress_ifindex);
}

#endif
