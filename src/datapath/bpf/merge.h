// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The program that merges what the peer sent, from the inbox. It shares the plane's maps and its code, so that one
 * set of rules governs every change of a connection. */
#ifndef TANDEM_MERGE_H
#define TANDEM_MERGE_H

#include "persistence.h"

static __always_inline int is_news(const struct conn_record *in, const struct flow *held)
{
	struct tombstone now = { .term = held->term, .version = held->version, .maker = held->maker };

	return is_newer(in->term, in->version, in->maker, &now);
}

/* Whether a connection that is not in the table was there, and has ended since: then also the version of its end. What
 * this plane made itself and does not hold is gone, however long ago. */
static __always_inline int is_gone(enum family family, const struct flow_key *key, const struct conn_record *in,
				   struct tombstone *end)
{
	struct tombstone *former = find_tombstone(family, key);
	struct settings *set = current_settings();

	if (former && !is_newer(in->term, in->version, in->maker, former)) {
		*end = *former;
		return 1;
	}
	if (!set || in->maker != set->maker)
		return 0;
	end->term = in->term;
	end->version = in->version + 1;
	end->maker = in->maker;
	return 1;
}

/* Whoever tells us of a connection that has ended here has not heard of its end. */
static __always_inline void tell_gone(enum family family, const struct conn_record *in, const struct tombstone *end,
				      struct apply_call *call)
{
	struct conn_record *out = ring_has_room() ? reserve_record(family) : NULL;

	if (!out) {
		call->deferred += 1;
		return;
	}
	if (family == FAMILY_IPV6)
		__builtin_memcpy(out, in, sizeof(*out));
	else
		__builtin_memcpy(out, in, IPV4_RECORD_SIZE);
	out->op = RECORD_DELETE;
	out->term = end->term;
	out->version = end->version;
	out->maker = end->maker;
	out->emitted_at = lease_clock() / NS_PER_US;
	bpf_ringbuf_submit(out, BPF_RB_NO_WAKEUP);
}

static __always_inline void request_key(enum family family, const struct conn_record *in, struct flow_key *key)
{
	__builtin_memset(key, 0, sizeof(*key));
	key->family = in->flags & FLOW_TEMPLATE ? family | KEY_TEMPLATE : family;
	copy_high(family, key->source_high, in->client_high);
	copy_high(family, key->destination_high, in->virtual_high);
	key->source = in->client;
	key->destination = in->virtual_address;
	key->source_port = in->client_port;
	key->destination_port = in->virtual_port;
	key->protocol = in->protocol;
}

/* Made here, or a packet of it was seen here since a peer last told of it. */
static __always_inline int is_used_here(const struct flow *held)
{
	return !(flags_of(held->state_flags) & FLOW_SYNCED);
}

static __always_inline int gives_way(const struct flow *held, const struct conn_record *in, __u32 clash)
{
	if (clash != CLASH_NEWER && is_used_here(held))
		return clash == CLASH_THEIRS;
	return is_news(in, held);
}

/* While both were master, the one that yields now may have ended what is in use here, or given its client another local
 * port. It stays, and is told above that. */
static __always_inline int stays(const struct flow *held, const struct apply_call *call)
{
	return call->clash == CLASH_OURS && is_used_here(held);
}

static __always_inline void insist(enum family family, const struct flow_key *key, struct flow *held,
				   const struct conn_record *in)
{
	__u32 version = READ_ONCE(held->version);

	held->term = in->term;
	if (!is_later(version, in->version))
		__sync_val_compare_and_swap(&held->version, version, in->version);
	raise_version(held);
	if (!ring_has_room() || !announce(family, RECORD_UPDATE, key, held))
		change_flags(held, FLOW_ANNOUNCED | FLOW_UNSENT, 0);
}

