// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Neighbour Discovery (RFC 4861) for the floating IPv6 addresses: what arp.h does for IPv4. */
#ifndef TANDEM_ND_H
#define TANDEM_ND_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include "address.h"
#include "checksum.h"
#include "fence.h"
#include "nexthop.h"

/* RFC 4861, 4: the messages that may tell a link address, first and last. */
#define ND_ROUTER_SOLICITATION 133
#define ND_NEIGHBOUR_SOLICITATION 135
#define ND_NEIGHBOUR_ADVERTISEMENT 136
#define ND_REDIRECT 137

#define ND_SOURCE_LINK_ADDRESS 1
#define ND_TARGET_LINK_ADDRESS 2
/* A router has forwarded it otherwise, so it is of another link (RFC 4861, 7.1.1). */
#define ND_HOP_LIMIT 255
/* A director forwards. A neighbour that uses a floating address as its gateway would drop it from its default
 * routers at the first advertisement without this flag (RFC 4861, 7.2.5). */
#define ND_ROUTER_FLAG 0x80
#define ND_SOLICITED_FLAG 0x40
#define ND_OVERRIDE_FLAG 0x20
/* A solicitation and options as long as it is itself: link address (8 bytes), nonce (8 or 16; RFC 3971). */
#define ND_MOST_BYTES 48
/* Options are multiples of 8 bytes. */
#define ND_OPTION_BYTES 8
#define ND_MOST_OPTIONS 3

/* The beginning of every message. */
struct nd_head {
	struct ethhdr eth;
	struct ipv6hdr ip;
	__u8 type;
	__u8 code;
	__sum16 checksum;
	__u8 flags;
	__u8 reserved[3];
} __attribute__((packed));

/* A neighbour solicitation or advertisement without options. */
struct nd_packet {
	struct nd_head head;
	struct ip_address target;
} __attribute__((packed));

struct nd_answer {
	struct nd_head head;
	struct ip_address target;
	__u8 option_type;
	__u8 option_length; /* in units of 8 bytes */
	__u8 option_address[ETH_ALEN];
} __attribute__((packed));

#define ND_LOWER_BYTES (sizeof(struct ethhdr) + sizeof(struct ipv6hdr))
#define ND_LEAST_BYTES (sizeof(struct nd_packet) - ND_LOWER_BYTES)
#define ND_ANSWER_BYTES (sizeof(struct nd_answer) - ND_LOWER_BYTES)

/* What an answer keeps of the question, whose bytes it takes. */
struct nd_question {
	struct ip_address source;
	struct ip_address target;
	__u8 mac[ETH_ALEN];
};

static __always_inline struct nd_head *read_nd(void *data, void *end)
{
	struct nd_head *head = data;

	if ((void *)(head + 1) > end || head->eth.h_proto != bpf_htons(ETH_P_IPV6) ||
	    head->ip.version != 6 || head->ip.nexthdr != IPPROTO_ICMPV6)
		return 0;
	return head;
}

/* The target of a neighbour solicitation or advertisement; false when it is cut. */
static __always_inline int read_target(const struct nd_head *head, void *end, struct ip_address *target)
{
	const struct nd_packet *nd = (const void *)head;

	if ((void *)(nd + 1) > end)
		return 0;
	__builtin_memcpy(target, &nd->target, sizeof(*target));
	return 1;
}

static __always_inline int is_unspecified(const struct ip_address *ip)
{
	return !(ip->word[0] | ip->word[1] | ip->word[2] | ip->word[3]);
}

/* RFC 8200, 8.1. Fields of 16 and 32 bits are summed as they lie: one's complement does not mind the order. */
static __always_inline __u64 sum_pseudo_header(const struct nd_head *head)
{
	const __be32 *word = (const void *)&head->ip.saddr;
	__u64 sum = head->ip.payload_len + bpf_htons(IPPROTO_ICMPV6);
	int i;

#pragma unroll
	for (i = 0; i < 8; i++)
		sum += word[i];
	return sum;
}

/* ff02::1:ff00:0/104: a host that has no address yet asks the group of the one that it wants (RFC 4291, 2.7.1). */
static __always_inline int is_solicited_node(const struct ip_address *ip)
{
	return ip->word[0] == bpf_htonl(0xff020000) && !ip->word[1] && ip->word[2] == bpf_htonl(1) &&
	       (ip->word[3] & bpf_htonl(0xff000000)) == bpf_htonl(0xff000000);
}

/* Each has a length, none is cut, and who has no address has no link address to tell (RFC 4861, 7.1.1). */
static __always_inline int has_valid_options(const struct nd_head *head, void *end, __u32 length, int probe)
{
	const __u8 *option = (const void *)&head->type + ND_LEAST_BYTES;
	__u32 count = (length - ND_LEAST_BYTES) / ND_OPTION_BYTES, next = 0, i;

	for (i = 0; i < ND_MOST_OPTIONS && i < count; i++, option += ND_OPTION_BYTES) {
		if ((void *)(option + ND_OPTION_BYTES) > end)
			return 0;
		if (i != next)
			continue;
		if (!option[1] || (probe && option[0] == ND_SOURCE_LINK_ADDRESS))
			return 0;
		next += option[1];
	}
	return next == count;
}

