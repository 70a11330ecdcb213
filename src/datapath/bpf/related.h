// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ICMP errors about packets that we sent on (RFC 5508, 4.2): whoever answers for such a packet repeats its beginning, and by that
 * the connection is found. It goes the way of the connection's other direction, and what it repeats is translated
 * back, so that its receiver finds the packet that it sent itself. */
#ifndef TANDEM_RELATED_H
#define TANDEM_RELATED_H

#include "icmp.h"
#include "translate.h"

/* RFC 792 */
#define ICMP_PARAMETER_PROBLEM 12
/* RFC 4443: those from here on are no errors. */
#define ICMP6_FIRST_QUERY 128

/* What an error repeats has 64 bits of the transport's header at least (RFC 792): its ports, and UDP's checksum. */
struct repeated_transport {
	__be16 source;
	__be16 destination;
	__be16 length;
	__sum16 udp_checksum;
};

/* Behind them, if it repeats as much (RFC 1812, 4.3.2.3, asks for that). */
#define TCP_CHECKSUM_OFFSET 16

/* An error, and what it repeats. */
struct related {
	struct icmp_head *icmp;
	struct iphdr *ip;	/* of its family, the other is not set */
	struct ipv6hdr *ip6;
	struct repeated_transport *transport; /* NULL: of a protocol without ports */
	__sum16 *tcp_checksum;	/* if it is repeated */
	struct flow_key key;	/* of the entry by which it is sent on: the other direction's */
};

static __always_inline int is_error(enum family family, __u8 type)
{
	if (family == FAMILY_IPV6)
		return type < ICMP6_FIRST_QUERY;
	return type == ICMP_UNREACHABLE || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
}

/* Returns the protocol of the repeated packet and the length of its header, or 0 when it is none of a connection. */
static __always_inline __u8 read_repeated(enum family family, void *inner, void *end, struct related *r, __u32 *length)
{
	if (family == FAMILY_IPV6) {
		r->ip6 = inner;
		if ((void *)(r->ip6 + 1) > end || r->ip6->version != 6 ||
		    is_mapped_ipv4((__be32 *)&r->ip6->saddr) || is_mapped_ipv4((__be32 *)&r->ip6->daddr))
			return 0;
		r->key.source = r->ip6->daddr.in6_u.u6_addr32[3];
		r->key.destination = r->ip6->saddr.in6_u.u6_addr32[3];
		__builtin_memcpy(r->key.source_high, &r->ip6->daddr, 12);
		__builtin_memcpy(r->key.destination_high, &r->ip6->saddr, 12);
		*length = sizeof(*r->ip6);
		return r->ip6->nexthdr;
	}
	r->ip = inner;
	if ((void *)(r->ip + 1) > end || r->ip->version != 4 || r->ip->ihl < 5 ||
	    r->ip->frag_off & bpf_htons(IP_OFFSET_MASK))
		return 0;
	r->key.source = r->ip->daddr;
	r->key.destination = r->ip->saddr;
	*length = r->ip->ihl * 4;
	return r->ip->protocol;
}

/* Returns 0 when this is no error about a packet that may have been ours. */
static __always_inline int read_related(struct xdp_md *ctx, enum family family, const struct packet *p, struct related *r)
{
	/* Of the message, what stands before the repeated transport's header; whole is what the IP header counts. */
	__u32 before = p->headers + sizeof(*r->icmp), length;
	void *end = (void *)(long)ctx->data_end;

	if (p->headers < sizeof(struct iphdr) || sizeof(struct ethhdr) + p->length > bpf_xdp_get_buff_len(ctx))
		return 0;
	if (p->key->protocol != (family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP) ||
	    p->fragment != FRAGMENT_NONE || (family == FAMILY_IPV4 && p->ip->frag_off & bpf_htons(IP_FRAGMENT_MASK)))
		return 0;
	__builtin_memset(r, 0, sizeof(*r));
	r->icmp = (family == FAMILY_IPV6 ? (void *)p->ip6 : (void *)p->ip) + p->headers;
	if ((void *)(r->icmp + 1) > end || !is_error(family, r->icmp->type))
		return 0;
	r->key.family = family;
	r->key.protocol = read_repeated(family, r->icmp + 1, end, r, &length);
	if (!r->key.protocol)
		return 0;
	if (!has_transport(r->key.protocol))
		return is_portless(r->key.protocol) &&
		       before + (family == FAMILY_IPV6 ? sizeof(*r->ip6) : sizeof(*r->ip)) <= p->length;
	before += length;
	r->transport = (void *)(r->icmp + 1) + length;
	if ((void *)(r->transport + 1) > end || before + sizeof(*r->transport) > p->length)
		return 0;
	r->key.source_port = r->transport->destination;
	r->key.destination_port = r->transport->source;
	if (r->key.protocol == IPPROTO_TCP && before + TCP_CHECKSUM_OFFSET + sizeof(__sum16) <= p->length &&
	    (void *)r->transport + TCP_CHECKSUM_OFFSET + sizeof(__sum16) <= end)
		r->tcp_checksum = (void *)r->transport + TCP_CHECKSUM_OFFSET;
	return 1;
}

