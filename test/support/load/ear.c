// SPDX-License-Identifier: Apache-2.0
/*
 * Says when the VRRP advertisements of one sender arrive, by the receiving kernel's own clock: a line of seconds each.
 *
 *   ear INTERFACE SENDER
 *
 * It ends when stdin does.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define VRRP 112

int main(int count, char **words)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP) };
	struct pollfd fds[2] = { { .events = POLLIN }, { .fd = 0, .events = POLLIN } };
	uint32_t sender;
	int one = 1;

	if (count != 3 || inet_pton(AF_INET, words[2], &sender) != 1)
		return 2;
	here.sll_ifindex = if_nametoindex(words[1]);
	fds[0].fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
	if (fds[0].fd < 0 || bind(fds[0].fd, (struct sockaddr *)&here, sizeof(here)) ||
	    setsockopt(fds[0].fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one))) {
		perror("packet socket");
		return 1;
	}
	for (;;) {
		uint8_t frame[128], control[128];
		struct iovec into = { frame, sizeof(frame) };
		struct msghdr message = { .msg_iov = &into, .msg_iovlen = 1, .msg_control = control,
					  .msg_controllen = sizeof(control) };
		struct cmsghdr *part;
		struct timespec at;

		poll(fds, 2, -1);
		if (fds[1].revents && read(0, control, 1) <= 0)
			return 0;
		if (!fds[0].revents || recvmsg(fds[0].fd, &message, 0) < 34 || frame[23] != VRRP ||
		    memcmp(frame + 26, &sender, 4))
			continue;
		for (part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
			if (part->cmsg_type != SCM_TIMESTAMPNS)
				continue;
			memcpy(&at, CMSG_DATA(part), sizeof(at));
			printf("%lld.%09ld\n", (long long)at.tv_sec, at.tv_nsec);
			fflush(stdout);
		}
	}
}
