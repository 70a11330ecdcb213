// SPDX-License-Identifier: Apache-2.0
/*
 * A stream of numbered UDP packets, and who echoes them.
 *
 *   stream serve PORT [ADDRESS]        echoes; from an address that need not be there yet
 *   stream send ADDRESS PORT MICROS    sends one so often
 *
 * The sender says a line of JSON for each line on stdin: what it knows since the line before, with the longest time
 * between two answers. Times are milliseconds of CLOCK_MONOTONIC. Both end when stdin does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOM (16 << 20)
#define BURST 64
/* What is older when it is asked for has had its time to be answered. */
#define ANSWERED_MS 500.0
/* Packets whose answers are told apart: 100 s at 10,000 a second. */
#define REMEMBERED (1u << 20)

static uint8_t seen[REMEMBERED];

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

static int udp(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = ROOM;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	return fd;
}

static void serve(int port, const char *address)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(port) }, from;
	struct pollfd fds[2] = { { .fd = udp(), .events = POLLIN }, { .fd = 0, .events = POLLIN } };
	char data[2048];
	int one = 1;

	setsockopt(fds[0].fd, IPPROTO_IP, IP_FREEBIND, &one, sizeof(one));
	if (address && inet_pton(AF_INET, address, &here.sin_addr) != 1)
		die(address);
	if (bind(fds[0].fd, (struct sockaddr *)&here, sizeof(here)))
		die("bind");
	printf("{\"kind\":\"ready\"}\n");
	fflush(stdout);
	for (;;) {
		socklen_t length = sizeof(from);
		ssize_t size;

		poll(fds, 2, -1);
		if (fds[1].revents && read(0, data, sizeof(data)) <= 0)
			exit(0);
		while ((size = recvfrom(fds[0].fd, data, sizeof(data), 0, (struct sockaddr *)&from, &length)) >= 0)
			sendto(fds[0].fd, data, size, 0, (struct sockaddr *)&from, length);
	}
}

struct sums {
	uint64_t sent, answered, repeated, refused;
	double gap, gap_from, last;
};

static void say(struct sums *sums)
{
	printf("{\"kind\":\"sums\",\"sent\":%llu,\"answered\":%llu,\"repeated\":%llu,\"refused\":%llu,\"gap\":%.3f,"
	       "\"gapFrom\":%.3f,\"last\":%.3f,\"at\":%.3f}\n",
	       (unsigned long long)sums->sent, (unsigned long long)sums->answered,
	       (unsigned long long)sums->repeated, (unsigned long long)sums->refused, sums->gap, sums->gap_from,
	       sums->last, now());
	fflush(stdout);
	sums->gap = 0;
}

static void hear(int fd, struct sums *sums)
{
	uint32_t number;
	ssize_t size;

	while ((size = recv(fd, &number, sizeof(number), 0)) >= 0 || errno == ECONNREFUSED || errno == EHOSTUNREACH) {
		double at = now();

		if (size < (ssize_t)sizeof(number))
			continue;
		if (seen[number % REMEMBERED]) {
			sums->repeated++;
			continue;
		}
		seen[number % REMEMBERED] = 1;
		sums->answered++;
		if (sums->last && at - sums->last > sums->gap) {
			sums->gap = at - sums->last;
			sums->gap_from = sums->last;
		}
		sums->last = at;
	}
}

static void send_stream(const char *address, int port, double micros)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = 0, .events = POLLIN } };
	double begin, stopped = 0;
	struct sums sums = {};
	uint64_t turn = 0;
	char line[64];
	int fd = udp();

	fds[0].fd = fd;
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die(address);
	printf("{\"kind\":\"ready\"}\n");
	fflush(stdout);
	for (begin = now();; turn++) {
		double due = begin + turn * micros / 1e3 - now();
		struct timespec wait = { 0, due > 0 && due < 1000 ? (long)(due * 1e6) : 0 };
		uint32_t number = sums.sent;
		char packet[64] = {};
		ssize_t size;

		ppoll(fds, 2, &wait, NULL);
		hear(fd, &sums);
		if (fds[1].revents) {
			size = read(0, line, sizeof(line));
			if (size <= 0)
				exit(0);
			/* "stop": nothing more is sent, and what was sent is waited for. */
			if (line[0] == 's')
				for (stopped = now(); now() < stopped + ANSWERED_MS; usleep(1000))
					hear(fd, &sums);
			say(&sums);
			if (line[0] == 's')
				exit(0);
		}
		if (begin + turn * micros / 1e3 > now()) {
			turn--;
			continue;
		}
		/* What was due long ago is left out: it would be a burst. */
		if (begin + (turn + BURST) * micros / 1e3 < now())
			begin = now() - turn * micros / 1e3;
		memcpy(packet, &number, sizeof(number));
		seen[number % REMEMBERED] = 0;
		if (send(fd, packet, sizeof(packet), 0) < 0)
			sums.refused++;
		sums.sent++;
	}
}

int main(int count, char **words)
{
	if ((count == 3 || count == 4) && !strcmp(words[1], "serve"))
		serve(atoi(words[2]), words[3]);
	if (count == 5 && !strcmp(words[1], "send"))
		send_stream(words[2], atoi(words[3]), atof(words[4]));
	fprintf(stderr, "serve PORT [ADDRESS], or send ADDRESS PORT MICROS\n");
	return 2;
}
