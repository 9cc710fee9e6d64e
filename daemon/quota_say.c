/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an office that is slowed down must be able to read when, why, by which figure and until when. Nothing
 * is decided here.
 */
#include "quota_say.h"
#include "control.h"
#include "notify.h"
#include "../lib/units.h"

struct words { /* of a tale */
	char quota[UNITS_TEXT], used[UNITS_TEXT], down[UNITS_TEXT], up[UNITS_TEXT], month[8];
	char ends[CONTROL_TIME_TEXT], exempt[CONTROL_TIME_TEXT];
};

static struct words words_of(const struct quota_tale *tale)
{
	const struct policy_office *office = tale->office;
	struct words words;

	units_volume_human(office->quota_bytes, words.quota);
	units_volume_human(tale->used_bytes, words.used);
	units_rate_human(office->quota_throttle.down_bps, words.down);
	units_rate_human(office->quota_throttle.up_bps, words.up);
	quota_month_text(tale->month, words.month);
	control_time_text(quota_month_begin(tale->month + 1), words.ends);
	control_time_text(tale->exempt_until_wall_usec, words.exempt);
	return words;
}

static void say_restored(struct notify *notify, const struct quota_tale *tale, const struct words *words)
{
	const char *id = tale->office->id;

	if (tale->cause == QUOTA_CAUSE_MONTH)
		notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.restored", id, "",
			     "office %s: no longer throttled, it is %s", id, words->month);
	else if (tale->cause == QUOTA_CAUSE_CORRECTION)
		notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.restored", id, "",
			     "office %s: no longer throttled, corrected to %s of its quota of %s for %s", id,
			     words->used, words->quota, words->month);
	else if (!tale->office->quota_bytes || tale->office->quota_over != POLICY_OVER_THROTTLE)
		notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.restored", id, "",
			     "office %s: no longer throttled, it has no quota any more that throttles", id);
	else
		notify_event(
		    notify, POLICY_NOTIFY_QUOTA, "quota.restored", id, "",
		    "office %s: no longer throttled, its quota for %s is %s now and %s of it is used", id,
		    words->month, words->quota, words->used);
}

void quota_say(struct notify *notify, enum quota_say say, const struct quota_tale *tale)
{
	const struct words words = words_of(tale);
	const char *id = tale->office->id;

	switch (say) {
	case QUOTA_SAY_NOTHING:
		break;
	case QUOTA_SAY_NOTICE:
		notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.notice", id, "",
			     "office %s: %u %% of its quota of %s for %s is used: %s", id,
			     (unsigned)(quota_permille(tale->used_bytes, tale->office->quota_bytes) / 10),
			     words.quota, words.month, words.used);
		break;
	case QUOTA_SAY_OVER:
		notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.over", id, "",
			     "office %s: its quota of %s for %s is used up: %s; it is not throttled", id,
			     words.quota, words.month, words.used);
		break;
	case QUOTA_SAY_EXEMPT:
		notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.over", id, "",
			     "office %s: its quota of %s for %s is used up: %s; it is exempt until %s", id,
			     words.quota, words.month, words.used, words.exempt);
		break;
	case QUOTA_SAY_THROTTLE:
		notify_event(
		    notify, POLICY_NOTIFY_QUOTA, "quota.throttle", id, "",
		    "office %s: its quota of %s for %s is used up; throttled to %s down, %s up until %s", id,
		    words.quota, words.month, words.down, words.up, words.ends);
		break;
	case QUOTA_SAY_RESTORE:
		say_restored(notify, tale, &words);
		break;
	}
}

void quota_say_exempted(struct notify *notify, const struct ledger_exemption *exemption)
{
	char until[CONTROL_TIME_TEXT];

	notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.exempt", exemption->office, exemption->who,
		     "office %s: exempt from its quota until %s by %s: %s (exemption %jd)", exemption->office,
		     control_time_text(exemption->until_wall_usec, until), exemption->who, exemption->reason,
		     (intmax_t)exemption->id);
}

void quota_say_revoked(struct notify *notify, const struct ledger_exemption *exemption, const char *who)
{
	notify_event(notify, POLICY_NOTIFY_QUOTA, "quota.revoked", exemption->office, who,
		     "office %s: exemption %jd revoked by %s", exemption->office, (intmax_t)exemption->id,
		     who);
}
