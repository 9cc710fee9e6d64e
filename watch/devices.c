/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a capture belongs to a device as it was opened; after a cable, a bridge or an access point comes back
 * it hears nothing. The kernel is asked, never believed from a message that may have been lost.
 */
#include "devices.h"
#include <errno.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define SETTLE_USEC (100 * USEC_PER_MSEC)

struct devices {
	int fd;
	sd_event_source *io, *timer;
	void (*changed)(void *userdata);
	void *userdata;
};

DEFINE_CLEANUP(struct devices *, devices_free)

void devices_suspect(struct devices *devices)
{
	int enabled = SD_EVENT_OFF;

	sd_event_source_get_enabled(devices->timer, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(devices->timer, SETTLE_USEC);
	sd_event_source_set_enabled(devices->timer, SD_EVENT_ONESHOT);
}

/* What is said does not matter (and may be lost: ENOBUFS), only that something is. */
static int on_io(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	char ignored[8192];

	while (recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
	devices_suspect(userdata);
	return 0;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct devices *devices = userdata;

	devices->changed(devices->userdata);
	return 0;
}

static int listen_to_kernel(void)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK,
					    .nl_groups = RTMGRP_LINK | RTMGRP_IPV6_IFADDR};
	_cleanup_(closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	int listening;

	if (fd < 0 || bind(fd, (const void *)&address, sizeof(address)) < 0)
		return -errno;
	listening = fd;
	fd = -1;
	return listening;
}

int devices_new(sd_event *event, void (*changed)(void *userdata), void *userdata, struct devices **out)
{
	_cleanup_(devices_freep) struct devices *devices = calloc(1, sizeof(*devices));
	int r;

	if (!devices)
		return -ENOMEM;
	*devices = (struct devices){.changed = changed, .userdata = userdata};
	devices->fd = listen_to_kernel();
	r = devices->fd < 0 ? devices->fd
			    : sd_event_add_io(event, &devices->io, devices->fd, EPOLLIN, on_io, devices);
	if (r >= 0)
		r = sd_event_add_time(event, &devices->timer, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_timer,
				      devices);
	if (r >= 0)
		r = sd_event_source_set_enabled(devices->timer, SD_EVENT_OFF);
	if (r < 0)
		return r;
	*out = devices;
	devices = NULL;
	return 0;
}

struct devices *devices_free(struct devices *devices)
{
	if (!devices)
		return NULL;
	sd_event_source_disable_unref(devices->io);
	sd_event_source_disable_unref(devices->timer);
	closep(&devices->fd);
	free(devices);
	return NULL;
}

/* ---- asking ---- */

static int ask(const char *name, unsigned long what, struct ifreq *out)
{
	_cleanup_(closep) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*out = (struct ifreq){0};
	snprintf(out->ifr_name, sizeof(out->ifr_name), "%s", name);
	return fd < 0 || ioctl(fd, what, out) < 0 ? -errno : 0;
}

unsigned devices_index(const char *name)
{
	struct ifreq request;

	if (ask(name, SIOCGIFFLAGS, &request) < 0 || !(request.ifr_flags & IFF_UP))
		return 0;
	return if_nametoindex(name);
}

struct mac devices_mac(const char *name)
{
	struct ifreq request;
	struct mac mac = {0};

	if (ask(name, SIOCGIFHWADDR, &request) == 0)
		memcpy(mac.octets, request.ifr_hwaddr.sa_data, sizeof(mac.octets));
	return mac;
}

uint32_t devices_mtu(const char *name)
{
	struct ifreq request;

	return ask(name, SIOCGIFMTU, &request) == 0 ? (uint32_t)request.ifr_mtu : 0;
}

struct addr devices_link_local(const char *name)
{
	struct addr found = {0};
	struct ifaddrs *all;

	if (getifaddrs(&all) < 0)
		return found;
	for (const struct ifaddrs *row = all; row && !found.family; row = row->ifa_next) {
		struct addr address = {0};

		if (row->ifa_addr && row->ifa_addr->sa_family == AF_INET6 && strcmp(row->ifa_name, name) == 0)
			address = addr_from_sockaddr(row->ifa_addr);
		if (address.family && addr_is_link_local(&address))
			found = address;
	}
	freeifaddrs(all);
	return found;
}
