// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* FULLNAT's rewriting: both addresses, both ports, the TTL, and the checksums that cover them. */
#ifndef TANDEM_TRANSLATE_H
#define TANDEM_TRANSLATE_H

#include "checksum.h"
#include "packet.h"

static __always_inline void translate(struct packet *p, const struct flow *flow)
{
	__u64 addresses = change32(change32(0, p->ip->saddr, flow->source), p->ip->daddr, flow->destination);
	__u64 ports = change16(change16(0, p->key.source_port, flow->source_port), p->key.destination_port,
			       flow->destination_port);
	/* The checksum sums 16-bit words: the TTL is the high byte of one, the protocol its low one. */
	__be16 old_ttl = bpf_htons(p->ip->ttl << 8 | p->ip->protocol);
	__be16 new_ttl = bpf_htons((p->ip->ttl - 1) << 8 | p->ip->protocol);

	p->ip->ttl -= 1;
	p->ip->check = apply_changes(p->ip->check, change16(addresses, old_ttl, new_ttl));
	p->ip->saddr = flow->source;
	p->ip->daddr = flow->destination;
	if (p->tcp) {
		p->tcp->source = flow->source_port;
		p->tcp->dest = flow->destination_port;
		p->tcp->check = apply_changes(p->tcp->check, addresses + ports);
	} else if (p->udp) {
		p->udp->source = flow->source_port;
		p->udp->dest = flow->destination_port;
		/* 0 means "no checksum" (RFC 768): it stays so, and a computed 0 is sent as its equal. */
		if (p->udp->check) {
			p->udp->check = apply_changes(p->udp->check, addresses + ports);
			if (!p->udp->check)
				p->udp->check = 0xffff;
		}
	}
}

#endif
