// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tells the sync worker, through the ring, what became of a connection. */
#ifndef TANDEM_ANNOUNCE_H
#define TANDEM_ANNOUNCE_H

#include <linux/in.h>
#include "fence.h"
#include "flow.h"

#define NS_PER_US 1000

/* Exactly one load, in the order of the program, of what another CPU may change. */
#define READ_ONCE(value) (*(const volatile __typeof__(value) *)&(value))

static __always_inline __u8 state_of(__u32 state_flags)
{
	return state_flags & 0xff;
}

static __always_inline __u8 flags_of(__u32 state_flags)
{
	return state_flags >> 8;
}

static __always_inline __u32 state_timeout(__u8 protocol, __u8 state)
{
	struct settings *set = current_settings();

	if (!set)
		return 0;
	if (protocol == IPPROTO_SCTP)
		return state < SCTP_STATES ? set->sctp_timeout[state] : 0;
	/* What has no states of its own is as UDP. */
	if (protocol != IPPROTO_TCP)
		return set->udp_timeout;
	return state < TCP_STATES ? set->tcp_timeout[state] : 0;
}

/* What is set for the service of a server. */
static __always_inline struct service_options *options_of(__u32 server_id)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);
	__u32 id = server ? server->service_id : 0;

	return id ? bpf_map_lookup_elem(&service_options, &id) : 0;
}

/* IPVS_SVC_PERSISTENT_TIMEOUT of ipvsadm: of a template whose service is not known here. */
#define TEMPLATE_TIMEOUT 360

/* Whether both ends agree that the connection is there: what has no states of its own always does. */
static __always_inline int is_up(__u8 protocol, __u8 state)
{
	if (protocol == IPPROTO_SCTP)
		return state == SCTP_S_ESTABLISHED;
	return protocol != IPPROTO_TCP || state == TCP_S_ESTABLISHED;
}

/* After how many seconds without a packet a record goes. UDP has one state, which counts as established. */
static __always_inline __u32 idle_timeout(__u8 protocol, const struct flow *record)
{
	__u32 state_flags = READ_ONCE(record->state_flags);
	struct service_options *options;

	if (flags_of(state_flags) & FLOW_TEMPLATE) {
		options = options_of(record->server_id);
		return options && options->persistence_timeout ? options->persistence_timeout : TEMPLATE_TIMEOUT;
	}
	if (is_up(protocol, state_of(state_flags))) {
		options = options_of(record->server_id);
		if (options && options->established_timeout)
			return options->established_timeout;
	}
	return state_timeout(protocol, state_of(state_flags));
}

/* Sets and clears flags of a record; another CPU may change its state meanwhile. */
static __always_inline void change_flags(struct flow *record, __u8 set, __u8 clear)
{
	if (set)
		__sync_fetch_and_or(&record->state_flags, (__u32)set << 8);
	if (clear)
		__sync_fetch_and_and(&record->state_flags, ~((__u32)clear << 8));
}

/* Terms and versions wrap: serial number arithmetic (RFC 1982). */
static __always_inline int is_later(__u32 a, __u32 b)
{
	return (__s32)(a - b) > 0;
}

/* The clock that versions follow: ms, CLOCK_BOOTTIME, modulo 2^32. It makes a tuple that is used again newer than its
 * predecessor, also where nobody remembers that one. */
static __always_inline __u32 version_clock(void)
{
	return lease_clock() / NS_PER_MS;
}

/* To be called for each change of a record, before it is announced. */
static __always_inline void raise_version(struct flow *record)
{
	__u32 old = READ_ONCE(record->version);
	__u32 now = version_clock();

	/* Of two CPUs that change it at the same time each makes a version of its own. */
	if (is_later(now, old) && __sync_val_compare_and_swap(&record->version, old, now) == old)
		return;
	__sync_fetch_and_add(&record->version, 1);
}

/* Half of the ring is for what packets cause; who walks the whole table goes on when that is free again. */
static __always_inline int ring_has_room(void)
{
	return bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) < RING_BYTES / 2;
}

