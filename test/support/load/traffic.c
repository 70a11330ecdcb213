// SPDX-License-Identifier: Apache-2.0
/*
 * TCP load for trials: real connections, opened, used and closed at a steady rate, by one thread an end.
 *
 *   traffic serve ADDRESS PORT      echoes
 *   traffic open KEY=VALUE...       to, port: the service; rate: connections a second; count: of all; hold: ms that a
 *                                   connection lives between its first echo and its last; clients, addresses: the first
 *                                   address it calls from, and how many follow; first: the number of the first
 *                                   connection, which makes its address and port; reset: each so many-th ends by RST
 *
 * Each says what it does in lines of JSON; times are milliseconds of CLOCK_MONOTONIC. It ends when stdin does; a line
 * on stdin ends the opening.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
/* Fewer than a veth's queue holds (256 frames). */
#define BURST 32
/* Longer than TCP's repetitions take to bridge a takeover of seconds. */
#define PATIENCE_MS 30000.0
#define TICK_MS 200.0
#define FIRST_PORT 1024
/* Besides those of connections. */
#define OTHER_FILES 64
/* What epoll says of stdin; connections have their number. */
#define STDIN_EVENT UINT32_MAX

enum phase { CONNECTING, FIRST_ECHO, HOLDING, LAST_ECHO, CLOSING, OVER };

struct connection {
	int fd;
	enum phase phase;
	double opened;
	double established;
	double idle_since;
};

static struct {
	struct sockaddr_in to;
	uint32_t first_client;
	uint32_t addresses;
	uint32_t first;
	double rate;
	uint32_t count;
	double hold;
	uint32_t reset;
} set = { .addresses = 1 };

static struct {
	uint32_t opened;
	uint32_t established;
	uint32_t finished;
	uint32_t refused; /* never established */
	uint32_t failed;  /* established, then lost */
} sum;

/* Connections that may be open at once: with more, opening waits. */
static uint32_t room;

static struct connection *all;
/* Numbers of connections, in the order in which they came to hold. */
static struct {
	uint32_t *numbers;
	uint32_t first;
	uint32_t end;
} held;
static int epoll;

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static uint32_t open_now(void)
{
	return sum.opened - sum.finished - sum.refused - sum.failed;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void watch(int fd, uint32_t events, uint32_t number, int operation)
{
	struct epoll_event event = { .events = events, .data.u32 = number };

	if (epoll_ctl(epoll, operation, fd, &event))
		die("epoll_ctl");
}

static void listen_to_stdin(void)
{
	fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK);
	watch(0, EPOLLIN, STDIN_EVENT, EPOLL_CTL_ADD);
}

/* Whether it was told to stop. */
static int hear_stdin(void)
{
	char line[64];
	ssize_t size = read(0, line, sizeof(line));

	if (size == 0)
		exit(0);
	return size > 0;
}

static struct sockaddr_in endpoint(const char *address, const char *port)
{
	struct sockaddr_in made = { .sin_family = AF_INET, .sin_port = htons(atoi(port)) };

	if (inet_pton(AF_INET, address, &made.sin_addr) != 1) {
		fprintf(stderr, "no address: %s\n", address);
		exit(2);
	}
	return made;
}

/* The server: what comes back goes out again. */

static void echo(int fd)
{
	char data[4096];
	ssize_t size = recv(fd, data, sizeof(data), 0);

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size <= 0 || send(fd, data, size, MSG_NOSIGNAL) != size)
		close(fd);
}

static void serve(const char *address, const char *port)
{
	struct sockaddr_in at = endpoint(address, port);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1, fd;
	struct epoll_event events[EVENTS];

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, 4096))
		die("listen");
	watch(listener, EPOLLIN, listener, EPOLL_CTL_ADD);
	listen_to_stdin();
	puts("{\"kind\":\"ready\"}");
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.u32 == STDIN_EVENT) {
				hear_stdin();
			} else if ((int)events[i].data.u32 != listener) {
				echo(events[i].data.u32);
			} else {
				while ((fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0)
					watch(fd, EPOLLIN, fd, EPOLL_CTL_ADD);
			}
		}
	}
}

/* The clients. */

/* The resets that come in, with the hops that they had left: a director's own has as many as a packet begins with, and
 * a server's, which it passed on, one less. */
