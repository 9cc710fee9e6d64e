/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: when to advertise. Whatever guests solicit, a device sees at most one advertisement in MIN_DELAY; and
 * one that could not be sent (no link-local address yet) is tried again.
 */
#include "advertise.h"
#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "devices.h"
#include "ra.h"

/* RFC 4861, 6.2.1 and 10 */
#define INTERVAL_MIN_USEC (200 * USEC_PER_SEC)
#define INTERVAL_MAX_USEC (600 * USEC_PER_SEC)
#define INITIAL_INTERVAL_USEC (16 * USEC_PER_SEC)
#define INITIAL_COUNT 3u
#define MIN_DELAY_USEC (3 * USEC_PER_SEC)
#define MAX_ANSWER_DELAY_USEC (500 * USEC_PER_MSEC)
#define RETRY_USEC USEC_PER_SEC
#define HOP_LIMIT 255

struct advertise {
	sd_event *event;
	int fd;
};

struct advertiser {
	struct advertise *advertise;
	sd_event_source *timer;
	char device[IFNAMSIZ];
	struct prefix address;
	char *api;
	unsigned sent;
	int64_t sent_usec; /* 0: never */
	int64_t due_usec;
	bool said_failing;
};

int advertise_new(sd_event *event, struct advertise **out)
{
	struct advertise *advertise = calloc(1, sizeof(*advertise));
	struct icmp6_filter none;
	const int off = 0;
	int r;

	if (!advertise)
		return -ENOMEM;
	advertise->event = sd_event_ref(event);
	advertise->fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
	ICMP6_FILTER_SETBLOCKALL(&none);
	/* It only sends: solicitations are seen by the captures, and this machine is not to make itself an
	 * address. */
	if (advertise->fd < 0 ||
	    setsockopt(advertise->fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &off, sizeof(off)) < 0 ||
	    setsockopt(advertise->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &none, sizeof(none)) < 0) {
		r = -errno;
		advertise_free(advertise);
		return r;
	}
	*out = advertise;
	return 0;
}

struct advertise *advertise_free(struct advertise *advertise)
{
	if (!advertise)
		return NULL;
	closep(&advertise->fd);
	sd_event_unref(advertise->event);
	free(advertise);
	return NULL;
}

/* ---- the packet ---- */

static int link_local(const char *device, struct in6_addr *out)
{
	const struct addr address = devices_link_local(device);

	if (!address.family)
		return -EADDRNOTAVAIL;
	memcpy(out, address.octets, sizeof(*out));
	return 0;
}

static void add_control(struct msghdr *header, int type, const void *value, size_t size)
{
	struct cmsghdr *control = (void *)((char *)header->msg_control + header->msg_controllen);

	*control =
	    (struct cmsghdr){.cmsg_level = IPPROTO_IPV6, .cmsg_type = type, .cmsg_len = CMSG_LEN(size)};
	memcpy(CMSG_DATA(control), value, size);
	header->msg_controllen += CMSG_SPACE(size);
}

