// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the plane says itself by ICMP and ICMPv6: a packet has no hop left, or does not fit the way on. It says so as the
 * address that the packet was sent to, to whom sent it. */
#ifndef TANDEM_ICMP_H
#define TANDEM_ICMP_H

#include "nexthop.h"
#include "sum.h"

/* RFC 792, RFC 1191 */
#define ICMP_UNREACHABLE 3
#define ICMP_FRAGMENTATION_NEEDED 4
#define ICMP_TIME_EXCEEDED 11
/* RFC 4443 */
#define ICMP6_TOO_BIG 2
#define ICMP6_TIME_EXCEEDED 3

#define ICMP_TTL 64
/* Of the packet: an answer of 576 bytes at most (RFC 1812, 4.3.2.3), of IPv6 of its least MTU (RFC 4443, 2.4 c). */
#define ICMP_EMBEDDED (576 - 20 - 8)
#define ICMP6_EMBEDDED (1280 - 40 - 8)

/* How many answers at once: Linux's icmp_msgs_burst. */
#define ICMP_BURST 50

struct icmp_bucket {
	__u64 filled; /* ns, idle_clock: all that lies between this and now may be spent */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct icmp_bucket);
} icmp_buckets SEC(".maps");

/* The first eight bytes of every message. */
struct icmp_head {
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__be32 rest;
};

struct icmp4_answer {
	struct ethhdr eth;
	struct iphdr ip;
	struct icmp_head icmp;
} __attribute__((packed));

struct icmp6_answer {
	struct ethhdr eth;
	struct ipv6hdr ip;
	struct icmp_head icmp;
} __attribute__((packed));

static __always_inline int icmp_allowed(void)
{
	__u32 zero = 0;
	struct icmp_bucket *bucket = bpf_map_lookup_elem(&icmp_buckets, &zero);
	struct settings *set = current_settings();
	__u64 now = exact_idle_clock(), each;

	if (!bucket || !set)
		return 0;
	if (!set->icmp_per_second)
		return 1;
	each = NS_PER_S / set->icmp_per_second;
	if (now - bucket->filled > ICMP_BURST * each)
		bucket->filled = now - ICMP_BURST * each;
	if (now - bucket->filled < each)
		return 0;
	bucket->filled += each;
	return 1;
}

static __always_inline void answer_link(struct ethhdr *to, const struct ethhdr *from)
{
	__builtin_memcpy(to->h_dest, from->h_source, ETH_ALEN);
	__builtin_memcpy(to->h_source, from->h_dest, ETH_ALEN);
	to->h_proto = from->h_proto;
}

/* Cuts the frame behind what an answer repeats of its packet. Returns how many bytes of the packet are left. */
static __always_inline __u32 cut_packet(struct xdp_md *ctx, __u32 length, __u32 most)
{
	__u32 have = bpf_xdp_get_buff_len(ctx);

	if (length > most)
		length = most;
	if (have < sizeof(struct ethhdr) + length)
		return 0;
	if (bpf_xdp_adjust_tail(ctx, (int)(sizeof(struct ethhdr) + length) - (int)have))
		return 0;
	return length;
}

static __always_inline int answer_icmp4(struct xdp_md *ctx, __u8 type, __u8 code, __u32 rest)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct icmp4_answer *answer;
	struct ethhdr link;
	__be32 from, to;
	__u32 length;
	__u64 sum;

	if ((void *)(ip + 1) > end)
		return 0;
	link = *eth;
	from = ip->daddr;
	to = ip->saddr;
	length = cut_packet(ctx, bpf_ntohs(ip->tot_len), ICMP_EMBEDDED);
	if (!length || !sum_bytes(ctx, sizeof(struct ethhdr), sizeof(struct ethhdr) + length, &sum))
		return 0;
	if (bpf_xdp_adjust_head(ctx, -(int)(sizeof(*answer) - sizeof(struct ethhdr))))
		return 0;
	answer = (void *)(long)ctx->data;
	if ((void *)(answer + 1) > (void *)(long)ctx->data_end)
		return 0;
	answer_link(&answer->eth, &link);
	__builtin_memset(&answer->ip, 0, sizeof(answer->ip));
	answer->ip.version = 4;
	answer->ip.ihl = 5;
	answer->ip.tos = 0xc0; /* internetwork control (RFC 1812, 4.3.2.5) */
	answer->ip.tot_len = bpf_htons(sizeof(struct iphdr) + sizeof(struct icmp_head) + length);
	answer->ip.frag_off = bpf_htons(0x4000); /* an id of 0 is then allowed (RFC 6864) */
	answer->ip.ttl = ICMP_TTL;
	answer->ip.protocol = IPPROTO_ICMP;
	answer->ip.saddr = from;
	answer->ip.daddr = to;
	answer->ip.check = ~fold(sum_words(&answer->ip, sizeof(answer->ip)));
	answer->icmp.type = type;
	answer->icmp.code = code;
	answer->icmp.checksum = 0;
	answer->icmp.rest = bpf_htonl(rest);
	answer->icmp.checksum = ~fold(sum + sum_words(&answer->icmp, sizeof(answer->icmp)));
	return 1;
}

