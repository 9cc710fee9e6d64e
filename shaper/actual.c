/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the whole kernel state into the plan's type: a handful of dumps, whatever the number of offices.
 * Nothing is remembered from one reading to the next, so that a repair needs no knowledge of what was
 * damaged.
 */
#include "actual.h"
#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>

void actual_clear(struct actual *actual)
{
	links_clear(&actual->links);
	tc_qdiscs_clear(&actual->qdiscs);
	plan_clear(&actual->plan);
}

const struct link *actual_tree_device(const struct links *links, const char *uplink, enum plan_tree tree)
{
	return links_find(links, tree == PLAN_UP ? uplink : PLAN_IFB);
}

bool actual_is_gated(const struct plan *have)
{
	for (size_t i = 0; i < have->n_chains; i++)
		if (have->chains[i].family == NFPROTO_INET && strcmp(have->chains[i].name, "forward") == 0)
			return true;
	return false;
}

static int see_class(const struct tc_class_seen *seen, void *data)
{
	return plan_add_class(data, &seen->class);
}

static int read_tree(struct kernel *kernel, struct actual *actual, const char *uplink, enum plan_tree tree)
{
	const struct link *link = actual_tree_device(&actual->links, uplink, tree);
	const size_t before = actual->plan.n_classes;
	int r;

	if (!link || !tc_root_is_ours(&actual->qdiscs, link->index, tree))
		return 0;
	do {
		actual->plan.n_classes = before;
		r = tc_read_classes(kernel->route, link->index, tree, &actual->qdiscs, see_class,
				    &actual->plan);
	} while (r == -EINTR);
	return r;
}

/* The links are there already. */
static int read_all(struct kernel *kernel, const char *uplink, const struct plan *want, struct actual *actual)
{
	int r = tc_read_qdiscs(kernel->route, &kernel->leaves, &actual->qdiscs);
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && r == 0; tree++)
		r = read_tree(kernel, actual, uplink, tree);
	if (r == 0)
		r = addresses_read(kernel->route, &actual->links, want, &actual->plan);
	if (r == 0)
		r = nft_read(kernel->nft, &actual->plan);
	return r;
}

int actual_read(struct kernel *kernel, const char *uplink, const struct plan *want, struct links *links,
		struct actual *out)
{
	_cleanup_(actual_clear) struct actual actual = {};
	int r = 0;

	if (links) {
		actual.links = *links;
		*links = (struct links){};
	} else {
		r = links_read(kernel->route, &actual.links);
	}
	if (r == 0)
		r = read_all(kernel, uplink, want, &actual);
	if (r < 0)
		return r;
	snprintf(actual.plan.uplink, sizeof(actual.plan.uplink), "%s", uplink);
	plan_sort(&actual.plan);
	*out = actual;
	actual = (struct actual){};
	return 0;
}
