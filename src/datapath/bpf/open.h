// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How a connection begins: a local port is found, and both directions go into the table. */
#ifndef TANDEM_OPEN_H
#define TANDEM_OPEN_H

#include "connection.h"
#include "schedule.h"

/* Ports tried of one half of a local address before the other half, and then the next address, is tried. The
 * cursor stands where a port was free last, so the first try nearly always succeeds; 64 bounds the search when
 * a space is almost full. */
#define PROBES_PER_HALF 64
#define PROBES_PER_LOCAL (2 * PROBES_PER_HALF)

enum open_result { OPEN_OK, OPEN_NO_LOCAL, OPEN_NO_PORT, OPEN_TABLE_FULL, OPEN_NO_SERVER, OPEN_UNSUPPORTED, OPEN_RACED };

struct search {
	struct flow reply;
	struct flow_key reply_key; /* server -> local address: the tuple that must be unique (I5) */
	struct flow_key *request;
	__u32 first_local;
	__u32 locals;
	__u32 start;		/* local address that is tried first */
	__u32 service_id;
	__u32 parity;
	__u32 first_port;
	__u32 span;		/* ports of one half */
	enum open_result result;
};

static __always_inline __u32 next_port(struct search *s, __u32 other_half)
{
	struct port_space space = {
		.local = s->reply_key.destination,
		.server = s->reply_key.source,
		.server_port = s->reply_key.source_port,
		.protocol = s->reply_key.protocol,
	};
	__u32 *cursor = bpf_map_lookup_elem(&port_cursor, &space);
	__u32 position, zero = 0;

	if (!cursor) {
		bpf_map_update_elem(&port_cursor, &space, &zero, BPF_NOEXIST);
		cursor = bpf_map_lookup_elem(&port_cursor, &space);
	}
	/* Without a cursor (its map is full) any port is as good. */
	position = cursor ? __sync_fetch_and_add(cursor, 1) : bpf_get_prandom_u32();
	return s->first_port + (position % s->span) * 2 + (s->parity ^ other_half);
}

static long try_port(__u32 index, void *context)
{
	struct search *s = context;
	__u32 at = s->first_local + (s->start + index / PROBES_PER_LOCAL) % s->locals;
	__u32 other_half = (index / PROBES_PER_HALF) & 1;
	struct local_use_key use_key = { .service_id = s->service_id };
	__be32 *local = bpf_map_lookup_elem(&locals, &at);
	struct local_use *use;
	int error; /* before 6.4 the kernel's function returns one, and the upper half of a long is not its own */

	if (!local)
		return 1;
	s->reply_key.destination = *local;
	s->reply_key.destination_port = bpf_htons(next_port(s, other_half));
	error = bpf_map_update_elem(&flows, &s->reply_key, &s->reply, BPF_NOEXIST);
	if (!error) {
		s->result = OPEN_OK;
		return 1;
	}
	if (error != -EEXIST) {
		s->result = OPEN_TABLE_FULL;
		return 1;
	}
	count_event(EVENT_PORT_CONFLICT);
	use_key.local = *local;
	use = bpf_map_lookup_elem(&local_use, &use_key);
	if (use)
		__sync_fetch_and_add(&use->conflicts, 1);
	return 0;
}

/* Mixes the client's address and port, so that clients spread over the local addresses independently of how
 * they spread over the servers (two round robins in step would pair them off for ever). */
static __always_inline __u32 client_hash(const struct flow_key *key)
{
	__u32 hash = key->source * 0x9e3779b1 ^ (__u32)key->source_port * 0x85ebca6b;

	return hash ^ hash >> 15;
}

/* Opens the connection of `key`, and fills `opened` with its request entry. The reply entry is inserted first
 * and alone decides; if the request entry then finds no place, the reply entry is taken back. */
static __always_inline enum open_result open_connection(const struct service *service, struct flow_key *key,
							 __u8 state, struct flow *opened)
{
	struct settings *set = current_settings();
	struct lease *held = current_lease();
	struct search s = { .result = OPEN_NO_PORT };
	struct server *server;
	__u32 id = schedule(service);
	int error; /* as in try_port */

	if (!set || !held || !id)
		return OPEN_NO_SERVER;
	server = bpf_map_lookup_elem(&servers, &id);
	if (!server)
		return OPEN_NO_SERVER;
	if (server->forwarding != FORWARD_FULLNAT)
		return OPEN_UNSUPPORTED;
	if (!service->locals)
		return OPEN_NO_LOCAL;

	__builtin_memset(opened, 0, sizeof(*opened));
	opened->destination = server->address;
	opened->destination_port = server->port;
	opened->direction = DIRECTION_REQUEST;
	opened->forwarding = server->forwarding;
	opened->maker = set->maker;
	opened->last_seen = idle_clock();
	opened->server_id = id;
	opened->state_flags = pack_state(key->protocol, state, 0);
	opened->version = version_clock();
	opened->term = held->term;
	outlive(key, opened);

	reply_entry(key, opened, &s.reply);
	s.reply_key.source = server->address;
	s.reply_key.source_port = server->port;
	s.reply_key.protocol = key->protocol;
	s.first_local = service->first_local;
	s.locals = service->locals;
	s.start = client_hash(key);
	s.start %= service->locals;
	s.service_id = service->id;
	s.parity = set->director & 1;
	s.first_port = set->first_port;
	s.span = (__u32)(set->last_port - set->first_port + 1) / 2;
	if (!s.span)
		return OPEN_NO_PORT;
	bpf_loop(s.locals * PROBES_PER_LOCAL, try_port, &s, 0);
	if (s.result != OPEN_OK)
		return s.result;

	opened->source = s.reply_key.destination;
	opened->source_port = s.reply_key.destination_port;
	error = bpf_map_update_elem(&flows, key, opened, BPF_NOEXIST);
	if (error) {
		bpf_map_delete_elem(&flows, &s.reply_key);
		/* Another CPU opened it meanwhile, from a copy of the same packet. */
		return error == -EEXIST ? OPEN_RACED : OPEN_TABLE_FULL;
	}
	count_connection(opened, 1);
	count_event(EVENT_NEW_CONNECTION);
	return OPEN_OK;
}

#endif
