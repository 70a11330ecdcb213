// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* ARP for the floating addresses: answered here while the fence is open, and by nobody on this host else (I2). */
#ifndef TANDEM_ARP_H
#define TANDEM_ARP_H

#include <linux/if_ether.h>
#include "address.h"
#include "fence.h"
#include "nexthop.h"

/* RFC 826. linux/if_arp.h has these too, but drags in headers of the C library. */
#define ARPHRD_ETHER 1
#define ARPOP_REQUEST 1
#define ARPOP_REPLY 2

/* For Ethernet and IPv4. */
struct arp_packet {
	struct ethhdr eth;
	__be16 hardware;
	__be16 protocol;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[ETH_ALEN];
	__be32 sender;
	__u8 target_mac[ETH_ALEN];
	__be32 target;
} __attribute__((packed));

static __always_inline struct arp_packet *read_arp(void *data, void *end)
{
	struct arp_packet *arp = data;

	if ((void *)(arp + 1) > end || arp->eth.h_proto != bpf_htons(ETH_P_ARP) ||
	    arp->hardware != bpf_htons(ARPHRD_ETHER) || arp->protocol != bpf_htons(ETH_P_IP) ||
	    arp->hardware_length != ETH_ALEN || arp->protocol_length != sizeof(__be32))
		return 0;
	return arp;
}

__noinline int handle_arp(struct xdp_md *ctx)
{
	struct arp_packet *arp = read_arp((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	__u32 ifindex = ctx->ingress_ifindex;
	struct interface *here;
	struct address *asked;
	const __u8 *mac;
	__be32 target;

	if (!arp || arp->operation != bpf_htons(ARPOP_REQUEST))
		return XDP_PASS;
	target = arp->target;
	asked = find_floating4(target);
	/* An announcement (sender and target are the same) asks nothing: the stack may learn from it. */
	if (!asked || arp->sender == target)
		return XDP_PASS;
	here = bpf_map_lookup_elem(&interfaces, &ifindex);
	if (!here || asked->ifindex != ifindex || !fence_is_open())
		return drop(DROP_ARP_FENCED);
	mac = mac_of(asked, here);
	__builtin_memcpy(arp->eth.h_dest, arp->eth.h_source, ETH_ALEN);
	__builtin_memcpy(arp->eth.h_source, mac, ETH_ALEN);
	__builtin_memcpy(arp->target_mac, arp->sender_mac, ETH_ALEN);
	__builtin_memcpy(arp->sender_mac, mac, ETH_ALEN);
	arp->target = arp->sender;
	arp->sender = target;
	arp->operation = bpf_htons(ARPOP_REPLY);
	count_event(EVENT_ARP_ANSWERED);
	return send_same_interface(ifindex);
}

#endif
