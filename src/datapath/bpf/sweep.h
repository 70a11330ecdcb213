// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The programs that walk the whole table: what is idle goes, what is in use is announced again, and before a
 * handover all of it. */
#ifndef TANDEM_SWEEP_H
#define TANDEM_SWEEP_H

#include "connection.h"

/* How the passive director counts: the owner's deletes may be late, or the owner dead. */
#define PASSIVE_GRACE 2

/* An owner announces a connection in use again each third of its timeout, unless refresh_period says otherwise, so
 * that the peer's copy is never older. */
#define REFRESH_PARTS 3

struct sweep {
	struct sweep_call call;
	__u64 now;
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

static __always_inline void refresh_if_due(enum family family, struct sweep *s, const struct flow_key *key,
					   struct flow *record, __u64 seen, __u64 timeout)
{
	__u8 flags = flags_of(record->state_flags);
	__u64 announced = record->announced_at * NS_PER_S;
	/* In whole seconds: what was seen in the second of the announcement was announced. */
	int used_since = seen / NS_PER_S > record->announced_at;

	if (!(flags & FLOW_ANNOUNCED))
		return;
	/* A change that the ring had no room for is told by whoever made it; refreshes are the owner's. */
	if (!(flags & FLOW_UNSENT) &&
	    !(s->owner && used_since && is_refresh_due(record, s->now - announced, timeout)))
		return;
	if (!ring_has_room()) {
		s->call.deferred += 1;
		s->call.unsent += !!(flags & FLOW_UNSENT);
		return;
	}
	raise_version(record);
	if (announce(family, RECORD_UPDATE, key, record))
		s->call.announced += 1;
	else
		s->call.unsent += 1;
}

/* A connection that the peer was told of stays until the peer can be told of its end too. */
static __always_inline void expire(enum family family, struct sweep *s, const struct flow_key *key,
				   struct flow *record)
{
	if (flags_of(record->state_flags) & FLOW_ANNOUNCED && s->owner) {
		if (!ring_has_room()) {
			s->call.deferred += 1;
			return;
		}
		raise_version(record);
		if (!announce(family, RECORD_DELETE, key, record)) {
			s->call.unsent += 1;
			return;
		}
	}
	if (remove_connection(family, key, record)) {
		s->call.expired += 1;
		count_event(EVENT_EXPIRED);
	}
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
static __always_inline void bind_server(enum family family, const struct flow_key *key, struct flow *record,
					struct flow *reply)
{
	__u32 id = find_server(family, key, record, fwmark_of(record->server_id));

	if (!id || id == record->server_id)
		return;
	count_connection(family, record, -1);
	record->server_id = id;
	if (reply)
		reply->server_id = id;
	count_connection(family, record, 1);
}

/* The other direction's entry costs a lookup: it matters only to what has been silent here, or is to be told again. */
static __always_inline int needs_reply(const struct sweep *s, const struct flow *record, __u64 timeout)
{
	__u64 announced = record->announced_at * NS_PER_S;

	return s->now - record->last_seen > timeout ||
	       (s->owner && is_refresh_due(record, s->now - announced, timeout));
}

static __always_inline void sweep_request(enum family family, const struct flow_key *key, struct flow *record,
					  struct sweep *s)
{
	__u64 timeout = state_timeout(key->protocol, state_of(record->state_flags)) * NS_PER_S;
	__u64 limit = timeout, seen;
	struct flow *reply = NULL;
	struct flow_key other;
	int wants = wants_server(record);

	if (has_reply(record->forwarding) && (wants || needs_reply(s, record, timeout))) {
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
	if (s->now > seen && s->now - seen > limit) {
		expire(family, s, key, record);
		return;
	}
	if (wants)
		bind_server(family, key, record, reply);
	refresh_if_due(family, s, key, record, seen, timeout);
}

static __always_inline void sweep_reply(enum family family, const struct flow_key *key, struct flow *reply,
					struct sweep *s)
{
	struct flow_key other;

	other_key(family, reply, key->protocol, &other);
	if (!is_orphan(family, key, reply, find_flow(family, &other), s->now))
		return;
	delete_flow(family, key);
	s->call.orphans += 1;
}

static __always_inline void sweep_key(enum family family, const struct flow_key *found, struct sweep *s)
{
	struct flow_key key;
	struct flow *entry;

	copy_key(family, &key, found);
	entry = find_flow(family, &key);
	if (!entry)
		return;
	if (entry->direction == DIRECTION_REQUEST)
		sweep_request(family, &key, entry, s);
	else
		sweep_reply(family, &key, entry, s);
}

static long sweep_at(__u32 index, void *context)
{
	struct flow_key *key = bpf_map_lookup_elem(&sweep_keys, &index);
	struct sweep *s = context;

	if (!key)
		return 1;
	if (s->call.family == FAMILY_IPV6)
		sweep_key(FAMILY_IPV6, key, s);
	else
		sweep_key(FAMILY_IPV4, key, s);
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
		.owner = fence_is_open(),
	};

	if (s.call.count > SWEEP_KEYS)
		return -1;
	bpf_loop(s.call.count, sweep_at, &s, 0);
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
