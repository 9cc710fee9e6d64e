// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the names of devices out of flowtables of all tables and families, by hand: an attribute each. It
 * never writes.
 */
#include "flowtables.h"
#include "nft.h"
#include <errno.h>
#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#define NAME 64

static void take_text(const struct nlattr *attr, char text[static NAME])
{
	snprintf(text, NAME, "%.*s", (int)mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
}

/* Of one of the hook's devices that is ours. */
static bool find_device(const struct nlattr *hook, flowtables_ours_fn ours, const void *data,
			char name[static NAME])
{
	const struct nlattr *devices, *device;

	mnl_attr_for_each_nested(devices, hook)
	{
		if (mnl_attr_get_type(devices) != NFTA_FLOWTABLE_HOOK_DEVS)
			continue;
		mnl_attr_for_each_nested(device, devices)
		{
			take_text(device, name);
			if (ours(data, name))
				return true;
		}
	}
	return false;
}

bool flowtables_parse(const struct nlmsghdr *message, flowtables_ours_fn ours, const void *data, char *text,
		      size_t size)
{
	char table[NAME] = "", name[NAME] = "", device[NAME] = "";
	const struct nlattr *attr;
	bool found = false;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_TABLE)
			take_text(attr, table);
		else if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_NAME)
			take_text(attr, name);
		else if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_HOOK)
			found = find_device(attr, ours, data, device);
	}
	if (found)
		snprintf(text, size,
			 "flowtable %.40s of table %.40s is on %.15s: what it offloads is neither shaped, "
			 "nor counted, nor closed",
			 name, table, device);
	return found;
}

struct finding {
	flowtables_ours_fn ours;
	const void *data;
	char *text;
	size_t size;
};

static int see(const struct nlmsghdr *message, void *data)
{
	const struct finding *finding = data;

	if (!finding->text[0])
		(void)flowtables_parse(message, finding->ours, finding->data, finding->text, finding->size);
	return 0;
}

int flowtables_find(struct netlink *netlink, flowtables_ours_fn ours, const void *data, char *text,
		    size_t size)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct finding finding = {ours, data, text, size};
	struct nlmsghdr *message;
	int r;

	do {
		text[0] = '\0';
		message = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETFLOWTABLE, NFPROTO_UNSPEC, 0, 0);
		r = netlink_dump(netlink, message, see, &finding);
	} while (r == -EINTR);
	return r == -EOPNOTSUPP || r == -ENOENT || r == -EINVAL ? 0 : r;
}
