// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* How a connection begins: a local port is found, and both directions go into the table. */
#ifndef TANDEM_OPEN_H
#define TANDEM_OPEN_H

#include "persistence.h"

/* Ports tried of one half of a local address before the other half, and then the next address, is tried. The
 * cursor stands where a port was free last, so the first try nearly always succeeds; 64 bounds the search when
 * a space is almost full. */
#define PROBES_PER_HALF 64
#define PROBES_PER_LOCAL (2 * PROBES_PER_HALF)

/* Source ports that masquerading tries: the client's own, then others by chance. All are taken only where the client
 * holds thousands of connections to one server through other services. */
#define MASQ_PROBES 16

enum open_result { OPEN_OK, OPEN_NO_LOCAL, OPEN_NO_PORT, OPEN_TABLE_FULL, OPEN_NO_SERVER, OPEN_UNSUPPORTED, OPEN_RACED };

/* What opening a connection works on. Not on the stack: an IPv6 one would not fit there. */
struct opening {
	struct flow_key key;
	struct service service;
	__u32 server_id;
	__u32 state;		/* that the connection begins in */
	struct flow request;
	struct flow reply;
	struct flow_key reply_key; /* server -> local address: the tuple that must be unique (I5) */
	struct ip_address server;
	__u32 first_local;
	__u32 locals;
	__u32 start;		/* local address that is tried first */
	__u32 probes;		/* of each: what has no ports has one try */
	__u32 service_id;
	__u32 parity;
	__u32 first_port;
	__u32 span;		/* ports of one half */
	__u32 result;		/* enum open_result */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct opening);
} openings SEC(".maps");

static __always_inline struct opening *current_opening(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&openings, &zero);
}

/* The context of bpf_loop must be on the stack. */
struct search {
	struct opening *opening;
};