/* Makes room under the reply tuple, which belongs to one connection (I5). Returns 0 when the one that has it stays. */
static __always_inline int claim_reply(enum family family, const struct flow_key *reply_key,
				       const struct conn_record *in, __u32 clash)
{
	struct flow *holder = find_flow(family, reply_key);
	struct flow_key owner_key;
	struct flow *owner;

	if (!holder)
		return 1;
	/* A client's own tuple: no plane of ours made such a record. */
	if (holder->direction != DIRECTION_REPLY)
		return 0;
	other_key(family, holder, reply_key->protocol, &owner_key);
	owner = find_flow(family, &owner_key);
	count_event(EVENT_SYNC_CONFLICT);
	if (is_orphan(family, reply_key, holder, owner, exact_idle_clock())) {
		delete_flow(family, reply_key);
		return 1;
	}
	if (!owner || !gives_way(owner, in, clash))
		return 0;
	remove_connection(family, &owner_key, owner);
	return 1;
}

enum insert_result { INSERTED, INSERT_CONFLICT, INSERT_NO_ROOM };

/* A connection on its way into the table. Not on the stack: Linux 6.1 gives a program and its callbacks 512 bytes. */
struct merging {
	struct flow request;
	struct flow reply;
	struct flow_key reply_key;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct merging);
} mergings SEC(".maps");

static __always_inline void fill_synced(enum family family, const struct conn_record *in,
					const struct apply_call *call, struct flow *record)
{
	__builtin_memset(record, 0, sizeof(*record));
	record->source = in->local;
	record->destination = in->server;
	record->source_port = in->local_port;
	record->destination_port = in->server_port;
	copy_high(family, record->source_high, in->local_high);
	copy_high(family, record->destination_high, in->server_high);
	record->direction = DIRECTION_REQUEST;
	record->forwarding = in->forwarding;
	record->maker = in->maker;
	record->learned_from = call->source;
	record->mark = call->mark;
	record->last_seen = exact_idle_clock();
	record->announced_at = record->last_seen / NS_PER_S;
	record->state_flags = pack_state(in->protocol, in->state,
					 FLOW_ANNOUNCED | FLOW_SYNCED | (in->flags & FLOW_TEMPLATE));
	record->version = in->version;
	record->term = in->term;
}

static __always_inline enum insert_result insert_synced(enum family family, const struct flow_key *key,
							 const struct conn_record *in, const struct apply_call *call)
{
	int answered = has_reply(in->forwarding) && !(in->flags & FLOW_TEMPLATE);
	__u32 zero = 0;
	struct merging *new = bpf_map_lookup_elem(&mergings, &zero);

	if (!new)
		return INSERT_NO_ROOM;
	fill_synced(family, in, call, &new->request);
	new->request.server_id = find_server(family, key, &new->request, in->fwmark);
	if (answered) {
		other_key(family, &new->request, in->protocol, &new->reply_key);
		if (!claim_reply(family, &new->reply_key, in, call->clash))
			return INSERT_CONFLICT;
		/* The same moment: a later one would look like a packet, and have the sweep tell it again. */
		fill_reply(family, key, in->forwarding, new->request.server_id, new->request.last_seen, &new->reply);
		if (insert_flow(family, &new->reply_key, &new->reply))
			return INSERT_NO_ROOM;
	}
	if (insert_flow(family, key, &new->request)) {
		if (answered)
			delete_flow(family, &new->reply_key);
		return INSERT_NO_ROOM;
	}
	count_connection(family, &new->request, 1);
	return INSERTED;
}

static __always_inline int same_translation(enum family family, const struct flow *held, const struct conn_record *in)
{
	return held->forwarding == in->forwarding && held->source == in->local &&
	       held->source_port == in->local_port &&
	       held->destination == in->server && held->destination_port == in->server_port &&
	       same_high(family, held->source_high, in->local_high) &&
	       same_high(family, held->destination_high, in->server_high);
}

/* 'state_flags' and 'version' were read before the record was compared with the peer's. Returns 0 when a packet changed the
 * connection meanwhile: that is newer than what the peer knew. */
