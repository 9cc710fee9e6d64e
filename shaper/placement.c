/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VLANs count as the trunk below them. The trunk must carry nobody else's VLAN, belong to no bridge or bond,
 * and have no part in the uplink; then whatever has no class of ours passes its tree unqueued, and
 * whatever comes from the uplink has one. In doubt the answer is the IFB, which is always right.
 */
#include "placement.h"
#include <errno.h>
#include <string.h>

#define DEPTH_MAX 8 /* VLANs in VLANs */

void placement_clear(struct placement *placement)
{
	free(placement->bases);
	*placement = (struct placement){};
}

static bool is_vlan(const struct link *link)
{
	return strcmp(link->kind, "vlan") == 0 && link->lower;
}

/* The device by which its packets leave. NULL: it is not here to be seen. */
static const struct link *base_of(const struct links *links, const struct link *link)
{
	for (unsigned i = 0; link && is_vlan(link) && i < DEPTH_MAX; i++)
		link = links_find_index(links, link->lower);
	return link && !is_vlan(link) ? link : NULL;
}

static bool is_lan(const struct plan_device *device)
{
	return device->role != PLAN_UPLINK;
}

static int add_base(struct placement *placement, int index)
{
	int *bases;

	for (size_t i = 0; i < placement->n_bases; i++)
		if (placement->bases[i] == index)
			return 0;
	bases = reallocarray(placement->bases, placement->n_bases + 1, sizeof(*bases));
	if (!bases)
		return -ENOMEM;
	placement->bases = bases;
	bases[placement->n_bases++] = index;
	return 0;
}

static int collect_bases(const struct links *links, const struct plan *plan, struct placement *placement)
{
	int r = 0;

	for (size_t i = 0; i < plan->n_devices && r == 0; i++) {
		const struct link *link = links_find(links, plan->devices[i].name);
		const struct link *base = link ? base_of(links, link) : NULL;

		if (is_lan(&plan->devices[i]) && link)
			r = add_base(placement, base ? base->index : link->index);
	}
	return r;
}

/* Is the uplink this device, or does it stand on it? */
static bool carries_uplink(const struct links *links, const struct plan *plan, const struct link *base)
{
	const struct link *link = links_find(links, plan->uplink);

	for (unsigned i = 0; link && i < DEPTH_MAX; i++) {
		if (link->index == base->index)
			return true;
		link = link->lower ? links_find_index(links, link->lower) : NULL;
	}
	return false;
}

static bool is_planned(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_devices; i++)
		if (is_lan(&plan->devices[i]) && strcmp(plan->devices[i].name, name) == 0)
			return true;
	return false;
}

/* A VLAN or another device on top of the base that is none of ours. The other end of a veth is no such
 * device. */
static bool has_stranger(const struct links *links, const struct plan *plan, const struct link *base)
{
	for (size_t i = 0; i < links->n; i++) {
		const struct link *link = &links->rows[i];
		const struct link *below =
		    is_vlan(link) ? base_of(links, link) : links_find_index(links, link->lower);

		if (link->lower && below == base && strcmp(link->kind, "veth") != 0 &&
		    !is_planned(plan, link->name))
			return true;
	}
	return false;
}

static bool has_enslaved(const struct links *links, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_devices; i++) {
		const struct link *link = links_find(links, plan->devices[i].name);

		if (link && is_lan(&plan->devices[i]) && link->master)
			return true;
	}
	return false;
}

/* NULL: nothing speaks against it. */
static const char *objection(const struct links *links, const struct plan *plan, const struct link *base)
{
	if (!base)
		return "the device below is not to be seen";
	if (base->master || has_enslaved(links, plan))
		return "it is part of another device";
	if (carries_uplink(links, plan, base))
		return "it carries the uplink, too";
	if (has_stranger(links, plan, base))
		return "it carries other VLANs, too";
	return NULL;
}

int placement_decide(const struct links *links, const struct plan *plan, struct placement *out)
{
	struct placement placement = {.device = PLAN_IFB};
	const struct link *base;
	int r = collect_bases(links, plan, &placement);

	if (r < 0) {
		placement_clear(&placement);
		return r;
	}
	if (plan->ifb_always)
		placement.why = "uplink.ifb says so";
	else if (placement.n_bases == 0)
		placement.why = "there is no LAN";
	else if (placement.n_bases > 1)
		placement.why = "the LANs are several devices";
	if (!placement.why) {
		base = links_find_index(links, placement.bases[0]);
		placement.why = objection(links, plan, base);
		if (!placement.why) {
			placement.why = "all LANs leave by it";
			memcpy(placement.device, base->name, sizeof(placement.device));
		}
	}
	*out = placement;
	return 0;
}

bool placement_concerns(const struct placement *placement, int index, int lower)
{
	for (size_t i = 0; i < placement->n_bases; i++)
		if (placement->bases[i] == index || (lower && placement->bases[i] == lower))
			return true;
	return false;
}
