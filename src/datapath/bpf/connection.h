// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A connection's life in the table: counted at its server, put in with both its directions, taken out. */
#ifndef TANDEM_CONNECTION_H
#define TANDEM_CONNECTION_H

#include "service.h"
#include "tombstone.h"

/* asm-generic/errno-base.h */
#define ENOENT 2
#define EEXIST 17

/* Which states count as active: tcp_state_active_table of net/netfilter/ipvs/ip_vs_proto_tcp.c, and set_sctp_state of
 * ip_vs_proto_sctp.c. IPVS makes every connection inactive (__ip_vs_update_dest), and only these protocols' states
 * change that: UDP stays so. */
static __always_inline int is_active(__u8 protocol, __u8 state)
{
	if (protocol == IPPROTO_SCTP)
		return state == SCTP_S_ESTABLISHED;
	return protocol == IPPROTO_TCP && (state == TCP_S_ESTABLISHED || state == TCP_S_SYN_SENT ||
					   state == TCP_S_SYN_RECV || state == TCP_S_SYNACK);
}

static __always_inline __u32 pack_state(__u8 protocol, __u8 state, __u8 flags)
{
	flags &= ~FLOW_INACTIVE;
	if (!is_active(protocol, state))
		flags |= FLOW_INACTIVE;
	return (__u32)flags << 8 | state;
}

static __always_inline void count_load(__u32 server_id, __u32 state_flags, __s32 change)
{
	struct server_load *load = bpf_map_lookup_elem(&server_load, &server_id);

	if (!load)
		return;
	if (flags_of(state_flags) & FLOW_TEMPLATE)
		__sync_fetch_and_add(&load->templates, change);
	else if (flags_of(state_flags) & FLOW_INACTIVE)
		__sync_fetch_and_add(&load->inactive, change);
	else
		__sync_fetch_and_add(&load->active, change);
}

static __always_inline __u32 service_of(__u32 server_id)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);

	return server ? server->service_id : 0;
}

/* What is counted of a connection. Whoever takes it out keeps this: its entry is soon another one's. */
struct tally {
	__u32 server_id;
	__u32 state_flags;
	__u32 forwarding;
	struct ip_address local; /* of fullnat */
};

static __always_inline void take_tally(enum family family, const struct flow *record, struct tally *tally)
{
	tally->server_id = record->server_id;
	tally->state_flags = record->state_flags;
	tally->forwarding = record->forwarding;
	whole_address(family, record->source, record->source_high, &tally->local);
}

struct local_use unused_local;

static __always_inline struct local_use *find_local_use(const struct tally *tally, int make)
{
	struct local_use_key key = { .service_id = service_of(tally->server_id), .local = tally->local };
	struct local_use *use = bpf_map_lookup_elem(&local_use, &key);

	if (use || !make)
		return use;
	bpf_map_update_elem(&local_use, &key, &unused_local, BPF_NOEXIST);
	return bpf_map_lookup_elem(&local_use, &key);
}

/* Whether a server has enough connections: from its upper threshold on, until it has fewer than its lower one or, without
 * one, three quarters of the upper one (ip_vs_bind_dest, ip_vs_unbind_dest). Global, so that the verifier walks it once. */
__noinline int judge_load(__u32 server_id, __s32 change)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);
	struct server_load *load = bpf_map_lookup_elem(&server_load, &server_id);
	__u32 *overloaded = bpf_map_lookup_elem(&overloads, &server_id);
	__s64 total;

	if (!server || !load || !overloaded || (!server->upper_threshold && !*overloaded))
		return 0;
	total = (__s64)load->active + load->inactive;
	if (change > 0) {
		if (server->upper_threshold && total >= server->upper_threshold)
			*overloaded = 1;
	} else if (!server->upper_threshold ||
		   (server->lower_threshold ? total < server->lower_threshold
					    : total * 4 < (__s64)server->upper_threshold * 3)) {
		*overloaded = 0;
	}
	return 0;
}

/* What is not counted any more, because its service was deleted, is not counted below zero. Global, as judge_load. */
__noinline int count_entry(const struct tally *tally, __s32 change)
{
	struct local_use *use;

	if (!tally)
		return 0;
	count_load(tally->server_id, tally->state_flags, change);
	if (flags_of(tally->state_flags) & FLOW_TEMPLATE || tally->forwarding != FORWARD_FULLNAT)
		return 0;
	use = find_local_use(tally, change > 0);
	if (use)
		__sync_fetch_and_add(&use->connections, change);
	return 0;
}

/* To be called once for every connection that came into the table, and once for every one that left. */
static __always_inline void count_tally(const struct tally *tally, __s32 change)
{
	count_entry(tally, change);
	if (!(flags_of(tally->state_flags) & FLOW_TEMPLATE))
		judge_load(tally->server_id, change);
}

