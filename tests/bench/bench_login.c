/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times logins at the daemon and below: plays the portal (no gerbang-portal may run), one login after another.
 * The neighbour entries of the guests must exist. Prints one JSON object with the latency of the last COUNT/10 logins.
 *
 * usage: bench-login RUN_DIR FIRST_IPV4 COUNT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/message.h"

static void die(const char *what)
{
	fprintf(stderr, "bench-login: %s\n", what);
	exit(1);
}

static void wait_for(int fd, enum message_type type, union message *message)
{
	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int passed = -1, r;

		if (poll(&p, 1, 30000) <= 0)
			die("no answer in 30 s");
		r = message_receive(fd, message, &passed);
		if (r == 0 || (r < 0 && r != -EAGAIN))
			die("the daemon hung up");
		if (r == 1 && message->header.type == type)
			return;
	}
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* BUSY means that the pool of classes is growing: ask again. Returns the time of the login that worked. */
static int64_t login(int fd, uint32_t ip, unsigned *busy)
{
	for (;;) {
		union message message = {.guest = {.header.id = ip, .request = GUEST_LOGIN_CLICK}};
		uint32_t network = htonl(ip);
		int64_t start = clock_now().mono_usec;

		message.guest.address.family = AF_INET;
		memcpy(message.guest.address.octets, &network, 4);
		if (message_send(fd, MESSAGE_GUEST, &message, -1) < 0)
			die("cannot send");
		wait_for(fd, MESSAGE_GUEST_STATE, &message);
		if (message.guest_state.state == GUEST_ONLINE)
			return clock_now().mono_usec - start;
		if ((message.guest_state.state != GUEST_BUSY && message.guest_state.state != GUEST_UNSURE) || ++*busy > 100000)
			die("a login was refused");
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
	}
}

int main(int argc, char **argv)
{
	char path[512];
	struct in_addr first;
	union message message;
	int64_t *usec, *last;
	unsigned count, tail, busy = 0;
	int fd;

	if (argc != 4 || inet_pton(AF_INET, argv[2], &first) != 1 || (count = (unsigned)atoi(argv[3])) < 10)
		die("usage: bench-login RUN_DIR FIRST_IPV4 COUNT");
	snprintf(path, sizeof(path), "%s/%s", argv[1], MESSAGE_SOCKET_PORTAL);
	fd = wire_connect(path);
	if (fd < 0)
		die("the daemon does not listen");
	wait_for(fd, MESSAGE_PORTAL_SETTINGS, &message);
	usec = calloc(count, sizeof(*usec));
	if (!usec)
		die("memory");
	for (unsigned i = 0; i < count; i++)
		usec[i] = login(fd, ntohl(first.s_addr) + i, &busy);
	tail = count / 10;
	last = usec + count - tail;
	qsort(last, tail, sizeof(*last), compare);
	printf("{\"logins\": %u, \"busy_answers\": %u, \"last\": %u, \"median_usec\": %lld, \"p99_usec\": %lld}\n", count,
	       busy, tail, (long long)last[tail / 2], (long long)last[tail * 99 / 100]);
	free(usec);
	return 0;
}
