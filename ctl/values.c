// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One JSON value to the text of one cell. A value that is not there, or is of another kind than expected, is
 * "-": what the daemon sends is shown, not trusted.
 */
#include <stdio.h>
#include <string.h>
#include "values.h"
#include "words.h"

const char *value_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "-";
}

/* "39.8 Mbit/s" -> "39.8M", "200 Mbit/s" -> "200M", "1.24 GB" -> "1.24G": the heading names the unit. */
static const char *shorten(char text[static UNITS_TEXT])
{
	char *space = strchr(text, ' '), *end = space;

	if (!space)
		return word_decimal(text);
	if (memchr(text, '.', (size_t)(space - text))) {
		while (end[-1] == '0')
			end--;
		if (end[-1] == '.')
			end--;
	}
	if (strchr("kMGT", space[1]) && space[1])
		*end++ = space[1];
	*end = '\0';
	return word_decimal(text);
}

const char *value_rate(const json_t *value, char text[static UNITS_TEXT])
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return "-";
	units_rate_human((uint64_t)json_integer_value(value), text);
	return shorten(text);
}

const char *value_volume(const json_t *value, char text[static UNITS_TEXT])
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return "-";
	units_volume_human((uint64_t)json_integer_value(value), text);
	return shorten(text);
}

static const char *join_pair(const char *down, const char *up, char out[static VALUE_PAIR])
{
	if (strcmp(down, up) == 0)
		snprintf(out, VALUE_PAIR, "%s", down);
	else
		snprintf(out, VALUE_PAIR, "%s/%s", down, up);
	return out;
}

/* object.down.key and object.up.key */
const char *value_pair(const json_t *object, const char *key, value_format shorten_value,
		       char out[static VALUE_PAIR])
{
	char down[UNITS_TEXT], up[UNITS_TEXT];

	return join_pair(shorten_value(json_object_get(json_object_get(object, "down"), key), down),
			 shorten_value(json_object_get(json_object_get(object, "up"), key), up), out);
}

/* "2026-11-23T16:00:00+07:00" -> "2026-11-23 16:00", with seconds where they are not 0 or `exact`. */
const char *value_time(const char *rfc3339, bool exact, char out[static UNITS_TEXT])
{
	if (!rfc3339 || strlen(rfc3339) < 19 || rfc3339[10] != 'T')
		return rfc3339 ? rfc3339 : "-";
	snprintf(out, UNITS_TEXT, "%.10s %.*s", rfc3339, exact || memcmp(rfc3339 + 16, ":00", 3) != 0 ? 8 : 5,
		 rfc3339 + 11);
	return out;
}

/* The time alone where the date is `today`'s. */
const char *value_near_time(const char *rfc3339, const char *today, char out[static UNITS_TEXT])
{
	const char *text = value_time(rfc3339, false, out);

	if (text == out && today && strlen(today) >= 10 && memcmp(out, today, 10) == 0)
		return out + 11;
	return text;
}

/* ---- states ---- */

static const struct {
	const char *name;
	enum word word;
	enum colour colour;
} states[] = {
    {"inside", WORD_INSIDE, COLOUR_GOOD},
    {"outside", WORD_OUTSIDE, COLOUR_QUIET},
    {"throttled", WORD_THROTTLED, COLOUR_WARN},
    {"office", WORD_PHASE_OFFICE, COLOUR_GOOD},
    {"public", WORD_PHASE_PUBLIC, COLOUR_GOOD},
    {"true", WORD_OPEN, COLOUR_GOOD},
    {"false", WORD_CLOSED, COLOUR_QUIET},
    {"zone-open", WORD_ZONE_OPENED, COLOUR_WARN},
    {"zone-closed", WORD_ZONE_CLOSED, COLOUR_WARN},
    {"office-inside", WORD_OVERTIME, COLOUR_WARN},
    {"claims the gateway's address", WORD_TAKES_GATEWAY, COLOUR_WARN},
    {"uses the gateway's own MAC", WORD_TAKES_MAC, COLOUR_WARN},
    {"claims an address that another device uses", WORD_TAKES_ADDRESS, COLOUR_WARN},
    {"shares its MAC with another", WORD_SHARES_MAC, COLOUR_WARN},
    {"sends router advertisements", WORD_PLAYS_ROUTER, COLOUR_WARN},
    {"sends redirects as a router does", WORD_REDIRECTS, COLOUR_WARN},
    {"answers DHCP requests", WORD_PLAYS_DHCP, COLOUR_WARN},
    {"high", WORD_HIGH, COLOUR_NONE},
    {"normal", WORD_NORMAL, COLOUR_NONE},
    {"low", WORD_LOW, COLOUR_NONE},
    {"no delay", WORD_PROBE_WELL, COLOUR_GOOD},
    {"delay", WORD_PROBE_LATE, COLOUR_BAD},
    {"unsure", WORD_PROBE_UNSURE, COLOUR_QUIET},
    {"no answer", WORD_PROBE_SILENT, COLOUR_BAD},
    {"no cake in this kernel", WORD_LEAF_NO_CAKE, COLOUR_NONE},
    {"neither cake nor fq_codel in this kernel", WORD_LEAF_NO_FQ, COLOUR_NONE},
    {"the kernel has it", WORD_LEAF_BEST, COLOUR_NONE},
    {"uplink.queue says so", WORD_LEAF_SAID, COLOUR_NONE},
    {"none", WORD_STAGE_NONE, COLOUR_GOOD},
    {"noticed", WORD_STAGE_NOTICED, COLOUR_WARN},
    {"over", WORD_STAGE_OVER, COLOUR_BAD},
    {"unused", WORD_UNUSED, COLOUR_GOOD},
    {"in use", WORD_IN_USE, COLOUR_GOOD},
    {"spent", WORD_SPENT, COLOUR_QUIET},
    {"expired", WORD_EXPIRED, COLOUR_QUIET},
    {"revoked", WORD_REVOKED, COLOUR_WARN},
};

const char *value_state_name(const json_t *value)
{
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	return json_is_string(value) ? json_string_value(value) : "-";
}

const char *value_state(const json_t *value, enum colour *colour)
{
	const char *name = value_state_name(value);

	*colour = COLOUR_NONE;
	for (size_t i = 0; i < ELEMENTS(states); i++) {
		if (strcmp(states[i].name, name) == 0) {
			*colour = states[i].colour;
			return word(states[i].word);
		}
	}
	return name;
}

static json_t *tame_text(const json_t *text)
{
	json_t *copy = json_stringn(json_string_value(text), json_string_length(text));

	for (char *c = (char *)json_string_value(copy); c && *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
			*c = '?';
	return copy;
}

json_t *value_tame(const json_t *value)
{
	json_t *copy, *item;
	const char *key;
	size_t i;

	if (json_is_string(value))
		return tame_text(value);
	if (!json_is_array(value) && !json_is_object(value))
		return json_deep_copy(value);
	copy = json_copy((json_t *)value);
	json_array_foreach(copy, i, item) json_array_set_new(copy, i, value_tame(item));
	json_object_foreach(copy, key, item) json_object_set_new(copy, key, value_tame(item));
	return copy;
}
