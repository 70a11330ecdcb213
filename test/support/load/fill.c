// SPDX-License-Identifier: Apache-2.0
/*
 * Fills a director's table: gives the program on its interfaces the frames of a handshake for each connection
 * (BPF_PROG_TEST_RUN), as fast as it takes them or at a rate. Runs in the director's namespace.
 *
 *   fill FRONT-LINK FRONT-IFINDEX FRONT-MAC BACK-LINK BACK-IFINDEX BACK-MAC VIP PORT CLIENTS COUNT RATE
 *
 * The links are pins; CLIENTS is the first of the addresses that seem to call; RATE is connections a second, 0 for
 * no limit. Prints one line of JSON when done.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FIRST_PORT 1024
#define PORTS_EACH 60000
/* A new connection that is refused is tried again after 1 ms: a busy daemon may let its sync lease run out. */
#define TRIES 2000

struct frame {
	struct ethhdr ethernet;
	struct iphdr ip;
	struct tcphdr tcp;
} __attribute__((packed));

struct side {
	int program;
	uint32_t ifindex;
	uint8_t mac[6];
};

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct side side_of(char **arguments)
{
	struct side side = { .ifindex = atoi(arguments[1]) };
	struct bpf_link_info info = {};
	union bpf_attr get = { .pathname = (uintptr_t)arguments[0] }, about = {}, by_id = {};
	int link = bpf(BPF_OBJ_GET, &get);

	if (link < 0)
		die(arguments[0]);
	about.info.bpf_fd = link;
	about.info.info = (uintptr_t)&info;
	about.info.info_len = sizeof(info);
	if (bpf(BPF_OBJ_GET_INFO_BY_FD, &about))
		die("link info");
	by_id.prog_id = info.prog_id;
	side.program = bpf(BPF_PROG_GET_FD_BY_ID, &by_id);
	if (side.program < 0)
		die("program");
	if (sscanf(arguments[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &side.mac[0], &side.mac[1], &side.mac[2],
		   &side.mac[3], &side.mac[4], &side.mac[5]) != 6)
		die("mac");
	return side;
}

/* Whether the program sent the frame on; `out` is what became of it. */
static int run(const struct side *side, struct frame *in, struct frame *out)
{
	/* A frame that it hands to the kernel, for want of a neighbour, has a note in front. */
	uint8_t data[sizeof(*in) + 256];
	struct xdp_md context = { .data_end = sizeof(*in), .ingress_ifindex = side->ifindex };
	union bpf_attr attributes = {};

	memcpy(in->ethernet.h_dest, side->mac, 6);
	attributes.test.prog_fd = side->program;
	attributes.test.data_in = (uintptr_t)in;
	attributes.test.data_size_in = sizeof(*in);
	attributes.test.data_out = (uintptr_t)data;
	attributes.test.data_size_out = sizeof(data);
	attributes.test.ctx_in = (uintptr_t)&context;
	attributes.test.ctx_size_in = sizeof(context);
	attributes.test.repeat = 1;
	if (bpf(BPF_PROG_TEST_RUN, &attributes))
		die("BPF_PROG_TEST_RUN");
	memcpy(out, data, sizeof(*out));
	return attributes.test.retval == XDP_REDIRECT || attributes.test.retval == XDP_TX;
}

/* One that cannot go on yet, because its next hop is being looked for or nobody syncs right now, comes again. */
static int run_at_last(const struct side *side, struct frame *in, struct frame *out)
{
	int tries;

	for (tries = 0; !run(side, in, out); tries++) {
		if (tries == TRIES)
			return 0;
		usleep(1000);
	}
	return 1;
}

static struct frame segment(uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port)
{
	struct frame made = {
		.ethernet.h_proto = htons(ETH_P_IP),
		.ip = { .version = 4, .ihl = 5, .tot_len = htons(40), .ttl = 64, .protocol = IPPROTO_TCP,
			.frag_off = htons(0x4000), .saddr = from, .daddr = to },
		.tcp = { .source = from_port, .dest = to_port, .doff = 5, .window = htons(65535) },
	};

	return made;
}

static int open_one(const struct side *front, const struct side *back, uint32_t client, uint16_t client_port,
		    uint32_t vip, uint16_t port)
{
	struct frame in = segment(client, client_port, vip, port), out, reply, ignored;

	in.tcp.syn = 1;
	in.tcp.seq = htonl(1000);
	if (!run_at_last(front, &in, &out))
		return 0;
	reply = segment(out.ip.daddr, out.tcp.dest, out.ip.saddr, out.tcp.source);
	reply.tcp.syn = reply.tcp.ack = 1;
	reply.tcp.seq = htonl(5000);
	reply.tcp.ack_seq = htonl(1001);
	if (!run_at_last(back, &reply, &ignored))
		return 0;
	in.tcp.syn = 0;
	in.tcp.ack = 1;
	in.tcp.seq = htonl(1001);
	in.tcp.ack_seq = htonl(5001);
	return run_at_last(front, &in, &ignored);
}

int main(int count, char **arguments)
{
	struct side front, back;
	uint32_t vip, first_client, total, opened = 0, failed = 0;
	double begin = now(), rate;
	uint16_t port;

	if (count != 12) {
		fprintf(stderr, "11 arguments wanted\n");
		return 2;
	}
	front = side_of(arguments + 1);
	back = side_of(arguments + 4);
	vip = inet_addr(arguments[7]);
	port = htons(atoi(arguments[8]));
	first_client = ntohl(inet_addr(arguments[9]));
	total = atoi(arguments[10]);
	rate = atof(arguments[11]);
	for (uint32_t i = 0; i < total; i++) {
		while (rate > 0 && i > (now() - begin) * rate)
			usleep(500);
		if (open_one(&front, &back, htonl(first_client + i / PORTS_EACH), htons(FIRST_PORT + i % PORTS_EACH),
			     vip, port))
			opened++;
		else
			failed++;
	}
	printf("{\"kind\":\"done\",\"opened\":%u,\"failed\":%u,\"seconds\":%.3f}\n", opened, failed, now() - begin);
	return failed > 0;
}
