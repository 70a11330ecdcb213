// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* lblc and lblcr (ip_vs_lblc.c, ip_vs_lblcr.c): a destination address keeps its server, or its few servers, until
 * those have more than their weight and another has less than half of its own. */
#ifndef TANDEM_LOCALITY_H
#define TANDEM_LOCALITY_H

#include "clock.h"
#include "flow.h"
#include "least.h"

/* IPVS: net.ipv4.vs.lblc_expiration and lblcr_expiration. After so long an entry that nobody asked for goes, and a set
 * that did not change loses its busiest server. */
#define LOCALITY_EXPIRATION (24 * 60 * 60)

/* Whose servers are asked for. Not on the stack: that is short, where so much is called from. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct locality_key);
} locality_places SEC(".maps");

static __always_inline struct locality_key *current_place(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&locality_places, &zero);
}

static __always_inline __u32 coarse_seconds(void)
{
	return idle_clock() / NS_PER_S;
}

struct spare {
	__u32 first_slot;
	__u32 slots;
	__u32 start;
	__u32 found;
};

static long find_spare(__u32 index, void *context)
{
	struct spare *s = context;
	__u32 id = server_in_slot(s->first_slot + (s->start + index) % s->slots);
	struct server_load *load = bpf_map_lookup_elem(&server_load, &id);
	struct server *server = bpf_map_lookup_elem(&servers, &id);

	s->found = server && load && active_connections(load) * 2 < server->weight;
	return s->found;
}

/* A server has more active connections than its weight, while another has less than half of its own. */
static __always_inline int has_better(__u32 server_id, __u32 service_id, __u32 first_slot, __u32 slots)
{
	struct spare s = { .first_slot = first_slot, .slots = slots };
	struct server_load *load = bpf_map_lookup_elem(&server_load, &server_id);
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);

	if (!server || !load || active_connections(load) <= server->weight)
		return 0;
	s.start = first_compared(service_id, slots);
	bpf_loop(compared(slots), find_spare, &s, 0);
	return s.found;
}

/* A server of this service, still: its id may have become another one's since it was noted down. */
static __always_inline int is_own(__u32 service_id, __u32 server_id)
{
	struct server *server = bpf_map_lookup_elem(&servers, &server_id);

	return server && server->service_id == service_id && !(server->flags & SERVER_DELETED);
}

/* Looks for the least loaded of a set, or the most loaded one. */
struct extreme {
	struct locality *set;
	__u32 service_id;
	__u32 most;
	__u32 server_id;
	__u32 at;	/* its place in the set */
	__u64 cost;
	__u64 weight;
};

/* As nothing_chosen is. */
struct extreme nobody;

static long compare_member(__u32 index, void *context)
{
	struct extreme *best = context;
	__u32 at = (best->set->next - 1 - index) % MOST_REPLICAS;
	__u32 id = best->set->servers[at];
	struct server *server = bpf_map_lookup_elem(&servers, &id);
	struct server_load *load = bpf_map_lookup_elem(&server_load, &id);
	__u64 cost, here, there;

	if (!id || !server || !load || !server->weight || !is_own(best->service_id, id) ||
	    (!best->most && is_overloaded(id)))
		return 0;
	cost = cost_of(load, SCHEDULE_WLC);
	here = cost * best->weight;
	there = best->cost * server->weight;
	if (!best->server_id || (best->most ? here > there : here < there)) {
		best->server_id = id;
		best->at = at;
		best->cost = cost;
		best->weight = server->weight;
	}
	return 0;
}

/* In a full set it takes the place of the oldest member. */
static __always_inline void add_member(struct locality *set, __u32 server_id)
{
	__u32 at = set->next % MOST_REPLICAS;

	set->members += !set->servers[at];
	set->servers[at] = server_id;
	set->next += 1;
	set->changed = coarse_seconds();
}

static __always_inline void remove_member(struct locality *set, __u32 at)
{
	set->servers[at % MOST_REPLICAS] = 0;
	set->members -= 1;
	set->changed = coarse_seconds();
}

static __always_inline int is_member(const struct locality *set, __u32 server_id)
{
	__u32 i;

	for (i = 0; i < MOST_REPLICAS; i++)
		if (set->servers[i] == server_id)
			return 1;
	return 0;
}

/* The least loaded member, the youngest of equals, if any takes connections. */
static __always_inline __u32 known_server(__u32 service_id, struct locality *set, __u32 scheduler)
{
	struct extreme found = nobody;
	__u32 now = coarse_seconds(), id;

	set->used = now;
	found.set = set;
	found.service_id = service_id;
	bpf_loop(MOST_REPLICAS, compare_member, &found, 0);
	id = found.server_id;
	if (scheduler == SCHEDULE_LBLCR && set->members > 1 && now - set->changed > LOCALITY_EXPIRATION) {
		found.most = 1;
		found.server_id = 0;
		bpf_loop(MOST_REPLICAS, compare_member, &found, 0);
		if (found.server_id)
			remove_member(set, found.at);
	}
	return id;
}

/* What an entry begins as. In memory, because the stack is short. */
struct locality no_members;

static __always_inline void note_server(const struct locality_key *place, struct locality *set, __u32 scheduler,
					__u32 id)
{
	if (!set) {
		/* Without room it is chosen anew each time. */
		bpf_map_update_elem(&localities, place, &no_members, BPF_NOEXIST);
		set = bpf_map_lookup_elem(&localities, place);
		if (!set)
			return;
		set->used = coarse_seconds();
	}
	if (scheduler == SCHEDULE_LBLC)
		set->next = 0;
	else if (is_member(set, id))
		return;
	add_member(set, id);
}

__noinline __u32 choose_by_locality(__u32 service_id, __u32 first_slot, __u32 slots, __u32 scheduler)
{
	struct locality_key *place = current_place();
	struct locality *set;
	__u32 id;

	if (!place)
		return 0;
	set = bpf_map_lookup_elem(&localities, place);
	id = set ? known_server(service_id, set, scheduler) : 0;
	if (id && !has_better(id, service_id, first_slot, slots))
		return id;
	id = choose_least(service_id, first_slot, slots, SCHEDULE_WLC);
	if (id)
		note_server(place, set, scheduler, id);
	return id;
}

#endif
