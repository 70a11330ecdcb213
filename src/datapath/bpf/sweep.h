// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The programs that walk the whole table: what is idle goes, what is in use is announced again, and before a
 * handover all of it. */
#ifndef TANDEM_SWEEP_H
#define TANDEM_SWEEP_H

#include "persistence.h"
#include "tcp.h"
#include "locality.h"

/* How the passive director counts: the owner's deletes may be late, or the owner dead. */
#define PASSIVE_GRACE 2

/* An owner announces a connection in use again each third of its timeout, unless refresh_period says otherwise, so
 * that the peer's copy is never older. */
#define REFRESH_PARTS 3

/* So long the answers to a datagram of a one-packet service find their way back. */
#define ONE_PACKET_WAIT (10 * NS_PER_S)

struct sweep {
	struct sweep_call call;
	__u64 now;
	__u32 boot_seconds; /* CLOCK_BOOTTIME */
	__u32 owner; /* this director expires connections; else it waits for the owner's deletes */
};

static __always_inline __u64 idle_since(const struct flow *record, const struct flow *reply)
{
	return reply && reply->last_seen > record->last_seen ? reply->last_seen : record->last_seen;
}

/* How long nothing is repeated, if that is set: at most half the timeout, as ip_vs_sync_conn_needed() bounds it. */
static __always_inline __u64 quiet_period(const struct settings *set, __u64 timeout)
{
	__u64 period = set->refresh_period * NS_PER_S;

	return period < timeout / 2 ? period : timeout / 2;
}

/* The age at which what was announced of a connection in use is announced again whatever its packets. All in ns. */
static __always_inline __u64 oldest_announcement(__u64 timeout)
{
	struct settings *set = current_settings();
	__u64 usual = timeout / REFRESH_PARTS, quiet;

	if (!set || !set->refresh_period)
		return usual;
	quiet = quiet_period(set, timeout);
	/* With a count of packets the period only holds them back. */
	return set->repeat_packets && quiet < usual ? usual : quiet;
}

/* Packets are looked at here, not one by one as they pass: however fast they come, a sweep repeats a connection once,
 * and leaves the ring to what is new. */
static __always_inline int is_refresh_due(const struct flow *record, __u64 age, __u64 timeout)
{
	struct settings *set = current_settings();

	if (age > oldest_announcement(timeout))
		return 1;
	return set && set->repeat_packets && record->packets - record->announced_packets >= set->repeat_packets &&
	       age > quiet_period(set, timeout);
}

static __always_inline int is_to_be_told(const struct sweep *s, const struct flow *record, __u64 seen, __u64 timeout)
{
	__u8 flags = flags_of(record->state_flags);
	__u64 announced = record->announced_at * NS_PER_S;
	/* In whole seconds: what was seen in the second of the announcement was announced. */
	int used_since = seen / NS_PER_S > record->announced_at;

	if (!(flags & FLOW_ANNOUNCED))
		return 0;
	/* A change that the ring had no room for is told by whoever made it; refreshes are the owner's. */
	return flags & FLOW_UNSENT ||
	       (s->owner && used_since && is_refresh_due(record, s->now - announced, timeout));
}

static __always_inline void tell(enum family family, struct sweep *s, const struct flow_key *key, struct flow *record)
{
	if (!ring_has_room()) {
		s->call.deferred += 1;
		s->call.unsent += !!(flags_of(record->state_flags) & FLOW_UNSENT);
		return;
	}
	raise_version(record);
	if (announce(family, RECORD_UPDATE, key, record))
		s->call.announced += 1;
	else
		s->call.unsent += 1;
}

/* A connection that the peer was told of stays until the peer can be told of its end too. Returns whether it went. */
static __always_inline int take_out(enum family family, struct sweep *s, const struct flow_key *key,
				    struct flow *record)
{
	if (flags_of(record->state_flags) & FLOW_ANNOUNCED && s->owner) {
		if (!ring_has_room()) {
			s->call.deferred += 1;
			return 0;
		}
		raise_version(record);
		if (!announce(family, RECORD_DELETE, key, record)) {
			s->call.unsent += 1;
			return 0;
		}
	}
	return remove_connection(family, key, record);
}

static __always_inline void describe_sequences(const struct flow *entry, int direction, struct closing *out)
{
	out->next_sequence[direction] = entry->next_sequence;
	out->last_ack[direction] = entry->last_ack;
	out->known_term[direction] = entry->known_term;
	out->flags[direction] = entry->flags;
}

