// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a packet is: read once with all care, and found again by whoever goes on with it. */
#ifndef TANDEM_PACKET_H
#define TANDEM_PACKET_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include "types.h"

#define IP_FRAGMENT_MASK 0x3fff /* more fragments, or an offset */
#define IP_OFFSET_MASK 0x1fff

/* RFC 8200, 4.5: the same of IPv6's fragment header. */
#define IP6_FRAGMENT_MASK 0xfff9
#define IP6_OFFSET_MASK 0xfff8

/* RFC 8200, 4; linux/in6.h has these too, but drags in headers of the C library. */
#define EXTENSION_HOP_BY_HOP 0
#define EXTENSION_ROUTING 43
#define EXTENSION_FRAGMENT 44
#define EXTENSION_DESTINATION 60

/* Each of the four may stand once, destination options twice (RFC 8200, 4.1). */
#define MAX_EXTENSIONS 5

/* IPv6's header and as many extensions of 2048 bytes are 10,280: the mask beyond that. */
#define MAX_HEADERS 0x3fff

/* RFC 9260, 3.2. */
enum sctp_chunk {
	CHUNK_DATA,
	CHUNK_INIT,
	CHUNK_INIT_ACK,
	CHUNK_SACK,
	CHUNK_HEARTBEAT,
	CHUNK_HEARTBEAT_ACK,
	CHUNK_ABORT,
	CHUNK_SHUTDOWN,
	CHUNK_SHUTDOWN_ACK,
	CHUNK_ERROR,
	CHUNK_COOKIE_ECHO,
	CHUNK_COOKIE_ACK,
	CHUNK_SHUTDOWN_COMPLETE = 14,
};

/* RFC 9260, 3.1 and 3.2. */
struct sctp_chunk_header {
	__u8 type;
	__u8 flags;
	__be16 length; /* with this header, without padding */
};

/* As much of a packet as each has. */
struct sctp_packet {
	__be16 source;
	__be16 destination;
	__be32 tag; /* that its receiver has asked for */
	__u32 checksum;
	struct sctp_chunk_header first;
};

/* A later fragment has no transport's header: its ports are the first one's. */
enum fragment { FRAGMENT_NONE, FRAGMENT_FIRST, FRAGMENT_LATER };

struct packet {
	struct ethhdr *eth;
	struct iphdr *ip;	/* of the packet's family, the other is not set */
	struct ipv6hdr *ip6;
	struct tcphdr *tcp;	/* one of the three is set */
	struct udphdr *udp;
	struct sctp_packet *sctp;
	__be32 initiate_tag;	/* that the sender of an SCTP INIT or INIT ACK asks for */
	__be32 fragment_id;
	enum fragment fragment;
	__u32 length;		/* of the IP packet */
	__u32 headers;		/* of these, before the transport's */
	struct flow_key *key;
};

/* What was read of the packet that this CPU has at hand. The ways of reading it are many, and the verifier would walk what
 * follows for each of them; of these numbers it knows nothing, so there is one way to go on. */
struct reading {
	struct flow_key key;	/* of IPv4 without what belongs to IPv6 alone */
	__u32 parsed;		/* enum parse_result */
	__u32 length;
	__u32 headers;
	__be32 initiate_tag;
	__be32 fragment_id;
	__u32 fragment;		/* enum fragment */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct reading);
} readings SEC(".maps");

static __always_inline struct reading *current_reading(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&readings, &zero);
}

enum parse_result { PARSE_OK, PARSE_NOT_IP, PARSE_OTHER_PROTOCOL, PARSE_FRAGMENT, PARSE_MALFORMED };

static __always_inline int has_transport(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP ||
	       protocol == IPPROTO_UDPLITE || protocol == IPPROTO_DCCP;
}

/* What belongs to a connection by its addresses alone: of a raw service, or of one of a mark. */
static __always_inline int is_portless(__u8 protocol)
{
	return !has_transport(protocol) && protocol != IPPROTO_ICMP && protocol != IPPROTO_ICMPV6;
}

static __always_inline enum parse_result parse_sctp(struct packet *p, void *transport, void *end)
{
	struct sctp_packet *sctp = transport;
	__be32 *tag = (void *)(sctp + 1);

	if ((void *)(sctp + 1) > end || p->length < p->headers + sizeof(*sctp))
		return PARSE_MALFORMED;
	if (sctp->first.type == CHUNK_INIT || sctp->first.type == CHUNK_INIT_ACK) {
		if ((void *)(tag + 1) > end || p->length < p->headers + sizeof(*sctp) + sizeof(*tag))
			return PARSE_MALFORMED;
		p->initiate_tag = *tag;
	}
	p->sctp = sctp;
	p->key->source_port = sctp->source;
	p->key->destination_port = sctp->destination;
	return PARSE_OK;
}

