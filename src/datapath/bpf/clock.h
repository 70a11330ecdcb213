// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#ifndef TANDEM_CLOCK_H
#define TANDEM_CLOCK_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NS_PER_S 1000000000ULL
#define NS_PER_MS 1000000

/* Good to a tick (1-10 ms) and a few ns cheap: what idle timeouts are counted on. */
static __always_inline __u64 idle_clock(void)
{
	return bpf_ktime_get_coarse_ns();
}

/* The same clock to the nanosecond, a tick ahead at most: programs that userland runs may not ask the coarse one. */
static __always_inline __u64 exact_idle_clock(void)
{
	return bpf_ktime_get_ns();
}

/* Goes on while the machine sleeps: what leases are counted on. */
static __always_inline __u64 lease_clock(void)
{
	return bpf_ktime_get_boot_ns();
}

#endif
