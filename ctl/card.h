/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One voucher as it is printed: a card of CARD_WIDTH by CARD_HEIGHT points.
 */
#include <cairo.h>
#include <jansson.h>

#define MM (72 / 25.4)
#define CARD_WIDTH (90 * MM)
#define CARD_HEIGHT (54 * MM)

enum card_language { CARD_ID, CARD_EN, CARD_LANGUAGES };
#define CARD_TEXT 96

/* At the origin of `cr`. */
void card_draw(cairo_t *cr, const char *site, enum card_language language, const json_t *voucher);

/* A line of text at (x, y), its top left, or around x where it is centred; cut with an ellipsis behind
 * `lines` lines. The y below it. `font` as Pango writes it: "sans bold 8". */
double card_text(cairo_t *cr, double x, double y, double width, int lines, const char *font,
		 const char *text);

/* "23 Desember 2026 pukul 14.35", "23 December 2026, 14:35"; "" where it is no time */
const char *card_time(const char *rfc3339, enum card_language language, char out[static CARD_TEXT]);
/* "2 jam 30 menit", "1 hari" */
const char *card_duration(int64_t seconds, enum card_language language, char out[static CARD_TEXT]);
/* "1,5 GB", "500 MB" */
const char *card_volume(int64_t bytes, enum card_language language, char out[static CARD_TEXT]);
