// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The CRC32c of SCTP (RFC 9260, appendix A), changed in place. A CRC is linear: that of a packet of which some bits
 * change changes by the CRC of a packet that has just those bits, and zeros are passed over by one multiplication.
 *
 * Polynomials over GF(2) modulo CRC32c's, the coefficient of x^0 in the highest bit ("reflected"). */
#ifndef TANDEM_CRC32C_H
#define TANDEM_CRC32C_H

#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#define CRC32C_POLYNOMIAL 0x82f63b78
#define CRC32C_X32 0x82f63b78 /* what four bytes of zeros multiply by */

/* x^(8 n 16^k), by row k and column n: what n 16^k bytes of zeros multiply by. */
static const __u32 crc32c_zeros[4][16] = {
	{
		0x80000000, 0x00800000, 0x00008000, 0x00000080, 0x82f63b78, 0xfbc3faf9, 0x8b277743, 0x52a0c93f,
		0x6ea2d55c, 0x1c08b7d6, 0xf56e0ef4, 0x34019664, 0xa66805eb, 0x7a1f6b24, 0xe75d06aa, 0xc94ec098,
	},
	{
		0x80000000, 0x18b8ea18, 0x510ac59a, 0xb2dea967, 0xb82be955, 0x36c41f1c, 0x19b29a35, 0xc9e90b9e,
		0xb8fdb1e7, 0xe55ef1f3, 0x1fe0b5c3, 0xe0553f1e, 0x18e4a304, 0x2b830011, 0x56993a31, 0x0246e2e6,
	},
	{
		0x80000000, 0x88e56f72, 0x74c360a4, 0x631bb273, 0xe4172b16, 0x71892b1b, 0x835305c9, 0x196b1eae,
		0x0d65762a, 0xafc81338, 0xb5a50ab7, 0xf373c3ac, 0x5f60970f, 0xd46d3063, 0x3a5275ea, 0x02331c01,
	},
	{
		0x80000000, 0x35d73a62, 0x28461564, 0x43eefc9f, 0xbf455269, 0x5edcdeb9, 0x65059450, 0x4e6f41a4,
		0xe2ea32dc, 0xf5b95b32, 0x695a4c87, 0xf204502c, 0x9a4f01b6, 0x941a0916, 0x4303cb97, 0x4c3d3d65,
	},
};

/* Global, so that the verifier walks its turns once and not at each of its calls. */
__noinline __u32 crc32c_multiply(__u32 a, __u32 b)
{
	__u32 product = 0;
	int bit;

	for (bit = 0; bit < 32; bit++) {
		product ^= b & -(a >> 31);
		a <<= 1;
		b = b >> 1 ^ (CRC32C_POLYNOMIAL & -(b & 1));
	}
	return product;
}

/* How a checksum changes when the first four bytes of 'length' are changed by 'difference', in the order in which they
 * lie. It stands in the packet as it is on machines with the lowest byte first, which all of ours are. */
static __always_inline __u32 crc32c_change(__u32 difference, __u32 length)
{
	__u32 zeros = crc32c_zeros[0][length & 15];

	zeros = crc32c_multiply(zeros, crc32c_zeros[1][length >> 4 & 15]);
	zeros = crc32c_multiply(zeros, crc32c_zeros[2][length >> 8 & 15]);
	if (length >> 12)
		zeros = crc32c_multiply(zeros, crc32c_zeros[3][length >> 12 & 15]);
	return crc32c_multiply(difference, zeros);
}

/* Of a few words. */
static __always_inline __u32 crc32c(const __u32 *words, int count)
{
	__u32 crc = ~0U;
	int at;

#pragma unroll
	for (at = 0; at < count; at++)
		crc = crc32c_multiply(crc ^ words[at], CRC32C_X32);
	return ~crc;
}

#endif