/* The transport's header, and its ports into the key. */
static __always_inline enum parse_result parse_transport(struct xdp_md *ctx, struct packet *p, void *ip)
{
	void *end = (void *)(long)ctx->data_end;
	__u32 headers = p->headers;
	void *transport;

	/* The verifier may have lost what bounds it, when it was on the stack meanwhile. */
	barrier_var(headers);
	transport = ip + (headers & MAX_HEADERS);
	if (p->key->protocol == IPPROTO_TCP) {
		p->tcp = transport;
		if ((void *)(p->tcp + 1) > end || p->tcp->doff < 5 || p->length < p->headers + p->tcp->doff * 4)
			return PARSE_MALFORMED;
		p->key->source_port = p->tcp->source;
		p->key->destination_port = p->tcp->dest;
	} else if (p->key->protocol == IPPROTO_SCTP) {
		return parse_sctp(p, transport, end);
	} else {
		/* UDP-Lite (RFC 3828) and DCCP (RFC 4340) have ports and checksum where UDP has them. */
		p->udp = transport;
		if ((void *)(p->udp + 1) > end || p->length < p->headers + sizeof(struct udphdr))
			return PARSE_MALFORMED;
		if (p->key->protocol == IPPROTO_UDP &&
		    (bpf_ntohs(p->udp->len) < sizeof(struct udphdr) ||
		     (p->fragment == FRAGMENT_NONE && p->length < p->headers + bpf_ntohs(p->udp->len))))
			return PARSE_MALFORMED;
		p->key->source_port = p->udp->source;
		p->key->destination_port = p->udp->dest;
	}
	return PARSE_OK;
}

static __always_inline enum parse_result parse_ipv4(struct xdp_md *ctx, struct packet *p)
{
	void *end = (void *)(long)ctx->data_end;

	p->ip = (void *)(p->eth + 1);
	if ((void *)(p->ip + 1) > end || p->ip->version != 4)
		return PARSE_NOT_IP;
	p->key->source = p->ip->saddr;
	p->key->destination = p->ip->daddr;
	p->key->protocol = p->ip->protocol;
	p->length = bpf_ntohs(p->ip->tot_len);
	p->headers = p->ip->ihl * 4;
	if (!has_transport(p->ip->protocol))
		return PARSE_OTHER_PROTOCOL;
	if (p->ip->ihl < 5 || sizeof(struct ethhdr) + p->length > bpf_xdp_get_buff_len(ctx))
		return PARSE_MALFORMED;
	if (p->ip->frag_off & bpf_htons(IP_FRAGMENT_MASK)) {
		p->fragment = p->ip->frag_off & bpf_htons(IP_OFFSET_MASK) ? FRAGMENT_LATER : FRAGMENT_FIRST;
		p->fragment_id = p->ip->id;
		if (p->fragment == FRAGMENT_LATER)
			return PARSE_FRAGMENT;
	}
	return parse_transport(ctx, p, p->ip);
}

/* Steps over one extension header. Returns the protocol of what follows it, or the header's own when it is none. */
static __always_inline enum parse_result skip_extension(struct xdp_md *ctx, struct packet *p, __u8 *next)
{
	void *end = (void *)(long)ctx->data_end;
	__u8 *header = (void *)p->ip6 + p->headers;

	if ((void *)(header + 8) > end)
		return PARSE_MALFORMED;
	if (*next == EXTENSION_FRAGMENT) {
		/* A whole packet may bear one (RFC 6946). */
		if (*(__be16 *)(header + 2) & bpf_htons(IP6_FRAGMENT_MASK)) {
			p->fragment = *(__be16 *)(header + 2) & bpf_htons(IP6_OFFSET_MASK) ? FRAGMENT_LATER :
											      FRAGMENT_FIRST;
			p->fragment_id = *(__be32 *)(header + 4);
		}
		p->headers += 8;
	} else {
		/* Further stations: no router of ours, and RFC 5095 is why. */
		if (*next == EXTENSION_ROUTING && header[3])
			return PARSE_MALFORMED;
		p->headers += 8 + header[1] * 8;
	}
	*next = header[0];
	return PARSE_OK;
}

static __always_inline int is_extension(__u8 next)
{
	return next == EXTENSION_HOP_BY_HOP || next == EXTENSION_ROUTING || next == EXTENSION_FRAGMENT ||
	       next == EXTENSION_DESTINATION;
}

