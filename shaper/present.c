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

static void normalise(const struct leaves *leaves, struct plan *plan)
{
	for (size_t i = 0; i < plan->n_classes; i++) {
		struct plan_class *class = &plan->classes[i];

		if (class->leaf == PLAN_LEAF_WIDE && leaves->shared != LEAF_FIFO)
			class->leaf = PLAN_LEAF_SHARED;
		if (!leaf_is_fifo(leaves, class->leaf))
			class->limit_bytes = 0;
		if (class->leaf == PLAN_LEAF_NONE)
			class->quantum_bytes = class->prio = 0;
	}
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

int present_plan(struct kernel *kernel, const struct links *links, const struct plan *plan, struct plan *out)
{
	const struct presence presence = {links, plan->uplink};
	const struct link *uplink = links_find(links, plan->uplink);
	struct plan copy;
	int r = report_absent(kernel, links, plan);

	if (r == 0)
		r = plan_copy(&copy, plan);
	if (r < 0)
		return r;
	KEEP(&presence, &copy, devices, device_stays);
	KEEP(&presence, &copy, prefixes, prefix_stays);
	KEEP(&presence, &copy, addresses, address_stays);
	KEEP(&presence, &copy, gates, gate_stays);
	KEEP(&presence, &copy, sessions, session_stays);
	KEEP(&presence, &copy, classes, class_stays);
	if (uplink)
		kernel->leaves.mtu = uplink->mtu;
	normalise(&kernel->leaves, &copy);
	r = add_uplink(&copy);
	if (r < 0) {
		plan_clear(&copy);
		return r;
	}
	*out = copy;
	return 0;
}
