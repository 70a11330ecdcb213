// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which of two words on a connection is newer, and what is remembered of connections that are gone. */
#ifndef TANDEM_TOMBSTONE_H
#define TANDEM_TOMBSTONE_H

#include "announce.h"

/* The order is total, so that two directors that made a version each keep the same one. */
static __always_inline int is_newer(__u32 term, __u32 version, __u32 maker, const struct tombstone *than)
{
	if (term != than->term)
		return is_later(term, than->term);
	if (version != than->version)
		return is_later(version, than->version);
	return maker > than->maker;
}

/* Only what others were told of is worth remembering: a SYN flood leaves no tombstones. */
static __always_inline void bury(const struct flow_key *key, __u32 term, __u32 version, __u32 maker)
{
	struct tombstone stone = { .term = term, .version = version, .maker = maker };
	struct tombstone *held = bpf_map_lookup_elem(&tombstones, key);

	if (!held || is_newer(term, version, maker, held))
		bpf_map_update_elem(&tombstones, key, &stone, BPF_ANY);
}

/* A new connection is newer than the one that had its tuple before, whoever ended that. */
static __always_inline void outlive(const struct flow_key *key, struct flow *opened)
{
	struct tombstone *former = bpf_map_lookup_elem(&tombstones, key);

	if (!former || is_newer(opened->term, opened->version, 0, former))
		return;
	opened->term = former->term;
	opened->version = former->version + 1;
}

#endif