static __always_inline int refresh_held(struct flow *held, const struct conn_record *in, __u32 state_flags,
					__u32 version, const struct apply_call *call)
{
	__u32 old = state_flags;
	int tries;

	if (__sync_val_compare_and_swap(&held->version, version, in->version) != version)
		return 0;
#pragma unroll
	for (tries = 0; tries < CHANGE_TRIES; tries++) {
		if (state_of(old) != state_of(state_flags) || flags_of(old) & FLOW_GONE)
			return 0;
		if (state_of(old) == in->state || change_state(in->protocol, held, old, in->state))
			goto changed;
		old = READ_ONCE(held->state_flags);
	}
	return 0;
changed:
	held->term = in->term;
	held->maker = in->maker;
	held->learned_from = call->source;
	held->mark = call->mark;
	held->last_seen = exact_idle_clock();
	held->announced_at = held->last_seen / NS_PER_S;
	change_flags(held, FLOW_ANNOUNCED | FLOW_SYNCED, FLOW_UNSENT);
	return 1;
}

static __always_inline int plausible(const struct conn_record *in)
{
	if (in->family > FAMILY_IPV6 || in->forwarding > FORWARD_TUNNEL)
		return 0;
	if (in->flags & FLOW_TEMPLATE)
		return in->state <= TEMPLATE_ASSURED && !in->client_port;
	if (in->protocol == IPPROTO_TCP)
		return in->state < TCP_STATES;
	if (in->protocol == IPPROTO_SCTP)
		return in->state < SCTP_STATES;
	/* Services take all others but these: what speaks of packets is no connection. */
	return in->state == 0 && in->protocol != IPPROTO_ICMP && in->protocol != IPPROTO_ICMPV6;
}

/* A bulk transfer names a connection: its source does, or one that has the same version of it and is its source from now
 * on. What was made here bears the mark of whoever has it too. */
static __always_inline void mark_named(struct flow *held, const struct conn_record *in, const struct apply_call *call)
{
	if (held->learned_from && held->learned_from != call->source) {
		if (held->term != in->term || held->version != in->version || held->maker != in->maker)
			return;
		held->learned_from = call->source;
	}
	held->mark = call->mark;
}

/* What its source did not name, and nobody changed since, is gone there. What was made here, or told by another one, and
 * is not named has not been heard of there, or has ended since: it is told as it is, and the answer decides. */
static __always_inline void forget(enum family family, const struct flow_key *key, struct flow *held,
				   struct apply_call *call)
{
	__u8 flags;

	if (!held || held->direction != DIRECTION_REQUEST || held->mark == call->mark)
		return;
	if (held->learned_from == call->source && !stays(held, call)) {
		if (remove_connection(family, key, held))
			call->applied += 1;
		return;
	}
	flags = flags_of(held->state_flags);
	/* Never told of, or to be told of by the sweep. */
	if ((flags & (FLOW_ANNOUNCED | FLOW_UNSENT | FLOW_GONE)) != FLOW_ANNOUNCED)
		return;
	if (!ring_has_room() || !emit(family, RECORD_UPDATE, key, held))
		call->deferred += 1;
	else if (!held->learned_from)
		held->mark = call->mark;
}

/* A record of the inbox, and what is held under its key. */
struct pair {
	struct conn_record *in;
	struct flow *held;
	struct flow_key key;
};

/* Returns 0 when there is no such record. */
static __always_inline int find_pair(enum family family, __u32 index, struct pair *pair)
{
	pair->in = bpf_map_lookup_elem(&inbox, &index);
	if (!pair->in)
		return 0;
	request_key(family, pair->in, &pair->key);
	pair->held = find_flow(family, &pair->key);
	return 1;
}

/* What may be done with a record. The functions are global, so that the verifier walks each once, and not for each way
 * that leads to it; one of them is called for a record, and finds it again. */
static __always_inline int do_forget(enum family family, __u32 index, struct apply_call *call)
{
	struct pair pair;

	if (call && find_pair(family, index, &pair))
		forget(family, &pair.key, pair.held, call);
	return 0;
}

STAGE(forget, (__u32 index, struct apply_call *call), index, call)

static __always_inline int do_insist(enum family family, __u32 index, struct apply_call *call)
{
	struct pair pair;

	if (!call || !find_pair(family, index, &pair) || !pair.held)
		return 0;
	insist(family, &pair.key, pair.held, pair.in);
	call->conflicts += 1;
	return 0;
}

STAGE(insist, (__u32 index, struct apply_call *call), index, call)