static __always_inline void count_connection(enum family family, const struct flow *record, __s32 change)
{
	struct tally tally;

	take_tally(family, record, &tally);
	count_tally(&tally, change);
}

/* Tries of a change that another CPU's change of the same record may beat. */
#define CHANGE_TRIES 4

/* Changes the state of a record that was 'old'. Returns 0 if another CPU was faster: the caller looks again. */
static __always_inline int change_state(__u8 protocol, struct flow *record, __u32 old, __u8 state)
{
	__u32 new = pack_state(protocol, state, flags_of(old));

	if (flags_of(old) & FLOW_GONE)
		return 0;
	if (__sync_val_compare_and_swap(&record->state_flags, old, new) != old)
		return 0;
	if ((flags_of(old) ^ flags_of(new)) & FLOW_INACTIVE) {
		count_load(record->server_id, old, -1);
		count_load(record->server_id, new, 1);
	}
	return 1;
}

/* The reply's entry of the connection that `key` requests. */
static __always_inline void fill_reply(enum family family, const struct flow_key *key, __u8 forwarding, __u32 server_id,
				       __u64 now, struct flow *reply)
{
	__builtin_memset(reply, 0, sizeof(*reply));
	reply->source = key->destination;
	reply->destination = key->source;
	reply->source_port = key->destination_port;
	reply->destination_port = key->source_port;
	copy_high(family, reply->source_high, key->destination_high);
	copy_high(family, reply->destination_high, key->source_high);
	reply->direction = DIRECTION_REPLY;
	reply->forwarding = forwarding;
	reply->server_id = server_id;
	reply->last_seen = now;
}

/* Takes out both directions. Of several CPUs that want to, the one that marks it gone removes and counts it, and
 * gets 1. The reply entry goes first: until the request entry is gone nobody can make another connection of it. */
static __always_inline int remove_connection(enum family family, const struct flow_key *key, struct flow *record)
{
	__u32 state_flags = __sync_fetch_and_or(&record->state_flags, FLOW_GONE << 8);
	struct flow_key other;
	struct tally tally;
	int error;

	/* The entry may be reused as soon as it is deleted: everything needed afterwards is copied first. */
	take_tally(family, record, &tally);
	other_key(family, record, key->protocol, &other);
	if (flags_of(state_flags) & FLOW_GONE)
		return 0;
	tally.state_flags = state_flags;
	if (flags_of(state_flags) & FLOW_ANNOUNCED)
		bury(family, key, record->term, record->version, record->maker);
	if (has_reply(tally.forwarding))
		delete_flow(family, &other);
	error = delete_flow(family, key);
	if (error) {
		/* Of an entry that somebody else took out the memory is another connection's by now. */
		if (error != -ENOENT)
			change_flags(record, 0, FLOW_GONE);
		return 0;
	}
	count_tally(&tally, -1);
	return 1;
}

/* The id of a server of one service: at that port, or at whatever port is asked for. */
static __always_inline __u32 server_of(struct server_index_key *wanted, __be16 port)
{
	__u32 *id;

	wanted->server_port = port;
	id = bpf_map_lookup_elem(&server_index, wanted);
	if (id || !port)
		return id ? *id : 0;
	wanted->server_port = 0;
	id = bpf_map_lookup_elem(&server_index, wanted);
	return id ? *id : 0;
}

/* The server's id of a connection, 0 when no rule names it. 'fwmark': of the service that it is said to be of. */
static __always_inline __u32 find_server(enum family family, const struct flow_key *key, const struct flow *record,
					 __u32 fwmark)
{
	struct server_index_key wanted = {};
	struct settings *set = current_settings();
	__u32 id, kind;

	whole_address(family, record->destination, record->destination_high, &wanted.server_address);
	for (kind = 0; kind < SERVICE_KINDS; kind++) {
		if (!name_service(family, kind, key, set ? set->lookups : 0, fwmark, &wanted.service))
			continue;
		id = server_of(&wanted, record->destination_port);
		if (id)
			return id;
	}
	return 0;
}

/* Half a connection: its client has none, or by now another one with another local port. Not one that is being
 * opened or taken out right now. */
static __always_inline int is_orphan(enum family family, const struct flow_key *key, const struct flow *reply,
				     const struct flow *request, __u64 now)
{
	struct flow_key back;

	if (now <= reply->last_seen || now - reply->last_seen <= NS_PER_S)
		return 0;
	if (!request || !has_reply(request->forwarding))
		return 1;
	other_key(family, request, key->protocol, &back);
	return !same_key(family, &back, key);
}

#endif
