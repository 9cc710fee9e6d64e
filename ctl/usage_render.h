/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What usage.h found, for people: tables of at most TABLE_COLUMNS, in units, with decimal commas and the names of months in
 * Indonesian. Nothing is computed here that a script could not read from the same document.
 */
#include <jansson.h>
#include "../lib/units.h"
#include "table.h"
#include "words.h"

void render_usage(const json_t *document);	  /* a line a subject; all figures of one that is alone */
void render_usage_detail(const json_t *document); /* and tables of rates and of losses */
void render_series(const json_t *document);
void render_hosts(const json_t *document);
void render_lending(const json_t *document);
void render_busy(const json_t *document);
void render_uplink(const json_t *document);

/* ---- common parts: usage_cells.c ---- */

void usage_head(enum word title, const json_t *document); /* "Usage: November 2026, Diskominfo ..." */
void usage_note(enum word note);
const char *whose_text(const json_t *subject);  /* its id, or "unattributed" */
const char *whose_title(const json_t *subject); /* its name, that it was removed, or "" */
/* Cut and not rounded. */
const char *percent_text(const json_t *percent, int decimals, char text[static UNITS_TEXT]);

void cell_text(struct table *table, const char *text);
void cell_head(struct table *table, const enum word *words, size_t n);
void cell_volume(struct table *table, const json_t *bytes); /* with its sign */
void cell_rate(struct table *table, const json_t *bps);
void cell_rates(struct table *table, const json_t *row, const char *key); /* row.down.KEY/row.up.KEY */
void cell_volumes(struct table *table, const json_t *row, const char *key);
void cell_count(struct table *table, const json_t *count);
void cell_seconds(struct table *table, const json_t *seconds);
void cell_percent(struct table *table, enum colour colour, const json_t *percent, int decimals);