/* Whether an error comes to whom the repeated packet came from: everybody else has nothing to say of it. */
static __always_inline int is_to_sender(enum family family, const struct packet *p, const struct related *r)
{
	return p->key->destination == r->key.destination &&
	       same_high(family, p->key->destination_high, r->key.destination_high);
}

/* The ports of the repeated packet and its checksum, which sum `changes` already. Returns how the sum of all changes. */
static __always_inline __u64 translate_repeated(struct related *r, const struct flow *flow, __u64 addresses)
{
	struct repeated_transport *t = r->transport;
	__sum16 *checksum = r->tcp_checksum;
	__u64 changes;
	__sum16 old;

	if (!t)
		return 0;
	changes = change16(change16(0, t->source, flow->destination_port), t->destination, flow->source_port);
	t->source = flow->destination_port;
	t->destination = flow->source_port;
	if (r->key.protocol != IPPROTO_TCP && r->key.protocol != IPPROTO_SCTP && t->udp_checksum)
		checksum = &t->udp_checksum;
	if (!checksum)
		return changes;
	old = *checksum;
	*checksum = apply_changes(old, addresses + changes);
	if (!*checksum && checksum == &t->udp_checksum)
		*checksum = 0xffff;
	return change16(changes, old, *checksum);
}

/* An error for a client of masquerading's server keeps its sender: that is no address of ours to hide. */
static __always_inline int keeps_source(const struct flow *flow)
{
	return flow->forwarding == FORWARD_MASQ && flow->direction == DIRECTION_REQUEST;
}

static __always_inline void translate_related4(struct packet *p, struct related *r, const struct flow *flow)
{
	__be32 source = keeps_source(flow) ? p->key->source : flow->source;
	__u64 outer = change32(change32(0, p->key->source, source), p->key->destination, flow->destination);
	__u64 inner = change32(change32(0, r->ip->saddr, flow->destination), r->ip->daddr, flow->source);
	__sum16 old = r->ip->check;
	__u64 changes = inner;

	r->ip->saddr = flow->destination;
	r->ip->daddr = flow->source;
	r->ip->check = apply_changes(old, inner);
	changes = change16(changes, old, r->ip->check) + translate_repeated(r, flow, inner);
	r->icmp->checksum = apply_changes(r->icmp->checksum, changes);
	decrement_ttl(p->ip, outer);
	p->ip->saddr = source;
	p->ip->daddr = flow->destination;
}

static __always_inline __u64 change_ipv6(__u64 sum, struct in6_addr *at, __be32 low, const __be32 *high)
{
	sum = change32(sum, at->in6_u.u6_addr32[3], low);
	sum = change_high(sum, at->in6_u.u6_addr32, high);
	__builtin_memcpy(at, high, 12);
	at->in6_u.u6_addr32[3] = low;
	return sum;
}

/* ICMPv6's checksum covers both pairs of addresses, and IPv6's header has none. */
static __always_inline void translate_related6(struct packet *p, struct related *r, const struct flow *flow)
{
	__u64 inner = change_ipv6(0, &r->ip6->saddr, flow->destination, flow->destination_high);
	__u64 changes;

	inner = change_ipv6(inner, &r->ip6->daddr, flow->source, flow->source_high);
	changes = inner + translate_repeated(r, flow, inner);
	changes = change_ipv6(changes, &p->ip6->daddr, flow->destination, flow->destination_high);
	if (!keeps_source(flow))
		changes = change_ipv6(changes, &p->ip6->saddr, flow->source, flow->source_high);
	r->icmp->checksum = apply_changes(r->icmp->checksum, changes);
	p->ip6->hop_limit -= 1;
}

static __always_inline void translate_related(enum family family, struct packet *p, struct related *r,
					      const struct flow *flow)
{
	if (family == FAMILY_IPV6)
		translate_related6(p, r, flow);
	else
		translate_related4(p, r, flow);
}

#endif
