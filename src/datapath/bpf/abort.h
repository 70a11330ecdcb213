// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Answers an SCTP packet of no connection as its receiver would (RFC 9260, 8.4), so that its sender need not wait. */
#ifndef TANDEM_ABORT_H
#define TANDEM_ABORT_H

#include "crc32c.h"
#include "reset.h"
#include "sctp.h"

/* A header and one chunk without content. */
#define ABORT_BYTES sizeof(struct sctp_packet)

static __always_inline int send_abort(struct xdp_md *ctx, enum family family, struct packet *p)
{
	/* The answer takes the packet's own headers: options and extensions would have to be cut out. */
	__u32 headers = family == FAMILY_IPV6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	__u32 length = sizeof(struct ethhdr) + headers + ABORT_BYTES;
	struct sctp_chunk_header chunk;
	__be32 tag = p->sctp->tag;
	__u8 answer = CHUNK_ABORT, flags = CHUNK_TAG_REFLECTED;

	read_chunk(ctx, p, &chunk);
	if (chunk.type == CHUNK_INIT) {
		tag = p->initiate_tag;
		flags = 0;
	} else if (chunk.type == CHUNK_SHUTDOWN_ACK) {
		answer = CHUNK_SHUTDOWN_COMPLETE;
	} else if (chunk.type == CHUNK_ABORT || chunk.type == CHUNK_SHUTDOWN_COMPLETE ||
		   chunk.type == CHUNK_COOKIE_ACK || chunk.type == CHUNK_ERROR) {
		return drop(DROP_NO_CONNECTION);
	}
	if (p->headers != headers)
		return drop(DROP_NO_CONNECTION);
	turn_around(family, p, ABORT_BYTES);
	p->sctp->source = p->key->destination_port;
	p->sctp->destination = p->key->source_port;
	p->sctp->tag = tag;
	p->sctp->checksum = 0;
	p->sctp->first.type = answer;
	p->sctp->first.flags = flags;
	p->sctp->first.length = bpf_htons(sizeof(struct sctp_chunk_header));
	p->sctp->checksum = crc32c((const __u32 *)p->sctp, ABORT_BYTES / 4);
	if (bpf_xdp_adjust_tail(ctx, (int)length - (int)(bpf_xdp_get_buff_len(ctx))))
		return drop(DROP_NO_CONNECTION);
	count_event(EVENT_ABORT_SENT);
	return send_same_interface(ctx->ingress_ifindex);
}

#endif
