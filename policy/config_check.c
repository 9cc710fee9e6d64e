// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the keys of one group say together. Called once the group's keys are read; a value that had a fault of
 * its own is zero or NULL, and nothing more is said about it.
 */
#include <string.h>
#include "../lib/units.h"
#include "config_reader.h"

static void refuse_rate(struct config_reader *r, config_setting_t *group, const char *name, bool down,
			uint64_t bps, uint64_t limit_bps, const char *limit)
{
	config_setting_t *setting = config_setting_get_member(group, name);
	const char *direction = down ? "down" : "up";
	char rate[UNITS_TEXT], most[UNITS_TEXT], got[CONFIG_GOT];

	if (setting && config_setting_is_group(setting))
		setting = config_setting_get_member(setting, direction);
	config_fault_got(r, setting ? setting : group, NULL, config_quote(units_rate_text(bps, rate), got),
			 "must not be over %s (%s %s)", limit, units_rate_text(limit_bps, most), direction);
}

/* A limit of 0 is not known. Where one string says both directions, one fault is enough. */
void config_check_rate(struct config_reader *r, config_setting_t *group, const char *name,
		       const struct policy_rate *rate, const struct policy_rate *most, const char *limit)
{
	bool down = most->down_bps && rate->down_bps > most->down_bps;
	bool up = most->up_bps && rate->up_bps > most->up_bps;
	const config_setting_t *setting = config_setting_get_member(group, name);

	if (down)
		refuse_rate(r, group, name, true, rate->down_bps, most->down_bps, limit);
	if (up && !(down && setting && config_setting_type(setting) == CONFIG_TYPE_STRING))
		refuse_rate(r, group, name, false, rate->up_bps, most->up_bps, limit);
}

void config_check_share(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_share *share = row;

	config_check_rate(r, group, "guaranteed", &share->guaranteed, &share->ceiling, "the ceiling");
	config_check_rate(r, group, "ceiling", &share->ceiling, &r->policy->uplink_rate, "the uplink");
}

/* Below that names are not resolved any more: whoever wants to cut an office off says so by its schedule. */
#define THROTTLE_LEAST_BPS 8000

void config_check_quota(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_office *office = row;
	const struct policy_rate *rate = &office->quota_throttle;
	config_setting_t *throttle = config_setting_get_member(group, "throttle");

	if (office->quota_over == POLICY_OVER_THROTTLE && !throttle)
		config_fault_got(r, group, "throttle", "nothing", "must be given where over is \"throttle\"");
	if ((rate->down_bps && rate->down_bps < THROTTLE_LEAST_BPS) ||
	    (rate->up_bps && rate->up_bps < THROTTLE_LEAST_BPS))
		config_fault(r, throttle, "must be 8 kbit or more in each direction");
	if (office->quota_over == POLICY_OVER_NOTICE && throttle)
		config_warn(r, throttle, "not used: over is \"notice\"");
}

void config_check_period(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_period *period = row;

	config_check_order(r, group, period->from_day, period->to_day);
}

static bool periods_meet(const struct policy_period *a, const struct policy_period *b)
{
	bool known = a->from_day && a->to_day && b->from_day && b->to_day;

	return known && a->from_day <= b->to_day && b->from_day <= a->to_day;
}

void config_check_schedule(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_schedule *schedule = row;
	config_setting_t *periods = config_setting_get_member(group, "periods");
	char got[CONFIG_GOT];

	for (size_t i = 1; i < schedule->n_periods; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct policy_period *one = &schedule->periods[j], *two = &schedule->periods[i];

			if (!periods_meet(one, two))
				continue;
			config_fault_got(r, config_setting_get_elem(periods, (unsigned)i), NULL,
					 config_quote(two->name ? two->name : "", got),
					 "must not overlap with the period \"%s\"",
					 one->name ? one->name : "");
			break;
		}
	}
}

const char *config_special_range(const struct prefix *prefix)
{
	static const struct {
		const char *prefix, *name;
	} ranges[] = {
	    {"0.0.0.0/8", "this network, 0.0.0.0/8"},
	    {"127.0.0.0/8", "loopback, 127.0.0.0/8"},
	    {"169.254.0.0/16", "link-local, 169.254.0.0/16"},
	    {"224.0.0.0/3", "multicast and reserved, 224.0.0.0/3"},
	    {"::/8", "unspecified, loopback and mapped, ::/8"},
	    {"fe80::/10", "link-local, fe80::/10"},
	    {"ff00::/8", "multicast, ff00::/8"},
	};

	for (size_t i = 0; i < ELEMENTS(ranges); i++) {
		struct prefix range;

		if (prefix_parse(ranges[i].prefix, &range) == 0 && prefix_overlaps(prefix, &range))
			return ranges[i].name;
	}
	return NULL;
}

static void check_prefix(struct config_reader *r, config_setting_t *setting, const struct prefix *prefix)
{
	struct prefix network = prefix_network(prefix);
	const char *special = config_special_range(&network);
	char text[PREFIX_TEXT];

	if (prefix_has_host_bits(prefix))
		config_fault(r, setting, "must be a network without host bits (\"%s\")",
			     prefix_text(&network, text));
	if (special)
		config_fault(r, setting, "must not overlap with %s", special);
	if (prefix_is_unique_local(&network) && !r->policy->nat66)
		config_warn_tally(
		    r, setting, "unique-local",
		    "unique-local IPv6 does not reach the Internet while uplink.nat66 is false");
}

static void check_devices(struct config_reader *r, config_setting_t *list, const struct policy_office *office)
{
	for (size_t i = 1; i < office->n_devices; i++)
		for (size_t j = 0; j < i; j++)
			if (*office->devices[i] && !strcmp(office->devices[i], office->devices[j]))
				config_fault(r, config_setting_get_elem(list, (unsigned)i),
					     "must not be listed twice");
}

/* The word leaves an empty row, which config_conflict.c takes out when all has been checked. */
static int read_office_prefix(struct config_reader *r, config_setting_t *setting,
			      const struct config_key *key, void *base)
{
	if (!strcmp(config_setting_get_string(setting), "delegated"))
		return 0;
	return config_prefix.read(r, setting, key, base);
}

const struct config_kind config_office_prefix = {
    CONFIG_TYPE_STRING, "must be a prefix such as \"10.10.2.0/24\" or \"2001:db8:2::/64\", or \"delegated\"",
    read_office_prefix};

static void check_delegated(struct config_reader *r, config_setting_t *list, struct policy_office *office)
{
	for (size_t i = 0; i < office->n_prefixes; i++) {
		config_setting_t *setting = config_setting_get_elem(list, (unsigned)i);
		const char *text = config_setting_get_string(setting);

		if (!text || strcmp(text, "delegated") != 0)
			continue;
		if (office->delegated)
			config_fault(r, setting, "must not be listed twice");
		office->delegated = true;
	}
}

void config_check_office(struct config_reader *r, config_setting_t *group, void *row)
{
	struct policy_office *office = row;
	config_setting_t *prefixes = config_setting_get_member(group, "prefixes");

	if (!config_setting_get_member(group, "outside"))
		office->outside = office->inside;
	check_devices(r, config_setting_get_member(group, "devices"), office);
	check_delegated(r, prefixes, office);
	for (size_t i = 0; i < office->n_prefixes; i++)
		if (office->prefixes[i].addr.family)
			check_prefix(r, config_setting_get_elem(prefixes, (unsigned)i), &office->prefixes[i]);
	config_check_services(r, group, office);
}
