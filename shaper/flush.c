/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Taking everything of ours away (--flush): forwarding first, so that nothing passes an open gate; then
 * tables, redirection, trees, addresses. What others made stays: a clsact goes only where no filter is left
 * in it.
 */
#include "actual.h"
#include "apply.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

/* Whatever can be removed is, so errors are kept and the work goes on. */
static void note(int *first, int r, const char *what)
{
	if (r == 0)
		return;
	log_error("removing %s: %s", what, strerror(-r));
	if (*first == 0)
		*first = r;
}

static int batch_redirects(struct kernel *kernel, const struct actual *actual, struct netlink_batch *batch)
{
	const struct link *ifb = links_find(&actual->links, PLAN_IFB);
	int r = 0;

	for (size_t i = 0; i < actual->links.n && r == 0; i++) {
		const struct link *link = &actual->links.rows[i];
		struct tc_redirect redirect;

		if (!tc_find_qdisc(&actual->qdiscs, link->index, TC_H_CLSACT))
			continue;
		r = tc_read_redirect(kernel->route, &actual->qdiscs, link->index, ifb ? ifb->index : 0, true,
				     &redirect);
		if (r == 0 &&
		    (redirect.ours[0] || redirect.ours[1] || redirect.stale[0] || redirect.stale[1]))
			r = tc_redirect_delete(batch, link->index, &redirect);
	}
	return r;
}

static int batch_addresses(const struct actual *actual, struct netlink_batch *batch)
{
	int r = 0;

	for (size_t i = 0; i < actual->plan.n_addresses && r == 0; i++) {
		const struct plan_address *row = &actual->plan.addresses[i];
		const struct link *link = links_find(&actual->links, row->device);

		if (link)
			r = address_delete(batch, link->index, &row->prefix);
	}
	return r;
}

static int batch_trees(const struct actual *actual, const char *uplink, struct netlink_batch *batch)
{
	const struct link *ifb = links_find(&actual->links, PLAN_IFB);
	int r = 0;

	for (size_t i = 0; i < actual->links.n && r == 0; i++) {
		const struct link *link = &actual->links.rows[i];
		const bool up = strcmp(link->name, uplink) == 0;

		if (link != ifb && actual_has_tree(&actual->qdiscs, link, up ? PLAN_UP : PLAN_DOWN))
			r = tc_root_delete(batch, link->index);
	}
	if (r == 0 && ifb && strcmp(ifb->kind, "ifb") == 0)
		r = link_delete(batch, PLAN_IFB);
	return r;
}

static int remove_devices(struct kernel *kernel)
{
	_cleanup_(actual_clear) struct actual actual = {};
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	int r = actual_read(kernel, kernel->uplink, NULL, NULL, &actual);

	if (r == 0)
		r = batch_redirects(kernel, &actual, &batch);
	if (r == 0)
		r = batch_addresses(&actual, &batch);
	if (r == 0)
		r = batch_trees(&actual, kernel->uplink, &batch);
	return r < 0 ? r : netlink_batch_send(kernel->route, &batch, NULL, 0);
}

int apply_flush(struct kernel *kernel)
{
	unsigned operations = 0;
	int first = 0;

	note(&first, sysctl_forwarding_off(&operations), "forwarding");
	note(&first, remove_devices(kernel), "queues, redirection and addresses");
	note(&first, nft_flush(kernel->nft, &operations), "nftables");
	return first;
}
