/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The parts of the page, inside of the HTML writer. A text reaches the file through html_text() or html_css_text() alone; what is written with
 * fputs() is this program's own.
 */
#include <stdio.h>
#include "document.h"

extern const char html_style[];

/* In an element or a quoted attribute. */
void html_text(FILE *out, const char *text);
/* Inside "..." in a style sheet. */
void html_css_text(FILE *out, const char *text);
void html_id(FILE *out, const char *prefix, const char *key);
void html_table(FILE *out, const struct report_table *table, bool english);
bool html_table_is_wide(const struct report_table *table);
/* 0 or -ENOMEM. */
int svg_chart(FILE *out, const struct report_section *section, const struct report_chart *chart, bool english);
/* 0 or -errno. */
int svg_qr(FILE *out, const char *text, const char *description);
/* A PNG as a data: address; nothing at all where it cannot be read, is none or is over 1 MB. */
void html_logo(FILE *out, const char *path);
