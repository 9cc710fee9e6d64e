/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rates, volumes and durations between text and numbers. Exact integer arithmetic: what a person writes is
 * what the kernel gets, or it is refused. It must never round an input, and never depend on the locale.
 */
#include "units.h"
#include "cleanup.h"
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

typedef unsigned __int128 u128;

struct unit {
	const char *name;
	uint64_t size;
};

/* Smallest first. */
static const struct unit rate_units[] = {
    {"bit", 1},
    {"kbit", 1000},
    {"Mbit", 1000000},
    {"Gbit", 1000000000},
};
static const struct unit volume_units[] = {
    {"B", 1}, {"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}, {"TB", 1000000000000},
};
/* People are told from seconds on: units_duration_human(). */
static const struct unit duration_units[] = {
    {"ms", (uint64_t)USEC_PER_MSEC}, {"s", (uint64_t)USEC_PER_SEC}, {"min", (uint64_t)USEC_PER_MINUTE},
    {"h", (uint64_t)USEC_PER_HOUR},  {"d", (uint64_t)USEC_PER_DAY},
};

/* value = digits / 10^decimals */
struct number {
	u128 digits;
	unsigned decimals;
	bool too_long;
};

/* More digits than this fit no result; a decimal part is cut of trailing zeros first, so "1.50000" is as good
 * as "1.5". */
#define DIGITS_MAX ((u128)10000000000 * 10000000000)

static void number_push(struct number *n, char digit)
{
	n->digits = n->digits * 10 + (unsigned)(digit - '0');
	if (n->digits >= DIGITS_MAX) {
		n->digits = DIGITS_MAX;
		n->too_long = true;
	}
}

static size_t digit_span(const char *text)
{
	return strspn(text, "0123456789");
}

/* Returns what follows the number, or NULL. */
static const char *number_parse(const char *text, struct number *out)
{
	struct number n = {0};
	size_t whole = digit_span(text), part;

	if (!whole)
		return NULL;
	for (size_t i = 0; i < whole; i++)
		number_push(&n, text[i]);
	text += whole;
	if (*text == '.') {
		size_t kept = part = digit_span(++text);

		if (!part)
			return NULL;
		while (kept && text[kept - 1] == '0')
			kept--;
		for (size_t i = 0; i < kept && !n.too_long; i++, n.decimals++)
			number_push(&n, text[i]);
		text += part;
	}
	*out = n;
	return text;
}

static const struct unit *unit_find(const struct unit *units, size_t n_units, const char *name)
{
	for (size_t i = 0; i < n_units; i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

static int units_parse(const char *text, const struct unit *units, size_t n_units, uint64_t max,
		       uint64_t *out)
{
	const struct unit *unit;
	struct number n;
	u128 value, divisor = 1;

	text = number_parse(text, &n);
	if (!text)
		return -EINVAL;
	unit = unit_find(units, n_units, text + (*text == ' '));
	if (!unit)
		return -EINVAL;
	if (n.too_long) /* a decimal part that long is not whole either */
		return n.decimals ? -EINVAL : -ERANGE;
	for (unsigned i = 0; i < n.decimals; i++)
		divisor *= 10;
	value = n.digits * unit->size; /* < 10^20 * 10^12: fits */
	if (value % divisor)
		return -EINVAL;
	value /= divisor;
	if (value > max)
		return -ERANGE;
	*out = (uint64_t)value;
	return 0;
}

int units_rate(const char *text, uint64_t *bps)
{
	uint64_t value;
	int r = units_parse(text, rate_units, ELEMENTS(rate_units), UINT64_MAX, &value);

	if (r < 0)
		return r;
	if (value == 0 || value % 8)
		return -EINVAL;
	*bps = value;
	return 0;
}

int units_volume(const char *text, uint64_t *bytes)
{
	return units_parse(text, volume_units, ELEMENTS(volume_units), UINT64_MAX, bytes);
}

int units_duration(const char *text, uint64_t *usec)
{
	return units_parse(text, duration_units, ELEMENTS(duration_units), INT64_MAX, usec);
}

/* "1.5 Gbit", without the zeros that say nothing. */
static void exact_text(uint64_t value, const struct unit *unit, char text[static UNITS_TEXT])
{
	uint64_t part = value % unit->size, scale = unit->size;

	if (!part) {
		snprintf(text, UNITS_TEXT, "%" PRIu64 " %s", value / unit->size, unit->name);
		return;
	}
	int decimals = 0;
	while (scale > 1) {
		scale /= 10;
		decimals++;
	}
	while (part % 10 == 0) {
		part /= 10;
		decimals--;
	}
	snprintf(text, UNITS_TEXT, "%" PRIu64 ".%0*" PRIu64 " %s", value / unit->size, decimals, part,
		 unit->name);
}

const char *units_rate_text(uint64_t bps, char text[static UNITS_TEXT])
{
	exact_text(bps, &rate_units[0], text);
	for (size_t i = 1; i < ELEMENTS(rate_units) && bps >= rate_units[i].size; i++) {
		char other[UNITS_TEXT];

		exact_text(bps, &rate_units[i], other);
		if (strlen(other) <= strlen(text))
			memcpy(text, other, sizeof(other));
	}
	return text;
}

/* value / size to `decimals` places, as an integer. */
static uint64_t scaled(uint64_t value, uint64_t size, int decimals)
{
	u128 v = value;

	while (decimals-- > 0)
		v *= 10;
	return (uint64_t)((v + size / 2) / size);
}

static const char *human(uint64_t value, const struct unit *units, size_t n_units, const char *suffix,
			 char text[static UNITS_TEXT])
{
	size_t u = 0;
	int decimals = 2;

	while (u + 1 < n_units && value >= units[u + 1].size)
		u++;
	while (decimals > 0 && scaled(value, units[u].size, decimals) >= 1000)
		decimals--;
	/* 999,999 reads "1.00 M", not "1000 k". */
	if (u + 1 < n_units && u > 0 && scaled(value, units[u].size, decimals) >= 1000) {
		u++;
		decimals = 2;
	}
	if (u == 0)
		decimals = 0;
	uint64_t shown = scaled(value, units[u].size, decimals);
	uint64_t base = decimals == 2 ? 100 : decimals == 1 ? 10 : 1;
	if (decimals)
		snprintf(text, UNITS_TEXT, "%" PRIu64 ".%0*" PRIu64 " %s%s", shown / base, decimals,
			 shown % base, units[u].name, suffix);
	else
		snprintf(text, UNITS_TEXT, "%" PRIu64 " %s%s", shown, units[u].name, suffix);
	return text;
}

const char *units_rate_human(uint64_t bps, char text[static UNITS_TEXT])
{
	return human(bps, rate_units, ELEMENTS(rate_units), "/s", text);
}

const char *units_volume_human(uint64_t bytes, char text[static UNITS_TEXT])
{
	return human(bytes, volume_units, ELEMENTS(volume_units), "", text);
}

/* The two largest units from seconds on, cut and not rounded: a guest is not promised a minute that is not
 * there. */
const char *units_duration_human(uint64_t usec, char text[static UNITS_TEXT])
{
	size_t u = ELEMENTS(duration_units) - 1;

	while (u > 1 && usec < duration_units[u].size)
		u--;
	uint64_t first = usec / duration_units[u].size;
	uint64_t second = u > 1 ? usec % duration_units[u].size / duration_units[u - 1].size : 0;
	if (second)
		snprintf(text, UNITS_TEXT, "%" PRIu64 " %s %" PRIu64 " %s", first, duration_units[u].name,
			 second, duration_units[u - 1].name);
	else
		snprintf(text, UNITS_TEXT, "%" PRIu64 " %s", first, duration_units[u].name);
	return text;
}