/* The mark of the service that a server is of, 0 where that is none of a mark. */
static __always_inline __u32 fwmark_of(__u32 server_id)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);

	return server ? server->fwmark : 0;
}

/* The tuple and the translation, by which the peer finds or makes the connection. */
static __always_inline void describe_connection(enum family family, const struct flow_key *key,
						const struct flow *record, struct conn_record *out)
{
	out->family = family;
	out->protocol = key->protocol;
	out->fwmark = fwmark_of(record->server_id);
	out->subnet = 0;
	out->client = key->source;
	out->client_port = key->source_port;
	out->virtual_address = key->destination;
	out->virtual_port = key->destination_port;
	out->local = record->source;
	out->local_port = record->source_port;
	out->server = record->destination;
	out->server_port = record->destination_port;
	out->forwarding = record->forwarding;
	copy_high(family, out->client_high, key->source_high);
	copy_high(family, out->virtual_high, key->destination_high);
	copy_high(family, out->local_high, record->source_high);
	copy_high(family, out->server_high, record->destination_high);
}

static __always_inline struct conn_record *reserve_record(enum family family)
{
	if (family == FAMILY_IPV6)
		return bpf_ringbuf_reserve(&events, sizeof(struct conn_record), 0);
	return bpf_ringbuf_reserve(&events, IPV4_RECORD_SIZE, 0);
}

/* Puts what is known of a connection into the ring, as it is. Returns 0 when there is no room. */
static __always_inline int emit(enum family family, enum record_op op, const struct flow_key *key,
				const struct flow *record)
{
	struct conn_record *out = reserve_record(family);
	__u32 state_flags;

	if (!out)
		return 0;
	describe_connection(family, key, record, out);
	/* Before the state: another CPU sets the state first, so that its version never goes out with an older one. */
	out->version = READ_ONCE(record->version);
	state_flags = READ_ONCE(record->state_flags);
	out->op = op;
	out->state = state_of(state_flags);
	out->maker = record->maker;
	out->flags = flags_of(state_flags) & (FLOW_INACTIVE | FLOW_TEMPLATE);
	__builtin_memset(out->reserved, 0, sizeof(out->reserved));
	out->timeout = idle_timeout(key->protocol, record);
	out->term = record->term;
	out->emitted_at = lease_clock() / NS_PER_US;
	bpf_ringbuf_submit(out, BPF_RB_NO_WAKEUP);
	return 1;
}

/* Whether nobody is told of a connection, because its template is enough. Who knows of it goes on hearing of it. */
static __always_inline int stays_untold(const struct settings *set, const struct flow *record)
{
	struct service_options *options;

	if (!set->templates_only || flags_of(record->state_flags) & (FLOW_TEMPLATE | FLOW_ANNOUNCED))
		return 0;
	options = options_of(record->server_id);
	return options && options->flags & SERVICE_PERSISTENT;
}

/* Returns whether the sync worker will hear of it, or need not. */
static __always_inline int announce(enum family family, enum record_op op, const struct flow_key *key,
				    struct flow *record)
{
	struct settings *set = current_settings();
	struct lease *held = current_lease();

	if (!set || !held)
		return 0;
	if (stays_untold(set, record))
		return 1;
	/* A takeover raised the term: what this director announces from now on is newer than what it adopted. */
	if (is_later(held->term, record->term))
		record->term = held->term;
	record->announced_packets = record->packets;
	record->maker = set->maker;
	record->learned_from = 0;
	record->announced_at = exact_idle_clock() / NS_PER_S;
	if (!emit(family, op, key, record)) {
		count_event(EVENT_RING_OVERFLOW);
		change_flags(record, FLOW_ANNOUNCED | FLOW_UNSENT, 0);
		return 0;
	}
	change_flags(record, FLOW_ANNOUNCED, FLOW_UNSENT);
	return 1;
}

#endif