static int resets;

static void listen_to_resets(void)
{
	/* tcp[13] & RST, behind whatever options the IP header has. */
	struct sock_filter code[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
		BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 4, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	resets = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_TCP);
	if (resets < 0 || setsockopt(resets, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		die("raw socket");
}

/* The hops that the reset to an address of ours had left; 0: none came. */
static uint32_t hops_of_reset(const struct sockaddr_in *to)
{
	uint8_t packet[256];
	uint32_t hops = 0;

	while (recv(resets, packet, sizeof(packet), 0) >= (ssize_t)(sizeof(struct iphdr) + sizeof(struct tcphdr))) {
		const struct iphdr *ip = (const void *)packet;
		const struct tcphdr *tcp = (const void *)(packet + ip->ihl * 4);

		if (ip->daddr == to->sin_addr.s_addr && tcp->dest == to->sin_port)
			hops = ip->ttl;
	}
	return hops;
}

/* Address and port by number, so that no tuple comes twice. */
static struct sockaddr_in own_end(const struct connection *c)
{
	uint32_t place = set.first + (c - all);

	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(set.first_client + place % set.addresses),
		.sin_port = htons(FIRST_PORT + place / set.addresses % (65536 - FIRST_PORT)),
	};
}

static void end(struct connection *c, uint32_t *counted)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->phase = OVER;
	*counted += 1;
}

static void fail(struct connection *c, int error)
{
	struct sockaddr_in own = own_end(c);
	int refused = c->phase == CONNECTING;

	printf("{\"kind\":\"%s\",\"client\":\"%s:%u\",\"opened\":%.3f,\"established\":%.3f,\"at\":%.3f,\"phase\":%d,\"error\":\"%s\",\"hops\":%u}\n",
	       refused ? "refused" : "failure", inet_ntoa(own.sin_addr), ntohs(own.sin_port), c->opened,
	       c->established, now(), c->phase, strerror(error),
	       error == ECONNRESET || error == ECONNREFUSED ? hops_of_reset(&own) : 0);
	end(c, refused ? &sum.refused : &sum.failed);
}

static void say(struct connection *c, enum phase next)
{
	uint64_t number = c - all;

	if (send(c->fd, &number, sizeof(number), MSG_NOSIGNAL) != sizeof(number))
		return fail(c, errno);
	c->phase = next;
}

static void begin_end(struct connection *c)
{
	struct linger at_once = { .l_onoff = 1 };

	if (set.reset && (c - all) % set.reset == set.reset - 1) {
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		end(c, &sum.finished);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	c->phase = CLOSING;
}

static void hear(struct connection *c)
{
	uint64_t number = 0;
	ssize_t size = recv(c->fd, &number, sizeof(number), 0);

	if (size < 0) {
		if (errno != EAGAIN && errno != EINTR)
			fail(c, errno);
		return;
	}
	if (size == 0 && c->phase == CLOSING)
		return end(c, &sum.finished);
	/* A close that was not asked for, or the words of another connection. */
	if (size != sizeof(number) || number != (uint64_t)(c - all))
		return fail(c, size == 0 ? EPIPE : EBADMSG);
	if (c->phase == LAST_ECHO || (c->phase == FIRST_ECHO && set.hold == 0))
		return begin_end(c);
	if (c->phase != FIRST_ECHO)
		return fail(c, EBADMSG);
	c->phase = HOLDING;
	c->idle_since = now();
	held.numbers[held.end++] = c - all;
}

static void connected(struct connection *c)
{
	int error = 0;
	socklen_t size = sizeof(error);

	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error)
		return fail(c, error);
	c->established = now();
	sum.established += 1;
	watch(c->fd, EPOLLIN, c - all, EPOLL_CTL_MOD);
	c->phase = FIRST_ECHO;
	say(c, FIRST_ECHO);
}