static __always_inline int do_delete(enum family family, __u32 index, struct apply_call *call)
{
	struct pair pair;

	if (!call || !find_pair(family, index, &pair))
		return 0;
	if (pair.held && remove_connection(family, &pair.key, pair.held))
		call->applied += 1;
	else
		call->stale += 1;
	bury(family, &pair.key, pair.in->term, pair.in->version, pair.in->maker);
	return 0;
}

STAGE(delete, (__u32 index, struct apply_call *call), index, call)

static __always_inline int do_refresh(enum family family, __u32 index, __u32 state_flags, __u32 version,
				      struct apply_call *call)
{
	struct pair pair;

	if (!call || !find_pair(family, index, &pair))
		return 0;
	if (pair.held && refresh_held(pair.held, pair.in, state_flags, version, call))
		call->applied += 1;
	else
		call->stale += 1;
	return 0;
}

STAGE(refresh, (__u32 index, __u32 state_flags, __u32 version, struct apply_call *call), index, state_flags, version, call)

/* Returns 1 when the record's connection may come into the table. */
static __always_inline int do_make_room(enum family family, __u32 index, struct apply_call *call)
{
	struct tombstone end = {};
	struct pair pair;

	if (!call || !find_pair(family, index, &pair))
		return 0;
	if (pair.held) {
		remove_connection(family, &pair.key, pair.held);
		return 1;
	}
	if (!is_gone(family, &pair.key, pair.in, &end))
		return 1;
	call->gone += 1;
	tell_gone(family, pair.in, &end, call);
	return 0;
}

STAGE(make_room, (__u32 index, struct apply_call *call), index, call)

static __always_inline int do_insert(enum family family, __u32 index, struct apply_call *call)
{
	struct pair pair;

	if (!call || !find_pair(family, index, &pair))
		return 0;
	switch (insert_synced(family, &pair.key, pair.in, call)) {
	case INSERTED:
		call->applied += 1;
		break;
	case INSERT_CONFLICT:
		call->conflicts += 1;
		break;
	case INSERT_NO_ROOM:
		call->failed += 1;
		break;
	}
	return 0;
}

STAGE(insert, (__u32 index, struct apply_call *call), index, call)

static __always_inline void merge_record(enum family family, __u32 index, struct apply_call *call)
{
	__u32 state_flags = 0, version = 0;
	const struct conn_record *in;
	struct flow *held;
	struct pair pair;

	if (!find_pair(family, index, &pair))
		return;
	in = pair.in;
	held = pair.held;
	if (in->op == RECORD_FORGET) {
		RUN(forget, family, index, call);
		return;
	}
	if (held) {
		/* Its source names it, if only to say what we know already. */
		if (call->mark && in->op == RECORD_UPDATE)
			mark_named(held, in, call);
		/* A packet changes the state first, so it is read first here. */
		state_flags = READ_ONCE(held->state_flags);
		version = READ_ONCE(held->version);
	}
	if (held && (held->direction != DIRECTION_REQUEST || !is_news(in, held)))
		call->stale += 1;
	else if (held && stays(held, call) && (in->op == RECORD_DELETE || !same_translation(family, held, in)))
		RUN(insist, family, index, call);
	else if (in->op == RECORD_DELETE)
		RUN(delete, family, index, call);
	else if (held && same_translation(family, held, in))
		RUN(refresh, family, index, state_flags, version, call);
	else if (RUN(make_room, family, index, call))
		RUN(insert, family, index, call);
}

static long apply_record(__u32 index, void *context)
{
	struct apply_call *call = context;
	struct conn_record *in = bpf_map_lookup_elem(&inbox, &index);

	if (!in)
		return 1;
	if (!plausible(in))
		call->refused += 1;
	else if (in->family == FAMILY_IPV6)
		merge_record(FAMILY_IPV6, index, call);
	else
		merge_record(FAMILY_IPV4, index, call);
	return 0;
}

SEC("syscall")
int tandem_apply(struct apply_call *call)
{
	struct apply_call result = {
		.count = call->count,
		.source = call->source,
		.mark = call->mark,
		.clash = call->clash,
	};

	if (result.count > INBOX_RECORDS)
		return -1;
	bpf_loop(result.count, apply_record, &result, 0);
	*call = result;
	return 0;
}

#endif
