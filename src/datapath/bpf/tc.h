// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The programs in tc: what XDP could not send itself, and what the host must not say. */
#ifndef TANDEM_TC_H
#define TANDEM_TC_H

#include <linux/if_packet.h>
#include "arp.h"
#include "nd.h"
#include "nexthop.h"

/* Not our concern: others at the hook decide. TC_ACT_OK would end their turn too. */
#define TC_ACT_UNSPEC -1
#define TC_ACT_SHOT 2

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
