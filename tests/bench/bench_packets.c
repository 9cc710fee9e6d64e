// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends UDP packets as fast as the kernel takes them, so that bench.py can count how many a second come through the gateway. It judges
 * nothing and waits for nobody; it must never be run but inside the bench's own namespaces.
 *
 *   bench-packets ADDRESS PAYLOAD_BYTES SECONDS
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FLOWS = 8, BATCH = 64, PORT = 9 };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static int connected(const char *address)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		perror("bench-packets");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	static char payload[1472];
	struct mmsghdr batch[BATCH] = {0};
	struct iovec body = {.iov_base = payload};
	unsigned long sent = 0;
	double end;
	int fds[FLOWS];

	if (argc != 4)
		return 2;
	body.iov_len = (size_t)atoi(argv[2]);
	if (body.iov_len > sizeof(payload))
		return 2;
	for (int i = 0; i < FLOWS; i++)
		fds[i] = connected(argv[1]);
	for (int i = 0; i < BATCH; i++) {
		batch[i].msg_hdr.msg_iov = &body;
		batch[i].msg_hdr.msg_iovlen = 1;
	}
	end = now() + atof(argv[3]);
	for (unsigned turn = 0; now() < end; turn++) {
		int n = sendmmsg(fds[turn % FLOWS], batch, BATCH, 0);

		sent += n > 0 ? (unsigned)n : 0;
	}
	printf("%lu\n", sent);
	for (int i = 0; i < FLOWS; i++)
		close(fds[i]);
	return 0;
}
