// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang uplink`: what somebody can lay before the provider: minutes, outages with begin, end and cause,
 * which targets answered, and what the line gave when it was tested. Minutes in which nobody watched are not
 * counted as up.
 */
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "dates.h"
#include "usage.h"

struct evidence {
	const struct usage_request *request;
	json_t *days, *outages, *targets, *tests;
	struct ledger_availability sum;
};

static json_t *percent_up(uint32_t down, uint32_t measured)
{
	return measured ? json_real((double)(measured - MIN(down, measured)) * 100 / measured) : json_null();
}

static json_t *availability_json(const struct ledger_availability *sum)
{
	return json_pack("{sI,sI,sI,sI,sI,so,so,so}", "measured_minutes", (json_int_t)sum->measured_min,
			 "down_minutes", (json_int_t)sum->down_min, "carrier_minutes",
			 (json_int_t)sum->carrier_min, "silent_minutes", (json_int_t)sum->silent_min,
			 "loss_minutes", (json_int_t)sum->loss_min, "probes_sent", usage_bytes(sum->sent),
			 "probes_answered", usage_bytes(sum->answered), "availability_percent",
			 percent_up(sum->down_min, sum->measured_min));
}

static int on_day(const struct ledger_availability *day, void *userdata)
{
	struct evidence *evidence = userdata;
	struct ledger_availability *sum = &evidence->sum;
	json_t *row = availability_json(day);
	char text[DATE_TEXT];

	sum->measured_min += day->measured_min;
	sum->down_min += day->down_min;
	sum->carrier_min += day->carrier_min;
	sum->silent_min += day->silent_min;
	sum->loss_min += day->loss_min;
	sum->sent += day->sent;
	sum->answered += day->answered;
	json_object_set_new(row, "day", json_string(date_of_day(day->day, text)));
	return json_array_append_new(evidence->days, row) < 0 ? -ENOMEM : 0;
}

static int on_outage(const struct ledger_outage *outage, void *userdata)
{
	static const char *const causes[] = {[LEDGER_OUTAGE_CARRIER] = "carrier",
					     [LEDGER_OUTAGE_SILENT] = "silent",
					     [LEDGER_OUTAGE_LOSS] = "loss"};
	struct evidence *evidence = userdata;
	bool known = outage->cause > 0 && (size_t)outage->cause < ELEMENTS(causes);
	int64_t end =
	    outage->ended_wall_usec ? outage->ended_wall_usec : evidence->request->site->now_wall_usec;
	json_t *row = json_pack(
	    "{so,so,sI,ss}", "began", usage_time(outage->began_wall_usec / USEC_PER_SEC), "ended",
	    outage->ended_wall_usec ? usage_time(outage->ended_wall_usec / USEC_PER_SEC) : json_null(),
	    "seconds", (json_int_t)(MAX(end - outage->began_wall_usec, (int64_t)0) / USEC_PER_SEC), "cause",
	    known ? causes[outage->cause] : "other");

	return json_array_append_new(evidence->outages, row) < 0 ? -ENOMEM : 0;
}

static json_t *target_row(json_t *targets, const char *address)
{
	json_t *row;
	size_t i;

	json_array_foreach(targets, i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "address")), address) == 0)
			return row;
	}
	row = json_pack("{ss,si,si}", "address", address, "sent", 0, "answered", 0);
	json_array_append_new(targets, row);
	return row;
}

static int on_target(const struct ledger_target *target, void *userdata)
{
	struct evidence *evidence = userdata;
	char address[ADDR_TEXT];
	json_t *row = target_row(evidence->targets, addr_text(&target->address, address));

	json_object_set_new(
	    row, "sent",
	    usage_bytes((uint64_t)json_integer_value(json_object_get(row, "sent")) + target->sent));
	json_object_set_new(
	    row, "answered",
	    usage_bytes((uint64_t)json_integer_value(json_object_get(row, "answered")) + target->answered));
	return 0;
}

static int on_test(const struct ledger_test *test, void *userdata)
{
	struct evidence *evidence = userdata;
	json_t *row =
	    json_pack("{so,ss,so,so,ss?}", "time", usage_time(test->wall_usec / USEC_PER_SEC), "server",
		      test->server, "down_bps", test->error[0] ? json_null() : usage_bytes(test->down_bps),
		      "up_bps", test->error[0] ? json_null() : usage_bytes(test->up_bps), "error",
		      test->error[0] ? test->error : NULL);

	return json_array_append_new(evidence->tests, row) < 0 ? -ENOMEM : 0;
}

static int gather(struct evidence *evidence)
{
	const struct span *span = &evidence->request->span;
	struct ledger *ledger = evidence->request->site->ledger;
	int64_t from = span->from_sec * USEC_PER_SEC, until = span->until_sec * USEC_PER_SEC;
	int r = ledger_availabilities(ledger, span->from_day, span->until_day, on_day, evidence);

	if (r == 0)
		r = ledger_outages(ledger, from, until, on_outage, evidence);
	if (r == 0)
		r = ledger_targets(ledger, span->from_day, span->until_day, on_target, evidence);
	return r == 0 ? ledger_tests(ledger, from, until, on_test, evidence) : r;
}

static void put_promises(const struct policy *policy, json_t *document)
{
	json_object_set_new(document, "bought",
			    policy
				? json_pack("{so,so}", "down_bps", usage_bytes(policy->uplink_rate.down_bps),
					    "up_bps", usage_bytes(policy->uplink_rate.up_bps))
				: json_null());
	json_object_set_new(document, "sla_percent",
			    policy && policy->contract.sla_permille
				? json_real((double)policy->contract.sla_permille / 10)
				: json_null());
}

int usage_uplink(const struct usage_request *request, json_t **out)
{
	_cleanup_(json_decrefp) json_t *document = usage_document(request), *sum = NULL;
	struct evidence evidence = {.request = request,
				    .days = json_array(),
				    .outages = json_array(),
				    .targets = json_array(),
				    .tests = json_array()};
	int r;

	json_object_set_new(document, "days", evidence.days);
	json_object_set_new(document, "outages", evidence.outages);
	json_object_set_new(document, "targets", evidence.targets);
	json_object_set_new(document, "tests", evidence.tests);
	r = gather(&evidence);
	if (r < 0)
		return r;
	sum = availability_json(&evidence.sum);
	json_object_update(document, sum);
	put_promises(request->site->policy, document);
	*out = json_incref(document);
	return 0;
}
