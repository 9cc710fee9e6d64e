/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what the commands on vouchers, accounts and devices have in common. They work on the ledger alone:
 * without one they refuse, since what would be promised to a person could not be kept.
 */
#include "credentials_commands.h"
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "../ledger/ledger.h"
#include "../lib/log.h"
#include "../lib/units.h"

struct ledger *credentials_ledger(const struct ticket *ticket)
{
	if (!ticket->daemon->ledger)
		control_refuse(ticket, TEXT_NO_LEDGER);
	return ticket->daemon->ledger;
}

void credentials_not_written(const struct ticket *ticket, int error)
{
	const char *words = ledger_error(ticket->daemon->ledger);

	log_warning("the ledger refused a command: %s (%s)", strerror(-error), words);
	control_refuse(ticket, TEXT_NOT_WRITTEN, strerror(-error));
}

bool credentials_zone(const struct ticket *ticket, const json_t *request, const struct policy_zone **out)
{
	const struct policy_zone *zone = NULL;
	const char *id;

	if (json_object_get(request, "zone")) {
		if (!control_text(ticket, request, "zone", &id))
			return false;
		zone = policy_zone(engine_policy(ticket->daemon->engine), id);
		if (!zone) {
			control_refuse(ticket, TEXT_NOT_ZONE, "zone", id);
			return false;
		}
	}
	*out = zone;
	return true;
}

bool credentials_number(const struct ticket *ticket, const json_t *request, const char *key, int64_t max,
			int64_t *out)
{
	if (json_object_get(request, key))
		return control_number(ticket, request, key, 0, max, out);
	*out = 0;
	return true;
}

bool credentials_usec(const struct ticket *ticket, const json_t *request, const char *key, const char *name,
		      int64_t *out)
{
	const struct control_bounds bounds = {name, 0, CREDENTIALS_USEC_MAX, units_duration_human};

	*out = 0;
	return !json_object_get(request, key) || control_amount(ticket, request, key, &bounds, out);
}

bool credentials_bytes(const struct ticket *ticket, const json_t *request, const char *key, const char *name,
		       int64_t *out)
{
	const struct control_bounds bounds = {name, 0, CREDENTIALS_BYTES_MAX, units_volume_human};

	*out = 0;
	return !json_object_get(request, key) || control_amount(ticket, request, key, &bounds, out);
}

static bool anybody(const struct policy *policy, enum policy_login way)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (policy->zones[i].logins & way)
			return true;
	return false;
}

void credentials_warn(const struct ticket *ticket, const struct policy_zone *zone, enum policy_login way,
		      json_t *document)
{
	const char *name = way == POLICY_LOGIN_VOUCHER ? "voucher" : "account";

	if (zone && !(zone->logins & way))
		json_object_set_new(document, "warning",
				    control_sentence(ticket, TEXT_NO_SUCH_LOGIN, zone->id, name));
	else if (!zone && !anybody(engine_policy(ticket->daemon->engine), way))
		json_object_set_new(document, "warning",
				    control_sentence(ticket, TEXT_NO_SUCH_LOGIN_ANYWHERE, name));
}

json_t *credentials_time(int64_t wall_usec)
{
	char text[CLOCK_TEXT];

	return wall_usec ? json_string(clock_text(wall_usec, text)) : json_null();
}

json_t *credentials_limit(int64_t value)
{
	return value ? json_integer(value) : json_null();
}

json_t *credentials_name(const char *zone)
{
	return *zone ? json_string(zone) : json_null();
}
