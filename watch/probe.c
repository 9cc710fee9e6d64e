/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: guests are told "outage" instead of being let run against a dead uplink. A lost packet is no outage,
 * an answer that is not to our request no life, and a slow answer counts as long as silence has not been
 * long enough to be an outage.
 */
#include "probe.h"
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "../lib/message.h"
#include "rounds.h"
#include "settings.h"

_Static_assert(ROUNDS_KEPT *SETTINGS_PROBE_MIN_USEC >= PROBE_SILENT_USEC,
	       "an answer that counts finds its round");
#define BATCH 32
#ifndef ICMP_FILTER
#define ICMP_FILTER 1 /* raw(7); linux/icmp.h does not go with netinet/ip_icmp.h */
#endif

struct probe {
	sd_event *event;
	sd_event_source *timer, *io4, *io6;
	int fd4, fd6;
	struct addr *addresses;
	size_t n;
	struct rounds rounds;
	int64_t period_usec, heard_usec;
	enum probe_state state;
	struct probe_events events;
	void *userdata;
};

DEFINE_CLEANUP(struct probe *, probe_free)

static void become(struct probe *probe, enum probe_state state)
{
	if (probe->state == state)
		return;
	probe->state = state;
	probe->events.changed(probe->userdata, state);
}

/* ---- asking ---- */

static socklen_t socket_address(const struct addr *address, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	*out = (struct sockaddr_storage){.ss_family = address->family};
	if (address->family == AF_INET) {
		memcpy(&v4->sin_addr, address->octets, sizeof(v4->sin_addr));
		return sizeof(*v4);
	}
	memcpy(&v6->sin6_addr, address->octets, sizeof(v6->sin6_addr));
	return sizeof(*v6);
}

/* What cannot be sent is silent, too. */
static void ask(const struct probe *probe, const struct echo *echo, const struct addr *address)
{
	const bool v6 = address->family == AF_INET6;
	struct sockaddr_storage to;
	socklen_t length = socket_address(address, &to);
	uint8_t bytes[ECHO_LENGTH];

	echo_build(echo, v6, bytes);
	(void)sendto(v6 ? probe->fd6 : probe->fd4, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_NOSIGNAL,
		     (const void *)&to, length);
}

/* Those that can be asked at all: a target whose protocol this kernel lacks is none. */
static uint16_t askable(const struct probe *probe)
{
	uint16_t mask = 0;

	for (size_t i = 0; i < probe->n && i < MESSAGE_TARGETS; i++)
		if (probe->addresses[i].family == AF_INET || probe->fd6 >= 0)
			mask |= (uint16_t)(1u << i);
	return mask;
}

static void next_round(struct probe *probe)
{
	struct echo *echo = &rounds_begin(&probe->rounds, clock_now().mono_usec, askable(probe))->echo;

	if (getrandom(&echo->id, sizeof(echo->id), GRND_NONBLOCK) < 0 ||
	    getrandom(echo->payload, sizeof(echo->payload), GRND_NONBLOCK) < 0)
		log_debug("no random numbers for a probe yet");
	for (size_t i = 0; i < probe->n; i++)
		ask(probe, echo, &probe->addresses[i]);
}

/* ---- listening ---- */

/* Which targets have this address: a bit each; 0: none. */
static uint16_t targets_at(const struct probe *probe, const struct addr *from)
{
	uint16_t mask = 0;

	for (size_t i = 0; i < probe->n && i < MESSAGE_TARGETS; i++)
		if (addr_equal(&probe->addresses[i], from))
			mask |= (uint16_t)(1u << i);
	return mask;
}

/* What waits, of a bounded number: strangers may send as much as they like. */
static void listen_to(struct probe *probe, int fd)
{
	uint8_t bytes[512];

	for (int i = 0; i < BATCH; i++) {
		struct sockaddr_storage storage = {0};
		socklen_t size = sizeof(storage);
		ssize_t n = recvfrom(fd, bytes, sizeof(bytes), MSG_DONTWAIT, (void *)&storage, &size);
		const int64_t now = clock_now().mono_usec;
		struct addr from;
		uint16_t targets;

		if (n < 0)
			return;
		from = addr_from_sockaddr((const void *)&storage);
		targets = targets_at(probe, &from);
		if (!targets || !rounds_answer(&probe->rounds, now, PROBE_SILENT_USEC, targets,
					       fd == probe->fd6, bytes, (size_t)n))
			continue;
		probe->heard_usec = now;
		become(probe, PROBE_UP);
	}
}

static int on_io(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	listen_to(userdata, fd);
	return 0;
}

/* ---- rounds ---- */

