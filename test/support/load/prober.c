// SPDX-License-Identifier: Apache-2.0
/*
 * Asks on a link every millisecond who has each of some addresses, by ARP or Neighbour Discovery, and notes who
 * answered when. Frames are written and read whole: the kernel's own tables would hide a second answer.
 *
 *   prober INTERFACE ASKERS ADDRESS...
 *
 * ASKERS is the first of 100 IPv4 addresses that the questions seem to come from, each in its turn, so that an answer
 * tells which question it is for. Prints a line of JSON when ready, and one with everything when stdin says or ends.
 * Times are milliseconds of CLOCK_MONOTONIC.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ASKERS 100
#define TARGETS 16
#define RUNS 400000
#define EVERY_MS 1.0
#define DRAIN_MS 100.0

struct run {
	uint8_t mac[6];
	double from;
	double to;
	uint32_t count;
};

struct target {
	const char *name;
	int family;
	uint8_t ip[16];
	uint32_t asked;
	uint32_t answered; /* questions */
	uint32_t doubles;  /* questions that two answered */
	double first_double;
	double last_double;
	uint32_t runs;
	struct run *run;
	/* of the newest question of each asker: which it was, and who has answered */
	uint32_t question[ASKERS];
	uint8_t first[ASKERS][6];
	uint8_t has_first[ASKERS];
};

static struct target targets[TARGETS];
static int count;
static uint8_t own[6];
static uint32_t askers;
static int ifindex;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int open_packet(uint16_t protocol)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = ifindex };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(protocol));
	int room = 4 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof(here)))
		die("packet socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	/* Answers to a probe for a duplicate come to all nodes; groups are not filtered on veth. */
	return fd;
}

