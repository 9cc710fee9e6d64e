/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a telephone's first packet follows the answer within milliseconds, and would find the gate still shut.
 * A bounded number of names, a bounded number of questions a second, all to the gateway's own resolver;
 * guests choose the names beyond the listed ones, and can make this do no more than that.
 */
#include "refresh.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/units.h"

#define PORT_DNS 53
#define TICK_USEC (100 * USEC_PER_MSEC) /* one name a tick */
#define RETRY_USEC (2 * USEC_PER_SEC)
#define SILENT_USEC (60 * USEC_PER_SEC)	  /* without an answer, or an address in it */
#define AGAIN_MIN_USEC (5 * USEC_PER_SEC) /* whatever the answer's lifetime is */
#define AGAIN_MAX_USEC (150 * USEC_PER_SEC)
#define KEEP_USEC USEC_PER_HOUR /* after the last guest who asked */
#define TYPE_A 1
#define TYPE_AAAA 28
#define BATCH 16

struct row {
	char name[DNS_NAME];
	bool listed, answered;
	int64_t seen_usec, due_usec;
};

struct refresh {
	sd_event *event;
	struct addr server;
	int fd; /* -1: the address is not ours yet */
	sd_event_source *io, *timer;
	uint16_t id; /* of the last questions */
	struct row rows[REFRESH_NAMES];
	size_t n;
	void (*answered)(void *userdata, const struct dns_answer *);
	void *userdata;
};

DEFINE_CLEANUP(struct refresh *, refresh_free)

/* ---- names ---- */

static struct row *find(struct refresh *refresh, const char *name)
{
	for (size_t i = 0; i < refresh->n; i++)
		if (strcmp(refresh->rows[i].name, name) == 0)
			return &refresh->rows[i];
	return NULL;
}

/* A new row, or that of the name which guests have not asked for the longest. NULL: all are listed. */
static struct row *make_room(struct refresh *refresh)
{
	struct row *oldest = NULL;

	if (refresh->n < REFRESH_NAMES)
		return &refresh->rows[refresh->n++];
	for (size_t i = 0; i < refresh->n; i++)
		if (!refresh->rows[i].listed && (!oldest || refresh->rows[i].seen_usec < oldest->seen_usec))
			oldest = &refresh->rows[i];
	return oldest;
}

static void add(struct refresh *refresh, const char *name, bool listed, int64_t due_usec)
{
	struct row *row = make_room(refresh);

	if (!row)
		return;
	*row = (struct row){.listed = listed, .seen_usec = clock_now().mono_usec, .due_usec = due_usec};
	snprintf(row->name, sizeof(row->name), "%s", name);
}

/* ---- the socket ---- */

static socklen_t socket_address(const struct addr *address, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	*out = (struct sockaddr_storage){.ss_family = address->family};
	if (address->family == AF_INET) {
		v4->sin_port = htons(port);
		memcpy(&v4->sin_addr, address->octets, sizeof(v4->sin_addr));
		return sizeof(*v4);
	}
	v6->sin6_port = htons(port);
	memcpy(&v6->sin6_addr, address->octets, sizeof(v6->sin6_addr));
	return sizeof(*v6);
}

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata);

/* From the resolver's own address to it: were that not ours (yet), the questions would leave by the uplink.
 */
