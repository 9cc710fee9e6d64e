/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the columns of the open data mean, in both languages: a key means the same in every table. Whoever opens a column
 * describes it here; one without a description gets two empty ones, and a test that fails.
 */
#include "document.h"

struct open_type { const char *type, *unit; };
const struct open_type *open_type(enum report_unit unit);
const struct open_type *open_type_fact(size_t column); /* what, value, unit */
const char *const *open_words(const char *key); /* [2]: id, en */
