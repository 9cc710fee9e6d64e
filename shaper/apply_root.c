/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The root queue that somebody else had put where a tree of ours has to be: the one thing of others that an
 * application takes away. Kept as the kernel told of it, kind and options, so that a way back can put it
 * there again. A queue of classes comes back without these.
 */
#include "apply_steps.h"
#include <errno.h>
#include <string.h>

struct reading {
	int index;
	struct former_root *root;
};

static int see(const struct nlmsghdr *message, void *data)
{
	const struct reading *reading = data;
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	struct former_root *root = reading->root;
	const struct nlattr *attrs[TCA_MAX + 1];

	if (message->nlmsg_type != RTM_NEWQDISC || tc->tcm_ifindex != reading->index ||
	    tc->tcm_parent != TC_H_ROOT || !tc->tcm_handle || root->handle)
		return 0;
	tc_parse(attrs, TCA_MAX, message);
	/* No reason not to serve: one of so many options is not put back. */
	if (!attrs[TCA_KIND] ||
	    (attrs[TCA_OPTIONS] && mnl_attr_get_payload_len(attrs[TCA_OPTIONS]) > sizeof(root->options)))
		return 0;
	root->length = attrs[TCA_OPTIONS] ? mnl_attr_get_payload_len(attrs[TCA_OPTIONS]) : 0;
	if (root->length)
		memcpy(root->options, mnl_attr_get_payload(attrs[TCA_OPTIONS]), root->length);
	snprintf(root->kind, sizeof(root->kind), "%s", mnl_attr_get_str(attrs[TCA_KIND]));
	root->handle = tc->tcm_handle;
	return 0;
}

/* A handle of zero is the kernel's own choice, and comes back by itself. */
int former_root_read(struct kernel *kernel, const struct actual *actual, const char *device,
		     enum plan_tree tree, struct former_root *out)
{
	const struct link *link = links_find(&actual->links, device);
	const struct tc_qdisc *root = link ? tc_find_qdisc(&actual->qdiscs, link->index, TC_H_ROOT) : NULL;
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct reading reading = {link ? link->index : 0, out};
	struct nlmsghdr *message;
	int r;

	if (!root || !root->handle || actual_has_tree(&actual->qdiscs, link, tree))
		return 0;
	snprintf(out->device, sizeof(out->device), "%s", device);
	message = tc_qdisc_dump(&batch);
	if (!message)
		return -ENOMEM;
	do {
		out->handle = 0;
		r = netlink_dump(kernel->route, message, see, &reading);
	} while (r == -EINTR);
	return r;
}

int former_root_restore(struct kernel *kernel, const struct former_root *root)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	const unsigned index = root->handle ? if_nametoindex(root->device) : 0;
	struct nlmsghdr *message;

	if (!index)
		return 0;
	message = tc_message(&batch, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, (int)index, TC_H_ROOT,
			     root->handle);
	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, TCA_KIND, root->kind);
	if (root->length)
		mnl_attr_put(message, TCA_OPTIONS, root->length, root->options);
	netlink_batch_add(&batch);
	return netlink_batch_send(kernel->route, &batch, NULL, 0);
}
