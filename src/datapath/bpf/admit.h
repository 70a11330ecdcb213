// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A packet of no connection: it begins one, is answered, dropped, or left to the host. */
#ifndef TANDEM_ADMIT_H
#define TANDEM_ADMIT_H

#include "abort.h"
#include "address.h"
#include "icmp.h"
#include "open.h"
#include "reset.h"
#include "service.h"

/* Whether a segment of no connection begins one: a SYN, or with sloppy_tcp whatever a connection goes on with. */
static __always_inline int begins_connection(const struct tcphdr *tcp)
{
	struct settings *set;

	if (tcp->rst)
		return 0;
	if (tcp->syn)
		return !tcp->ack && !tcp->fin;
	set = current_settings();
	return set && set->sloppy_tcp && tcp->ack;
}

/* Whether a packet of no connection may begin one. Then it says so, and the opening knows what it needs. */
static __always_inline int admit_to(struct xdp_md *ctx, enum family family, struct packet *p,
				    const struct service *service)
{
	struct opening *opening = current_opening();

	if (!fence_is_open())
		return drop(DROP_FENCE_CLOSED);
	if (is_martian(family, p))
		return drop(DROP_MARTIAN);
	if (p->tcp && !begins_connection(p->tcp))
		return send_reset(ctx, family, p);
	if (p->sctp && p->sctp->first.type != CHUNK_INIT)
		return TO_ABORT;
	if (hops_left(family, p) <= 1)
		return RUN(time_exceeded, family, ctx);
	if (!sync_allows_new())
		return drop(DROP_SYNC_LEASE);
	if (!opening)
		return drop(DROP_TABLE_FULL);
	copy_key(family, &opening->key, p->key);
	opening->service = *service;
	/* From NONE a segment that is no SYN moves it on itself, as it is followed. */
	opening->state = p->tcp && p->tcp->syn ? TCP_S_SYN_RECV : TCP_S_NONE;
	return ADMITTED;
}

/* Opens the connection that was admitted. */
static __always_inline int begin_connection(enum family family)
{
	struct opening *opening = current_opening();
	struct traffic *traffic;
	__u32 id;

	if (!RUN(choose, family))
		return drop(DROP_NO_SERVER);
	switch (RUN(open, family)) {
	case OPEN_OK:
		id = opening ? opening->request.server_id : 0;
		traffic = bpf_map_lookup_elem(&server_traffic, &id);
		if (traffic)
			traffic->connections += 1;
		return OPENED;
	case OPEN_RACED:
		return OPENED;
	case OPEN_NO_LOCAL:
		return drop(DROP_NO_LOCAL_ADDRESS);
	case OPEN_NO_PORT:
		return drop(DROP_NO_LOCAL_PORT);
	case OPEN_NO_SERVER:
		return drop(DROP_NO_SERVER);
	case OPEN_UNSUPPORTED:
		return drop(DROP_UNSUPPORTED);
	default:
		return drop(DROP_TABLE_FULL);
	}
}

/* A packet of no connection, for a floating address. It never reaches the host's stack unless this director
 * owns the address, and for a local address never at all: the stack would answer it with RST. */
static __always_inline int stray_packet(struct xdp_md *ctx, enum family family, struct packet *p,
					const struct address *address)
{
	if (!fence_is_open())
		return drop(DROP_FENCE_CLOSED);
	if (address->kind == ADDRESS_VIRTUAL)
		return XDP_PASS;
	if (p->tcp)
		return send_reset(ctx, family, p);
	return p->sctp ? TO_ABORT : drop(DROP_NO_CONNECTION);
}

/* Not of a connection and of no service, or not to be read further. */
static __always_inline int handle_other(struct xdp_md *ctx, enum family family, struct packet *p,
					enum parse_result parsed, const struct ip_address *destination)
{
	struct address *address = find_floating(destination);

	if (!address)
		return XDP_PASS;
	if (parsed == PARSE_FRAGMENT)
		return drop(DROP_FRAGMENT);
	if (parsed == PARSE_MALFORMED)
		return drop(DROP_MALFORMED);
	return stray_packet(ctx, family, p, address);
}

static __always_inline int do_admit(enum family family, struct xdp_md *ctx, int parsed)
{
	struct ip_address destination;
	struct service *service;
	struct packet p;

	if (!find_packet(ctx, family, &p))
		return XDP_PASS;
	if (parsed == PARSE_OK && p.fragment == FRAGMENT_LATER)
		parsed = PARSE_FRAGMENT;
	service = parsed == PARSE_OK ? find_service(family, ctx->ingress_ifindex, p.key) : NULL;
	if (service)
		return admit_to(ctx, family, &p, service);
	whole_address(family, p.key->destination, p.key->destination_high, &destination);
	return handle_other(ctx, family, &p, parsed, &destination);
}

STAGE(admit, (struct xdp_md *ctx, int parsed), ctx, parsed)

static __always_inline int do_abort(enum family family, struct xdp_md *ctx)
{
	struct packet p;

	if (!find_packet(ctx, family, &p) || !p.sctp)
		return drop(DROP_MALFORMED);
	return send_abort(ctx, family, &p);
}

STAGE(abort, (struct xdp_md *ctx), ctx)

#endif
