/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: counting all classes costs the kernel a tenth of a second where there are ten thousand, and the
 * uplink's rate is wanted every second. The kernel answers within the call, so this waits for nothing.
 */
#include "traffic.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"

#define REPLY_BYTES 8192

struct traffic {
	struct mnl_socket *socket;
	uint32_t sequence;
};

int traffic_new(struct traffic **out)
{
	struct traffic *traffic = calloc(1, sizeof(*traffic));
	const struct timeval patience = {.tv_sec = 1};

	if (!traffic)
		return -ENOMEM;
	traffic->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!traffic->socket || mnl_socket_bind(traffic->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int r = -errno;

		traffic_free(traffic);
		return r;
	}
	setsockopt(mnl_socket_get_fd(traffic->socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	*out = traffic;
	return 0;
}

struct traffic *traffic_free(struct traffic *traffic)
{
	if (!traffic)
		return NULL;
	if (traffic->socket)
		mnl_socket_close(traffic->socket);
	free(traffic);
	return NULL;
}

static uint32_t index_of(const struct traffic *traffic, const char *device)
{
	struct ifreq request = {0};

	memcpy(request.ifr_name, device, strnlen(device, sizeof(request.ifr_name) - 1));
	if (ioctl(mnl_socket_get_fd(traffic->socket), SIOCGIFINDEX, &request) < 0)
		return 0;
	return (uint32_t)request.ifr_ifindex;
}

static int on_statistics(const struct nlmsghdr *message, void *data)
{
	struct traffic_bytes *out = data;
	const struct nlattr *attribute;

	if (message->nlmsg_type != RTM_NEWSTATS ||
	    mnl_nlmsg_get_payload_len(message) < sizeof(struct if_stats_msg))
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof(struct if_stats_msg))
	{
		struct rtnl_link_stats64 statistics;

		if (mnl_attr_get_type(attribute) != IFLA_STATS_LINK_64 ||
		    mnl_attr_get_payload_len(attribute) < offsetof(struct rtnl_link_stats64, rx_errors))
			continue;
		memcpy(&statistics, mnl_attr_get_payload(attribute),
		       MIN(mnl_attr_get_payload_len(attribute), sizeof(statistics)));
		*out = (struct traffic_bytes){statistics.rx_bytes, statistics.tx_bytes, statistics.rx_packets,
					      statistics.tx_packets};
		return MNL_CB_STOP;
	}
	return MNL_CB_OK;
}

static int ask(struct traffic *traffic, uint32_t index)
{
	uint8_t buffer[256] = {0};
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct if_stats_msg *header;

	message->nlmsg_type = RTM_GETSTATS;
	message->nlmsg_flags = NLM_F_REQUEST;
	message->nlmsg_seq = ++traffic->sequence;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifindex = index;
	header->filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
	return mnl_socket_sendto(traffic->socket, message, message->nlmsg_len) < 0 ? -errno : 0;
}

int traffic_read(struct traffic *traffic, const char *device, struct traffic_bytes *out)
{
	const uint32_t index = index_of(traffic, device);
	const unsigned port = mnl_socket_get_portid(traffic->socket);
	struct traffic_bytes bytes = {.received = UINT64_MAX};
	uint8_t reply[REPLY_BYTES];
	ssize_t n;
	int r = index ? ask(traffic, index) : -ENODEV;

	while (r == 0) {
		n = mnl_socket_recvfrom(traffic->socket, reply, sizeof(reply));
		if (n < 0)
			return -errno;
		if (mnl_cb_run(reply, (size_t)n, traffic->sequence, port, on_statistics, &bytes) >= 0)
			break;
		if (errno != ESRCH && errno != EPROTO) /* not what is left of an earlier question */
			return -errno;
	}
	if (r == 0 && bytes.received == UINT64_MAX)
		return -ENODATA;
	if (r == 0)
		*out = bytes;
	return r;
}