static __always_inline int answer_icmp6(struct xdp_md *ctx, __u8 type, __u8 code, __u32 rest)
{
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct ipv6hdr *ip = (void *)(eth + 1);
	struct icmp6_answer *answer;
	struct ip_address from, to;
	struct ethhdr link;
	__u32 length;
	__u64 sum;

	if ((void *)(ip + 1) > end)
		return 0;
	link = *eth;
	__builtin_memcpy(&from, &ip->daddr, sizeof(from));
	__builtin_memcpy(&to, &ip->saddr, sizeof(to));
	length = cut_packet(ctx, sizeof(*ip) + bpf_ntohs(ip->payload_len), ICMP6_EMBEDDED);
	if (!length || !sum_bytes(ctx, sizeof(struct ethhdr), sizeof(struct ethhdr) + length, &sum))
		return 0;
	if (bpf_xdp_adjust_head(ctx, -(int)(sizeof(*answer) - sizeof(struct ethhdr))))
		return 0;
	answer = (void *)(long)ctx->data;
	if ((void *)(answer + 1) > (void *)(long)ctx->data_end)
		return 0;
	answer_link(&answer->eth, &link);
	*(__be32 *)(void *)&answer->ip = bpf_htonl(0x60000000);
	answer->ip.payload_len = bpf_htons(sizeof(struct icmp_head) + length);
	answer->ip.nexthdr = IPPROTO_ICMPV6;
	answer->ip.hop_limit = ICMP_TTL;
	__builtin_memcpy(&answer->ip.saddr, &from, sizeof(from));
	__builtin_memcpy(&answer->ip.daddr, &to, sizeof(to));
	answer->icmp.type = type;
	answer->icmp.code = code;
	answer->icmp.checksum = 0;
	answer->icmp.rest = bpf_htonl(rest);
	sum += sum_words(&answer->ip.saddr, 32) + answer->ip.payload_len + bpf_htons(IPPROTO_ICMPV6);
	answer->icmp.checksum = ~fold(sum + sum_words(&answer->icmp, sizeof(answer->icmp)));
	return 1;
}

/* The packet is dropped for `reason`, and its sender told, as often as the bound allows. Who runs a stage of this has nothing
 * left to do with the packet. */
static __always_inline int answer_error(struct xdp_md *ctx, enum family family, enum drop_reason reason, __u8 type,
					__u8 code, __u32 rest)
{
	int verdict = drop(reason);

	if (!icmp_allowed()) {
		count_event(EVENT_ICMP_WITHHELD);
		return verdict;
	}
	if (!(family == FAMILY_IPV6 ? answer_icmp6(ctx, type, code, rest) : answer_icmp4(ctx, type, code, rest)))
		return verdict;
	count_event(EVENT_ICMP_SENT);
	return send_same_interface(ctx->ingress_ifindex);
}

static __always_inline int do_time_exceeded(enum family family, struct xdp_md *ctx)
{
	__u8 type = family == FAMILY_IPV6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED;

	return answer_error(ctx, family, DROP_TTL, type, 0, 0);
}

STAGE(time_exceeded, (struct xdp_md *ctx), ctx)

static __always_inline int do_tell_mtu(enum family family, struct xdp_md *ctx, __u32 mtu)
{
	if (family == FAMILY_IPV6)
		return answer_error(ctx, family, DROP_TOO_BIG, ICMP6_TOO_BIG, 0, mtu);
	return answer_error(ctx, family, DROP_TOO_BIG, ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, mtu);
}

STAGE(tell_mtu, (struct xdp_md *ctx, __u32 mtu), ctx, mtu)

/* IPv4 without "do not fragment" is dropped alone: its sender does not ask to be told. */
static __always_inline int too_big(struct xdp_md *ctx, enum family family, const struct packet *p, __u32 mtu)
{
	if (family == FAMILY_IPV4 && !(p->ip->frag_off & bpf_htons(0x4000)))
		return drop(DROP_TOO_BIG);
	return RUN(tell_mtu, family, ctx, mtu);
}

#endif
