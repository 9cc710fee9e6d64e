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

const struct link *actual_tree_device(const struct links *links, const struct plan *plan, enum plan_tree tree)
{
	return links_find(links, tree == PLAN_UP ? plan->uplink : plan->download);
}

bool actual_is_direct(const char *device, enum plan_tree tree)
{
	return tree == PLAN_DOWN && strcmp(device, PLAN_IFB) != 0;
}

bool actual_has_tree(const struct tc_qdiscs *qdiscs, const struct link *link, enum plan_tree tree)
{
	return tc_root_is_ours(qdiscs, link->index, tree, actual_is_direct(link->name, tree));
}

void actual_find_download(const struct links *links, const struct tc_qdiscs *qdiscs, const char *likely,
			  char out[static IFNAMSIZ])
{
	const struct link *found = links_find(links, likely);

	if (found && !actual_has_tree(qdiscs, found, PLAN_DOWN))
		found = NULL;
	for (size_t i = 0; i < links->n && !found; i++)
		if (actual_has_tree(qdiscs, &links->rows[i], PLAN_DOWN))
			found = &links->rows[i];
	snprintf(out, IFNAMSIZ, "%s", found ? found->name : "");
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

static int read_tree(struct kernel *kernel, struct actual *actual, enum plan_tree tree)
{
	const struct link *link = actual_tree_device(&actual->links, &actual->plan, tree);
	const size_t before = actual->plan.n_classes;
	int r;

	if (!link || !actual_has_tree(&actual->qdiscs, link, tree))
		return 0;
	do {
		actual->plan.n_classes = before;
		r = tc_read_classes(kernel->route, link->index, tree, &actual->qdiscs, see_class,
				    &actual->plan);
	} while (r == -EINTR);
	return r;
}

static void name_devices(const struct kernel *kernel, const char *uplink, const struct plan *want,
			 struct actual *actual)
{
	snprintf(actual->plan.uplink, sizeof(actual->plan.uplink), "%s", uplink);
	if (want)
		memcpy(actual->plan.download, want->download, sizeof(actual->plan.download));
	else
		actual_find_download(&actual->links, &actual->qdiscs, kernel->placement.device,
				     actual->plan.download);
}

/* The links are there already. */
static int read_all(struct kernel *kernel, const char *uplink, const struct plan *want, struct actual *actual)
{
	int r = tc_read_qdiscs(kernel->route, &kernel->leaves, &actual->qdiscs);

	if (r < 0)
		return r;
	name_devices(kernel, uplink, want, actual);
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && r == 0; tree++)
		r = read_tree(kernel, actual, tree);
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
	plan_sort(&actual.plan);
	*out = actual;
	actual = (struct actual){};
	return 0;
}
