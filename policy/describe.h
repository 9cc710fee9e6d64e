/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The plan and the schedule as JSON for `gerbang plan`, `gerbang schedule` and `gerbang status`, with offices and zones by
 * name: used by the daemon, and by the command line where there is no daemon. Returns a new reference, or NULL (memory).
 * `language` is that of the causes: "id" or "en", and "id" for anything else. All else is the same in both.
 */
#include <jansson.h>
#include "planner.h"

/* {"time", "phase", "next_change": {"time", "cause"}, "uplink": {"device", "download_bps", "upload_bps"},
 *  "offices": [{"id","name","state","down":{"guaranteed_bps","ceiling_bps"},"up":{...},
 *               "services": [{"id","priority" (high, normal, low),"down","up"}]}],
 *  "zones": [{"id","name","open","next_change","down","up"}], "own", "unattributed"}
 * and "phase_cause" (a holiday's name, "office hours (kantor)", ...), uplink.budget.{down_bps,up_bps} (less the headroom). */
json_t *describe_plan(const struct planner_input *in, const char *language);
/* What changes between two: [{"what": "office", "id", "name", "key": "down.guaranteed_bps", "from", "to"}, ...]
 *   what: site (phase: office, public), uplink, own, unattributed (id null), office (state), zone (open), and between two
 *         policies service (id "dinkes/voip", the office's name; priority: high, normal, low)
 *   key:  phase, state, open, priority, {down,up}.{guaranteed,ceiling}_bps; from or to is null where it is not there at all */
json_t *describe_changes(const struct planner_input *from, const struct planner_input *to);
/* [{"time","cause","changes": [...as describe_changes]}] for `days` from in->now. */
json_t *describe_schedule(const struct planner_input *in, int days, const char *language);
/* "Hari Raya Natal", "office hours (kantor) end", ... malloc'd. */
char *describe_cause(const struct planner_change *change, const char *language);
/* Why the phase is what it is: "office hours (kantor)", "outside office hours (kantor)", a holiday; malloc'd. */
char *describe_phase_cause(const struct planner_input *in, const char *language);
