/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A crowd of guests in one thread: HTTP requests from many addresses at once. Each of CONNECTIONS slots
 * speaks from an address of its own (FIRST_SOURCE on), sends the request, reads the answer to its end, and
 * goes on: on the same connection where the server keeps it, else on a new one, whose making counts into the
 * latency. Prints one JSON object.
 *
 * usage: bench-http SERVER PORT FIRST_SOURCE SOURCES CONNECTIONS SECONDS REQUEST_FILE
 *        SECONDS 0: each source sends one request, and that is all.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include "lib/cleanup.h"
#include "lib/clock.h"

#define ANSWER 65536
#define LATENCIES (4u << 20)

struct slot {
	int fd;
	uint32_t source;
	int64_t start_usec;
	size_t length, whole; /* of the answer so far; in all, 0: not known yet */
	bool reused;
	char answer[ANSWER];
};

static struct {
	struct sockaddr_in server;
	uint32_t first;
	unsigned sources, next, n_slots, seconds, open;
	char request[8192];
	size_t request_length;
	struct slot *slots;
	int epoll;
	int64_t end_usec;
	uint32_t *latencies;
	unsigned done, errors, statuses[6];
	uint64_t bytes;
} bench;

static void die(const char *what)
{
	fprintf(stderr, "bench-http: %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool is_over(void)
{
	return bench.seconds ? clock_now().mono_usec >= bench.end_usec : bench.next >= bench.sources;
}

static void begin(struct slot *slot);

static void end(struct slot *slot)
{
	close(slot->fd); /* leaves the epoll set, too */
	slot->fd = -1;
	bench.open--;
}

static void fail(struct slot *slot)
{
	bench.errors++;
	end(slot);
	begin(slot);
}

static void send_request(struct slot *slot)
{
	slot->length = slot->whole = 0;
	if (send(slot->fd, bench.request, bench.request_length, MSG_NOSIGNAL) !=
	    (ssize_t)bench.request_length)
		fail(slot);
}

static int open_from(uint32_t source)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
	const struct linger reset = {.l_onoff = 1};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)); /* no port is left waiting */
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die("bind: is FIRST_SOURCE an address of this namespace?");
	return fd;
}

static void begin(struct slot *slot)
{
	struct epoll_event event = {.events = EPOLLOUT, .data.ptr = slot};

	if (is_over())
		return;
	slot->source = bench.first + bench.next++ % bench.sources;
	slot->fd = open_from(slot->source);
	slot->start_usec = clock_now().mono_usec;
	slot->length = slot->whole = 0;
	bench.open++;
	if (connect(slot->fd, (struct sockaddr *)&bench.server, sizeof(bench.server)) < 0 &&
	    errno != EINPROGRESS)
		die("connect");
	epoll_ctl(bench.epoll, EPOLL_CTL_ADD, slot->fd, &event);
}

static void on_connected(struct slot *slot)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = slot};
	int error = 0;
	socklen_t length = sizeof(error);

	getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &error, &length);
	if (error) {
		fail(slot);
		return;
	}
	epoll_ctl(bench.epoll, EPOLL_CTL_MOD, slot->fd, &event);
	send_request(slot);
}

/* Once the head is whole: the length of all of it. */
static void measure(struct slot *slot)
{
	char *head, *field;

	slot->answer[slot->length] = '\0';
	head = strstr(slot->answer, "\r\n\r\n");
	if (!head)
		return;
	field = strcasestr(slot->answer, "\r\nContent-Length:");
	slot->whole =
	    (size_t)(head + 4 - slot->answer) + (field && field < head ? strtoul(field + 17, NULL, 10) : 0);
	slot->reused = !strcasestr(slot->answer, "\r\nConnection: close");
}

static void count(struct slot *slot)
{
	unsigned status = (unsigned)slot->answer[9] - '0';

	if (bench.done < LATENCIES)
		bench.latencies[bench.done] = (uint32_t)(clock_now().mono_usec - slot->start_usec);
	bench.done++;
	bench.bytes += slot->length;
	bench.statuses[status < 6 ? status : 0]++;
}

