/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The month for the public (UU 14/2008 on public information, articles 9 and 11; what article 17 exempts is left out): only tables and columns
 * that are marked open: no names of persons, no addresses or devices, no reasons written by staff, no exact times of outages; counts of
 * visitors below OPEN_FEWEST are absent, so that nobody can be told apart. One JSON document, a CSV a table, and a dictionary of the data
 * in both languages (CSV: table, column, type, unit, description_id, description_en).
 */
#include <stdio.h>
#include "document.h"

#define OPEN_FEWEST 10
/* A copy with nothing but what is open. */
int open_document(const struct report_document *document, struct report_document **out);
int open_json(const struct report_document *open, FILE *out);
int open_dictionary(const struct report_document *open, FILE *out);