static __always_inline void describe_closing(enum family family, const struct flow_key *key,
					     const struct flow *record, const struct flow *reply, __u32 term,
					     struct closing *out)
{
	__builtin_memset(out, 0, sizeof(*out));
	copy_key(family, &out->key, key);
	out->source = record->source;
	out->destination = record->destination;
	out->source_port = record->source_port;
	out->destination_port = record->destination_port;
	copy_high(family, out->source_high, record->source_high);
	copy_high(family, out->destination_high, record->destination_high);
	out->forwarding = record->forwarding;
	out->term = term;
	describe_sequences(record, DIRECTION_REQUEST, out);
	if (reply)
		describe_sequences(reply, DIRECTION_REPLY, out);
}

/* Whether the time is up for the connections of a server that was taken out. Those that are ending do so by themselves. */
static __always_inline int is_drained(const struct sweep *s, const struct flow_key *key, const struct flow *record)
{
	__u8 state = state_of(record->state_flags);
	__u32 id = record->server_id;
	struct server *server;

	if (!s->owner || key->protocol != IPPROTO_TCP || flags_of(record->state_flags) & FLOW_TEMPLATE ||
	    !(is_active(IPPROTO_TCP, state) || state == TCP_S_FIN_WAIT || state == TCP_S_CLOSE_WAIT))
		return 0;
	server = bpf_map_lookup_elem(&servers, &id);
	return server && server->drain_at && s->boot_seconds >= server->drain_at;
}

/* Takes out what is idle, and what is drained: of that userland tells both ends, when it is gone, so that what they
 * answer finds none. */
static __always_inline void end_connection(enum family family, struct sweep *s, const struct flow_key *key,
					   struct flow *record, int drained)
{
	struct lease *held = current_lease();
	__u32 at = s->call.drained;
	struct closing *out = bpf_map_lookup_elem(&closings, &at);
	struct flow_key other;

	if (!out)
		return;
	if (drained) {
		other_key(family, record, key->protocol, &other);
		describe_closing(family, key, record, find_flow(family, &other), held ? held->term : 0, out);
	}
	if (!take_out(family, s, key, record))
		return;
	s->call.expired += !drained;
	s->call.drained += drained;
	count_event(drained ? EVENT_DRAINED : EVENT_EXPIRED);
}

/* Of no server that is known, or of one that takes no more: that may have been deleted, and be there again under
 * another id. */
static __always_inline int wants_server(const struct flow *record)
{
	__u32 id = record->server_id;
	struct server *server = bpf_map_lookup_elem(&servers, &id);

	return !server || !server->weight;
}

/* A server that was added, or added again, gets the connections that name it. */
static __always_inline void bind_server(enum family family, const struct flow_key *key, struct flow *record)
{
	__u32 id = find_server(family, key, record, fwmark_of(record->server_id));
	struct flow *reply = NULL;
	struct flow_key other;

	if (!id || id == record->server_id)
		return;
	if (has_reply(record->forwarding)) {
		other_key(family, record, key->protocol, &other);
		reply = find_flow(family, &other);
	}
	count_connection(family, record, -1);
	record->server_id = id;
	if (reply)
		reply->server_id = id;
	count_connection(family, record, 1);
}

/* Whether a connection shows that its client is there: the peer was told of it, or would be, were its template not enough. */
static __always_inline int is_assured(const struct flow_key *key, const struct flow *record)
{
	struct settings *set = current_settings();
	__u32 state_flags = READ_ONCE(record->state_flags);

	return flags_of(state_flags) & FLOW_ANNOUNCED ||
	       (set && set->templates_only && is_up(key->protocol, state_of(state_flags)));
}

/* A connection keeps its template (n_control of IPVS). With one that is assured the template is to be told, too, when the
 * sweep comes to it. */
static __always_inline void hold_template(enum family family, const struct sweep *s, const struct flow_key *key,
					  const struct flow *record)
{
	struct service_options *options = options_of(record->server_id);
	struct flow *template;
	struct flow_key name;

	if (!options)
		return;
	template_key(family, options, key, &name);
	template = find_flow(family, &name);
	if (!template)
		return;
	template->last_ack = s->now / NS_PER_S;
	if (!is_assured(key, record) || flags_of(template->state_flags) & FLOW_ANNOUNCED)
		return;
	__sync_fetch_and_or(&template->state_flags, (FLOW_ANNOUNCED | FLOW_UNSENT) << 8 | TEMPLATE_ASSURED);
}

