// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Answers a TCP packet of no connection with RST (RFC 9293, 3.10.7.1), so that its sender need not wait. */
#ifndef TANDEM_RESET_H
#define TANDEM_RESET_H

#include "checksum.h"
#include "nexthop.h"

#define RESET_TTL 64

static __always_inline int send_reset(struct xdp_md *ctx, struct packet *p)
{
	__u32 length = sizeof(struct iphdr) + sizeof(struct tcphdr);
	__u32 acknowledged = bpf_ntohl(p->tcp->seq) + tcp_payload_length(p) + p->tcp->syn + p->tcp->fin;
	__u8 mac[ETH_ALEN];
	__u8 had_ack = p->tcp->ack;
	__be32 ack_seq = p->tcp->ack_seq;
	__u64 sum;

	if (p->tcp->rst || p->ip->ihl != 5)
		return drop(DROP_NO_CONNECTION);
	__builtin_memcpy(mac, p->eth->h_dest, ETH_ALEN);
	__builtin_memcpy(p->eth->h_dest, p->eth->h_source, ETH_ALEN);
	__builtin_memcpy(p->eth->h_source, mac, ETH_ALEN);
	p->ip->saddr = p->key.destination;
	p->ip->daddr = p->key.source;
	p->ip->tot_len = bpf_htons(length);
	p->ip->ttl = RESET_TTL;
	p->ip->tos = 0;
	p->ip->id = 0;
	p->ip->frag_off = bpf_htons(0x4000); /* do not fragment: an id of 0 is then allowed (RFC 6864) */
	p->ip->check = 0;
	p->ip->check = ~fold(sum_words(p->ip, sizeof(struct iphdr)));
	__builtin_memset(p->tcp, 0, sizeof(struct tcphdr));
	p->tcp->source = p->key.destination_port;
	p->tcp->dest = p->key.source_port;
	p->tcp->doff = sizeof(struct tcphdr) / 4;
	p->tcp->rst = 1;
	if (had_ack) {
		p->tcp->seq = ack_seq;
	} else {
		p->tcp->ack = 1;
		p->tcp->ack_seq = bpf_htonl(acknowledged);
	}
	sum = sum_words(&p->ip->saddr, 8) + bpf_htons(IPPROTO_TCP) + bpf_htons(sizeof(struct tcphdr));
	p->tcp->check = ~fold(sum + sum_words(p->tcp, sizeof(struct tcphdr)));
	if (bpf_xdp_adjust_tail(ctx, (int)(sizeof(struct ethhdr) + length) - (int)(bpf_xdp_get_buff_len(ctx))))
		return drop(DROP_NO_CONNECTION);
	count_event(EVENT_RESET_SENT);
	return send_same_interface(ctx->ingress_ifindex);
}

#endif
