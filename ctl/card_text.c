// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Times, durations and volumes as a visitor reads them on paper, in the site's language whatever the
 * terminal's is.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "card.h"

static const char *const months[CARD_LANGUAGES][12] = {
    {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
     "November", "Desember"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
     "November", "December"},
};

const char *card_time(const char *rfc3339, enum card_language language, char out[static CARD_TEXT])
{
	static const char *const forms[CARD_LANGUAGES] = {"%d %s %d pukul %02d.%02d", "%d %s %d, %02d:%02d"};
	int year, month, day, hour, minute;

	out[0] = '\0';
	if (!rfc3339 || sscanf(rfc3339, "%4d-%2d-%2dT%2d:%2d", &year, &month, &day, &hour, &minute) != 5 ||
	    month < 1 || month > 12)
		return out;
	snprintf(out, CARD_TEXT, forms[language], day, months[language][month - 1], year, hour, minute);
	return out;
}

/* The two largest units that are not 0; less than a minute is seconds. */
const char *card_duration(int64_t seconds, enum card_language language, char out[static CARD_TEXT])
{
	static const struct {
		int64_t seconds;
		const char *one[CARD_LANGUAGES], *many[CARD_LANGUAGES];
	} units[] = {{86400, {"hari", "day"}, {"hari", "days"}},
		     {3600, {"jam", "hour"}, {"jam", "hours"}},
		     {60, {"menit", "minute"}, {"menit", "minutes"}},
		     {1, {"detik", "second"}, {"detik", "seconds"}}};
	size_t length = 0;

	out[0] = '\0';
	for (size_t i = 0, shown = 0; i < ELEMENTS(units) && shown < 2; i++) {
		int64_t n = seconds / units[i].seconds;

		if (n <= 0)
			continue;
		seconds %= units[i].seconds;
		shown++;
		snprintf(out + length, CARD_TEXT - length, "%s%jd %s", length ? " " : "", (intmax_t)n,
			 n == 1 ? units[i].one[language] : units[i].many[language]);
		length = strlen(out);
	}
	return out;
}

const char *card_volume(int64_t bytes, enum card_language language, char out[static CARD_TEXT])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	int64_t scale = 1, hundredths;
	size_t unit = 0;

	while (unit + 1 < ELEMENTS(units) && bytes >= scale * 1000) {
		scale *= 1000;
		unit++;
	}
	hundredths = unit ? bytes % scale / (scale / 100) : 0;
	if (!hundredths)
		snprintf(out, CARD_TEXT, "%jd %s", (intmax_t)(bytes / scale), units[unit]);
	else
		snprintf(out, CARD_TEXT, hundredths % 10 ? "%jd%c%02jd %s" : "%jd%c%01jd %s",
			 (intmax_t)(bytes / scale), language == CARD_ID ? ',' : '.',
			 (intmax_t)(hundredths % 10 ? hundredths : hundredths / 10), units[unit]);
	return out;
}