static __always_inline __u32 next_port(struct opening *s, const struct ip_address *local, __u32 other_half)
{
	struct port_space space = {
		.local = *local,
		.server = s->server,
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

/* In use already: of this service's address, whether it has a connection there or not. */
static __always_inline void count_conflict(__u32 service_id, const struct ip_address *local)
{
	struct local_use_key key = { .service_id = service_id, .local = *local };
	struct local_use *use = bpf_map_lookup_elem(&local_use, &key);
	struct local_use fresh = {};

	count_event(EVENT_PORT_CONFLICT);
	if (!use) {
		bpf_map_update_elem(&local_use, &key, &fresh, BPF_NOEXIST);
		use = bpf_map_lookup_elem(&local_use, &key);
	}
	if (use)
		__sync_fetch_and_add(&use->conflicts, 1);
}

/* A port that waits for answers to one datagram may wait for those to another one. Of masquerading, where it is the client's,
 * only if that went to the same virtual address: nothing else tells whose answers they are. */
static __always_inline int replace_one_packet(enum family family, const struct flow_key *key, const struct flow *reply)
{
	struct flow *holder = find_flow(family, key);

	if (!holder || !(holder->flags & ENTRY_ONE_PACKET))
		return -EEXIST;
	if (reply->forwarding == FORWARD_MASQ &&
	    (holder->source != reply->source || holder->source_port != reply->source_port ||
	     !same_high(family, holder->source_high, reply->source_high)))
		return -EEXIST;
	if (family == FAMILY_IPV6)
		return bpf_map_update_elem(&flows6, key, reply, BPF_EXIST);
	return bpf_map_update_elem(&flows4, key, reply, BPF_EXIST);
}

static __always_inline long try_port(enum family family, __u32 index, struct opening *s)
{
	int has_ports = s->probes == PROBES_PER_LOCAL;
	__u32 at = s->first_local + (s->start + (has_ports ? index / PROBES_PER_LOCAL : index)) % s->locals;
	__u32 other_half = (index / PROBES_PER_HALF) & 1;
	struct ip_address *local = bpf_map_lookup_elem(&locals, &at);
	int error;

	if (!local)
		return 1;
	s->reply_key.destination = local->word[3];
	copy_high(family, s->reply_key.destination_high, local->word);
	s->reply_key.destination_port = has_ports ? bpf_htons(next_port(s, local, other_half)) : 0;
	error = insert_flow(family, &s->reply_key, &s->reply);
	if (error == -EEXIST && s->reply.flags & ENTRY_ONE_PACKET)
		error = replace_one_packet(family, &s->reply_key, &s->reply);
	if (!error) {
		s->result = OPEN_OK;
		return 1;
	}
	if (error != -EEXIST) {
		s->result = OPEN_TABLE_FULL;
		return 1;
	}
	count_conflict(s->service_id, local);
	return 0;
}

static long try_port4(__u32 index, void *context)
{
	struct search *search = context;

	return try_port(FAMILY_IPV4, index, search->opening);
}

static long try_port6(__u32 index, void *context)
{
	struct search *search = context;

	return try_port(FAMILY_IPV6, index, search->opening);
}

/* With the reply's key leading to the client's own port at first. */
static __always_inline long try_client_port(enum family family, __u32 index, struct opening *s)
{
	int error;

	if (index)
		s->reply_key.destination_port = bpf_htons(s->first_port + bpf_get_prandom_u32() % (s->span * 2));
	error = insert_flow(family, &s->reply_key, &s->reply);
	if (error == -EEXIST && s->reply.flags & ENTRY_ONE_PACKET)
		error = replace_one_packet(family, &s->reply_key, &s->reply);
	if (error == -EEXIST) {
		count_event(EVENT_PORT_CONFLICT);
		return 0;
	}
	s->result = error ? OPEN_TABLE_FULL : OPEN_OK;
	return 1;
}

static long try_client_port4(__u32 index, void *context)
{
	struct search *search = context;

	return try_client_port(FAMILY_IPV4, index, search->opening);
}

static long try_client_port6(__u32 index, void *context)
{
	struct search *search = context;

	return try_client_port(FAMILY_IPV6, index, search->opening);
}

/* Mixes the client's address and port, so that clients spread over the local addresses independently of how
 * they spread over the servers (two round robins in step would pair them off for ever). */
static __always_inline __u32 client_hash(enum family family, const struct flow_key *key)
{
	__u32 hash = key->source * 0x9e3779b1 ^ (__u32)key->source_port * 0x85ebca6b;

	if (family == FAMILY_IPV6)
		hash ^= key->source_high[0] * 0xc2b2ae35 ^ key->source_high[1] * 0x27d4eb2f ^
			key->source_high[2] * 0x165667b1;
	return hash ^ hash >> 15;
}

/* A tunnel may lead to a server of the other family: its entry has no room for that address. */
static __always_inline int same_family(enum family family, const struct server *server)
{
	const __be32 *word = server->address.word;
	int mapped = !word[0] && !word[1] && word[2] == bpf_htonl(0xffff);

	return mapped == (family == FAMILY_IPV4);
}

static __always_inline void fill_request(enum family family, const struct flow_key *key, const struct server *server,
					 __u8 state, struct opening *s)
{
	struct flow *request = &s->request;

	__builtin_memset(request, 0, sizeof(*request));
	if (same_family(family, server)) {
		request->destination = server->address.word[3];
		copy_high(family, request->destination_high, server->address.word);
	}
	request->destination_port = server->port ? server->port : key->destination_port;
	request->direction = DIRECTION_REQUEST;
	request->forwarding = server->forwarding;
	request->last_seen = idle_clock();
	request->state_flags = pack_state(key->protocol, state, 0);
	request->version = version_clock();
}

static __always_inline void fill_reply_key(enum family family, const struct flow_key *key, struct opening *s)
{
	s->reply_key.source = s->request.destination;
	copy_high(family, s->reply_key.source_high, s->request.destination_high);
	s->reply_key.source_port = s->request.destination_port;
	s->reply_key.protocol = key->protocol;
	s->reply_key.family = family;
	s->reply_key.reserved[0] = s->reply_key.reserved[1] = 0;
}

/* A local port of the service's addresses: the reply's entry is in the table then. */
static __always_inline enum open_result take_local_port(enum family family, const struct service *service,
							 const struct flow_key *key, struct opening *s)
{
	struct search search = { .opening = s };

	s->first_local = service->first_local;
	s->locals = service->locals;
	s->start = client_hash(family, key) % service->locals;
	s->probes = has_transport(key->protocol) ? PROBES_PER_LOCAL : 1;
	bpf_loop(service->locals * s->probes, family == FAMILY_IPV6 ? try_port6 : try_port4, &search, 0);
	return s->result;
}

/* The client's own port, if no other connection of it to this server has that. IPVS takes it in any case, and rewrites the replies
 * of both to the service of one. */
static __always_inline enum open_result keep_client_port(enum family family, const struct flow_key *key,
							  struct opening *s)
{
	struct search search = { .opening = s };

	s->reply_key.destination = key->source;
	copy_high(family, s->reply_key.destination_high, key->source_high);
	s->reply_key.destination_port = key->source_port;
	bpf_loop(has_transport(key->protocol) ? MASQ_PROBES : 1, family == FAMILY_IPV6 ? try_client_port6 : try_client_port4, &search, 0);
	return s->result;
}

/* Whether each datagram is scheduled, and leaves no connection. */
static __always_inline int is_one_packet(const struct service *service, const struct flow_key *key)
{
	return service->flags & SERVICE_ONE_PACKET && key->protocol == IPPROTO_UDP;
}

/* Chooses the opening's server. Returns 0 when none takes it. */
static __always_inline int do_choose(enum family family)
{
	struct opening *s = current_opening();

	if (!s)
		return 0;
	if (s->service.flags & SERVICE_PERSISTENT)
		s->server_id = schedule_persistent(family, &s->service, &s->key, &s->reply_key, &s->reply);
	else
		s->server_id = schedule(family, &s->service, &s->key);
	return s->server_id != 0;
}

STAGE(choose, (void))

/* Opens the connection of the opening's key, and leaves its request entry there. The reply entry is inserted first and
 * alone decides; if the request entry then finds no place, the reply entry is taken back. */
static __always_inline enum open_result do_open(enum family family)
{
	struct opening *s = current_opening();
	const struct flow_key *key = &s->key;
	const struct service *service = &s->service;
	struct settings *set = current_settings();
	struct lease *held = current_lease();
	struct server *server;
	enum open_result result;
	__u8 forwarding;
	int one_packet, error;
	__u32 id;

	if (!s)
		return OPEN_NO_SERVER;
	one_packet = is_one_packet(service, key);
	id = s->server_id;

	if (!set || !held || !id)
		return OPEN_NO_SERVER;
	server = bpf_map_lookup_elem(&servers, &id);
	if (!server)
		return OPEN_NO_SERVER;
	forwarding = server->forwarding;
	fill_request(family, key, server, s->state, s);
	s->request.maker = set->maker;
	s->request.server_id = id;
	s->request.term = held->term;
	outlive(family, key, &s->request);
	fill_reply_key(family, key, s);
	if (forwarding == FORWARD_FULLNAT && !service->locals)
		return OPEN_NO_LOCAL;
	if (has_reply(forwarding)) {
		fill_reply(family, key, forwarding, id, s->request.last_seen, &s->reply);
		if (one_packet)
			s->reply.flags |= ENTRY_ONE_PACKET;
		s->server = server->address;
		s->service_id = service->id;
		s->parity = set->director & 1;
		s->first_port = set->first_port;
		s->span = (__u32)(set->last_port - set->first_port + 1) / 2;
		s->result = OPEN_NO_PORT;
		if (!s->span)
			return OPEN_NO_PORT;
		result = forwarding == FORWARD_FULLNAT ? take_local_port(family, service, key, s) :
							 keep_client_port(family, key, s);
		if (result != OPEN_OK)
			return result;
	} else if (forwarding == FORWARD_DIRECT) {
		s->reply_key.destination = key->source;
		copy_high(family, s->reply_key.destination_high, key->source_high);
		s->reply_key.destination_port = key->source_port;
	} else {
		return OPEN_UNSUPPORTED;
	}

	s->request.source = s->reply_key.destination;
	copy_high(family, s->request.source_high, s->reply_key.destination_high);
	s->request.source_port = s->reply_key.destination_port;
	if (one_packet) {
		/* Nobody is told of it: so it looks as if that was done. */
		change_flags(&s->request, FLOW_ANNOUNCED, 0);
		count_event(EVENT_NEW_CONNECTION);
		return OPEN_OK;
	}
	error = insert_flow(family, key, &s->request);
	if (error) {
		if (has_reply(forwarding))
			delete_flow(family, &s->reply_key);
		/* Another CPU opened it meanwhile, from a copy of the same packet. */
		return error == -EEXIST ? OPEN_RACED : OPEN_TABLE_FULL;
	}
	count_connection(family, &s->request, 1);
	count_event(EVENT_NEW_CONNECTION);
	return OPEN_OK;
}

STAGE(open, (void))

#endif
