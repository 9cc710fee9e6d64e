// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: corrections, shortages, visitors and quotas are what a reader of a report asks about first. They fall
 * on few days and follow from the seed; names in them are as hostile as names can be.
 */
#include "report_city.h"
#include <errno.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include "../../ledger/civil.h"
#include "../../ledger/evidence.h"
#include "../../lib/units.h"

static int64_t midnight(int32_t day)
{
	return civil_midnight_usec(day) / USEC_PER_SEC;
}

static bool is_there(const struct tale *tale, size_t i, int64_t sec)
{
	return sec >= tale->traits[i].from_sec && sec < tale->traits[i].until_sec;
}

/* ---- corrections: at the end of a month for its days, some days later for the month before ---- */

static int correct(struct ledger *ledger, const struct tale *tale, int32_t made, int32_t day, size_t subject,
		   int64_t down, int64_t up)
{
	struct ledger_correction correction = {
	    .wall_usec = (midnight(made) + 10 * 3600) * USEC_PER_SEC + 123456,
	    .day = day,
	    .month = civil_month(day),
	    .kind = subject < tale->city.offices ? LEDGER_OFFICE : LEDGER_ZONE,
	    .down_bytes = down,
	    .up_bytes = up,
	    .who = "Siti, \"Bidang TI\"",
	    .reason = "=uji pemasangan dihitung ganda; <b>gedung B</b>"};
	int64_t noon = midnight(day) + 12 * 3600;
	int r;

	memcpy(correction.id_of, tale->subjects[subject].id, sizeof(correction.id_of));
	if (!is_there(tale, subject, noon))
		return 0;
	r = ledger_correction_put(ledger, &correction);
	return r == -EINVAL ? 0 : r; /* more than the month has */
}

static int corrections(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	size_t n = tale->city.offices, luck = tale_dice(tale, 31, (uint64_t)civil_month(day));
	int32_t first = civil_first_day(civil_month(day));
	int r = 0;

	if (day == first + 2 && first > tale->city.from_day && tale->city.close)
		r = correct(ledger, tale, day, first - 5, luck % n, 7654321, 1);
	if (civil_month(day + 1) == civil_month(day))
		return r;
	if (r == 0)
		r = correct(ledger, tale, day, day - 3, luck % n, -300000000, -1000001);
	if (r == 0)
		r = correct(ledger, tale, day, day - 7, luck / 512 % n, 1500000000, 0);
	if (r == 0 && !tale->calm) /* more than that day had, a Sunday's worth less than nothing */
		r = correct(ledger, tale, day, day - 4, 0, -2000000000, -7);
	if (r == 0 && !tale->calm)
		r = correct(ledger, tale, day, day - 3, luck % n, 12345, 678);
	if (r == 0 && !tale->calm && tale->city.zones > 0)
		r = correct(ledger, tale, day, day - 2, n, -50000001, 0);
	return r;
}

/* ---- shortages ---- */

static int shortfalls(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	unsigned n = tale->calm ? (day % 13 == 0) : 4;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < n; i++) {
		uint64_t luck = tale_dice(tale, 41, (uint64_t)day * 16 + i);
		size_t all = tale->city.offices + tale->city.zones,
		       subject = luck / 8 % 5 == 0 ? tale->city.offices + luck % tale->city.zones
						   : luck / 64 % tale->city.offices;
		struct ledger_shortfall row = {.minute_sec = midnight(day) + 8 * 3600 +
							     (int64_t)(luck / 4096 % 400) * 60,
					       .kind = LEDGER_OFFICE,
					       .entitled_bps = 8000000 + luck % 64 * 1000000};

		if (subject >= all || !is_there(tale, subject, row.minute_sec))
			continue;
		row.kind = subject < tale->city.offices ? LEDGER_OFFICE : LEDGER_ZONE;
		row.achieved_bps = row.entitled_bps / 100 * (40 + luck / 1024 % 54);
		memcpy(row.id, tale->subjects[subject].id, sizeof(row.id));
		r = ledger_shortfall_put(ledger, &row);
		row.up = true;
		if (r == 0 && luck % 3 == 0) /* in the same minute in both directions */
			r = ledger_shortfall_put(ledger, &row);
	}
	return r;
}

/* ---- visitors ---- */