static int send_packet(int fd, const struct in6_pktinfo *from, uint8_t *bytes, size_t length)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_scope_id = from->ipi6_ifindex};
	struct iovec part = {.iov_base = bytes, .iov_len = length};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(*from))];
	} control = {0};
	struct msghdr header = {.msg_name = &to,
				.msg_namelen = sizeof(to),
				.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = control.bytes};
	const int hops = HOP_LIMIT;

	to.sin6_addr = (struct in6_addr){.s6_addr = {0xff, 2, [15] = 1}}; /* all nodes */
	add_control(&header, IPV6_HOPLIMIT, &hops, sizeof(hops));
	add_control(&header, IPV6_PKTINFO, from, sizeof(*from));
	return sendmsg(fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int send_advertisement(const struct advertiser *advertiser, bool last, bool withdrawn)
{
	struct in6_pktinfo from = {.ipi6_ifindex = if_nametoindex(advertiser->device)};
	struct ra ra = {
	    .address = advertiser->address, .api = advertiser->api, .last = last, .withdrawn = withdrawn};
	uint8_t bytes[RA_MAX];
	size_t length;
	int r;

	if (!from.ipi6_ifindex)
		return -ENODEV;
	r = link_local(advertiser->device, &from.ipi6_addr);
	if (r < 0)
		return r;
	ra.mac = devices_mac(advertiser->device);
	ra.mtu = devices_mtu(advertiser->device);
	length = ra_build(&ra, bytes);
	return length ? send_packet(advertiser->advertise->fd, &from, bytes, length) : -EMSGSIZE;
}

/* ---- when ---- */

static int64_t random_between(int64_t low, int64_t high)
{
	uint64_t number = 0;

	(void)getrandom(&number, sizeof(number), GRND_NONBLOCK); /* without it: the shortest */
	return low + (int64_t)(number % (uint64_t)(high - low + 1));
}

static void arm(struct advertiser *advertiser, int64_t due_usec)
{
	advertiser->due_usec = due_usec;
	sd_event_source_set_time(advertiser->timer, (uint64_t)due_usec);
	sd_event_source_set_enabled(advertiser->timer, SD_EVENT_ONESHOT);
}

/* Not later than it is due anyway, not sooner than the last one allows. */
static void hasten(struct advertiser *advertiser, int64_t delay_usec)
{
	int64_t due = clock_now().mono_usec + delay_usec;

	if (advertiser->sent_usec)
		due = MAX(due, advertiser->sent_usec + MIN_DELAY_USEC);
	if (due < advertiser->due_usec)
		arm(advertiser, due);
}

static void say_failing(struct advertiser *advertiser, int error)
{
	if (!advertiser->said_failing && error != -EADDRNOTAVAIL && error != -EINVAL)
		log_warning("%s: router advertisements cannot be sent: %s", advertiser->device,
			    strerror(-error));
	advertiser->said_failing = true;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct advertiser *advertiser = userdata;
	int64_t now = clock_now().mono_usec, interval;
	int r = send_advertisement(advertiser, false, false);

	if (r < 0) {
		say_failing(advertiser, r);
		arm(advertiser, now + RETRY_USEC);
		return 0;
	}
	advertiser->said_failing = false;
	advertiser->sent_usec = now;
	advertiser->sent++;
	interval = random_between(INTERVAL_MIN_USEC, INTERVAL_MAX_USEC);
	arm(advertiser,
	    now + (advertiser->sent < INITIAL_COUNT ? MIN(interval, INITIAL_INTERVAL_USEC) : interval));
	return 0;
}

void advertiser_solicited(struct advertiser *advertiser)
{
	if (advertiser)
		hasten(advertiser, random_between(0, MAX_ANSWER_DELAY_USEC));
}

/* ---- a zone's ---- */

int advertiser_new(struct advertise *advertise, const char *device, const struct prefix *address,
		   const char *api, struct advertiser **out)
{
	struct advertiser *advertiser = calloc(1, sizeof(*advertiser));
	int r;

	if (!advertiser)
		return -ENOMEM;
	advertiser->advertise = advertise;
	advertiser->address = *address;
	snprintf(advertiser->device, sizeof(advertiser->device), "%s", device);
	advertiser->api = strdup(api);
	r = advertiser->api ? 0 : -ENOMEM;
	if (r >= 0)
		r = sd_event_add_time_relative(advertise->event, &advertiser->timer, CLOCK_MONOTONIC, 0, 1000,
					       on_timer, advertiser);
	if (r < 0) {
		advertiser_free(advertiser);
		return r;
	}
	*out = advertiser;
	return 0;
}

struct advertiser *advertiser_free(struct advertiser *advertiser)
{
	if (!advertiser)
		return NULL;
	sd_event_source_disable_unref(advertiser->timer);
	free(advertiser->api);
	free(advertiser);
	return NULL;
}

int advertiser_change(struct advertiser *advertiser, const struct prefix *address, const char *api)
{
	const bool same_prefix = memcmp(&advertiser->address, address, sizeof(*address)) == 0;
	char *copy;

	if (same_prefix && strcmp(advertiser->api, api) == 0)
		return 0;
	copy = strdup(api);
	if (!copy)
		return -ENOMEM;
	if (!same_prefix)
		advertiser_end(advertiser, true);
	free(advertiser->api);
	advertiser->api = copy;
	advertiser->address = *address;
	advertiser->sent = 0;
	arm(advertiser, clock_now().mono_usec);
	return 0;
}

void advertiser_end(struct advertiser *advertiser, bool withdrawn)
{
	if (!advertiser || !advertiser->sent)
		return;
	(void)send_advertisement(advertiser, true, withdrawn);
	advertiser->sent = 0;
}
