// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Stages: parts of a program that the verifier walks one by one (docs/kernels.md). */
#ifndef TANDEM_STAGE_H
#define TANDEM_STAGE_H

#include <bpf/bpf_helpers.h>
#include "types.h"

/* Makes a stage of do_NAME(family, ...): a global function for each family, so that the verifier walks it once, and not for
 * each way that leads to it, and so that its stack is free again when it is through. Parameters are numbers, or a
 * structure that may be missing. */
#define STAGE(name, parameters, ...)                                                                                   \
	__noinline int name##_ipv4 parameters                                                                          \
	{                                                                                                              \
		return do_##name(FAMILY_IPV4, ##__VA_ARGS__);                                                          \
	}                                                                                                              \
	__noinline int name##_ipv6 parameters                                                                          \
	{                                                                                                              \
		return do_##name(FAMILY_IPV6, ##__VA_ARGS__);                                                          \
	}

#define RUN(name, family, ...) ((family) == FAMILY_IPV6 ? name##_ipv6(__VA_ARGS__) : name##_ipv4(__VA_ARGS__))

/* What a stage says of a packet that it has no verdict on. */
enum stage { OF_NO_CONNECTION = -1, OF_SCTP = -2, ADMITTED = -3, TO_ABORT = -4, OPENED = -5 };

#endif
