// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Internet checksums: RFC 1071; changed in place: RFC 1624, equation 3. */
#ifndef TANDEM_CHECKSUM_H
#define TANDEM_CHECKSUM_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __always_inline __u16 fold(__u64 sum)
{
	/* Four folds bring any 64-bit sum of 16-bit words below 2^16. */
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static __always_inline __u64 sum_words(const void *start, int bytes)
{
	const __u16 *word = start;
	__u64 sum = 0;
	int i;

#pragma unroll
	for (i = 0; i < bytes / 2; i++)
		sum += word[i];
	return sum;
}

static __always_inline __u64 change16(__u64 sum, __u16 old, __u16 new)
{
	return sum + (__u16)~old + new;
}

static __always_inline __u64 change32(__u64 sum, __u32 old, __u32 new)
{
	sum = change16(sum, old & 0xffff, new & 0xffff);
	return change16(sum, old >> 16, new >> 16);
}

/* The checksum after changes that were summed with change16 and change32. */
static __always_inline __u16 apply_changes(__u16 checksum, __u64 changes)
{
	return ~fold((__u16)~checksum + changes);
}

#endif