static __always_inline int has_template(const struct flow *record)
{
	struct service_options *options = options_of(record->server_id);

	return options && options->flags & SERVICE_PERSISTENT && !(flags_of(record->state_flags) & FLOW_TEMPLATE);
}

/* A template that a connection belongs to stays. */
static __always_inline int is_held(const struct sweep *s, const struct flow *record)
{
	return flags_of(record->state_flags) & FLOW_TEMPLATE &&
	       record->last_ack * NS_PER_S + TEMPLATE_HOLD > s->now;
}

/* The other direction's entry costs a lookup: it matters only to what has been silent here, or is to be told again. */
static __always_inline int needs_reply(const struct sweep *s, const struct flow *record, __u64 timeout)
{
	__u64 announced = record->announced_at * NS_PER_S;

	return s->now - record->last_seen > timeout ||
	       (s->owner && is_refresh_due(record, s->now - announced, timeout));
}

/* The entry of a key, if it is a connection's still. */
static __always_inline struct flow *find_request(enum family family, __u32 index, struct flow_key *key)
{
	struct flow_key *found = bpf_map_lookup_elem(&sweep_keys, &index);
	struct flow *record;

	if (!found)
		return NULL;
	copy_key(family, key, found);
	record = find_flow(family, key);
	return record && record->direction == DIRECTION_REQUEST ? record : NULL;
}

/* What is done with a connection is rare beside the looking at it, and may cost another lookup. The functions are global, so
 * that the verifier walks each once, and not for each way that leads to it. */
static __always_inline int do_end(enum family family, __u32 index, int drained, struct sweep *s)
{
	struct flow_key key;
	struct flow *record = find_request(family, index, &key);

	if (record && s)
		end_connection(family, s, &key, record, drained);
	return 0;
}

STAGE(end, (__u32 index, int drained, struct sweep *s), index, drained, s)

static __always_inline int do_bind(enum family family, __u32 index)
{
	struct flow_key key;
	struct flow *record = find_request(family, index, &key);

	if (record)
		bind_server(family, &key, record);
	return 0;
}

STAGE(bind, (__u32 index), index)

static __always_inline int do_tell(enum family family, __u32 index, struct sweep *s)
{
	struct flow_key key;
	struct flow *record = find_request(family, index, &key);

	if (record && s)
		tell(family, s, &key, record);
	return 0;
}

STAGE(tell, (__u32 index, struct sweep *s), index, s)

static __always_inline int do_hold(enum family family, __u32 index, const struct sweep *s)
{
	struct flow_key key;
	struct flow *record = find_request(family, index, &key);

	if (record && s)
		hold_template(family, s, &key, record);
	return 0;
}

STAGE(hold, (__u32 index, const struct sweep *s), index, s)

static __always_inline void sweep_request(enum family family, __u32 index, const struct flow_key *key,
					  struct flow *record, struct sweep *s)
{
	__u64 timeout = idle_timeout(key->protocol, record) * NS_PER_S;
	__u64 limit = timeout, seen;
	struct flow *reply = NULL;
	struct flow_key other;
	int drained;

	if (has_reply(record->forwarding) && needs_reply(s, record, timeout)) {
		other_key(family, record, key->protocol, &other);
		reply = find_flow(family, &other);
	}
	s->call.connections += 1;
	seen = idle_since(record, reply);
	if (!s->owner)
		limit *= PASSIVE_GRACE;
	else if (flags_of(record->state_flags) & FLOW_SYNCED)
		/* What the peer last said of it may be this old: nobody expires early after a takeover. */
		limit += oldest_announcement(timeout);
	if (has_template(record))
		RUN(hold, family, index, s);
	drained = is_drained(s, key, record);
	if (drained || (s->now > seen && s->now - seen > limit && !is_held(s, record))) {
		RUN(end, family, index, drained, s);
		return;
	}
	if (wants_server(record))
		RUN(bind, family, index);
	if (is_to_be_told(s, record, seen, timeout))
		RUN(tell, family, index, s);
}

static __always_inline void sweep_reply(enum family family, const struct flow_key *key, struct flow *reply,
					struct sweep *s)
{
	struct flow_key other;

