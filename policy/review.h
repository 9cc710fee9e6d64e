/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Two configurations side by side, for whoever has to answer for the second one: what is set otherwise, what that means in each coming
 * state of the calendar, and whose connections feel it. Pure: two inputs in, JSON out. New references; NULL: memory.
 */
#include <jansson.h>
#include "planner.h"

/* What is set otherwise: [{"what", "id", "name", "key", "from", "to"}], the site's first, then by schedule, holiday, office with its
 * services, zone.
 *   what: site (id null), schedule, holiday (id: its date), office, service (id "dinkes/voip"), zone
 *   key:  as the configuration names it ("inside.ceiling", "quota.monthly"). "added" (from null) stands before what an added one has, which
 *         is listed with from null; "removed" (to null) stands alone
 *   from, to: a rate is {"down_bps", "up_bps"}, a volume {"bytes"}, a duration {"usec"}; all else a text, number, boolean or list */
json_t *review_settings(const struct policy *from, const struct policy *to);

/* [{"time", "cause", "guaranteed": {"down_bps", "up_bps"}, "budget": {...}, "fits", "changes": as describe_changes(), from the first
 *   configuration at that time to the second at the same; or, where an earlier row has the very same, "same_as": its index}]: from->now, and each instant of the next `days` at which either changes state.
 * The uplink is taken to give what is configured from the second row on. */
json_t *review_states(const struct planner_input *from, const struct planner_input *to, int days, const char *language);

/* Whose connections feel it, by what review_settings() says: [{"what", "id", "name", "why"}], why: "added", "removed", "prefixes",
 * "devices", "services" (another class from the next packet on), "nat", "uplink", "between_offices" (connections may end). */
json_t *review_flows(const json_t *settings);
