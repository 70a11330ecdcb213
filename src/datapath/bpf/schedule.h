// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which real server a new connection goes to. Tables (rr, wrr) are computed in userland and walked here; the
 * least-connection kinds look at the servers' counters. */
#ifndef TANDEM_SCHEDULE_H
#define TANDEM_SCHEDULE_H

#include "maps.h"

struct least {
	__u32 first_slot;
	__u32 weighted;
	__u32 server_id;
	__u64 load;
	__u64 weight;
};

/* All zero, but in memory, where the verifier knows no values. Before 6.7 it walks a callback of bpf_loop only once,
 * and takes out the branches that this first turn cannot reach: with a zero written in place of this, the
 * comparison of compare_load is gone on 6.1. */
struct least nothing_chosen;

/* IPVS counts an active connection as 256 inactive ones (ip_vs_lc.c, ip_vs_wlc.c). */
static __always_inline __u64 overhead(const struct server_load *load)
{
	__s64 sum = (__s64)load->active * 256 + load->inactive;

	return sum > 0 ? sum : 0;
}

static long compare_load(__u32 index, void *context)
{
	struct least *best = context;
	__u32 at = best->first_slot + index;
	__u32 *id = bpf_map_lookup_elem(&slots, &at);
	struct server_load *load;
	struct server *server;
	__u64 sum;

	if (!id)
		return 1;
	server = bpf_map_lookup_elem(&servers, id);
	load = bpf_map_lookup_elem(&server_load, id);
	if (!server || !load || !server->weight)
		return 0;
	sum = overhead(load);
	/* load / weight < best load / best weight, without a division; the first of equals wins, as in IPVS */
	if (!best->server_id || (best->weighted ? sum * best->weight < best->load * server->weight : sum < best->load)) {
		best->server_id = *id;
		best->load = sum;
		best->weight = server->weight;
	}
	return 0;
}

/* Returns a server's id, or 0 when no server takes connections. */
static __always_inline __u32 schedule(const struct service *service)
{
	struct least best = nothing_chosen;
	__u32 id = service->id;
	__u32 at, *cursor, *slot;

	if (!service->slots)
		return 0;
	if (service->scheduler != SCHEDULE_TABLE) {
		best.first_slot = service->first_slot;
		best.weighted = service->scheduler == SCHEDULE_WLC;
		bpf_loop(service->slots, compare_load, &best, 0);
		return best.server_id;
	}
	cursor = bpf_map_lookup_elem(&service_cursor, &id);
	if (!cursor)
		return 0;
	at = service->first_slot + __sync_fetch_and_add(cursor, 1) % service->slots;
	slot = bpf_map_lookup_elem(&slots, &at);
	return slot ? *slot : 0;
}

#endif