	if (reply->flags & ENTRY_ONE_PACKET && reply->last_seen + ONE_PACKET_WAIT > s->now)
		return;
	other_key(family, reply, key->protocol, &other);
	if (!is_orphan(family, key, reply, find_flow(family, &other), s->now))
		return;
	delete_flow(family, key);
	s->call.orphans += 1;
}

static __always_inline long sweep_key(enum family family, __u32 index, struct sweep *s)
{
	struct flow_key *found = bpf_map_lookup_elem(&sweep_keys, &index);
	struct flow_key key;
	struct flow *entry;

	if (!found)
		return 1;
	copy_key(family, &key, found);
	entry = find_flow(family, &key);
	if (!entry)
		return 0;
	if (entry->direction == DIRECTION_REQUEST)
		sweep_request(family, index, &key, entry, s);
	else
		sweep_reply(family, &key, entry, s);
	return 0;
}

static long sweep_at4(__u32 index, void *context)
{
	return sweep_key(FAMILY_IPV4, index, context);
}

static long sweep_at6(__u32 index, void *context)
{
	return sweep_key(FAMILY_IPV6, index, context);
}

/* Of how many entries those go that were not asked for in six minutes (ip_vs_lblc_check_expire). */
#define LOCALITIES_AT_EASE 16384
#define LOCALITY_IDLE (6 * 60)

struct locality_sweep {
	__u32 now;
	__u32 limit;	/* s */
	__u32 count;
};

/* In memory, where the verifier knows no values: a count that it knew it would follow up to the bound. */
struct locality_sweep no_localities;

static long sweep_locality(void *map, const void *key, void *value, void *context)
{
	struct locality_sweep *s = context;
	struct locality *set = value;

	if (s->now - set->used > s->limit)
		bpf_map_delete_elem(map, key);
	else
		s->count += 1;
	return 0;
}

SEC("syscall")
int tandem_expire_localities(void *ctx)
{
	struct locality_sweep s = no_localities;

	s.now = exact_idle_clock() / NS_PER_S;
	s.limit = LOCALITY_EXPIRATION;
	bpf_for_each_map_elem(&localities, sweep_locality, &s, 0);
	if (s.count <= LOCALITIES_AT_EASE)
		return 0;
	s.limit = LOCALITY_IDLE;
	bpf_for_each_map_elem(&localities, sweep_locality, &s, 0);
	return 0;
}

/* A walk over a large table in one piece would keep a CPU from everybody for tenths of a second, where the kernel does
 * not preempt: also from the heartbeat, whatever its priority. So userland walks, in slices. */
SEC("syscall")
int tandem_sweep(struct sweep_call *call)
{
	struct sweep s = {
		.call.family = call->family,
		.call.count = call->count,
		.now = exact_idle_clock(),
		.boot_seconds = lease_clock() / NS_PER_S,
		.owner = fence_is_open(),
	};

	if (s.call.count > SWEEP_KEYS)
		return -1;
	if (s.call.family == FAMILY_IPV6)
		bpf_loop(s.call.count, sweep_at6, &s, 0);
	else
		bpf_loop(s.call.count, sweep_at4, &s, 0);
	*call = s.call;
	return 0;
}

static __always_inline long announce_flow(enum family family, const struct flow_key *found, struct flow *record,
					  struct sweep_call *call)
{
	struct flow_key key;

	if (record->direction != DIRECTION_REQUEST ||
	    (flags_of(record->state_flags) & (FLOW_ANNOUNCED | FLOW_UNSENT)) == FLOW_ANNOUNCED)
		return 0;
	if (!ring_has_room()) {
		call->deferred += 1;
		return 1;
	}
	copy_key(family, &key, found);
	announce(family, RECORD_UPDATE, &key, record);
	call->announced += 1;
	return 0;
}

static long announce_flow4(void *map, const void *key, void *value, void *context)
{
	return announce_flow(FAMILY_IPV4, key, value, context);
}

static long announce_flow6(void *map, const void *key, void *value, void *context)
{
	return announce_flow(FAMILY_IPV6, key, value, context);
}

/* Before a handover: half-open connections too go to the peer, as many as the ring takes now. */
SEC("syscall")
int tandem_announce(struct sweep_call *call)
{
	struct sweep_call result = {};

	bpf_for_each_map_elem(&flows4, announce_flow4, &result, 0);
	bpf_for_each_map_elem(&flows6, announce_flow6, &result, 0);
	*call = result;
	return 0;
}

#endif
