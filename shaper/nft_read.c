// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's nftables state of ours, read back into the plan's rows. What cannot be said in rows (a foreign
 * set, a map that contradicts its pair, a range that is no prefix) makes the reading `odd`: it then says that
 * our table must be built anew. It changes nothing, and what it reads may have been written by anybody with
 * the right to.
 */
#include "nft_private.h"
#include "../lib/clock.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>

#define TRIES 5

struct reading {
	struct nft *nft;
	struct layout layout;
	struct plan plan;
	uint64_t derived[SETS]; /* digests of elements that are not rows */
	size_t rests_up;	/* of zones, seen */
	bool odd;
	int64_t mono_usec;
};

/* One set's elements on their way into the reading. */
struct into {
	struct reading *reading;
	enum set_id id;
	struct plan *other; /* of the `down` maps: to be compared with the `up` maps */
};

static void get_device(const struct element *element, char device[static IFNAMSIZ])
{
	memcpy(device, element->key, IFNAMSIZ - 1);
	device[IFNAMSIZ - 1] = '\0';
}

/* ---- devices ---- */

static struct plan_device *find_device(struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_devices; i++)
		if (strcmp(plan->devices[i].name, name) == 0)
			return &plan->devices[i];
	return NULL;
}

static int seen_device(const struct element *element, void *data)
{
	const struct into *into = data;
	struct plan_device row = {.role = set_types[into->id].role};

	get_device(element, row.name);
	if (element->length == 0 || find_device(&into->reading->plan, row.name)) {
		into->reading->odd = true;
		return 0;
	}
	return plan_add_device(&into->reading->plan, &row);
}

static int seen_rest(const struct element *element, void *data)
{
	const struct into *into = data;
	char name[IFNAMSIZ];
	struct plan_device *device;

	get_device(element, name);
	device = find_device(&into->reading->plan, name);
	if (element->length == 0 || !device || device->role != PLAN_ZONE || CLASS_MAJOR(element->value) != 2)
		into->reading->odd = true;
	else
		device->minor = CLASS_MINOR(element->value);
	return 0;
}

/* The same class, for what the zone sends. */
static int seen_rest_up(const struct element *element, void *data)
{
	const struct into *into = data;
	char name[IFNAMSIZ];
	const struct plan_device *device;

	get_device(element, name);
	device = find_device(&into->reading->plan, name);
	if (element->length == 0 || !device || device->role != PLAN_ZONE ||
	    element->value != CLASS_UP(device->minor))
		into->reading->odd = true;
	into->reading->rests_up++;
	return 0;
}

static int seen_gate(const struct element *element, void *data)
{
	const struct into *into = data;
	struct plan_gate row = {};

	if (element->length == 0) {
		into->reading->odd = true;
		return 0;
	}
	get_device(element, row.device);
	if (element->expires_msec)
		row.closes_mono_usec =
		    into->reading->mono_usec +
		    (int64_t)MIN(element->expires_msec, (uint64_t)INT64_MAX / 2000) * USEC_PER_MSEC;
	return plan_add_gate(&into->reading->plan, &row);
}

/* ---- prefixes ---- */

static int seen_prefix(const struct element *element, void *data)
{
	const struct into *into = data;
	const bool down = into->other != NULL;
	struct plan_prefix row = {.minor = CLASS_MINOR(element->value)};

	if (element->length == 0 || CLASS_MAJOR(element->value) != (down ? 2 : 1) ||
	    !element_get_prefix(element, 0, element->length - IFNAMSIZ, &row.prefix)) {
		into->reading->odd = true;
		return 0;
	}
	memcpy(row.device, element->key + element->length - IFNAMSIZ, IFNAMSIZ - 1);
	return plan_add_prefix(down ? into->other : &into->reading->plan, &row);
}

/* ---- services, marks ---- */

static int seen_match(const struct element *element, void *data)
{
	const struct into *into = data;
	struct plan_match row;
	bool down;

	if (!match_of_element(element, into->id, &down, &row)) {
		into->reading->odd = true;
		return 0;
	}
	return plan_add_match(down ? into->other : &into->reading->plan, &row);
}

static int seen_mark(const struct element *element, void *data)
{
	const struct into *into = data;
	struct plan_mark row;

	if (!mark_of_element(element, &row)) {
		into->reading->odd = true;
		return 0;
	}
	return plan_add_mark(&into->reading->plan, &row);
}

/* ---- both directions must say the same ---- */

static void compare_prefixes(struct reading *reading, const struct plan *down)
{
	const struct plan *up = &reading->plan;

	if (up->n_prefixes != down->n_prefixes ||
	    (up->n_prefixes &&
	     memcmp(up->prefixes, down->prefixes, up->n_prefixes * sizeof(*up->prefixes)) != 0))
		reading->odd = true;
}

