/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a provider may delegate another prefix any day, and an office must neither lose its classes nor its
 * address for it. Events only say that it is time to look: what holds is what a whole reading says, so that
 * none is missed, however many come at once (ENOBUFS is one more event).
 */
#include "delegated.h"
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include "daemon.h"
#include "delegated_rows.h"
#include "engine.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define LOOK_USEC (300 * USEC_PER_MSEC) /* events come in flocks: one look for all */
#define AGAIN_USEC (5 * USEC_PER_SEC)	/* the table could not be read */
#define BYTES 65536
#define BATCH 64

struct delegated {
	struct daemon *daemon;
	struct mnl_socket *events, *table;
	uint32_t sequence;
	sd_event_source *io, *timer;
	struct delegated_rows rows;
	size_t refused;
	uint8_t buffer[BYTES];
};

/* ---- reading the table ---- */

static int on_address(const struct nlmsghdr *message, void *data)
{
	struct delegated_rows *rows = data;
	char device[IFNAMSIZ];
	struct prefix prefix;
	unsigned ifindex;

	if (delegated_parse(message, &ifindex, &prefix) <= 0 || !if_indextoname(ifindex, device))
		return MNL_CB_OK;
	if (delegated_add(rows, device, &prefix) == -ENOMEM) {
		errno = ENOMEM;
		return MNL_CB_ERROR;
	}
	return MNL_CB_OK;
}

static int ask(struct delegated *delegated)
{
	uint8_t buffer[128] = {0};
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifaddrmsg *header;

	message->nlmsg_type = RTM_GETADDR;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	message->nlmsg_seq = ++delegated->sequence;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifa_family = AF_INET6;
	return mnl_socket_sendto(delegated->table, message, message->nlmsg_len) < 0 ? -errno : 0;
}

/* -EINTR where it changed meanwhile. */
static int read_table(struct delegated *delegated, struct delegated_rows *rows)
{
	const unsigned port = mnl_socket_get_portid(delegated->table);
	int r = ask(delegated);

	while (r == 0) {
		ssize_t n =
		    mnl_socket_recvfrom(delegated->table, delegated->buffer, sizeof(delegated->buffer));
		int more;

		if (n < 0)
			return -errno;
		more = mnl_cb_run(delegated->buffer, (size_t)n, delegated->sequence, port, on_address, rows);
		if (more < 0 && (errno == ESRCH || errno == EPROTO))
			continue; /* what is left of an earlier question */
		if (more <= MNL_CB_STOP)
			return more < 0 ? -errno : 0;
	}
	return r;
}

static void look_in(struct delegated *delegated, int64_t usec)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(delegated->timer, &enabled);
	if (enabled != SD_EVENT_OFF)
		return; /* an event must not put off what another wants */
	sd_event_source_set_time_relative(delegated->timer, (uint64_t)usec);
	sd_event_source_set_enabled(delegated->timer, SD_EVENT_ONESHOT);
}

static bool is_wanted(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_offices; i++)
		if (policy->offices[i].delegated)
			return true;
	return false;
}

/* ---- deciding ---- */

static void say_refused(struct delegated *delegated, size_t refused)
{
	if (refused > delegated->refused)
		log_warning("%zu prefixes of devices with \"delegated\" overlap another office's or a "
			    "zone's: left out",
			    refused);
	delegated->refused = refused;
}

static void say(const struct delegated *delegated)
{
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < delegated->rows.n; i++)
		log_info("delegated: %s on %.*s", prefix_text(&delegated->rows.rows[i].prefix, text),
			 IFNAMSIZ, delegated->rows.rows[i].device);
}

/* True: it is not what it was. */
static bool look(struct delegated *delegated)
{
	const struct policy *policy = engine_policy(delegated->daemon->engine);
	struct delegated_rows rows = {0};
	int r = is_wanted(policy) ? read_table(delegated, &rows) : 0;

	if (r < 0) {
		delegated_clear(&rows);
		if (r != -EINTR)
			log_warning("the devices' addresses cannot be read: %s", strerror(-r));
		look_in(delegated, r == -EINTR ? LOOK_USEC : AGAIN_USEC);
		return false;
	}
	say_refused(delegated, delegated_judge(&rows, policy));
	if (delegated_equal(&rows, &delegated->rows)) {
		delegated_clear(&rows);
		return false;
	}
	delegated_clear(&delegated->rows);
	delegated->rows = rows;
	say(delegated);
	return true;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct delegated *delegated = userdata;

	if (look(delegated))
		engine_update(delegated->daemon->engine, "prefixes that are delegated have changed");
	return 0;
}

static int on_events(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	struct delegated *delegated = userdata;

	for (int i = 0; i < BATCH; i++)
		if (recv(fd, delegated->buffer, sizeof(delegated->buffer), MSG_DONTWAIT) < 0 &&
		    errno != ENOBUFS)
			break;
	if (is_wanted(engine_policy(delegated->daemon->engine)))
		look_in(delegated, LOOK_USEC);
	return 0;
}

void delegated_policy(struct delegated *delegated)
{
	if (delegated)
		look(delegated);
}

const struct planner_delegated *delegated_rows(const struct delegated *delegated, size_t *n)
{
	*n = delegated ? delegated->rows.n : 0;
	return delegated ? delegated->rows.rows : NULL;
}

/* ---- life ---- */

static int open_netlink(struct mnl_socket **out, unsigned groups)
{
	const struct timeval patience = {.tv_sec = 1};
	const int strict = 1;

	*out = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!*out || mnl_socket_bind(*out, groups, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	mnl_socket_setsockopt(*out, NETLINK_GET_STRICT_CHK, (void *)&strict, sizeof(strict));
	setsockopt(mnl_socket_get_fd(*out), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return 0;
}

static int start(struct delegated *delegated)
{
	sd_event *event = delegated->daemon->event;
	int r;

	r = open_netlink(&delegated->events, RTMGRP_IPV6_IFADDR);
	if (r >= 0)
		r = open_netlink(&delegated->table, 0);
	if (r >= 0)
		r = sd_event_add_io(event, &delegated->io, mnl_socket_get_fd(delegated->events), EPOLLIN,
				    on_events, delegated);
	if (r >= 0)
		r = sd_event_add_time(event, &delegated->timer, CLOCK_MONOTONIC, 0, 0, on_timer, delegated);
	if (r >= 0)
		r = sd_event_source_set_enabled(delegated->timer, SD_EVENT_OFF);
	return r;
}

int delegated_new(struct daemon *daemon, struct delegated **out)
{
	struct delegated *delegated = calloc(1, sizeof(*delegated));
	int r;

	if (!delegated)
		return -ENOMEM;
	delegated->daemon = daemon;
	r = start(delegated);
	if (r < 0) {
		delegated_free(delegated);
		return r;
	}
	*out = delegated;
	return 0;
}

struct delegated *delegated_free(struct delegated *delegated)
{
	if (!delegated)
		return NULL;
	sd_event_source_disable_unref(delegated->io);
	sd_event_source_disable_unref(delegated->timer);
	if (delegated->events)
		mnl_socket_close(delegated->events);
	if (delegated->table)
		mnl_socket_close(delegated->table);
	delegated_clear(&delegated->rows);
	free(delegated);
	return NULL;
}
