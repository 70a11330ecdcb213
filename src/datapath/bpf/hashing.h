// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The schedulers that hash an address into a table: sh, dh (ip_vs_sh.c, ip_vs_dh.c) and mh (ip_vs_mh.c). Hashes and
 * tables equal those of a 64-bit kernel, so that a client keeps its server when it moves from there to here. */
#ifndef TANDEM_HASHING_H
#define TANDEM_HASHING_H

#include "flow.h"
#include "least.h"

/* CONFIG_IP_VS_SH_TAB_BITS and CONFIG_IP_VS_DH_TAB_BITS of Debian's kernels. */
#define HASH_TABLE_BITS 8

/* linux/hash.h */
#define GOLDEN_RATIO_32 0x61c88647

/* Both keys of the first of mh's two hashes (generate_hash_secret). */
#define MAGLEV_KEY 2654435761ULL

static __always_inline __u32 fold_address(enum family family, __be32 low, const __be32 *high)
{
	return bpf_ntohl(family == FAMILY_IPV6 ? low ^ high[0] ^ high[1] ^ high[2] : low);
}

static __always_inline __u32 hash_32(__u32 value)
{
	return (value * GOLDEN_RATIO_32) >> (32 - HASH_TABLE_BITS);
}

static __always_inline __u64 rotate_left(__u64 value, int bits)
{
	return value << bits | value >> (64 - bits);
}

struct sip_state {
	__u64 v0, v1, v2, v3;
};

static __always_inline void sip_round(struct sip_state *s)
{
	s->v0 += s->v1;
	s->v1 = rotate_left(s->v1, 13) ^ s->v0;
	s->v0 = rotate_left(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate_left(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate_left(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate_left(s->v1, 17) ^ s->v2;
	s->v2 = rotate_left(s->v2, 32);
}

/* SipHash-1-3 of one 32-bit word, cut to 32 bits: hsiphash_1u32() of a 64-bit kernel (lib/siphash.c). */
static __always_inline __u32 maglev_hash(__u32 value)
{
	struct sip_state s = {
		.v0 = 0x736f6d6570736575ULL ^ MAGLEV_KEY,
		.v1 = 0x646f72616e646f6dULL ^ MAGLEV_KEY,
		.v2 = 0x6c7967656e657261ULL ^ MAGLEV_KEY,
		.v3 = 0x7465646279746573ULL ^ MAGLEV_KEY,
	};
	__u64 block = 4ULL << 56 | value; /* four bytes in all */

	s.v3 ^= block;
	sip_round(&s);
	s.v0 ^= block;
	s.v2 ^= 0xff;
	sip_round(&s);
	sip_round(&s);
	sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* Looks for another server when the one that the hash names takes nothing. */
struct fallback {
	__u32 first_slot;
	__u32 slots;
	__u32 value;	/* what is hashed */
	__u32 hash;	/* of it */
	__u32 maglev;
	__u32 server_id;
};

static long fall_back(__u32 index, void *context)
{
	struct fallback *f = context;
	__u32 offset = (index + f->hash) % f->slots;
	__u32 hash = f->maglev ? maglev_hash(offset + f->value) : offset + hash_32(f->value);
	__u32 id = server_in_slot(f->first_slot + hash % f->slots);

	if (!id || !open_server(id))
		return 0;
	f->server_id = id;
	return 1;
}

__noinline __u32 find_by_hash(__u32 first_slot, __u32 slots, __u32 value, __u32 maglev, __u32 may_fall_back)
{
	struct fallback f = {
		.first_slot = first_slot,
		.slots = slots,
		.value = value,
		.hash = (maglev ? maglev_hash(value) : hash_32(value)) % slots,
		.maglev = maglev,
	};
	__u32 id = server_in_slot(f.first_slot + f.hash);

	if (id && open_server(id))
		return id;
	if (!may_fall_back)
		return 0;
	bpf_loop(slots, fall_back, &f, 0);
	return f.server_id;
}

static __always_inline __u32 choose_by_hash(const struct service *service, __u32 value, __u32 maglev)
{
	return find_by_hash(service->first_slot, service->slots, value, maglev, service->flags & SERVICE_FALLBACK);
}

static __always_inline __u32 source_value(enum family family, const struct service *service,
					  const struct flow_key *key)
{
	__u32 port = service->flags & SERVICE_HASH_PORT ? bpf_ntohs(key->source_port) : 0;

	return fold_address(family, key->source, key->source_high) + port;
}

static __always_inline __u32 choose_by_source(enum family family, const struct service *service,
					      const struct flow_key *key)
{
	return choose_by_hash(service, source_value(family, service, key), 0);
}

static __always_inline __u32 choose_by_maglev(enum family family, const struct service *service,
					      const struct flow_key *key)
{
	return choose_by_hash(service, source_value(family, service, key), 1);
}

static __always_inline __u32 choose_by_destination(enum family family, const struct service *service,
						   const struct flow_key *key)
{
	return choose_by_hash(service, fold_address(family, key->destination, key->destination_high), 0);
}

#endif
