/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: "every office with demand had its guarantee" is a promise that is proven or broken minute by minute.
 * What cannot be judged (a minute that was hardly measured, or without demand) is no shortfall, and is not
 * called one.
 */
#include "entitlement.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define MEASURED_LEAST_USEC (55 * USEC_PER_SEC)
#define ALWAYS_PERCENT 98 /* of the minute: readings are milliseconds off */
#define PRESSED_PERCENT 80
#define SHORT_PERCENT 95
#define WELL_MINUTES 5

void entitlement_add(struct entitlement *minute, const struct entitlement_sample *sample)
{
	minute->usec += sample->usec;
	minute->demand_usec += sample->demand ? sample->usec : 0;
	minute->pressed_usec += sample->pressed ? sample->usec : 0;
	minute->entitled_bits += MIN(sample->guaranteed_bits, sample->able_bits);
	minute->got_bits += sample->got_bits;
}

static uint64_t rate_of(uint64_t bits, int64_t usec)
{
	return usec > 0 ? (uint64_t)((double)bits * USEC_PER_SEC / (double)usec) : 0;
}

static bool is_short(const struct entitlement *minute)
{
	return minute->usec >= MEASURED_LEAST_USEC &&
	       minute->demand_usec >= minute->usec / 100 * ALWAYS_PERCENT &&
	       minute->pressed_usec >= minute->usec / 100 * PRESSED_PERCENT &&
	       minute->got_bits < minute->entitled_bits / 100 * SHORT_PERCENT;
}

struct entitlement_minute entitlement_end(struct entitlement *minute)
{
	const struct entitlement_minute was = {.is_short = is_short(minute),
					       .achieved_bps = rate_of(minute->got_bits, minute->usec),
					       .entitled_bps = rate_of(minute->entitled_bits, minute->usec)};

	*minute = (struct entitlement){0};
	return was;
}

enum entitlement_news entitlement_alarm(struct entitlement_alarm *alarm, bool was_short)
{
	if (was_short) {
		const bool first = !alarm->raised;

		*alarm = (struct entitlement_alarm){.raised = true};
		return first ? ENTITLEMENT_RAISED : ENTITLEMENT_NOTHING;
	}
	if (!alarm->raised || ++alarm->well < WELL_MINUTES)
		return ENTITLEMENT_NOTHING;
	*alarm = (struct entitlement_alarm){0};
	return ENTITLEMENT_OVER;
}
