// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The rewriting of fullnat and masquerading: addresses, ports, the TTL, and the checksums that cover them. Direct routing
 * changes the TTL alone. */
#ifndef TANDEM_TRANSLATE_H
#define TANDEM_TRANSLATE_H

#include "checksum.h"
#include "crc32c.h"
#include "packet.h"

static __always_inline __u64 change_high(__u64 sum, const __be32 *old, const __be32 *new)
{
	sum = change32(sum, old[0], new[0]);
	sum = change32(sum, old[1], new[1]);
	return change32(sum, old[2], new[2]);
}

/* How both addresses change what checksums sum. */
static __always_inline __u64 address_changes(enum family family, const struct flow_key *key, const struct flow *flow)
{
	__u64 sum = change32(change32(0, key->source, flow->source), key->destination, flow->destination);

	if (family == FAMILY_IPV4)
		return sum;
	sum = change_high(sum, key->source_high, flow->source_high);
	return change_high(sum, key->destination_high, flow->destination_high);
}

/* One hop less; `changes` are those of the addresses. */
static __always_inline void decrement_ttl(struct iphdr *ip, __u64 changes)
{
	/* The checksum sums 16-bit words: the TTL is the high byte of one, the protocol its low one. */
	__be16 old_ttl = bpf_htons(ip->ttl << 8 | ip->protocol);
	__be16 new_ttl = bpf_htons((ip->ttl - 1) << 8 | ip->protocol);

	ip->ttl -= 1;
	ip->check = apply_changes(ip->check, change16(changes, old_ttl, new_ttl));
}

static __always_inline void translate_ipv4(struct iphdr *ip, const struct flow *flow, __u64 changes)
{
	decrement_ttl(ip, changes);
	ip->saddr = flow->source;
	ip->daddr = flow->destination;
}

static __always_inline void translate_ipv6(struct ipv6hdr *ip, const struct flow *flow)
{
	ip->hop_limit -= 1;
	__builtin_memcpy(&ip->saddr, flow->source_high, 12);
	__builtin_memcpy(&ip->daddr, flow->destination_high, 12);
	ip->saddr.in6_u.u6_addr32[3] = flow->source;
	ip->daddr.in6_u.u6_addr32[3] = flow->destination;
}

static __always_inline int same_ports(const struct flow_key *key, const struct flow *flow)
{
	return key->source_port == flow->source_port && key->destination_port == flow->destination_port;
}

/* Its checksum covers no address: with the same ports it stays what it is. */
static __always_inline void translate_sctp(struct packet *p, const struct flow *flow)
{
	__u32 *ports = (__u32 *)p->sctp;
	__u32 old = *ports;

	p->sctp->source = flow->source_port;
	p->sctp->destination = flow->destination_port;
	if (old != *ports)
		p->sctp->checksum ^= crc32c_change(old ^ *ports, p->length - p->headers);
}

static __always_inline void translate(enum family family, struct packet *p, const struct flow *flow)
{
	__u64 changes = address_changes(family, p->key, flow);

	if (family == FAMILY_IPV6)
		translate_ipv6(p->ip6, flow);
	else
		translate_ipv4(p->ip, flow, changes);
	changes = change16(changes, p->key->source_port, flow->source_port);
	changes = change16(changes, p->key->destination_port, flow->destination_port);
	if (p->tcp) {
		p->tcp->source = flow->source_port;
		p->tcp->dest = flow->destination_port;
		p->tcp->check = apply_changes(p->tcp->check, changes);
	} else if (p->sctp) {
		translate_sctp(p, flow);
	} else if (p->udp) {
		p->udp->source = flow->source_port;
		p->udp->dest = flow->destination_port;
		/* 0 means "no checksum" (RFC 768, for IPv6 RFC 6935): it stays so, and a computed 0 is sent as its
		 * equal. */
		if (p->udp->check) {
			p->udp->check = apply_changes(p->udp->check, changes);
			if (!p->udp->check)
				p->udp->check = 0xffff;
		}
	}
}

static __always_inline void leave_as_it_is(enum family family, struct packet *p)
{
	if (family == FAMILY_IPV6)
		p->ip6->hop_limit -= 1;
	else
		decrement_ttl(p->ip, 0);
}

#endif
