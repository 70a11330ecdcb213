// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The fence: whether this director owns the floating addresses right now (design 4, I2). */
#ifndef TANDEM_FENCE_H
#define TANDEM_FENCE_H

#include "clock.h"
#include "maps.h"

static __always_inline struct lease *current_lease(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&lease, &zero);
}

static __always_inline int fence_is_open(void)
{
	struct lease *held = current_lease();

	return held && held->until > lease_clock();
}

/* A connection that nobody would sync must not begin: its client would be lost with this director. */
static __always_inline int sync_allows_new(void)
{
	__u32 zero = 0;
	__u64 *until = bpf_map_lookup_elem(&sync_lease, &zero);

	return until && (*until == 0 || *until > lease_clock());
}

static __always_inline struct settings *current_settings(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&settings, &zero);
}

#endif