static int open_socket(struct refresh *refresh)
{
	_cleanup_(closep) int fd =
	    socket(refresh->server.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_storage from, to;
	const socklen_t length = socket_address(&refresh->server, 0, &from);
	int r;

	socket_address(&refresh->server, PORT_DNS, &to);
	if (fd < 0 || bind(fd, (const void *)&from, length) < 0 || connect(fd, (const void *)&to, length) < 0)
		return -errno;
	r = sd_event_add_io(refresh->event, &refresh->io, fd, EPOLLIN, on_io, refresh);
	if (r < 0)
		return r;
	refresh->fd = fd;
	fd = -1;
	return 0;
}

/* ---- asking ---- */

static void write16(uint8_t *bytes, unsigned value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

/* Length; 0: not a name. */
static size_t put_name(uint8_t *out, const char *name)
{
	size_t length = 0;

	while (*name) {
		size_t n = strcspn(name, ".");

		if (n == 0 || n > 63)
			return 0;
		out[length++] = (uint8_t)n;
		memcpy(out + length, name, n);
		length += n;
		name += n + (name[n] == '.');
	}
	out[length++] = 0;
	return length;
}

/* RFC 1035, 4.1, with RFC 6891's word that 1,232 octets may come. */
static void ask(const struct refresh *refresh, const char *name, unsigned type)
{
	static const uint8_t larger[] = {0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0};
	uint8_t bytes[12 + DNS_NAME + 1 + 4 + sizeof(larger)] = {[2] = 1, [5] = 1, [11] = 1};
	size_t length = put_name(bytes + 12, name);

	if (!length)
		return;
	length += 12;
	write16(bytes, refresh->id);
	write16(bytes + length, type);
	write16(bytes + length + 2, 1);
	memcpy(bytes + length + 4, larger, sizeof(larger));
	(void)send(refresh->fd, bytes, length + 4 + sizeof(larger), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void drop_unseen(struct refresh *refresh, int64_t now_usec)
{
	for (size_t i = refresh->n; i-- > 0;)
		if (!refresh->rows[i].listed && now_usec - refresh->rows[i].seen_usec > KEEP_USEC)
			refresh->rows[i] = refresh->rows[--refresh->n];
}

static struct row *first_due(struct refresh *refresh)
{
	struct row *first = refresh->n ? &refresh->rows[0] : NULL;

	for (size_t i = 1; i < refresh->n; i++)
		if (refresh->rows[i].due_usec < first->due_usec)
			first = &refresh->rows[i];
	return first;
}

/* Not sooner than a tick from now. */
static void arm(struct refresh *refresh)
{
	const struct row *row = first_due(refresh);
	const int64_t soonest = clock_now().mono_usec + (refresh->fd < 0 ? RETRY_USEC : TICK_USEC);

	if (row)
		sd_event_source_set_time(refresh->timer, (uint64_t)MAX(soonest, row->due_usec));
	sd_event_source_set_enabled(refresh->timer, row ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct refresh *refresh = userdata;
	const int64_t now = clock_now().mono_usec;
	struct row *row;

	drop_unseen(refresh, now);
	row = first_due(refresh);
	if (row && row->due_usec <= now && (refresh->fd >= 0 || open_socket(refresh) >= 0)) {
		row->due_usec = now + SILENT_USEC;
		row->answered = false;
		(void)getrandom(&refresh->id, sizeof(refresh->id), GRND_NONBLOCK);
		ask(refresh, row->name, TYPE_A);
		ask(refresh, row->name, TYPE_AAAA);
	}
	arm(refresh);
	return 0;
}

/* ---- answers ---- */

/* Nobody serves there yet. */
static void ask_again_soon(struct refresh *refresh)
{
	const int64_t soon = clock_now().mono_usec + RETRY_USEC;

	for (size_t i = 0; i < refresh->n; i++)
		if (!refresh->rows[i].answered)
			refresh->rows[i].due_usec = MIN(refresh->rows[i].due_usec, soon);
	arm(refresh);
}

static void take(struct refresh *refresh, const struct dns_answer *answer)
{
	struct row *row = find(refresh, answer->name);
	int64_t due = INT64_MAX;

	if (!row || !answer->n_addresses)
		return;
	for (size_t i = 0; i < answer->n_addresses; i++)
		due = MIN(due, answer->addresses[i].ttl_seconds * USEC_PER_SEC);
	due = clock_now().mono_usec + CLAMP(due, AGAIN_MIN_USEC, AGAIN_MAX_USEC);
	row->due_usec = row->answered ? MIN(row->due_usec, due) : due;
	row->answered = true;
	arm(refresh);
	refresh->answered(refresh->userdata, answer);
}

static int on_io(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	struct refresh *refresh = userdata;
	struct dns_answer answer;
	uint8_t bytes[1232];

	for (int i = 0; i < BATCH; i++) {
		ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n < 0) {
			if (errno == ECONNREFUSED)
				ask_again_soon(refresh);
			return 0;
		}
		if (n >= 2 && (bytes[0] << 8 | bytes[1]) == refresh->id &&
		    dns_read(bytes, (size_t)n, &answer) == 0)
			take(refresh, &answer);
	}
	return 0;
}

/* ---- what to ask for ---- */

void refresh_list(struct refresh *refresh, char *const *names, size_t n)
{
	refresh->n = 0;
	for (size_t i = 0; i < n && i < REFRESH_NAMES; i++)
		if (strlen(names[i]) < DNS_NAME)
			add(refresh, names[i], true, 0);
	arm(refresh);
}

void refresh_seen(struct refresh *refresh, const char *name)
{
	const int64_t now = clock_now().mono_usec;
	struct row *row = find(refresh, name);

	if (row)
		row->seen_usec = now;
	else
		add(refresh, name, false, now + AGAIN_MIN_USEC); /* it has just been answered */
	if (!row)
		arm(refresh);
}

/* ---- for the room ---- */

int refresh_new(sd_event *event, const struct addr *server,
		void (*answered)(void *userdata, const struct dns_answer *), void *userdata,
		struct refresh **out)
{
	_cleanup_(refresh_freep) struct refresh *refresh = calloc(1, sizeof(*refresh));
	int r;

	if (!refresh)
		return -ENOMEM;
	refresh->event = sd_event_ref(event);
	refresh->server = *server;
	refresh->fd = -1;
	refresh->answered = answered;
	refresh->userdata = userdata;
	r = sd_event_add_time(event, &refresh->timer, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_timer, refresh);
	if (r < 0)
		return r;
	*out = refresh;
	refresh = NULL;
	return 0;
}

struct refresh *refresh_free(struct refresh *refresh)
{
	if (!refresh)
		return NULL;
	sd_event_source_disable_unref(refresh->io);
	sd_event_source_disable_unref(refresh->timer);
	sd_event_unref(refresh->event);
	closep(&refresh->fd);
	free(refresh);
	return NULL;
}