/* An answer that is there and was not yet read is no lost one. */
static void end_round(struct probe *probe)
{
	struct rounds_verdict verdict;

	listen_to(probe, probe->fd4);
	if (probe->fd6 >= 0)
		listen_to(probe, probe->fd6);
	verdict = rounds_judge(&probe->rounds, clock_now().mono_usec, probe->period_usec);
	probe->events.round(probe->userdata, &verdict);
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct probe *probe = userdata;
	const int64_t now = clock_now().mono_usec;

	if (probe->rounds.newest)
		end_round(probe);
	else
		probe->heard_usec = now;
	/* The answer to a round's request came a little after the round began. */
	if (now - probe->heard_usec >= PROBE_SILENT_USEC - probe->period_usec / 2)
		become(probe, PROBE_DOWN);
	next_round(probe);
	sd_event_source_set_time_relative(source, (uint64_t)probe->period_usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- opening ---- */

static int open_socket(int family, int protocol, const char *uplink)
{
	_cleanup_(closep) int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	int opened;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, uplink, (socklen_t)strlen(uplink) + 1) < 0)
		return -errno;
	opened = fd;
	fd = -1;
	return opened;
}

/* Echo replies alone come up. */
static int filter(const struct probe *probe)
{
	const uint32_t all_but_reply = ~(UINT32_C(1) << ICMP_ECHOREPLY);
	struct icmp6_filter filter6;

	ICMP6_FILTER_SETBLOCKALL(&filter6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
	if (setsockopt(probe->fd4, SOL_RAW, ICMP_FILTER, &all_but_reply, sizeof(all_but_reply)) < 0 ||
	    (probe->fd6 >= 0 &&
	     setsockopt(probe->fd6, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6)) < 0))
		return -errno;
	return 0;
}

static int open_sockets(struct probe *probe, const char *uplink)
{
	probe->fd4 = open_socket(AF_INET, IPPROTO_ICMP, uplink);
	if (probe->fd4 < 0)
		return probe->fd4;
	probe->fd6 = open_socket(AF_INET6, IPPROTO_ICMPV6, uplink);
	if (probe->fd6 < 0 && probe->fd6 != -EAFNOSUPPORT) /* a kernel without IPv6 still has IPv4 */
		return probe->fd6;
	return filter(probe);
}

int probe_new(sd_event *event, const char *uplink, const struct probe_events *events, void *userdata,
	      struct probe **out)
{
	_cleanup_(probe_freep) struct probe *probe = calloc(1, sizeof(*probe));
	int r;

	if (!probe)
		return -ENOMEM;
	*probe = (struct probe){
	    .event = sd_event_ref(event), .fd4 = -1, .fd6 = -1, .events = *events, .userdata = userdata};
	r = open_sockets(probe, uplink);
	if (r >= 0)
		r = sd_event_add_io(event, &probe->io4, probe->fd4, EPOLLIN, on_io, probe);
	if (r >= 0 && probe->fd6 >= 0)
		r = sd_event_add_io(event, &probe->io6, probe->fd6, EPOLLIN, on_io, probe);
	if (r >= 0)
		r = sd_event_add_time(event, &probe->timer, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_timer,
				      probe);
	if (r < 0)
		return r;
	*out = probe;
	probe = NULL;
	return 0;
}

int probe_set(struct probe *probe, const struct addr *addresses, size_t n, int64_t period_usec)
{
	struct addr *copy;

	probe->period_usec = period_usec;
	if (n == probe->n && (n == 0 || memcmp(addresses, probe->addresses, n * sizeof(*addresses)) == 0))
		return 0;
	copy = malloc(n * sizeof(*copy) + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, addresses, n * sizeof(*copy));
	free(probe->addresses);
	probe->addresses = copy;
	probe->n = n;
	rounds_reset(&probe->rounds);
	if (n == 0) {
		probe->state = PROBE_UNKNOWN;
		return sd_event_source_set_enabled(probe->timer, SD_EVENT_OFF);
	}
	sd_event_source_set_time_relative(probe->timer, 0);
	return sd_event_source_set_enabled(probe->timer, SD_EVENT_ONESHOT);
}

enum probe_state probe_state(const struct probe *probe)
{
	return probe ? probe->state : PROBE_UNKNOWN;
}

struct probe *probe_free(struct probe *probe)
{
	if (!probe)
		return NULL;
	sd_event_source_disable_unref(probe->timer);
	sd_event_source_disable_unref(probe->io4);
	sd_event_source_disable_unref(probe->io6);
	sd_event_unref(probe->event);
	closep(&probe->fd4);
	closep(&probe->fd6);
	free(probe->addresses);
	free(probe);
	return NULL;
}
