// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The uplink as it is: what a frame costs on the provider's line, times that are milliseconds, and the bounds
 * between which its rate may be adjusted. It judges what a person wrote; what the line really gives is
 * measured elsewhere.
 */
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "config_reader.h"

/* Bytes beside the 14 of the Ethernet header, and the least that a frame costs.
 *   ethernet   4 FCS, 8 preamble and SFD, 12 gap between packets (IEEE 802.3, 3.1.1 and 4.4.2): 24; the least
 * frame is 64 and these 20: 84. As tc-cake(8) has it: `ethernet` is 38 beside the IP packet, so with the
 * header. vlan       and 4 of IEEE 802.1Q pppoe      and 6 of PPPoE and 2 of PPP (RFC 2516, 4; RFC 1661, 2)
 *   gpon       4 FCS and the 5 of a GEM header (ITU-T G.984.3, 8.3.1); no preamble, no gap */
static const struct link_kind {
	const char *name;
	uint8_t overhead_bytes, mpu_bytes;
} link_kinds[] = {
    {"layer2", 0, 0},  {"ethernet", 24, 84},   {"vlan", 28, 88},
    {"pppoe", 32, 84}, {"pppoe-vlan", 36, 88}, {"gpon", 9, 69},
};

static const struct config_key link_keys[] = {
    {"overhead", &config_number, offsetof(struct policy, overhead_bytes), sizeof(uint8_t),
     .flags = KEY_REQUIRED, .least = 0, .most = 128},
    {"mpu", &config_number, offsetof(struct policy, mpu_bytes), sizeof(uint8_t), .fallback = "0", .least = 0,
     .most = 255},
};
static const struct config_group link_group = {link_keys, ELEMENTS(link_keys), sizeof(struct policy), NULL};

/* Of this group's row, whatever the key says: both fields belong to it. */
static int read_link(struct config_reader *r, config_setting_t *setting,
		     _unused_ const struct config_key *key, void *base)
{
	struct policy *policy = base;
	const char *name;

	if (config_setting_is_group(setting)) {
		config_read_group(r, setting, &link_group, policy);
		return 0;
	}
	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return -EINVAL;
	name = config_setting_get_string(setting);
	for (size_t i = 0; i < ELEMENTS(link_kinds); i++)
		if (!strcmp(link_kinds[i].name, name)) {
			policy->overhead_bytes = link_kinds[i].overhead_bytes;
			policy->mpu_bytes = link_kinds[i].mpu_bytes;
			return 0;
		}
	return -EINVAL;
}

/* `least` and `most` in microseconds. */
static int read_latency(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			void *base)
{
	uint64_t usec;

	if (units_duration(config_setting_get_string(setting), &usec) < 0)
		return -EINVAL;
	if ((int64_t)usec < key->least || (int64_t)usec > key->most) {
		config_fault(r, setting, "must be from %lld to %lld ms", (long long)key->least / 1000,
			     (long long)key->most / 1000);
		return 1;
	}
	*CONFIG_AT(uint64_t, base, key) = usec;
	return 0;
}

const struct config_kind config_link = {CONFIG_TYPE_NONE,
					"must be one of \"layer2\", \"ethernet\", \"vlan\", \"pppoe\", "
					"\"pppoe-vlan\", \"gpon\", or { overhead = ...; mpu = ...; }",
					read_link};
const struct config_kind config_latency = {CONFIG_TYPE_STRING, "must be a time such as \"100 ms\" (ms, s)",
					   read_latency};

/* A line that gives less than this is broken, and not to be followed. */
enum { ADJUST_LEAST_PERCENT = 10 };

static void check_least(struct config_reader *r, config_setting_t *group, uint64_t bps, uint64_t rate_bps,
			const char *direction)
{
	uint64_t least = rate_bps / 100 * ADJUST_LEAST_PERCENT;
	config_setting_t *setting = config_setting_get_member(group, "minimum");
	char rate[UNITS_TEXT], least_text[UNITS_TEXT], got[CONFIG_GOT];

	if (!bps || bps >= least || !setting)
		return;
	if (config_setting_is_group(setting) && config_setting_get_member(setting, direction))
		setting = config_setting_get_member(setting, direction);
	config_fault_got(r, setting, NULL, config_quote(units_rate_text(bps, rate), got),
			 "must not be under %d %% of the uplink (%s %s)", ADJUST_LEAST_PERCENT,
			 units_rate_text(least, least_text), direction);
}

void config_check_adjust(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy *policy = row;
	const struct policy_rate *minimum = &policy->adjust.minimum;

	config_check_rate(r, group, "minimum", minimum, &policy->uplink_rate, "the uplink");
	check_least(r, group, minimum->down_bps, policy->uplink_rate.down_bps, "down");
	check_least(r, group, minimum->up_bps, policy->uplink_rate.up_bps, "up");
}

void config_check_uplink(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy *policy = row;

	config_check_rate(r, group, "own", &policy->own, &policy->uplink_rate, "the uplink");
	config_check_rate(r, group, "unattributed", &policy->unattributed, &policy->uplink_rate,
			  "the uplink");
	if (config_setting_get_member(group, "adjust") && !policy->n_probes &&
	    !config_setting_get_member(group, "probes"))
		config_fault_got(r, group, "probes", "nothing",
				 "must be given where the rate is adjusted: the queue is measured by them");
}
