// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The schedulers that look at the servers' live counters: lc, wlc, sed, nq; and those that take the first of an order
 * which has room: fo, ovf. */
#ifndef TANDEM_LEAST_H
#define TANDEM_LEAST_H

#include "maps.h"

/* Servers that one new connection compares. A service with more compares as many of them, and the next connection
 * begins behind those: each costs the same whatever the rules say. At 10 ns a server these are 10 us. */
#define MOST_COMPARED 1024

struct least {
	__u32 first_slot;
	__u32 slots;
	__u32 start;
	__u32 kind;	/* enum scheduler */
	__u32 server_id;
	__u64 cost;
	__u64 weight;
};

/* All zero, but in memory, where the verifier knows no values. Before 6.7 it walks a callback of bpf_loop only once,
 * and takes out the branches that this first turn cannot reach: with a zero written in place of this, the
 * comparison of compare_server is gone on 6.1. */
struct least nothing_chosen;

static __always_inline __u32 server_in_slot(__u32 slot)
{
	__u32 *id = bpf_map_lookup_elem(&slots, &slot);

	return id ? *id : 0;
}

/* Whether a server has as many connections as its threshold allows, or had, and has not lost enough since. */
static __always_inline int is_overloaded(__u32 server_id)
{
	__u32 *flag = bpf_map_lookup_elem(&overloads, &server_id);

	return flag && *flag;
}

/* A server that new connections may go to. */
static __always_inline struct server *open_server(__u32 server_id)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);

	return server && server->weight && !is_overloaded(server_id) ? server : 0;
}

static __always_inline __s64 active_connections(const struct server_load *load)
{
	return load->active > 0 ? load->active : 0;
}

/* IPVS counts an active connection as 256 inactive ones (ip_vs_dest_conn_overhead); sed and nq count the active ones
 * and the one to come. */
static __always_inline __u64 cost_of(const struct server_load *load, __u32 kind)
{
	__s64 sum = (__s64)load->active * 256 + load->inactive;

	if (kind == SCHEDULE_SED || kind == SCHEDULE_NQ)
		return active_connections(load) + 1;
	return sum > 0 ? sum : 0;
}

static long compare_server(__u32 index, void *context)
{
	struct least *best = context;
	__u32 id = server_in_slot(best->first_slot + (best->start + index) % best->slots);
	struct server_load *load = bpf_map_lookup_elem(&server_load, &id);
	struct server *server = id ? open_server(id) : 0;
	__u64 cost, weight;
	int idle;

	if (!server || !load)
		return 0;
	/* Userland has them in the order in which they are to be tried. */
	if (best->kind == SCHEDULE_FO || best->kind == SCHEDULE_OVF) {
		if (best->kind == SCHEDULE_OVF && active_connections(load) > server->weight)
			return 0;
		best->server_id = id;
		return 1;
	}
	cost = cost_of(load, best->kind);
	weight = best->kind == SCHEDULE_LC ? 1 : server->weight;
	/* cost / weight < best cost / best weight, without a division; the first of equals wins, as in IPVS */
	idle = best->kind == SCHEDULE_NQ && !active_connections(load);
	if (!best->server_id || idle || cost * best->weight < best->cost * weight) {
		best->server_id = id;
		best->cost = cost;
		best->weight = weight;
	}
	/* The first idle server is taken, whatever the others' delay. */
	return idle;
}

/* Where a search of all servers begins: at the first, unless there are more than one connection may compare. */
static __always_inline __u32 first_compared(__u32 service_id, __u32 slots)
{
	__u32 *cursor;

	if (slots <= MOST_COMPARED)
		return 0;
	cursor = bpf_map_lookup_elem(&service_cursor, &service_id);
	return cursor ? __sync_fetch_and_add(cursor, MOST_COMPARED) % slots : 0;
}

static __always_inline __u32 compared(__u32 slots)
{
	return slots < MOST_COMPARED ? slots : MOST_COMPARED;
}

/* Global, as what it is called from: the verifier walks it once, and not for each family and caller. */
__noinline __u32 choose_least(__u32 service_id, __u32 first_slot, __u32 slots, __u32 kind)
{
	struct least best = nothing_chosen;

	best.first_slot = first_slot;
	best.slots = slots;
	/* Their order is what is asked for. */
	best.start = kind == SCHEDULE_FO || kind == SCHEDULE_OVF ? 0 : first_compared(service_id, slots);
	best.kind = kind;
	bpf_loop(compared(slots), compare_server, &best, 0);
	return best.server_id;
}

#endif
