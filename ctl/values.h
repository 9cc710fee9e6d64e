/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Values of the public JSON as short texts for tables. Each returns a text that lives as long as the value or
 * `out`.
 */
#include <stdbool.h>
#include <jansson.h>
#include "../lib/units.h"
#include "table.h"

#define VALUE_PAIR (2 * UNITS_TEXT + 2)

/* A copy in which no text holds a control character but line ends and tabs: a terminal would obey it. NULL: no memory. */
json_t *value_tame(const json_t *value);
const char *value_text(const json_t *object, const char *key); /* "-" where it is no text */
/* "39.8M", "200M", "1.24G": the heading names the unit. */
const char *value_rate(const json_t *value, char text[static UNITS_TEXT]);
const char *value_volume(const json_t *value, char text[static UNITS_TEXT]);
typedef const char *(*value_format)(const json_t *value, char text[static UNITS_TEXT]);
/* object.down.KEY and object.up.KEY: "40M/20M", or "40M" where both are the same. */
const char *value_pair(const json_t *object, const char *key, value_format format,
		       char out[static VALUE_PAIR]);
/* "2026-11-23T16:00:00+07:00" -> "2026-11-23 16:00"; seconds where they are not 0, or `exact`. */
const char *value_time(const char *rfc3339, bool exact, char out[static UNITS_TEXT]);
/* The time alone where the date is `today`'s. */
const char *value_near_time(const char *rfc3339, const char *today, char out[static UNITS_TEXT]);
/* "inside", "public", true, ...: the name in the JSON, and the word for people with its colour. */
const char *value_state_name(const json_t *value);
const char *value_state(const json_t *value, enum colour *colour);
