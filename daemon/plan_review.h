/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * `gerbang plan` and the first half of `gerbang diff`: one configuration beside another, before anybody applies it. Asks the planner and the
 * shaper; changes nothing.
 *
 * "plan" {"from"?: number (absent: what runs), "to"?: number (0 or absent: the edited files), "at"?: a local time, "ops"?: true}
 * -> exit status 4 where anything differs, else 0; 1 with the faults where "to" cannot be used:
 *   "from": number or null, "to": number (0: the edited files)
 *   "plan": describe_plan() of "to" at "at" (or now); "changes": describe_changes() from now to that
 *   "settings", "states": review.h
 *   "touched": {"sessions": [{"zone", "name", "sessions", "why": "removed", "devices", "address", "closed"}], "flows": review.h}
 *   "configuration": as in the status (reload.h), whose "pending" is what is on trial
 *   "restart": keys that only a restart of gerbangd changes; "warnings": lines
 *   "operations": lines, what the kernel would be told now; or "operations_error": why that is not known. Only with "ops"
 */
#include "commands.h"