static void compare_matches(struct reading *reading, const struct plan *down)
{
	const struct plan *up = &reading->plan;

	if (up->n_matches != down->n_matches ||
	    (up->n_matches && memcmp(up->matches, down->matches, up->n_matches * sizeof(*up->matches)) != 0))
		reading->odd = true;
}

static void compare_directions(struct reading *reading, struct plan *down)
{
	plan_sort(&reading->plan);
	plan_sort(down);
	compare_prefixes(reading, down);
	compare_matches(reading, down);
}

static int seen_derived(const struct element *element, void *data)
{
	const struct into *into = data;

	if (element->length == 0)
		into->reading->odd = true;
	else
		into->reading->derived[into->id] += digest_element(element);
	return 0;
}

/* ---- sets ---- */

static int read_sets(struct reading *reading)
{
	/* In this order: the rest class belongs to a device row. */
	static const struct {
		enum set_id id;
		element_fn seen;
		bool down;
	} readers[] = {
	    {SET_UPLINK_DEVICE, seen_device},
	    {SET_OFFICE_DEVICES, seen_device},
	    {SET_ZONE_DEVICES, seen_device},
	    {SET_ZONE_REST, seen_rest},
	    {SET_ZONE_REST_UP, seen_rest_up},
	    {SET_OPEN_ZONES, seen_gate},
	    {SET_OFFICE_UP4, seen_prefix},
	    {SET_OFFICE_UP6, seen_prefix},
	    {SET_OFFICE_DOWN4, seen_prefix, .down = true},
	    {SET_OFFICE_DOWN6, seen_prefix, .down = true},
	    {SET_SAME_OFFICE4, seen_derived},
	    {SET_SAME_OFFICE6, seen_derived},
	    {SET_ZONE_ADDRESSES6, seen_derived},
	    {SET_SERVICE_OFFICES, seen_derived},
	    {SET_SERVICE_FAR_UP4, seen_match},
	    {SET_SERVICE_FAR_UP6, seen_match},
	    {SET_SERVICE_PORTS_UP, seen_match},
	    {SET_SERVICE_DSCP_UP, seen_match},
	    {SET_SERVICE_FAR_DOWN4, seen_match, .down = true},
	    {SET_SERVICE_FAR_DOWN6, seen_match, .down = true},
	    {SET_SERVICE_PORTS_DOWN, seen_match, .down = true},
	    {SET_SERVICE_DSCP_DOWN, seen_match, .down = true},
	    {SET_MARKS, seen_mark},
	};
	_cleanup_(plan_clear) struct plan down = {};
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(readers) && r == 0; i++) {
		const struct layout_set *set = layout_set(&reading->layout, readers[i].id, "");
		struct into into = {reading, readers[i].id, readers[i].down ? &down : NULL};

		if (set && set->matches)
			r = elements_dump(reading->nft, set->id, "", readers[i].seen, &into);
	}
	if (r == 0)
		compare_directions(reading, &down);
	return r;
}

/* Every set of this version in its form, and no other; down_DEVICE for zones alone. */
static void check_layout(struct reading *reading)
{
	const struct layout *layout = &reading->layout;
	size_t fixed = 0, zones = 0;

	for (size_t i = 0; i < layout->n_sets; i++) {
		const struct layout_set *set = &layout->sets[i];
		const struct plan_device *device = find_device(&reading->plan, set->device);

		if (!set->matches || (set->id == SET_DOWN && (!device || device->role != PLAN_ZONE)))
			reading->odd = true;
		fixed += set->id < SET_DOWN;
	}
	for (size_t i = 0; i < reading->plan.n_devices; i++)
		zones += reading->plan.devices[i].role == PLAN_ZONE;
	if (!layout->inet || !layout->netdev || !layout->counter || fixed != SET_DOWN ||
	    reading->rests_up != zones)
		reading->odd = true;
}

/* ---- chains ---- */

struct rules_into {
	const struct layout *layout;
	uint64_t *digests; /* one a chain of the layout */
};

static int add_rule(const struct rules_into *into, uint8_t family, const struct nftnl_rule *rule)
{
	const char *name = nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN);
	const struct layout_chain *chain = name ? layout_chain(into->layout, family, name) : NULL;

	if (!chain)
		return -EINTR; /* came after the layout was read */
	into->digests[chain - into->layout->chains] =
	    digest_rule(into->digests[chain - into->layout->chains], rule);
	return 0;
}