static void open_next(void)
{
	struct connection *c = &all[sum.opened];
	uint32_t number = sum.opened++;
	struct sockaddr_in from = own_end(c);
	int yes = 1;

	c->opened = now();
	c->phase = CONNECTING;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		die("socket");
	setsockopt(c->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (bind(c->fd, (struct sockaddr *)&from, sizeof(from)))
		die("bind");
	watch(c->fd, EPOLLOUT, number, EPOLL_CTL_ADD);
	if (connect(c->fd, (struct sockaddr *)&set.to, sizeof(set.to)) && errno != EINPROGRESS)
		fail(c, errno);
}

static void on_event(const struct epoll_event *event)
{
	struct connection *c = &all[event->data.u32];

	if (c->phase == OVER)
		return;
	if (c->phase == CONNECTING)
		connected(c);
	else
		hear(c);
}

/* Connections come to hold, and are opened, in the order in which they are due. */
static void keep_time(uint32_t *oldest)
{
	double at = now();

	for (; held.first < held.end; held.first++) {
		struct connection *c = &all[held.numbers[held.first]];

		if (c->phase == HOLDING && at - c->idle_since < set.hold)
			break;
		if (c->phase == HOLDING)
			say(c, LAST_ECHO);
	}
	for (; *oldest < sum.opened; *oldest += 1) {
		struct connection *c = &all[*oldest];

		if (c->phase != OVER && at - c->opened < set.hold + PATIENCE_MS)
			break;
		if (c->phase != OVER)
			fail(c, ETIMEDOUT);
	}
}

static void say_sums(const char *kind, double begin)
{
	printf("{\"kind\":\"%s\",\"opened\":%u,\"established\":%u,\"finished\":%u,\"refused\":%u,\"failed\":%u,\"seconds\":%.3f,\"at\":%.3f}\n",
	       kind, sum.opened, sum.established, sum.finished, sum.refused, sum.failed, (now() - begin) / 1e3, now());
}

static void open_all(void)
{
	struct epoll_event events[EVENTS];
	double begin, told;
	int said = 0;
	uint32_t oldest = 0;

	all = calloc(set.count, sizeof(*all));
	held.numbers = calloc(set.count, sizeof(*held.numbers));
	if (!all || !held.numbers)
		die("calloc");
	listen_to_stdin();
	listen_to_resets();
	puts("{\"kind\":\"ready\"}");
	begin = told = now();
	for (;;) {
		double at = now(), due = (at - begin) * set.rate / 1e3;
		int waiting, count;

		for (int i = 0; i < BURST && sum.opened < set.count && sum.opened < due && open_now() < room; i++)
			open_next();
		waiting = sum.opened < set.count && sum.opened < due && open_now() < room;
		count = epoll_wait(epoll, events, EVENTS, waiting ? 0 : 1);
		for (int i = 0; i < count; i++) {
			if (events[i].data.u32 != STDIN_EVENT)
				on_event(&events[i]);
			else if (hear_stdin())
				set.count = sum.opened;
		}
		keep_time(&oldest);
		if (sum.opened == set.count && !said) {
			said = 1;
			say_sums("opened", begin);
		}
		if (sum.opened == set.count && !open_now())
			break;
		if (now() - told > TICK_MS) {
			told = now();
			say_sums("tick", begin);
		}
	}
	say_sums("done", begin);
}

static void read_setting(char *argument)
{
	static const char *address;
	char *value = strchr(argument, '=');

	if (!value) {
		fprintf(stderr, "no setting: %s\n", argument);
		exit(2);
	}
	*value++ = 0;
	if (!strcmp(argument, "to"))
		address = value;
	else if (!strcmp(argument, "port"))
		set.to = endpoint(address, value);
	else if (!strcmp(argument, "rate"))
		set.rate = atof(value);
	else if (!strcmp(argument, "count"))
		set.count = atoi(value);
	else if (!strcmp(argument, "hold"))
		set.hold = atof(value);
	else if (!strcmp(argument, "clients"))
		set.first_client = ntohl(endpoint(value, "0").sin_addr.s_addr);
	else if (!strcmp(argument, "addresses"))
		set.addresses = atoi(value);
	else if (!strcmp(argument, "first"))
		set.first = atoi(value);
	else if (!strcmp(argument, "reset"))
		set.reset = atoi(value);
}

int main(int count, char **arguments)
{
	struct rlimit files;

	setlinebuf(stdout);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	room = files.rlim_cur - OTHER_FILES;
	epoll = epoll_create1(0);
	if (count == 4 && !strcmp(arguments[1], "serve"))
		serve(arguments[2], arguments[3]);
	for (int i = 2; i < count; i++)
		read_setting(arguments[i]);
	open_all();
	return 0;
}
