/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cable may be out or a VLAN not yet made: the gateway then serves what is there, says so once, and takes
 * the rest in when it comes. Rows are also brought to what the kernel can give back, so that an unchanged
 * plan shows no difference.
 */
#include "present.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

#define ETHERNET_BYTES 14

struct presence {
	const struct links *links;
	const char *uplink;
};

static bool is_there(const struct presence *presence, const char *name)
{
	return links_find(presence->links, name) != NULL;
}

static bool device_stays(const struct presence *presence, const void *row)
{
	const struct plan_device *device = row;

	return device->role == PLAN_UPLINK || is_there(presence, device->name);
}

static bool prefix_stays(const struct presence *presence, const void *row)
{
	return is_there(presence, ((const struct plan_prefix *)row)->device);
}

static bool address_stays(const struct presence *presence, const void *row)
{
	return is_there(presence, ((const struct plan_address *)row)->device);
}

static bool gate_stays(const struct presence *presence, const void *row)
{
	return is_there(presence, ((const struct plan_gate *)row)->device);
}

static bool session_stays(const struct presence *presence, const void *row)
{
	return is_there(presence, ((const struct plan_session *)row)->device);
}

static bool class_stays(const struct presence *presence, const void *row)
{
	return ((const struct plan_class *)row)->tree != PLAN_UP || is_there(presence, presence->uplink);
}

static size_t keep(const struct presence *presence, void *rows, size_t n, size_t size,
		   bool (*stays)(const struct presence *presence, const void *row))
{
	char *from = rows, *to = rows;

	for (size_t i = 0; i < n; i++, from += size) {
		if (!stays(presence, from))
			continue;
		if (to != from)
			memcpy(to, from, size);
		to += size;
	}
	return (size_t)(to - (char *)rows) / size;
}

#define KEEP(presence, plan, kind, stays)                                                                    \
	((plan)->n_##kind = keep(presence, (plan)->kind, (plan)->n_##kind, sizeof(*(plan)->kind), stays))

/* ---- what the kernel does not keep ---- */

/* A frame of PPP is queued without its Ethernet header, which the line carries all the same. */
static void add_ethernet(struct plan_class *class)
{
	class->overhead_bytes = (uint8_t)MIN(class->overhead_bytes + ETHERNET_BYTES, UINT8_MAX);
}

static void normalise(const struct leaves *leaves, const struct link *uplink, struct plan *plan)
{
	for (size_t i = 0; i < plan->n_classes; i++) {
		struct plan_class *class = &plan->classes[i];

		leaf_normalise(leaves, plan, class);
		if (class->leaf == PLAN_LEAF_NONE)
			class->quantum_bytes = class->prio = 0;
		if (class->tree == PLAN_UP && uplink && !link_has_ethernet(uplink))
			add_ethernet(class);
	}
}

/* Their queues would have one handle (tc_leaf.c). */
static bool has_double_slot(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_classes; i++) {
		const struct plan_class *class = &plan->classes[i];
		const unsigned slot = class->minor - PLAN_FIRST_SERVICE;

		if (class->minor >= PLAN_FIRST_SERVICE && class->minor < PLAN_FIRST_GUEST &&
		    plan_find_class(plan, class->tree, PLAN_REST(slot)))
			return true;
	}
	return false;
}

static int add_uplink(struct plan *plan)
{
	struct plan_device row = {.role = PLAN_UPLINK};

	for (size_t i = 0; i < plan->n_devices; i++)
		if (plan->devices[i].role == PLAN_UPLINK)
			return 0;
	memcpy(row.name, plan->uplink, sizeof(row.name));
	return plan_add_device(plan, &row);
}

/* ---- what is away ---- */

static char *list_absent(const struct links *links, const struct plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	if (!links_find(links, plan->uplink))
		fprintf(out, " %s (the uplink)", plan->uplink);
	for (size_t i = 0; i < plan->n_devices; i++)
		if (plan->devices[i].role != PLAN_UPLINK && !links_find(links, plan->devices[i].name))
			fprintf(out, " %s", plan->devices[i].name);
	if (fclose(out) == EOF) {
		free(text);
		return NULL;
	}
	return text;
}

static int report_absent(struct kernel *kernel, const struct links *links, const struct plan *plan)
{
	char *absent = list_absent(links, plan);

	if (!absent)
		return -ENOMEM;
	if (strcmp(absent, kernel->absent ? kernel->absent : "") != 0) {
		if (absent[0])
			log_warning("configured devices that are not there:%s; the rest is served", absent);
		else
			log_notice("all configured devices are there");
	}
	free(kernel->absent);
	kernel->absent = absent;
	return 0;
}

static void keep_what_is_there(const struct links *links, struct plan *plan)
{
	const struct presence presence = {links, plan->uplink};

	KEEP(&presence, plan, devices, device_stays);
	KEEP(&presence, plan, prefixes, prefix_stays);
	KEEP(&presence, plan, addresses, address_stays);
	KEEP(&presence, plan, gates, gate_stays);
	KEEP(&presence, plan, sessions, session_stays);
	KEEP(&presence, plan, classes, class_stays);
}

static int fit(struct kernel *kernel, const struct links *links, struct plan *plan,
	       struct placement *placement)
{
	const struct link *uplink = links_find(links, plan->uplink);
	int r;

	if (has_double_slot(plan))
		return -EINVAL;
	keep_what_is_there(links, plan);
	if (uplink)
		kernel->leaves.mtu = uplink->mtu;
	kernel->leaves.nat = plan->nat || plan->nat66;
	normalise(&kernel->leaves, uplink, plan);
	r = add_uplink(plan);
	if (r == 0)
		r = placement_decide(links, plan, placement);
	if (r == 0)
		memcpy(plan->download, placement->device, sizeof(plan->download));
	return r;
}

int present_plan(struct kernel *kernel, const struct links *links, const struct plan *plan, struct plan *out,
		 struct placement *placement)
{
	struct plan copy;
	int r = report_absent(kernel, links, plan);

	if (r == 0)
		r = plan_copy(&copy, plan);
	if (r < 0)
		return r;
	r = fit(kernel, links, &copy, placement);
	if (r < 0) {
		plan_clear(&copy);
		return r;
	}
	*out = copy;
	return 0;
}
