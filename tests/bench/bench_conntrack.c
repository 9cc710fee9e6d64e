/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it costs to account for hosts by conntrack, as nlbwmon does: a dump of all connections with their
 * counters, summed up by host. Makes the connections itself, in the network namespace that it is started in,
 * which should be one of its own. Prints one JSON object: CPU milliseconds (user and system) of each dump.
 *
 * usage: bench-conntrack HOSTS CONNECTIONS_EACH DUMPS
 */
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLOTS (1u << 17)
#define FIRST_HOST 0x0a400000u /* 10.64.0.0 */

static struct host {
	uint32_t address;
	uint64_t bytes, packets;
} hosts[SLOTS];
static unsigned connections;

static void die(const char *what)
{
	fprintf(stderr, "bench-conntrack: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double cpu_msec(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct nlmsghdr *start(void *buffer, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *nf;

	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	nf = mnl_nlmsg_put_extra_header(message, sizeof(*nf));
	nf->nfgen_family = AF_INET;
	nf->version = NFNETLINK_V0;
	return message;
}

static void put_tuple(struct nlmsghdr *message, uint16_t type, uint32_t source, uint32_t to,
		      uint16_t from_port, uint16_t to_port)
{
	struct nlattr *tuple = mnl_attr_nest_start(message, type);
	struct nlattr *part = mnl_attr_nest_start(message, CTA_TUPLE_IP);

	mnl_attr_put_u32(message, CTA_IP_V4_SRC, htonl(source));
	mnl_attr_put_u32(message, CTA_IP_V4_DST, htonl(to));
	mnl_attr_nest_end(message, part);
	part = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
	mnl_attr_put_u8(message, CTA_PROTO_NUM, IPPROTO_UDP);
	mnl_attr_put_u16(message, CTA_PROTO_SRC_PORT, htons(from_port));
	mnl_attr_put_u16(message, CTA_PROTO_DST_PORT, htons(to_port));
	mnl_attr_nest_end(message, part);
	mnl_attr_nest_end(message, tuple);
}

static void make(struct mnl_socket *socket, uint32_t host, unsigned number)
{
	char buffer[4096] = {0};
	struct nlmsghdr *message = start(buffer, IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_ACK);
	const uint32_t to = 0xc6336400u + number; /* 198.51.100.0 */
	const uint16_t port = (uint16_t)(20000 + number);
	ssize_t n;

	put_tuple(message, CTA_TUPLE_ORIG, host, to, port, 443);
	put_tuple(message, CTA_TUPLE_REPLY, to, host, 443, port);
	mnl_attr_put_u32(message, CTA_TIMEOUT, htonl(3600));
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		die("cannot make a connection");
	n = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (n < 0 || mnl_cb_run(buffer, (size_t)n, 0, 0, NULL, NULL) < 0)
		die("a connection was refused");
}

static struct host *host_of(uint32_t address)
{
	uint32_t slot = address * 2654435761u >> 15;

	while (hosts[slot].address && hosts[slot].address != address)
		slot = (slot + 1) % SLOTS;
	hosts[slot].address = address;
	return &hosts[slot];
}

static void add(struct host *host, const struct nlattr *counters)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, counters)
	{
		if (mnl_attr_get_type(attr) == CTA_COUNTERS_BYTES)
			host->bytes += be64toh(mnl_attr_get_u64(attr));
		else if (mnl_attr_get_type(attr) == CTA_COUNTERS_PACKETS)
			host->packets += be64toh(mnl_attr_get_u64(attr));
	}
}

static uint32_t source_of(const struct nlattr *tuple)
{
	const struct nlattr *ip, *attr;

	mnl_attr_for_each_nested(ip, tuple)
	{
		if (mnl_attr_get_type(ip) != CTA_TUPLE_IP)
			continue;
		mnl_attr_for_each_nested(attr, ip) if (mnl_attr_get_type(attr) ==
						       CTA_IP_V4_SRC) return ntohl(mnl_attr_get_u32(attr));
	}
	return 0;
}

static int see(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attr;
	struct host *host = NULL;

	(void)data;
	connections++;
	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		switch (mnl_attr_get_type(attr)) {
		case CTA_TUPLE_ORIG:
			host = host_of(source_of(attr));
			break;
		case CTA_COUNTERS_ORIG:
		case CTA_COUNTERS_REPLY:
			if (host)
				add(host, attr);
			break;
		default:
			break;
		}
	}
	return MNL_CB_OK;
}

static double dump(struct mnl_socket *socket)
{
	static char buffer[256 * 1024];
	const double began = cpu_msec();
	struct nlmsghdr *message = start(buffer, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	int r = MNL_CB_OK;

	connections = 0;
	if (mnl_socket_sendto(socket, message, message->nlmsg_len) < 0)
		die("cannot ask");
	while (r == MNL_CB_OK) {
		ssize_t n = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		r = n < 0 ? MNL_CB_ERROR : mnl_cb_run(buffer, (size_t)n, 0, 0, see, NULL);
	}
	if (r < 0)
		die("the dump failed");
	return cpu_msec() - began;
}

int main(int argc, char **argv)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);

	if (argc != 4 || !socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		die("usage: bench-conntrack HOSTS CONNECTIONS_EACH DUMPS");
	for (int host = 0; host < atoi(argv[1]); host++)
		for (int i = 0; i < atoi(argv[2]); i++)
			make(socket, FIRST_HOST + (uint32_t)host, (unsigned)i);
	printf("{\"cpu_msec\": [");
	for (int i = 0; i < atoi(argv[3]); i++)
		printf("%s%.3f", i ? ", " : "", dump(socket));
	printf("], \"connections\": %u}\n", connections);
	mnl_socket_close(socket);
	return 0;
}
