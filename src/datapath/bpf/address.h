// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose an address is: the pair's, which floats with the lease, or this host's alone. */
#ifndef TANDEM_ADDRESS_H
#define TANDEM_ADDRESS_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_endian.h>
#include "maps.h"

/* 00:00:5e:00:01:VRID, and :02: for IPv6 (RFC 9568, 7.3). */
#define VIRTUAL_MAC_PREFIX 0x00005e00

static __always_inline struct address *find_address4(__be32 ip)
{
	struct ip_address key = { { 0, 0, bpf_htonl(0xffff), ip } };

	return bpf_map_lookup_elem(&addresses, &key);
}

static __always_inline struct address *only_floating(struct address *found)
{
	return found && found->floating ? found : 0;
}

static __always_inline struct address *find_floating4(__be32 ip)
{
	return only_floating(find_address4(ip));
}

/* An IPv4 address as IPv6 writes it: in maps, but never in a packet (RFC 4291, 2.5.5.2). */
static __always_inline int is_mapped_ipv4(const __be32 *word)
{
	return !word[0] && !word[1] && word[2] == bpf_htonl(0xffff);
}

static __always_inline struct address *find_floating(const struct ip_address *ip)
{
	return only_floating(bpf_map_lookup_elem(&addresses, ip));
}

/* Of an address in an IPv6 packet. */
static __always_inline struct address *find_floating6(const struct ip_address *ip)
{
	return is_mapped_ipv4(ip->word) ? 0 : find_floating(ip);
}

static __always_inline int same_mac(const __u8 *one, const __u8 *other)
{
	return *(__u32 *)one == *(__u32 *)other && *(__u16 *)(one + 4) == *(__u16 *)(other + 4);
}

/* Where neighbours are told that a floating address is. */
static __always_inline const __u8 *mac_of(const struct address *address, const struct interface *here)
{
	return *(__u32 *)address->mac | *(__u16 *)(address->mac + 4) ? address->mac : here->mac;
}

/* Whether a frame goes to the link address that its destination has of a virtual router. */
static __always_inline int is_for_virtual_mac(const struct ethhdr *eth, void *end)
{
	const struct iphdr *ip4 = (const void *)(eth + 1);
	const struct ipv6hdr *ip6 = (const void *)(eth + 1);
	struct address *address = 0;
	struct ip_address key;

	if (*(__u32 *)eth->h_dest != bpf_htonl(VIRTUAL_MAC_PREFIX))
		return 0;
	if (eth->h_proto == bpf_htons(ETH_P_IP) && (void *)(ip4 + 1) <= end) {
		address = find_floating4(ip4->daddr);
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6) && (void *)(ip6 + 1) <= end) {
		__builtin_memcpy(&key, &ip6->daddr, sizeof(key));
		address = find_floating6(&key);
	}
	return address && same_mac(eth->h_dest, address->mac);
}

#endif
