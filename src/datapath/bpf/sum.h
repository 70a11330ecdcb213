// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Sums the bytes of a packet, also of one in several buffers: for checksums that cover all of it. */
#ifndef TANDEM_SUM_H
#define TANDEM_SUM_H

#include "checksum.h"
#include "maps.h"

/* What bpf_csum_diff takes at once (MAX_BPF_STACK). */
#define SUM_CHUNK 512
/* Chunks of the longest IP packet. */
#define SUM_CHUNKS 128

struct sum_buffer {
	__u8 bytes[SUM_CHUNK + 4]; /* the verifier rounds up further than the sum does */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sum_buffer);
} sum_buffers SEC(".maps");

/* All zero, but in memory, where the verifier knows no values: see nothing_chosen in schedule.h. */
__u32 nothing_summed;

struct summing {
	struct xdp_md *ctx;
	__u32 at;
	__u32 end;
	__u32 sum;
	__u32 failed;
};

static long sum_chunk(__u32 index, void *context)
{
	struct summing *s = context;
	__u32 zero = 0, length = s->end - s->at;
	struct sum_buffer *buffer = bpf_map_lookup_elem(&sum_buffers, &zero);

	if (!buffer) {
		s->failed = 1;
		return 1;
	}
	if (s->at >= s->end)
		return 1;
	if (length >= SUM_CHUNK)
		length = SUM_CHUNK;
	else
		/* The last words are filled up with zeros. */
		__builtin_memset(buffer, 0, sizeof(*buffer));
	/* Written so, Linux 6.1 sees that it is not 0 either. */
	barrier_var(length);
	length = ((length - 1) & (SUM_CHUNK - 1)) + 1;
	if (bpf_xdp_load_bytes(s->ctx, s->at, buffer, length)) {
		s->failed = 1;
		return 1;
	}
	s->sum = bpf_csum_diff(0, 0, (void *)buffer, (length + 3) & ~3, s->sum);
	s->at += length;
	return 0;
}

/* The one's complement sum of the bytes from `at` to `end` of a frame; an even number of bytes stands before the next
 * ones, if others are added. Returns 0 when the frame has fewer bytes. */
static __always_inline int sum_bytes(struct xdp_md *ctx, __u32 at, __u32 end, __u64 *sum)
{
	struct summing s = { .ctx = ctx, .at = at + nothing_summed, .end = end, .sum = nothing_summed };

	bpf_loop(SUM_CHUNKS, sum_chunk, &s, 0);
	*sum = s.sum;
	return !s.failed && s.at >= s.end;
}

#endif