static int seen_rule(const struct nlmsghdr *message, void *data)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	struct nftnl_rule *rule = nftnl_rule_alloc();
	int r = -ENOMEM;

	if (rule && nftnl_rule_nlmsg_parse(message, rule) == 0)
		r = add_rule(data, header->nfgen_family, rule);
	if (rule)
		nftnl_rule_free(rule);
	return r;
}

static int dump_rules(struct reading *reading, uint8_t family, struct rules_into *into)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETRULE, family, 0, 0);

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, NFT_TABLE);
	return netlink_dump(reading->nft->netlink, message, seen_rule, into);
}

static uint64_t derived_digest(const struct reading *reading, const struct layout_chain *chain)
{
	uint64_t sum = 0;

	for (unsigned id = 0; id < SETS; id++)
		if (chain->family == NFPROTO_INET && derived_chain(id) &&
		    strcmp(derived_chain(id), chain->name) == 0)
			sum += reading->derived[id];
	return sum;
}

static int add_chains(struct reading *reading, const uint64_t *digests)
{
	int r = 0;

	for (size_t i = 0; i < reading->layout.n_chains && r == 0; i++) {
		const struct layout_chain *chain = &reading->layout.chains[i];
		struct plan_chain row = {.family = chain->family};

		snprintf(row.name, sizeof(row.name), "%s", chain->name);
		snprintf(row.device, sizeof(row.device), "%s", chain->device);
		row.digest = digest_end(chain->hook, digests[i], derived_digest(reading, chain));
		if (!reading->odd || chain->family != NFPROTO_INET || strcmp(chain->name, "forward") != 0)
			r = plan_add_chain(&reading->plan, &row);
	}
	return r;
}

static int read_chains(struct reading *reading)
{
	const size_t n = reading->layout.n_chains;
	const struct plan_chain anew = {.family = NFPROTO_INET, .name = "forward"};
	_cleanup_(freep) uint64_t *digests = calloc(n + 1, sizeof(*digests));
	struct rules_into into = {&reading->layout, digests};
	int r;

	if (!digests)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		digests[i] = DIGEST_START;
	r = dump_rules(reading, NFPROTO_INET, &into);
	if (r == 0)
		r = dump_rules(reading, NFPROTO_NETDEV, &into);
	if (r == 0)
		r = add_chains(reading, digests);
	if (r == 0 && reading->odd)
		r = plan_add_chain(&reading->plan, &anew);
	return r;
}

/* ---- all of it ---- */

static int read_sessions(struct reading *reading)
{
	_cleanup_(guests_clear) struct guests guests = {};
	int r = guests_dump(reading->nft, &reading->layout, NULL, NULL, &guests);

	return r < 0 ? r : guests_sessions(&guests, reading->mono_usec, &reading->plan);
}

static int read_once(struct reading *reading)
{
	int r = layout_read(reading->nft, &reading->layout);

	if (r < 0 || (!reading->layout.inet && !reading->layout.netdev))
		return r;
	reading->mono_usec = clock_now().mono_usec;
	r = read_sets(reading);
	if (r == 0)
		r = read_sessions(reading);
	if (r < 0)
		return r;
	check_layout(reading);
	return read_chains(reading);
}

static int append(struct plan *have, const struct plan *plan)
{
	int r = 0;

	for (size_t i = 0; i < plan->n_devices && r == 0; i++)
		r = plan_add_device(have, &plan->devices[i]);
	for (size_t i = 0; i < plan->n_prefixes && r == 0; i++)
		r = plan_add_prefix(have, &plan->prefixes[i]);
	for (size_t i = 0; i < plan->n_matches && r == 0; i++)
		r = plan_add_match(have, &plan->matches[i]);
	for (size_t i = 0; i < plan->n_marks && r == 0; i++)
		r = plan_add_mark(have, &plan->marks[i]);
	for (size_t i = 0; i < plan->n_gates && r == 0; i++)
		r = plan_add_gate(have, &plan->gates[i]);
	for (size_t i = 0; i < plan->n_sessions && r == 0; i++)
		r = plan_add_session(have, &plan->sessions[i]);
	for (size_t i = 0; i < plan->n_chains && r == 0; i++)
		r = plan_add_chain(have, &plan->chains[i]);
	return r;
}

int nft_read(struct nft *nft, struct plan *have)
{
	int r = -EINTR;

	/* Somebody may change nftables under the dumps. */
	for (unsigned i = 0; i < TRIES && (r == -EINTR || r == -ENOENT); i++) {
		struct reading reading = {.nft = nft};

		r = read_once(&reading);
		if (r == 0)
			r = append(have, &reading.plan);
		plan_clear(&reading.plan);
		layout_clear(&reading.layout);
	}
	return r == -EINTR ? -EAGAIN : r;
}
