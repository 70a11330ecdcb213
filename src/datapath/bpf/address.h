// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Whose an address is: the pair's, which floats with the lease, or this host's alone. */
#ifndef TANDEM_ADDRESS_H
#define TANDEM_ADDRESS_H

#include <bpf/bpf_endian.h>
#include "maps.h"

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

static __always_inline struct address *find_floating(const struct ip_address *ip)
{
	return only_floating(bpf_map_lookup_elem(&addresses, ip));
}

#endif