static uint16_t checksum6(const uint8_t *ip6, const uint8_t *body, int length)
{
	uint32_t sum = 58 + length;
	int i;

	for (i = 0; i < 32; i += 2)
		sum += ip6[8 + i] << 8 | ip6[9 + i];
	for (i = 0; i < length; i += 2)
		sum += body[i] << 8 | body[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static int question4(uint8_t *frame, const struct target *target, uint32_t asker)
{
	static const uint8_t head[] = { 0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1 };
	uint32_t from = htonl(askers + asker);

	memset(frame, 0xff, 6);
	memcpy(frame + 6, own, 6);
	memcpy(frame + 12, head, sizeof(head));
	memcpy(frame + 22, own, 6);
	memcpy(frame + 28, &from, 4);
	memset(frame + 32, 0, 6);
	memcpy(frame + 38, target->ip, 4);
	return 42;
}

static int question6(uint8_t *frame, const struct target *target, uint32_t asker)
{
	uint8_t *ip = frame + 14, *icmp = frame + 54;
	uint16_t sum;

	memset(frame, 0, 86);
	frame[0] = frame[1] = 0x33;
	frame[2] = 0xff;
	memcpy(frame + 3, target->ip + 13, 3);
	memcpy(frame + 6, own, 6);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	ip[0] = 0x60;
	ip[5] = 32;
	ip[6] = 58;
	ip[7] = 255;
	ip[8] = 0xfe;
	ip[9] = 0x80;
	ip[22] = 0xaa;
	ip[23] = asker;
	ip[24] = 0xff;
	ip[25] = 2;
	ip[35] = 1;
	ip[36] = 0xff;
	memcpy(ip + 37, target->ip + 13, 3);
	icmp[0] = ND_NEIGHBOR_SOLICIT;
	memcpy(icmp + 8, target->ip, 16);
	icmp[24] = ND_OPT_SOURCE_LINKADDR;
	icmp[25] = 1;
	memcpy(icmp + 26, own, 6);
	sum = checksum6(ip, icmp, 32);
	memcpy(icmp + 2, &sum, 2);
	return 86;
}

static void ask(int fd, struct target *target)
{
	struct sockaddr_ll out = { .sll_family = AF_PACKET, .sll_ifindex = ifindex };
	uint32_t asker = target->asked % ASKERS;
	uint8_t frame[86];
	int length = target->family == AF_INET ? question4(frame, target, asker) : question6(frame, target, asker);

	target->question[asker] = target->asked++;
	target->has_first[asker] = 0;
	if (sendto(fd, frame, length, 0, (struct sockaddr *)&out, sizeof(out)) < 0)
		die("send");
}

static void answered(struct target *target, uint32_t asker, const uint8_t *mac)
{
	struct run *run = target->runs ? &target->run[target->runs - 1] : NULL;
	double at = now();

	if (asker >= ASKERS)
		return;
	if (run && !memcmp(run->mac, mac, 6)) {
		run->to = at;
		run->count++;
	} else if (target->runs < RUNS) {
		run = &target->run[target->runs++];
		memcpy(run->mac, mac, 6);
		run->from = run->to = at;
		run->count = 1;
	}
	if (!target->has_first[asker]) {
		target->has_first[asker] = 1;
		memcpy(target->first[asker], mac, 6);
		target->answered++;
	} else if (memcmp(target->first[asker], mac, 6)) {
		if (!target->doubles++)
			target->first_double = at;
		target->last_double = at;
	}
}

static void hear(int fd)
{
	uint8_t frame[256];
	ssize_t size;
	uint32_t to;
	int i;

	while ((size = recv(fd, frame, sizeof(frame), 0)) > 0) {
		for (i = 0; i < count; i++) {
			struct target *target = &targets[i];

			/* To us, from nobody but the holder: announcements are for everybody. */
			if (memcmp(frame, own, 6))
				continue;
			if (target->family == AF_INET && size >= 42 && frame[12] == 8 && frame[13] == 6 &&
			    frame[21] == 2 && !memcmp(frame + 28, target->ip, 4)) {
				memcpy(&to, frame + 38, 4);
				answered(target, ntohl(to) - askers, frame + 22);
			} else if (target->family == AF_INET6 && size >= 86 && frame[12] == 0x86 &&
				   frame[20] == 58 && frame[54] == ND_NEIGHBOR_ADVERT &&
				   !memcmp(frame + 62, target->ip, 16)) {
				answered(target, frame[14 + 39], frame + 80);
			}
		}
	}
}

static void print(void)
{
	uint32_t r;
	int i;

	printf("{\"kind\":\"done\",\"targets\":[");
	for (i = 0; i < count; i++) {
		struct target *t = &targets[i];

		printf("%s{\"target\":\"%s\",\"asked\":%u,\"answered\":%u,\"doubles\":%u,\"firstDouble\":%.3f,"
		       "\"lastDouble\":%.3f,\"runs\":[",
		       i ? "," : "", t->name, t->asked, t->answered, t->doubles, t->first_double, t->last_double);
		for (r = 0; r < t->runs; r++)
			printf("%s[\"%02x:%02x:%02x:%02x:%02x:%02x\",%.3f,%.3f,%u]", r ? "," : "", t->run[r].mac[0],
			       t->run[r].mac[1], t->run[r].mac[2], t->run[r].mac[3], t->run[r].mac[4],
			       t->run[r].mac[5], t->run[r].from, t->run[r].to, t->run[r].count);
		printf("]}");
	}
	printf("]}\n");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct ifreq request = {};
	struct pollfd fds[3];
	double begin, end = 0;
	uint32_t asked = 0;
	int i, four, six;

	if (argc < 4 || argc > 3 + TARGETS)
		return 2;
	strncpy(request.ifr_name, argv[1], IFNAMSIZ - 1);
	ifindex = if_nametoindex(argv[1]);
	four = socket(AF_INET, SOCK_DGRAM, 0);
	if (!ifindex || ioctl(four, SIOCGIFHWADDR, &request))
		die(argv[1]);
	close(four);
	memcpy(own, request.ifr_hwaddr.sa_data, 6);
	askers = ntohl(inet_addr(argv[2]));
	count = argc - 3;
	for (i = 0; i < count; i++) {
		targets[i].name = argv[3 + i];
		targets[i].family = strchr(argv[3 + i], ':') ? AF_INET6 : AF_INET;
		if (inet_pton(targets[i].family, argv[3 + i], targets[i].ip) != 1)
			die(argv[3 + i]);
		targets[i].run = calloc(RUNS, sizeof(struct run));
	}
	four = open_packet(ETH_P_ARP);
	six = open_packet(ETH_P_IPV6);
	fds[0] = (struct pollfd){ .fd = four, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = six, .events = POLLIN };
	fds[2] = (struct pollfd){ .fd = 0, .events = POLLIN };
	printf("{\"kind\":\"ready\"}\n");
	fflush(stdout);
	for (begin = now(); !end || now() < end;) {
		double due = begin + asked * EVERY_MS - now();
		struct timespec wait = { 0, due > 0 ? (long)(due * 1e6) : 0 };

		if (end)
			wait.tv_nsec = 1000000;
		ppoll(fds, end ? 2 : 3, &wait, NULL);
		hear(four);
		hear(six);
		if (!end && fds[2].revents)
			end = now() + DRAIN_MS;
		fds[2].revents = 0;
		if (end || begin + asked * EVERY_MS > now())
			continue;
		/* After a pause of this process the questions that were due are left out. */
		asked = (uint32_t)((now() - begin) / EVERY_MS) + 1;
		for (i = 0; i < count; i++)
			ask(targets[i].family == AF_INET ? four : six, &targets[i]);
	}
	print();
	return 0;
}