static void fill_device(struct mac *mac, uint64_t number)
{
	uint8_t bytes[ETH_ALEN] = {
	    2, 0, (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};

	memcpy(mac, bytes, sizeof(bytes));
}

static int visit(struct ledger *ledger, const struct tale *tale, size_t zone, int64_t began, uint64_t luck,
		 uint64_t id)
{
	struct ledger_session session = {.id = id,
					 .device = "zone0",
					 .started_wall_usec = began * USEC_PER_SEC,
					 .down_bytes = luck % 400000000,
					 .up_bytes = luck % 30000000};
	int64_t ends = began + 300 + (int64_t)(luck / 512 % 6900);
	int r;

	memcpy(session.zone, tale->subjects[zone].id, sizeof(session.zone));
	fill_device(&session.mac, luck / 7 % (tale->calm ? 4000 : 90));
	session.ends_wall_usec = (began + 7200) * USEC_PER_SEC;
	session.saved_wall_usec = (began + 240) * USEC_PER_SEC;
	r = ledger_session_put(ledger, &session);
	if (r < 0 || (!tale->calm && luck % 61 == 0)) /* one that is never ended is live */
		return r;
	return ledger_session_end(ledger, &session, LEDGER_END_TIME, ends * USEC_PER_SEC);
}

static int visits(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = 0;

	for (size_t i = tale->city.offices; r == 0 && i < tale->city.offices + tale->city.zones; i++) {
		uint64_t n = tale_dice(tale, 51, (uint64_t)day * 64 + i) % (tale->calm ? 90 : 9);

		for (uint64_t j = 0; r == 0 && j < n + (tale->calm ? 20 : 1); j++) {
			uint64_t luck = tale_dice(tale, 52, ((uint64_t)day * 64 + i) * 256 + j);
			/* the first and the last minutes of a day, too */
			int64_t began =
			    midnight(day) + (!tale->calm && j == 0 ? 0 : (int64_t)(luck / 4 % 86399));

			if (tale->calm)
				began = midnight(day) + 16 * 3600 + (int64_t)(luck / 4 % 18000);
			if (is_there(tale, i, began))
				r = visit(
				    ledger, tale, i, began, luck,
				    ((uint64_t)(day - tale->city.from_day) * 64 + i - tale->city.offices) *
					    256 +
					j + 1);
		}
	}
	return r;
}

/* Somebody asked to be forgotten: sessions of nobody known. */
static int forget(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	struct ledger_forgotten forgotten;
	uint8_t hash[LEDGER_HASH];
	struct mac mac;

	if (tale->calm || day % 10 != 6)
		return 0;
	fill_device(&mac, (uint64_t)day % 90);
	ledger_hash(ledger, &mac, hash);
	return ledger_forget(ledger, hash, &forgotten);
}

/* ---- quotas ---- */

static int tell(struct ledger *ledger, int32_t day, int64_t second, const char *kind, const char *office)
{
	struct ledger_event event = {.wall_usec = (midnight(day) + second) * USEC_PER_SEC + 999999,
				     .text = "as made up"};

	snprintf(event.kind, sizeof(event.kind), "%s", kind);
	snprintf(event.subject, sizeof(event.subject), "%s", office);
	return ledger_event_put(ledger, &event);
}

static int exempt(struct ledger *ledger, const struct tale *tale, int32_t day, const char *office)
{
	int64_t from = (midnight(day) + 5 * 3600) * USEC_PER_SEC;
	struct ledger_exemption exemption = {.from_wall_usec = from,
					     .until_wall_usec = from + 2 * USEC_PER_DAY,
					     .who = "Sekda",
					     .reason = "musrenbang"};
	int r;

	snprintf(exemption.office, sizeof(exemption.office), "%s", office);
	r = ledger_exemption_put(ledger, &exemption);
	return r == 0 && !tale->calm
		   ? ledger_exemption_revoke(ledger, exemption.id, from + USEC_PER_DAY, "siti")
		   : r;
}

static int quota(struct ledger *ledger, const struct tale *tale, int32_t day,
		 const struct policy_office *office, uint64_t luck)
{
	int32_t month = civil_month(day), date = day - civil_first_day(month) + 1;
	int r = 0;

	if (luck % 3 == 0)
		return 0;
	if (date == 17 || date == 19) /* said once, and once more after a correction */
		r = tell(ledger, day, 8 * 3600 + (int64_t)(luck % 3600), "quota.notice", office->id);
	if (r == 0 && date == 17)
		r = ledger_quota_stage_set(ledger, office->id, month, LEDGER_QUOTA_NOTICED);
	if (r < 0 || date != 23 || luck % 3 == 1)
		return r;
	r = tell(ledger, day, 9 * 3600,
		 office->quota_over == POLICY_OVER_THROTTLE ? "quota.throttle" : "quota.over", office->id);
	if (r == 0)
		r = ledger_quota_stage_set(ledger, office->id, month, LEDGER_QUOTA_OVER);
	return r == 0 && luck % 2 ? exempt(ledger, tale, day, office->id) : r;
}

static int quotas(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	const struct policy *policy = tale->stages[0].policy;
	int r = 0;

	for (size_t i = 0; r == 0 && i < policy->n_offices; i++)
		if (policy->offices[i].quota_bytes)
			r = quota(ledger, tale, day, &policy->offices[i],
				  tale_dice(tale, 61, (uint64_t)civil_month(day) * 1024 + i));
	return r;
}

int tale_happen(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = corrections(ledger, tale, day);

	if (r == 0)
		r = shortfalls(ledger, tale, day);
	if (r == 0)
		r = visits(ledger, tale, day);
	if (r == 0)
		r = forget(ledger, tale, day);
	return r == 0 ? quotas(ledger, tale, day) : r;
}
