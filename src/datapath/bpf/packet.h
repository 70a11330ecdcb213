// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a packet is: pointers into it, checked once. */
#ifndef TANDEM_PACKET_H
#define TANDEM_PACKET_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include "types.h"

#define IP_FRAGMENT_MASK 0x3fff /* more fragments, or an offset */

struct packet {
	struct ethhdr *eth;
	struct iphdr *ip;
	struct tcphdr *tcp; /* one of the two is set */
	struct udphdr *udp;
	struct flow_key key;
};

enum parse_result { PARSE_OK, PARSE_NOT_OURS, PARSE_FRAGMENT, PARSE_MALFORMED };

/* Reads Ethernet, IPv4 and the transport's ports. After PARSE_FRAGMENT and PARSE_MALFORMED the IP header is
 * valid, so that the caller can tell whether the packet was for us. */
static __always_inline enum parse_result parse_packet(struct xdp_md *ctx, struct packet *p)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	void *transport;

	p->tcp = 0;
	p->udp = 0;
	p->eth = data;
	p->ip = data + sizeof(struct ethhdr);
	if ((void *)(p->ip + 1) > end || p->eth->h_proto != bpf_htons(ETH_P_IP) || p->ip->version != 4)
		return PARSE_NOT_OURS;
	p->key.source = p->ip->saddr;
	p->key.destination = p->ip->daddr;
	p->key.protocol = p->ip->protocol;
	p->key.source_port = 0;
	p->key.destination_port = 0;
	p->key.reserved[0] = p->key.reserved[1] = p->key.reserved[2] = 0;
	if (p->ip->protocol != IPPROTO_TCP && p->ip->protocol != IPPROTO_UDP)
		return PARSE_NOT_OURS;
	if (p->ip->frag_off & bpf_htons(IP_FRAGMENT_MASK))
		return PARSE_FRAGMENT;
	if (p->ip->ihl < 5 || sizeof(struct ethhdr) + bpf_ntohs(p->ip->tot_len) > bpf_xdp_get_buff_len(ctx))
		return PARSE_MALFORMED;
	transport = (void *)p->ip + p->ip->ihl * 4;
	if (p->ip->protocol == IPPROTO_TCP) {
		p->tcp = transport;
		if ((void *)(p->tcp + 1) > end || p->tcp->doff < 5 ||
		    bpf_ntohs(p->ip->tot_len) < p->ip->ihl * 4 + p->tcp->doff * 4)
			return PARSE_MALFORMED;
		p->key.source_port = p->tcp->source;
		p->key.destination_port = p->tcp->dest;
	} else {
		p->udp = transport;
		if ((void *)(p->udp + 1) > end || bpf_ntohs(p->udp->len) < sizeof(struct udphdr) ||
		    bpf_ntohs(p->ip->tot_len) < p->ip->ihl * 4 + bpf_ntohs(p->udp->len))
			return PARSE_MALFORMED;
		p->key.source_port = p->udp->source;
		p->key.destination_port = p->udp->dest;
	}
	return PARSE_OK;
}

/* A source that no host may have: "this network", loopback, multicast and above (RFC 1122, 3.2.1.3), or the
 * destination itself. */
static __always_inline int is_martian(const struct packet *p)
{
	__u8 first = bpf_ntohl(p->key.source) >> 24;

	return first == 0 || first == 127 || first >= 224 || p->key.source == p->key.destination;
}

static __always_inline __u32 tcp_payload_length(const struct packet *p)
{
	return bpf_ntohs(p->ip->tot_len) - p->ip->ihl * 4 - p->tcp->doff * 4;
}

static __always_inline void reverse_key(const struct flow_key *key, struct flow_key *reversed)
{
	reversed->source = key->destination;
	reversed->destination = key->source;
	reversed->source_port = key->destination_port;
	reversed->destination_port = key->source_port;
	reversed->protocol = key->protocol;
	reversed->reserved[0] = reversed->reserved[1] = reversed->reserved[2] = 0;
}

/* The key that a packet has after its flow's translation. */
static __always_inline void translated_key(const struct flow *flow, __u8 protocol, struct flow_key *key)
{
	key->source = flow->source;
	key->destination = flow->destination;
	key->source_port = flow->source_port;
	key->destination_port = flow->destination_port;
	key->protocol = protocol;
	key->reserved[0] = key->reserved[1] = key->reserved[2] = 0;
}

/* The key under which the other direction's entry stands. */
static __always_inline void other_key(const struct flow *flow, __u8 protocol, struct flow_key *key)
{
	struct flow_key out;

	translated_key(flow, protocol, &out);
	reverse_key(&out, key);
}

#endif