static __always_inline enum parse_result parse_ipv6(struct xdp_md *ctx, struct packet *p)
{
	void *end = (void *)(long)ctx->data_end;
	enum parse_result result;
	__u8 next;
	int i;

	p->ip6 = (void *)(p->eth + 1);
	if ((void *)(p->ip6 + 1) > end || p->ip6->version != 6)
		return PARSE_NOT_IP;
	p->key->source = p->ip6->saddr.in6_u.u6_addr32[3];
	p->key->destination = p->ip6->daddr.in6_u.u6_addr32[3];
	__builtin_memcpy(p->key->source_high, &p->ip6->saddr, 12);
	__builtin_memcpy(p->key->destination_high, &p->ip6->daddr, 12);
	p->length = sizeof(struct ipv6hdr) + bpf_ntohs(p->ip6->payload_len);
	p->headers = sizeof(struct ipv6hdr);
	next = p->ip6->nexthdr;
#pragma unroll
	for (i = 0; i < MAX_EXTENSIONS; i++) {
		if (!is_extension(next))
			break;
		result = skip_extension(ctx, p, &next);
		if (result != PARSE_OK)
			return result;
		if (p->fragment == FRAGMENT_LATER)
			break;
	}
	p->key->protocol = next;
	if (p->fragment == FRAGMENT_LATER)
		return sizeof(struct ethhdr) + p->length > bpf_xdp_get_buff_len(ctx) ? PARSE_MALFORMED : PARSE_FRAGMENT;
	if (!has_transport(next))
		return is_extension(next) ? PARSE_MALFORMED : PARSE_OTHER_PROTOCOL;
	if (sizeof(struct ethhdr) + p->length > bpf_xdp_get_buff_len(ctx))
		return PARSE_MALFORMED;
	return parse_transport(ctx, p, p->ip6);
}

/* Reads Ethernet, IP and the transport's ports. After everything but PARSE_NOT_IP the addresses are in the key, so
 * that the caller can tell whether the packet was for us. */
static __always_inline enum parse_result parse_packet(struct xdp_md *ctx, enum family family, struct packet *p)
{
	p->eth = (void *)(long)ctx->data;
	p->ip = 0;
	p->ip6 = 0;
	p->tcp = 0;
	p->udp = 0;
	p->sctp = 0;
	p->initiate_tag = 0;
	p->fragment_id = 0;
	p->fragment = FRAGMENT_NONE;
	p->key->source_port = 0;
	p->key->destination_port = 0;
	p->key->protocol = 0;
	p->key->family = family;
	p->key->reserved[0] = p->key->reserved[1] = 0;
	return family == FAMILY_IPV6 ? parse_ipv6(ctx, p) : parse_ipv4(ctx, p);
}

/* The packet of the reading again. What was no whole packet has no transport's header. Returns 0 when it is not there: after
 * a change of its length, for one. */
static __always_inline int find_packet(struct xdp_md *ctx, enum family family, struct packet *p)
{
	void *end = (void *)(long)ctx->data_end;
	struct reading *reading = current_reading();
	void *ip, *transport;

	if (!reading)
		return 0;
	p->eth = (void *)(long)ctx->data;
	p->key = &reading->key;
	p->length = reading->length;
	p->headers = reading->headers & MAX_HEADERS;
	p->initiate_tag = reading->initiate_tag;
	p->fragment_id = reading->fragment_id;
	p->fragment = reading->fragment;
	p->ip = 0;
	p->ip6 = 0;
	p->tcp = 0;
	p->udp = 0;
	p->sctp = 0;
	ip = p->eth + 1;
	if (ip + (family == FAMILY_IPV6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) > end)
		return 0;
	if (family == FAMILY_IPV6)
		p->ip6 = ip;
	else
		p->ip = ip;
	if (reading->parsed != PARSE_OK || !has_transport(reading->key.protocol) || p->fragment == FRAGMENT_LATER)
		return 1;
	transport = ip + p->headers;
	if (reading->key.protocol == IPPROTO_TCP) {
		p->tcp = transport;
		return (void *)(p->tcp + 1) <= end;
	}
	if (reading->key.protocol == IPPROTO_SCTP) {
		p->sctp = transport;
		return (void *)(p->sctp + 1) <= end;
	}
	p->udp = transport;
	return (void *)(p->udp + 1) <= end;
}

static __always_inline __u8 hops_left(enum family family, const struct packet *p)
{
	return family == FAMILY_IPV6 ? p->ip6->hop_limit : p->ip->ttl;
}

/* A source that no host may send to others with: "this network", loopback, multicast and above (RFC 1122, 3.2.1.3);
 * unspecified, loopback, an IPv4 address, link-local and multicast (RFC 4291, 2.5 and 2.7); or the destination itself. */
static __always_inline int is_martian(enum family family, const struct packet *p)
{
	__u8 first = bpf_ntohl(p->key->source) >> 24;
	const __be32 *high = p->key->source_high;
	const __be32 *to = p->key->destination_high;

	if (family == FAMILY_IPV4)
		return first == 0 || first == 127 || first >= 224 || p->key->source == p->key->destination;
	if (!high[0] && !high[1])
		return high[2] == bpf_htonl(0xffff) || (!high[2] && bpf_ntohl(p->key->source) <= 1);
	if ((high[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000) ||
	    (high[0] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000))
		return 1;
	return p->key->source == p->key->destination && high[0] == to[0] && high[1] == to[1] && high[2] == to[2];
}

static __always_inline __u32 tcp_payload_length(const struct packet *p)
{
	return p->length - p->headers - p->tcp->doff * 4;
}

#endif