/* RFC 4861, 7.1.1, and no more options than a solicitation has use for. */
static __always_inline int is_valid_solicitation(const struct nd_head *head, void *end)
{
	__u32 length = bpf_ntohs(head->ip.payload_len);
	const __be32 *word = (const void *)&head->type;
	struct ip_address source, destination;
	__u64 sum;
	__u32 at;
	int probe;

	if (head->ip.hop_limit != ND_HOP_LIMIT || head->code || length < ND_LEAST_BYTES || length > ND_MOST_BYTES ||
	    length % 8)
		return 0;
	sum = sum_pseudo_header(head);
	for (at = 0; at < ND_MOST_BYTES / 4; at++) {
		if (at * 4 >= length)
			break;
		/* Or the compiler compares with end + 1, which the verifier does not allow. */
		barrier_var(end);
		if ((void *)(word + at + 1) > end)
			return 0;
		sum += word[at];
	}
	if (fold(sum) != 0xffff)
		return 0;
	__builtin_memcpy(&source, &head->ip.saddr, sizeof(source));
	probe = is_unspecified(&source);
	__builtin_memcpy(&destination, &head->ip.daddr, sizeof(destination));
	return (!probe || is_solicited_node(&destination)) && has_valid_options(head, end, length, probe);
}

/* ff02::1 and its Ethernet group: where whoever probes for a duplicate, and has no address yet, listens. */
static __always_inline void address_all_nodes(struct nd_head *head)
{
	struct ip_address all_nodes = { { bpf_htonl(0xff020000), 0, 0, bpf_htonl(1) } };
	__u8 group[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };

	__builtin_memcpy(&head->ip.daddr, &all_nodes, sizeof(all_nodes));
	__builtin_memcpy(head->eth.h_dest, group, ETH_ALEN);
}

/* RFC 4861, 7.2.4. */
static __always_inline void write_answer(struct nd_answer *answer, const struct nd_question *asked,
					 const __u8 *mac)
{
	struct nd_head *head = &answer->head;
	int probe = is_unspecified(&asked->source);

	__builtin_memcpy(head->eth.h_dest, asked->mac, ETH_ALEN);
	__builtin_memcpy(head->eth.h_source, mac, ETH_ALEN);
	__builtin_memcpy(&head->ip.saddr, &asked->target, sizeof(asked->target));
	__builtin_memcpy(&head->ip.daddr, &asked->source, sizeof(asked->source));
	if (probe)
		address_all_nodes(head);
	/* Of the question's traffic class and flow label nothing stays. */
	head->ip.priority = 0;
	__builtin_memset(head->ip.flow_lbl, 0, sizeof(head->ip.flow_lbl));
	head->ip.payload_len = bpf_htons(ND_ANSWER_BYTES);
	head->type = ND_NEIGHBOUR_ADVERTISEMENT;
	head->checksum = 0;
	head->flags = ND_ROUTER_FLAG | ND_OVERRIDE_FLAG | (probe ? 0 : ND_SOLICITED_FLAG);
	__builtin_memset(head->reserved, 0, sizeof(head->reserved));
	__builtin_memcpy(&answer->target, &asked->target, sizeof(asked->target));
	answer->option_type = ND_TARGET_LINK_ADDRESS;
	answer->option_length = 1;
	__builtin_memcpy(answer->option_address, mac, ETH_ALEN);
	head->checksum = ~fold(sum_pseudo_header(head) + sum_words(&head->type, ND_ANSWER_BYTES));
}

static __always_inline int is_solicitation(struct xdp_md *ctx)
{
	struct nd_head *head = read_nd((void *)(long)ctx->data, (void *)(long)ctx->data_end);

	return head && head->type == ND_NEIGHBOUR_SOLICITATION;
}

/* Of a solicitation. */
__noinline int handle_nd(struct xdp_md *ctx)
{
	struct nd_head *head = read_nd((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	__u32 ifindex = ctx->ingress_ifindex;
	struct nd_question question;
	struct nd_answer *answer;
	struct interface *here;
	struct address *asked;

	if (!head || !read_target(head, (void *)(long)ctx->data_end, &question.target))
		return XDP_PASS;
	asked = find_floating6(&question.target);
	if (!asked)
		return XDP_PASS;
	if (!is_valid_solicitation(head, (void *)(long)ctx->data_end))
		return drop(DROP_ND_INVALID);
	here = bpf_map_lookup_elem(&interfaces, &ifindex);
	if (!here || asked->ifindex != ifindex || !fence_is_open())
		return drop(DROP_ND_FENCED);
	__builtin_memcpy(&question.source, &head->ip.saddr, sizeof(question.source));
	__builtin_memcpy(question.mac, head->eth.h_source, ETH_ALEN);
	/* An answer has one option, a question none or others. Where a driver has no room, the stack may answer: it
	 * has the lease. */
	if (bpf_xdp_adjust_tail(ctx, (int)sizeof(*answer) - (int)bpf_xdp_get_buff_len(ctx)))
		return XDP_PASS;
	answer = (void *)(long)ctx->data;
	if ((void *)(answer + 1) > (void *)(long)ctx->data_end)
		return drop(DROP_ND_INVALID); /* never: the verifier asks for it */
	write_answer(answer, &question, mac_of(asked, here));
	count_event(EVENT_ND_ANSWERED);
	return send_same_interface(ifindex);
}

/* Whether it tells its hearers that a floating address is at our link address: under that address as any of the
 * messages, about it as an advertisement, and as a probe for a duplicate: "this is about to be mine". */
static __always_inline int claims_floating6(const struct nd_head *head, void *end)
{
	struct ip_address source;
	struct ip_address target;

	if (head->type < ND_ROUTER_SOLICITATION || head->type > ND_REDIRECT)
		return 0;
	__builtin_memcpy(&source, &head->ip.saddr, sizeof(source));
	if (find_floating6(&source))
		return 1;
	if (head->type != ND_NEIGHBOUR_ADVERTISEMENT &&
	    !(head->type == ND_NEIGHBOUR_SOLICITATION && is_unspecified(&source)))
		return 0;
	return read_target(head, end, &target) && find_floating6(&target);
}

#endif