static void finish(struct slot *slot)
{
	count(slot);
	if (bench.seconds && slot->reused && !is_over()) {
		slot->start_usec = clock_now().mono_usec;
		send_request(slot);
		return;
	}
	end(slot);
	begin(slot);
}

static void on_answer(struct slot *slot)
{
	ssize_t n = recv(slot->fd, slot->answer + slot->length, sizeof(slot->answer) - 1 - slot->length, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		fail(slot);
		return;
	}
	slot->length += (size_t)n;
	if (!slot->whole)
		measure(slot);
	if (slot->whole && slot->length >= slot->whole)
		finish(slot);
}

static void loop(void)
{
	struct epoll_event events[256];

	for (unsigned i = 0; i < bench.n_slots; i++)
		begin(&bench.slots[i]);
	while (bench.open > 0) {
		int n = epoll_wait(bench.epoll, events, ELEMENTS(events), 10000);

		if (n == 0)
			die("no answer in 10 s");
		for (int i = 0; i < n; i++) {
			if (events[i].events & EPOLLOUT)
				on_connected(events[i].data.ptr);
			else
				on_answer(events[i].data.ptr);
		}
	}
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void print(int64_t usec)
{
	unsigned n = MIN(bench.done, LATENCIES);

	qsort(bench.latencies, n, sizeof(*bench.latencies), compare);
	printf("{\"requests\": %u, \"errors\": %u, \"per_second\": %.0f, \"median_usec\": %u, \"p99_usec\": "
	       "%u, \"most_usec\": %u, "
	       "\"bytes\": %llu, \"2xx\": %u, \"3xx\": %u, \"4xx\": %u, \"5xx\": %u}\n",
	       bench.done, bench.errors, bench.done * 1e6 / (double)usec, n ? bench.latencies[n / 2] : 0,
	       n ? bench.latencies[(uint64_t)n * 99 / 100] : 0, n ? bench.latencies[n - 1] : 0,
	       (unsigned long long)bench.bytes, bench.statuses[2], bench.statuses[3], bench.statuses[4],
	       bench.statuses[5]);
}

static void read_request(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");

	if (!file)
		die(path);
	bench.request_length = fread(bench.request, 1, sizeof(bench.request), file);
}

static void read_arguments(char **argv)
{
	struct in_addr server, first;

	if (inet_pton(AF_INET, argv[1], &server) != 1 || inet_pton(AF_INET, argv[3], &first) != 1)
		die("SERVER and FIRST_SOURCE must be IPv4 addresses");
	bench.server = (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2])), .sin_addr = server};
	bench.first = ntohl(first.s_addr);
	bench.sources = (unsigned)MAX(atoi(argv[4]), 1);
	bench.n_slots = (unsigned)MAX(atoi(argv[5]), 1);
	bench.seconds = (unsigned)MAX(atoi(argv[6]), 0);
	read_request(argv[7]);
}

int main(int argc, char **argv)
{
	struct rlimit limit = {65536, 65536};
	int64_t start;

	if (argc != 8) {
		fputs("usage: bench-http SERVER PORT FIRST_SOURCE SOURCES CONNECTIONS SECONDS REQUEST_FILE\n",
		      stderr);
		return 2;
	}
	read_arguments(argv);
	setrlimit(RLIMIT_NOFILE, &limit);
	bench.epoll = epoll_create1(EPOLL_CLOEXEC);
	bench.slots = calloc(bench.n_slots, sizeof(*bench.slots));
	bench.latencies = calloc(LATENCIES, sizeof(*bench.latencies));
	if (bench.epoll < 0 || !bench.slots || !bench.latencies)
		die("start");
	start = clock_now().mono_usec;
	bench.end_usec = start + bench.seconds * (int64_t)1000000;
	loop();
	print(clock_now().mono_usec - start);
	return 0;
}
