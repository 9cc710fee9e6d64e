// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands in a chart's field: bars, upright or lying, and lines. Who prints without colour, or does not
 * see all of them, tells series apart by how dark they are, and lines by their dashes too.
 */
#include <math.h>
#include "chart_plot.h"

#define LYING_MOST 18.0 /* a bar is not thicker, however few there are */
#define UPRIGHT_MOST 36.0

/* Of Okabe and Ito (2008) those whose lightness differs most: 46, 71, 0 and 57 of 100. */
static const unsigned colours[] = {0x0072b2, 0xe69f00, 0x000000, 0x009e73};
static const struct {
	double on, off, width;
	bool points;
} strokes[] = {{0, 0, 1.2, true}, {6, 2.5, 1.8, false}, {0, 0, 1.2, true}, {2, 2, 1.8, false}};

/* ---- bars ---- */

/* One piece: `from` and `until` on the value axis, `at` and `thick` on the other. */
static void piece(struct plot *plot, size_t series, int64_t from, int64_t until, double at, double thick)
{
	const double one = plot_along(plot, from), two = plot_along(plot, until);

	if (from == until)
		return;
	if (plot->lying)
		plot_box(plot, one, at, two - one, thick, colours[series]);
	else
		plot_box(plot, at, two, thick, one - two, colours[series]);
}

static void bar(struct plot *plot, size_t row, double at, double thick)
{
	const bool stack = plot->chart->kind == REPORT_STACK;
	const size_t n = plot->chart->n_series;
	const double each = thick / (double)(stack ? 1 : n);
	int64_t below = 0;

	for (size_t i = 0; i < n; i++) {
		const int64_t high = plot_value(plot, row, i);

		piece(plot, i, below, below + high, at + (stack ? 0 : (double)i * each), each);
		below += stack ? high : 0;
	}
}

void plot_bars(struct plot *plot)
{
	const double slot = plot_slot(plot), begin = plot->lying ? plot->top : plot->left,
		     thick = MIN(slot * 0.78, plot->lying ? LYING_MOST : UPRIGHT_MOST);

	for (size_t row = 0; row < plot->n; row++)
		bar(plot, row, begin + ((double)row + 0.5) * slot - thick / 2, thick);
}

/* ---- lines ---- */

/* A piece of a series' line; `done`: how far its dashes have come. */
static void stroke(struct plot *plot, size_t series, const double from[2], const double to[2], double *done)
{
	const double on = strokes[series].on, each = on + strokes[series].off, x = to[0] - from[0],
		     y = to[1] - from[1], length = hypot(x, y);
	double next;

	if (on <= 0)
		plot_line(plot, from[0], from[1], to[0], to[1], strokes[series].width, colours[series]);
	for (double at = 0; on > 0 && at < length; at = next) {
		const double phase = fmod(*done + at, each);

		next = MIN(length, at + MAX((phase < on ? on : each) - phase, 0.1));
		if (phase < on)
			plot_line(plot, from[0] + x * at / length, from[1] + y * at / length,
				  from[0] + x * next / length, from[1] + y * next / length,
				  strokes[series].width, colours[series]);
	}
	*done += length;
}

static void point(struct plot *plot, size_t series, double x, double y)
{
	const double half = 1.4;

	plot_box(plot, x - half, y - half, 2 * half, 2 * half, colours[series]);
}

static bool is_known(const struct plot *plot, size_t row, size_t series)
{
	return row < plot->n && !plot_cell(plot, row, plot->chart->series[series])->absent;
}

/* A day that is not known makes a hole, not a line to the ground; one that stands alone is a point. */
static void series_line(struct plot *plot, size_t series)
{
	const double slot = plot_slot(plot);
	double done = 0;

	for (size_t row = 0; row < plot->n; row++) {
		const double from[2] = {plot->left + ((double)row + 0.5) * slot,
					plot_along(plot, plot_value(plot, row, series))};
		const bool before = row && is_known(plot, row - 1, series),
			   after = is_known(plot, row + 1, series);

		if (!is_known(plot, row, series))
			continue;
		if (after) {
			const double to[2] = {from[0] + slot,
					      plot_along(plot, plot_value(plot, row + 1, series))};

			stroke(plot, series, from, to, &done);
		}
		if (strokes[series].points || (!before && !after))
			point(plot, series, from[0], from[1]);
	}
}

void plot_lines(struct plot *plot)
{
	for (size_t i = plot->chart->n_series; i-- > 0;) /* the first one lies above */
		series_line(plot, i);
}

/* ---- the legend's ---- */

void plot_sample(struct plot *plot, size_t series, double x, double y)
{
	const double middle = y - CHART_TEXT_SIZE / 3, from[2] = {x, middle},
		     to[2] = {x + CHART_SAMPLE, middle};
	double done = 0;

	if (plot->chart->kind != REPORT_LINES) {
		plot_box(plot, x + CHART_SAMPLE - CHART_TEXT_SIZE, y - CHART_TEXT_SIZE + 1, CHART_TEXT_SIZE,
			 CHART_TEXT_SIZE - 1, colours[series]);
		return;
	}
	stroke(plot, series, from, to, &done);
	if (strokes[series].points)
		point(plot, series, x + CHART_SAMPLE / 2, middle);
}
