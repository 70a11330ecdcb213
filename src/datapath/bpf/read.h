// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The first stage of a packet reads it, for all others. */
#ifndef TANDEM_READ_H
#define TANDEM_READ_H

#include "address.h"
#include "fragment.h"
#include "service.h"

static __always_inline enum parse_result read_packet(struct xdp_md *ctx, enum family family, struct packet *p)
{
	enum parse_result parsed = parse_packet(ctx, family, p);

	/* No IPv6 packet goes to an IPv4 address, which has the same bytes in our maps. */
	if (parsed == PARSE_NOT_IP || (family == FAMILY_IPV6 && is_mapped_ipv4(p->key->destination_high)))
		return PARSE_NOT_IP;
	if (parsed == PARSE_FRAGMENT && recall_fragments(family, p))
		return PARSE_OK;
	if (parsed != PARSE_OTHER_PROTOCOL || !may_connect_without_ports(p))
		return parsed;
	if (sizeof(struct ethhdr) + p->length > bpf_xdp_get_buff_len(ctx) || p->length < p->headers ||
	    p->headers < sizeof(struct iphdr))
		return PARSE_MALFORMED;
	return PARSE_OK;
}

static __always_inline int do_read(enum family family, struct xdp_md *ctx)
{
	struct reading *reading = current_reading();
	struct packet p = {};

	if (!reading)
		return PARSE_NOT_IP;
	p.key = &reading->key;
	reading->parsed = read_packet(ctx, family, &p);
	reading->length = p.length;
	reading->headers = p.headers;
	reading->initiate_tag = p.initiate_tag;
	reading->fragment_id = p.fragment_id;
	reading->fragment = p.fragment;
	return reading->parsed;
}

STAGE(read, (struct xdp_md *ctx), ctx)

#endif
