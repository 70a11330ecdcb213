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

static __always_inline struct tombstone *find_tombstone(enum family family, const struct flow_key *key)
{
	if (family == FAMILY_IPV6)
		return bpf_map_lookup_elem(&tombstones6, key);
	return bpf_map_lookup_elem(&tombstones4, key);
}

/* Only what others were told of is worth remembering: a SYN flood leaves no tombstones. */
static __always_inline void bury(enum family family, const struct flow_key *key, __u32 term, __u32 version,
				 __u32 maker)
{
	struct tombstone stone = { .term = term, .version = version, .maker = maker };
	struct tombstone *held = find_tombstone(family, key);

	if (held && !is_newer(term, version, maker, held))
		return;
	if (family == FAMILY_IPV6)
		bpf_map_update_elem(&tombstones6, key, &stone, BPF_ANY);
	else
		bpf_map_update_elem(&tombstones4, key, &stone, BPF_ANY);
}

/* A new connection is newer than the one that had its tuple before, whoever ended that. */
static __always_inline void outlive(enum family family, const struct flow_key *key, struct flow *opened)
{
	struct tombstone *former = find_tombstone(family, key);

	if (!former || is_newer(opened->term, opened->version, 0, former))
		return;
	opened->term = former->term;
	opened->version = former->version + 1;
}

#endif
