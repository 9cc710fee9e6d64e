/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: hours and totals are only worth what their rows add up to. One walk through a day's rows judges each
 * of them, adds them up by hour and day, and hashes them.
 */
#include "verify.h"
#include <errno.h>
#include <string.h>
#include "civil.h"
#include "seal.h"
#include "../lib/clock.h"
#include "../lib/units.h"

/* ---- sums by subject ---- */

int tally_new(struct tally *tally, size_t n)
{
	*tally = (struct tally){calloc(n, sizeof(*tally->by)), calloc(n, 1), n};
	if (tally->by && tally->there)
		return 0;
	tally_done(tally);
	return -ENOMEM;
}

void tally_done(struct tally *tally)
{
	free(tally->by);
	free(tally->there);
	*tally = (struct tally){0};
}

void tally_clear(struct tally *tally)
{
	for (size_t i = 0; i < tally->n; i++)
		if (tally->there[i])
			tally->by[i] = (struct usage){0};
	memset(tally->there, 0, tally->n);
}

/* What was tampered with may add up to anything: it wraps. */
void tally_add(struct tally *tally, int64_t number, const struct usage *usage)
{
	int64_t *sum = tally->by[number].values;

	tally->there[number] = 1;
	for (size_t i = 0; i < USAGE_VALUES; i++)
		sum[i] = (int64_t)((uint64_t)sum[i] + (uint64_t)usage->values[i]);
}

/* ---- a table's rows against the sums ---- */

struct compare {
	struct verify *verify;
	enum ledger_grain grain;
	int32_t day;
	struct tally *tally;
	const char *what;
	uint64_t *n;
};

static const char *const grains[USAGE_GRAINS] = {"row", "hour", "day", "month"};

#define PLACE_TEXT (SUBJECT_TEXT + CLOCK_TEXT + 8)
static const char *place_of(const struct compare *compare, int64_t key, char text[static PLACE_TEXT])
{
	char when[CLOCK_TEXT] = "", who[SUBJECT_TEXT];

	if (compare->grain == LEDGER_HOURS)
		clock_text(usage_at(key) * USEC_PER_SEC, when);
	else if (compare->grain == LEDGER_MONTHS)
		civil_month_text(usage_at(key), when);
	else
		civil_day_text(usage_at(key), when);
	subject_text(subject_at(&compare->verify->subjects, usage_number(key)), who);
	snprintf(text, PLACE_TEXT, "%s, %s", when, who);
	return text;
}

static int on_compared(int64_t key, const struct usage *usage, void *userdata)
{
	struct compare *compare = userdata;
	size_t number = (size_t)usage_number(key);
	const struct tally *tally = compare->tally;
	char place[PLACE_TEXT];

	++*compare->n;
	if (number >= tally->n || !tally->there[number])
		return verify_found(compare->verify, LEDGER_FOUND_SUM, compare->day,
				    "%s: the %s has a row, its %s have none", place_of(compare, key, place),
				    grains[compare->grain], compare->what);
	tally->there[number] = 2;
	for (int i = 0; i < USAGE_VALUES; i++) {
		int64_t sum = tally->by[number].values[i], held = usage->values[i];

		if (held != sum && !usage_is_state((enum usage_value)i))
			return verify_found(compare->verify, LEDGER_FOUND_SUM, compare->day,
					    "%s, %s: the %s add up to %jd, the %s holds %jd",
					    place_of(compare, key, place), usage_name((enum usage_value)i),
					    compare->what, (intmax_t)sum, grains[compare->grain],
					    (intmax_t)held);
	}
	return 0;
}

int verify_compare(struct verify *verify, enum ledger_grain grain, int64_t at, int32_t day,
		   struct tally *tally, const char *what, uint64_t *n)
{
	struct compare compare = {verify, grain, day, tally, what, n};
	char place[PLACE_TEXT];
	int r = usage_of(verify->ledger, grain, at, on_compared, &compare);

	for (size_t i = 0; r == 0 && i < tally->n; i++)
		if (tally->there[i] == 1)
			r = verify_found(verify, LEDGER_FOUND_SUM, day, "%s: there are %s, the %s has no row",
					 place_of(&compare, USAGE_KEY(at, i), place), what, grains[grain]);
	return r;
}

/* ---- a day's rows ---- */

struct rows {
	struct verify *verify;
	int32_t day;
	struct seal seal;
};

/* The hour's sums; they are few, and come in order. */
static struct tally *hour_of(struct verify *verify, int64_t hour)
{
	struct verify_hour *more;

	for (size_t i = verify->n_hours; i-- > 0;)
		if (verify->by_hour[i].hour == hour)
			return &verify->by_hour[i].tally;
	if (verify->n_hours == verify->room_hours) {
		more = realloc(verify->by_hour, (verify->room_hours + 1) * sizeof(*more));
		if (!more)
			return NULL;
		verify->by_hour = more;
		if (tally_new(&more[verify->room_hours].tally, verify->subjects.n) < 0)
			return NULL;
		verify->room_hours++;
	}
	more = &verify->by_hour[verify->n_hours++];
	more->hour = hour;
	tally_clear(&more->tally);
	return &more->tally;
}

static const char *wrong_with(const struct usage *usage)
{
	for (size_t i = 0; i < USAGE_VALUES; i++)
		if (usage->values[i] < 0)
			return "a figure is below 0";
	for (int way = USAGE_DOWN; way <= USAGE_UP; way += USAGE_FLOW) {
		if (usage->values[way + USAGE_LATE] > usage->values[way + USAGE_BYTES])
			return "more bytes were late than there were";
		if (usage->values[way + USAGE_BORROWED] > usage->values[way + USAGE_BYTES])
			return "more bytes were borrowed than there were";
	}
	return NULL;
}

static int on_row(int64_t key, int64_t hour, const struct usage *usage, void *userdata)
{
	struct rows *rows = userdata;
	struct verify *verify = rows->verify;
	const struct subject *subject = subject_at(&verify->subjects, usage_number(key));
	const char *wrong = subject ? wrong_with(usage) : "there is no such subject";
	char when[CLOCK_TEXT], who[SUBJECT_TEXT];
	struct tally *tally;

	verify->out->rows++;
	seal_usage(&rows->seal, usage_at(key), subject, usage);
	if (subject) {
		tally = hour_of(verify, hour);
		if (!tally)
			return -ENOMEM;
		tally_add(tally, usage_number(key), usage);
		tally_add(&verify->day, usage_number(key), usage);
	}
	if (!wrong)
		return 0;
	return verify_found(verify, LEDGER_FOUND_ROW, rows->day, "%s, %s: %s",
			    clock_text(usage_at(key) * USEC_PER_SEC, when), subject_text(subject, who),
			    wrong);
}

int verify_rows(struct verify *verify, int32_t day, uint8_t digest[static LEDGER_DIGEST])
{
	struct rows rows = {.verify = verify, .day = day};
	int r;

	seal_begin(&rows.seal);
	tally_clear(&verify->day);
	verify->n_hours = 0;
	r = seal_walk(verify->ledger, day, on_row, &rows);
	seal_end(&rows.seal, digest);
	for (size_t i = 0; r == 0 && i < verify->n_hours; i++)
		r = verify_compare(verify, LEDGER_HOURS, verify->by_hour[i].hour, day,
				   &verify->by_hour[i].tally, "rows", &verify->hours);
	return r == 0 ? verify_compare(verify, LEDGER_DAYS, day, day, &verify->day, "rows", &verify->days)
		      : r;
}
