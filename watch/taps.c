/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what lies under a VLAN only the kernel knows. It is asked for one device at a time; veth and macvlan
 * have a device "below", too, and are none: only the kind "vlan" is followed.
 */
#include "taps.h"
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include "../lib/cleanup.h"

#define DEPTH 4 /* VLANs in VLANs */

struct answer {
	bool vlan;
	unsigned below;
};

DEFINE_CLEANUP(struct mnl_socket *, mnl_socket_close)

static void read_kind(const struct nlattr *info, struct answer *answer)
{
	const struct nlattr *attribute;

	mnl_attr_for_each_nested(attribute, info)
	{
		if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND &&
		    mnl_attr_validate(attribute, MNL_TYPE_STRING) >= 0)
			answer->vlan = strcmp(mnl_attr_get_str(attribute), "vlan") == 0;
	}
}

static int on_link(const struct nlmsghdr *header, void *userdata)
{
	struct answer *answer = userdata;
	const struct nlattr *attribute;

	mnl_attr_for_each(attribute, header, sizeof(struct ifinfomsg))
	{
		if (mnl_attr_get_type(attribute) == IFLA_LINK &&
		    mnl_attr_validate(attribute, MNL_TYPE_U32) >= 0)
			answer->below = mnl_attr_get_u32(attribute);
		if (mnl_attr_get_type(attribute) == IFLA_LINKINFO &&
		    mnl_attr_validate(attribute, MNL_TYPE_NESTED) >= 0)
			read_kind(attribute, answer);
	}
	return MNL_CB_OK;
}

/* The device under that VLAN; 0: it is no VLAN. */
static unsigned below(const struct mnl_socket *socket, unsigned index)
{
	char bytes[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *header = mnl_nlmsg_put_header(bytes);
	struct ifinfomsg *link;
	struct answer answer = {0};
	ssize_t n;

	header->nlmsg_type = RTM_GETLINK;
	header->nlmsg_flags = NLM_F_REQUEST;
	link = mnl_nlmsg_put_extra_header(header, sizeof(*link));
	link->ifi_index = (int)index;
	if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0)
		return 0;
	n = mnl_socket_recvfrom(socket, bytes, sizeof(bytes));
	if (n < 0 || mnl_cb_run(bytes, (size_t)n, 0, 0, on_link, &answer) < 0)
		return 0;
	return answer.vlan ? answer.below : 0;
}

unsigned taps_index(const char *name)
{
	_cleanup_(mnl_socket_closep) struct mnl_socket *socket =
	    mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	unsigned index = if_nametoindex(name);

	for (int i = 0; socket && index && i < DEPTH; i++) {
		unsigned next = below(socket, index);

		if (!next)
			break;
		index = next;
	}
	return index;
}
