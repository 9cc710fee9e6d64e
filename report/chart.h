/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A chart as lines, boxes and texts in points, from a table's cells: laid out once, drawn by the SVG and by the PDF alike. Colours are told apart by
 * the colour-blind (Okabe and Ito 2008) and, in print without colour, by lightness; every series has a legend. The title and the
 * description are not in it: the writers put them beside it as words.
 */
#include "document.h"

enum chart_mark_kind { CHART_LINE, CHART_BOX, CHART_TEXT };
enum chart_align { CHART_LEFT, CHART_CENTRE, CHART_RIGHT };
struct chart_mark {
	enum chart_mark_kind kind;
	double x, y, x2, y2; /* LINE: to x2, y2. BOX: x2 wide, y2 high. TEXT: baseline at x, y */
	double width;	     /* LINE: of the stroke; TEXT: size of the letters */
	unsigned rgb;	     /* 0xRRGGBB */
	enum chart_align align;
	bool turned;	     /* TEXT: upwards, by 90 degrees */
	char *text;
};
struct chart { struct chart_mark *marks; size_t n; double width, height; };
/* 0, -ENOMEM, -EINVAL (the block is no table, a column that is not there or of texts). A table without rows: a chart that says so. */
int chart_make(const struct report_section *section, const struct report_chart *chart, bool english, double width, double height, struct chart **out);
/* Its bars lie, one below the other: the labels are names. */
bool chart_is_lying(const struct report_section *section, const struct report_chart *chart);
struct chart *chart_free(struct chart *chart);
DEFINE_CLEANUP(struct chart *, chart_free)
