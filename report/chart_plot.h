/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The inside of a chart: where its field is, and what its values are. chart.c makes the frame, chart_field.c what stands in it, chart_marks.c the marks of both.
 */
#include "chart.h"

#define CHART_TEXT_SIZE 7.0
#define CHART_SAMPLE 16.0 /* of a line, in the legend */

struct plot {
	const struct report_table *table;
	const struct report_chart *chart;
	bool english;
	struct chart *out;
	size_t room; /* for marks */
	int error;
	size_t n;     /* rows that are shown */
	int64_t most; /* of the value axis */
	int64_t step;
	double left, top, right, bottom; /* of the field */
	bool lying;			 /* names are long: bars lie, one below the other */
};

/* ---- chart_marks.c ---- */
void plot_line(struct plot *plot, double x, double y, double x2, double y2, double width, unsigned rgb);
void plot_box(struct plot *plot, double x, double y, double wide, double high, unsigned rgb);
void plot_text(struct plot *plot, double x, double y, enum chart_align align, const char *words);
/* How wide it will be, about: whoever draws has the letters. */
double plot_text_width(const char *words);

/* ---- chart.c ---- */
const struct report_cell *plot_cell(const struct plot *plot, size_t row, size_t column);
int64_t plot_value(const struct plot *plot, size_t row, size_t series); /* what is not known, and what is below nothing, has no height */
double plot_along(const struct plot *plot, int64_t at);		       /* the place of a value on its axis */
double plot_slot(const struct plot *plot);			       /* what each row has of the other one */

/* ---- chart_field.c ---- */
void plot_bars(struct plot *plot);
void plot_lines(struct plot *plot);
/* What a series looks like in the field: CHART_SAMPLE wide, on the text's baseline y. */
void plot_sample(struct plot *plot, size_t series, double x, double y);
