/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever sends router advertisements or delegates prefixes decides what these addresses are. Nothing of
 * it may take another office's traffic, or make a plan that the kernel refuses: overlapping prefixes in one
 * map are such.
 */
#include "delegated_rows.h"
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include "../lib/cleanup.h"

#define LENGTH_LEAST 24u /* nobody is delegated more; "::/0" would be everybody's */
#define LENGTH_MOST 126u /* an address, or a link between two, is no network of hosts */

/* ---- one address ---- */

struct entry {
	struct addr address;
	uint32_t flags;
};

static int parse_attribute(const struct nlattr *attribute, void *data)
{
	struct entry *entry = data;
	const void *payload = mnl_attr_get_payload(attribute);
	const uint16_t length = mnl_attr_get_payload_len(attribute);

	switch (mnl_attr_get_type(attribute)) {
	case IFA_ADDRESS: /* of a link between two it is the other end: too long a prefix anyway */
		if (length == sizeof(entry->address.octets))
			memcpy(entry->address.octets, payload, length);
		break;
	case IFA_FLAGS:
		if (length == sizeof(entry->flags))
			memcpy(&entry->flags, payload, length);
		break;
	}
	return MNL_CB_OK;
}

static bool is_usable(uint32_t flags)
{
	if (flags & IFA_F_DADFAILED)
		return false;
	return !(flags & IFA_F_TENTATIVE) || (flags & IFA_F_OPTIMISTIC);
}

/* 2000::/3 (RFC 4291, 2.4) and unique local ones, which nothing else would claim. */
static bool is_global(const struct prefix *prefix)
{
	return (prefix->addr.octets[0] & 0xe0) == 0x20 || prefix_is_unique_local(prefix);
}

int delegated_parse(const struct nlmsghdr *message, unsigned *ifindex, struct prefix *out)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(message);
	struct entry entry = {.address.family = AF_INET6};
	struct prefix prefix;

	if (message->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(message) < sizeof(*header))
		return -EBADMSG;
	if (header->ifa_family != AF_INET6 || header->ifa_scope != RT_SCOPE_UNIVERSE)
		return 0;
	entry.flags = header->ifa_flags;
	if (mnl_attr_parse(message, sizeof(*header), parse_attribute, &entry) < 0)
		return -EBADMSG;
	prefix = (struct prefix){.addr = entry.address, .length = header->ifa_prefixlen};
	if (prefix.length < LENGTH_LEAST || prefix.length > LENGTH_MOST || !is_usable(entry.flags) ||
	    !is_global(&prefix))
		return 0;
	*ifindex = header->ifa_index;
	*out = prefix_network(&prefix);
	return 1;
}

/* ---- the rows ---- */

int delegated_add(struct delegated_rows *rows, const char *device, const struct prefix *prefix)
{
	struct planner_delegated *row;

	if (rows->n >= DELEGATED_MOST)
		return -ENOSPC;
	if (rows->n == rows->room) {
		const size_t room = MAX(2 * rows->room, (size_t)16);
		struct planner_delegated *more = reallocarray(rows->rows, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		rows->rows = more;
		rows->room = room;
	}
	row = &rows->rows[rows->n++];
	memset(row, 0, sizeof(*row));
	memcpy(row->device, device, strnlen(device, sizeof(row->device) - 1));
	row->prefix = *prefix;
	return 0;
}

/* Shorter prefixes first: what lies within one comes after it. */
static int compare(const void *one, const void *other)
{
	const struct planner_delegated *a = one, *b = other;
	int r;

	if (a->prefix.length != b->prefix.length)
		return a->prefix.length < b->prefix.length ? -1 : 1;
	r = memcmp(&a->prefix, &b->prefix, sizeof(a->prefix));
	return r ? r : strncmp(a->device, b->device, sizeof(a->device));
}

static bool has_device(const struct policy_office *office, const char *device)
{
	for (size_t i = 0; i < office->n_devices; i++)
		if (strncmp(office->devices[i], device, IFNAMSIZ) == 0)
			return true;
	return false;
}

static const struct policy_office *office_of(const struct policy *policy, const char *device)
{
	for (size_t i = 0; i < policy->n_offices; i++)
		if (policy->offices[i].delegated && has_device(&policy->offices[i], device))
			return &policy->offices[i];
	return NULL;
}

/* 0: free; 1: the office has it by configuration; -EEXIST: another's, or more than the office's. */
static int meets_office(const struct policy_office *office, const struct policy_office *own,
			const struct prefix *prefix)
{
	for (size_t i = 0; i < office->n_prefixes; i++) {
		const struct prefix *named = &office->prefixes[i];

		if (named->addr.family != AF_INET6 || !prefix_overlaps(named, prefix))
			continue;
		return office == own && named->length <= prefix->length ? 1 : -EEXIST;
	}
	return 0;
}

static int meets_policy(const struct policy *policy, const struct policy_office *own,
			const struct prefix *prefix)
{
	int found = 0;

	for (size_t i = 0; i < policy->n_offices; i++) {
		const int r = meets_office(&policy->offices[i], own, prefix);

		if (r < 0)
			return r;
		found |= r;
	}
	for (size_t i = 0; i < policy->n_zones; i++)
		if (policy->zones[i].address6.addr.family &&
		    prefix_overlaps(&policy->zones[i].address6, prefix))
			return -EEXIST;
	return found;
}

static int meets_rows(const struct delegated_rows *rows, size_t kept, const struct policy *policy,
		      const struct policy_office *own, const struct prefix *prefix)
{
	for (size_t i = 0; i < kept; i++)
		if (prefix_overlaps(&rows->rows[i].prefix, prefix))
			return office_of(policy, rows->rows[i].device) == own ? 1 : -EEXIST;
	return 0;
}

size_t delegated_judge(struct delegated_rows *rows, const struct policy *policy)
{
	size_t kept = 0, refused = 0;

	if (rows->n)
		qsort(rows->rows, rows->n, sizeof(*rows->rows), compare);
	for (size_t i = 0; i < rows->n; i++) {
		const struct planner_delegated row = rows->rows[i];
		const struct policy_office *own = office_of(policy, row.device);
		int r;

		if (!own)
			continue;
		r = meets_policy(policy, own, &row.prefix);
		if (r == 0)
			r = meets_rows(rows, kept, policy, own, &row.prefix);
		refused += r < 0;
		if (r == 0)
			rows->rows[kept++] = row;
	}
	rows->n = kept;
	return refused;
}

bool delegated_equal(const struct delegated_rows *a, const struct delegated_rows *b)
{
	return a->n == b->n && (!a->n || memcmp(a->rows, b->rows, a->n * sizeof(*a->rows)) == 0);
}

void delegated_clear(struct delegated_rows *rows)
{
	free(rows->rows);
	*rows = (struct delegated_rows){0};
}
