// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which real server a new connection goes to. What is fixed by the rules (turns, hash tables, orders) is computed in
 * userland and stands in the service's slots; what depends on the servers' connections is decided here. */
#ifndef TANDEM_SCHEDULE_H
#define TANDEM_SCHEDULE_H

#include "hashing.h"
#include "least.h"
#include "locality.h"

/* Where the search of a server that takes connections stands. */
struct rotation {
	__u32 first_slot;
	__u32 slots;
	__u32 start;
	__u32 server_id;
	__u32 passed; /* slots whose servers had enough */
};

static long take_turn(__u32 index, void *context)
{
	struct rotation *turn = context;

	/* The first had its turn already. */
	turn->passed = index + 1;
	turn->server_id = server_in_slot(turn->first_slot + (turn->start + index + 1) % turn->slots);
	return turn->server_id && !is_overloaded(turn->server_id);
}

/* rr and wrr: the next slot whose server has not enough connections. */
__noinline __u32 rotate(__u32 service_id, __u32 first_slot, __u32 slots)
{
	__u32 *cursor = bpf_map_lookup_elem(&service_cursor, &service_id);
	struct rotation turn = { .first_slot = first_slot, .slots = slots };
	__u32 chosen;

	if (!cursor)
		return 0;
	turn.start = __sync_fetch_and_add(cursor, 1) % slots;
	chosen = server_in_slot(first_slot + turn.start);
	if (!chosen || !is_overloaded(chosen))
		return chosen;
	bpf_loop(slots - 1, take_turn, &turn, 0);
	__sync_fetch_and_add(cursor, turn.passed);
	return turn.server_id && !is_overloaded(turn.server_id) ? turn.server_id : 0;
}

/* Returns a server's id, or 0 when no server takes the connection. */
static __always_inline __u32 schedule(enum family family, const struct service *service, const struct flow_key *key)
{
	struct locality_key *place;

	if (!service->slots)
		return 0;
	switch (service->scheduler) {
	case SCHEDULE_ROTATE:
		return rotate(service->id, service->first_slot, service->slots);
	case SCHEDULE_SOURCE:
		return choose_by_source(family, service, key);
	case SCHEDULE_DESTINATION:
		return choose_by_destination(family, service, key);
	case SCHEDULE_MAGLEV:
		return choose_by_maglev(family, service, key);
	case SCHEDULE_LBLC:
	case SCHEDULE_LBLCR:
		place = current_place();
		if (!place)
			return 0;
		place->service_id = service->id;
		whole_address(family, key->destination, key->destination_high, &place->destination);
		return choose_by_locality(service->id, service->first_slot, service->slots, service->scheduler);
	default:
		return choose_least(service->id, service->first_slot, service->slots, service->scheduler);
	}
}

#endif
