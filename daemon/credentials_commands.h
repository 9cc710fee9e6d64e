/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The commands on what people come in with; control.c has their rows. Times are RFC 3339; durations are
 * microseconds in requests and seconds in answers. "?": may be missing; null: no limit, or as the zone says.
 *
 * voucher-create asks {"zone" or "all_zones": true, "count", "valid_usec", "time_usec"?, "data_bytes"?,
 * "devices"?} and is answered {"batch", "count", "zone", "valid_until", "codes", "text", "warning"?}
 *
 * voucher-list asks {"zone"?, "batch"?, "skip"?} and is answered {"site", "language", "more", "vouchers":
 * [{"code", "batch", "zone", "zone_name", "url" (of the portal's page with the code in it), "state" (unused,
 * in use, spent, expired, revoked), "created", "valid_until", "first_used", "time_seconds",
 * "seconds_remaining", "data_bytes", "bytes_remaining", "devices"}]}. With "more": ask again, skipping as
 * many as came.
 *
 * voucher-revoke asks {"code"} and is answered {"code", "ended" (how many sessions), "text"}
 *
 * account-add asks {"name", "password", "zone"?, "devices"?, "session_usec"?, "daily_bytes"?} and is answered
 * {"name", "text", "warning"?}
 *
 * account-list is answered {"accounts": [{"name", "zone", "devices", "session_seconds", "daily_bytes",
 * "today_bytes", "created"}]}
 *
 * account-remove asks {"name"} and is answered {"name", "ended", "text"}
 *
 * forget asks {"mac"} and is answered {"mac", "ended", "devices", "passes", "sessions" (rows), "text"}
 */
#include "commands.h"
#include "../policy/policy.h"

struct ledger;

command_handler command_voucher_create, command_voucher_list, command_voucher_revoke; /* voucher_commands.c */
command_handler command_account_add, command_account_list, command_account_remove;    /* account_commands.c */
command_handler command_forget;							      /* forget_command.c */

#define CREDENTIALS_DEVICES_MAX 1000
#define CREDENTIALS_USEC_MAX (3660 * USEC_PER_DAY)
#define CREDENTIALS_BYTES_MAX INT64_C(1000000000000000) /* 1 PB */

/* The ledger, or NULL: refused. */
struct ledger *credentials_ledger(const struct ticket *ticket);
/* The ledger did not do it: refused, and in the log. */
void credentials_not_written(const struct ticket *ticket, int error);
/* Where "zone" is given it must exist; without it *out is NULL. False: refused. */
bool credentials_zone(const struct ticket *ticket, const json_t *request, const struct policy_zone **out);
/* A number that may be missing, then 0. False: refused. */
bool credentials_number(const struct ticket *ticket, const json_t *request, const char *key, int64_t max,
			int64_t *out);
/* The same of a duration and of a volume, `name` as a person knows it. */
bool credentials_usec(const struct ticket *ticket, const json_t *request, const char *key, const char *name,
		      int64_t *out);
bool credentials_bytes(const struct ticket *ticket, const json_t *request, const char *key, const char *name,
		       int64_t *out);
/* "warning" where people of this zone (NULL: of every) cannot come in this way. */
void credentials_warn(const struct ticket *ticket, const struct policy_zone *zone, enum policy_login way,
		      json_t *document);

json_t *credentials_time(int64_t wall_usec); /* 0: null */
json_t *credentials_limit(int64_t value);    /* 0: null */
json_t *credentials_name(const char *zone);  /* "": null */
