// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which rows of a plan lie in which sets, and as what element: one table for writing all of them. It never
 * talks to the kernel, and decides nothing about order.
 */
#include "nft_private.h"
#include <errno.h>
#include <string.h>

static bool device_element(const void *row, enum set_id id, _unused_ int64_t now, struct element *out)
{
	const struct plan_device *device = row;

	if (device->role != set_types[id].role)
		return false;
	element_device(out, device->name);
	out->valued = set_types[id].map;
	out->value = id == SET_ZONE_REST ? CLASS_DOWN(device->minor) : CLASS_UP(device->minor);
	/* minor 0: a device read without a class; there is nothing to delete */
	return !out->valued || device->minor != 0;
}

static bool prefix_element(const void *row, enum set_id id, _unused_ int64_t now, struct element *out)
{
	const struct plan_prefix *prefix = row;
	const bool up = id == SET_OFFICE_UP4 || id == SET_OFFICE_UP6;

	if ((prefix->prefix.addr.family == AF_INET) != (id == SET_OFFICE_UP4 || id == SET_OFFICE_DOWN4))
		return false;
	element_prefix(out, &prefix->prefix);
	element_device(out, prefix->device);
	out->valued = true;
	out->value = up ? CLASS_UP(prefix->minor) : CLASS_DOWN(prefix->minor);
	return true;
}

static bool gate_element(const void *row, _unused_ enum set_id id, int64_t now, struct element *out)
{
	const struct plan_gate *gate = row;

	element_device(out, gate->device);
	if (gate->closes_mono_usec == 0)
		return true;
	out->timeout_msec = remaining_msec(gate->closes_mono_usec, now);
	return out->timeout_msec != 0;
}

static bool guest_element(const void *row, enum set_id id, int64_t now, struct element *out)
{
	return session_element(row, id, now, out);
}

static bool service_element(const void *row, enum set_id id, _unused_ int64_t now, struct element *out)
{
	return match_element(row, id, out);
}

static bool marked_element(const void *row, _unused_ enum set_id id, _unused_ int64_t now,
			   struct element *out)
{
	return mark_element(row, out);
}

const struct member members[] = {
    {PLAN_DEVICES, SET_UPLINK_DEVICE, false, device_element},
    {PLAN_DEVICES, SET_OFFICE_DEVICES, false, device_element},
    {PLAN_DEVICES, SET_ZONE_DEVICES, false, device_element},
    {PLAN_DEVICES, SET_ZONE_REST, false, device_element},
    {PLAN_DEVICES, SET_ZONE_REST_UP, false, device_element},
    {PLAN_PREFIXES, SET_OFFICE_UP4, false, prefix_element},
    {PLAN_PREFIXES, SET_OFFICE_UP6, false, prefix_element},
    {PLAN_PREFIXES, SET_OFFICE_DOWN4, false, prefix_element},
    {PLAN_PREFIXES, SET_OFFICE_DOWN6, false, prefix_element},
    {PLAN_MATCHES, SET_SERVICE_FAR_UP4, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_FAR_UP6, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_FAR_DOWN4, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_FAR_DOWN6, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_PORTS_UP, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_PORTS_DOWN, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_DSCP_UP, false, service_element},
    {PLAN_MATCHES, SET_SERVICE_DSCP_DOWN, false, service_element},
    {PLAN_MARKS, SET_MARKS, false, marked_element},
    {PLAN_GATES, SET_OPEN_ZONES, true, gate_element},
    {PLAN_SESSIONS, SET_GUEST_UP4, true, guest_element},
    {PLAN_SESSIONS, SET_GUEST_UP6, true, guest_element},
    {PLAN_SESSIONS, SET_DOWN, true, guest_element},
};

const size_t n_members = ELEMENTS(members);

const void *member_row(const struct plan *plan, enum plan_kind kind, uint32_t i, const char **device)
{
	*device = "";
	switch (kind) {
	case PLAN_DEVICES:
		return &plan->devices[i];
	case PLAN_PREFIXES:
		return &plan->prefixes[i];
	case PLAN_MATCHES:
		return &plan->matches[i];
	case PLAN_MARKS:
		return &plan->marks[i];
	case PLAN_GATES:
		return &plan->gates[i];
	case PLAN_SESSIONS:
		*device = plan->sessions[i].device;
		return &plan->sessions[i];
	case PLAN_CHAINS:
		return &plan->chains[i];
	case PLAN_CLASSES:
	case PLAN_ADDRESSES:
	case PLAN_KINDS:
		break;
	}
	return NULL;
}
