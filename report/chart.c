// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where everything of a chart goes. It reads cells and knows no format: what it makes is lines, boxes and
 * texts. Values are whole numbers; only places on paper are fractions.
 */
#include "chart.h"
#include <errno.h>
#include <string.h>
#include "chart_plot.h"
#include "format.h"
#include "letters.h"

#define SIZE CHART_TEXT_SIZE
#define MARGIN 4.0
#define LABELS 12    /* at most so many along the x axis */
#define NAME_MOST 34 /* letters of a name beside a lying bar */
#define LINES_MOST 5 /* of the grid, besides that of 0 */
#define INK 0x222222u
#define GRID 0xd8d8d8u
#define VALUE_MOST (INT64_MAX / 16) /* so that four of them can be stacked, and their axis rounded up */

/* ---- values ---- */

const struct report_cell *plot_cell(const struct plot *plot, size_t row, size_t column)
{
	return &plot->table->cells[row * plot->table->n_columns + column];
}

int64_t plot_value(const struct plot *plot, size_t row, size_t series)
{
	const struct report_cell *at = plot_cell(plot, row, plot->chart->series[series]);

	return at->absent ? 0 : CLAMP(at->value, (int64_t)0, VALUE_MOST);
}

static int64_t highest(const struct plot *plot)
{
	int64_t most = 0, sum, value;

	for (size_t row = 0; row < plot->n; row++) {
		sum = 0;
		for (size_t i = 0; i < plot->chart->n_series; i++) {
			value = plot_value(plot, row, i);
			sum = plot->chart->kind == REPORT_STACK ? sum + value : MAX(sum, value);
		}
		most = MAX(most, sum);
	}
	return most;
}

/* Steps of 1, 2 or 5 times a power of ten, at most five of them; the axis ends at one. */
static void scale(struct plot *plot)
{
	static const int64_t steps[] = {2, 5, 10};
	const int64_t most = MAX(highest(plot), (int64_t)1);
	int64_t power = 1, step = 1;

	while (most > LINES_MOST * step) {
		for (size_t i = 0; i < ELEMENTS(steps) && most > LINES_MOST * step; i++)
			step = power * steps[i];
		power *= 10;
	}
	plot->step = step;
	plot->most = (most + step - 1) / step * step;
}

double plot_along(const struct plot *plot, int64_t at)
{
	const double part = (double)at / (double)plot->most;

	return plot->lying ? plot->left + part * (plot->right - plot->left)
			   : plot->bottom - part * (plot->bottom - plot->top);
}

double plot_slot(const struct plot *plot)
{
	const double size = plot->lying ? plot->bottom - plot->top : plot->right - plot->left;

	return size / (double)MAX(plot->n, (size_t)1);
}

/* An axis says no more decimals than its lines need, and money in millions. */
static const char *axis_text(const struct plot *plot, int64_t at, char out[static FORMAT_TEXT])
{
	const enum report_unit unit = plot->table->columns[plot->chart->series[0]].unit;
	char *end;

	if (unit == REPORT_RUPIAH && plot->step >= 1000000) {
		format_value(at / 1000000, REPORT_COUNT, plot->english, true, out);
		end = out + strlen(out);
		snprintf(end, FORMAT_TEXT - strlen(out), plot->english ? " M" : " jt");
		return out;
	}
	format_value(at, unit, plot->english, true, out);
	end = strstr(out, plot->english ? ".00" : ",00");
	if (end && (end[3] == '\0' || end[3] == ' '))
		memmove(end, end + 3, strlen(end + 3) + 1);
	return out;
}

/* ---- the frame ---- */

/* Returns how many lines it takes. */
static unsigned legend(struct plot *plot, bool draw)
{
	const struct report_chart *chart = plot->chart;
	double x = MARGIN, y = MARGIN + SIZE;
	unsigned lines = 1;

	for (size_t i = 0; i < chart->n_series; i++) {
		const char *name = plot->table->columns[chart->series[i]].title;
		const double wide = CHART_SAMPLE + 3 + plot_text_width(name) + 10;

		if (x > MARGIN && x + wide > plot->out->width) {
			x = MARGIN;
			y += SIZE + 3;
			lines++;
		}
		if (draw) {
			plot_sample(plot, i, x, y);
			plot_text(plot, x + CHART_SAMPLE + 3, y, CHART_LEFT, name);
		}
		x += wide;
	}
	return lines;
}

static double axis_width(const struct plot *plot)
{
	char words[FORMAT_TEXT];
	double most = 0;

	for (int64_t at = 0; at <= plot->most; at += plot->step) {
		const double wide = plot_text_width(axis_text(plot, at, words));

		most = MAX(most, wide);
	}
	return most + 4;
}

static void value_axis(struct plot *plot)
{
	char words[FORMAT_TEXT];

	for (int64_t at = 0; at <= plot->most; at += plot->step) {
		const double place = plot_along(plot, at);

		axis_text(plot, at, words);
		if (plot->lying) {
			plot_line(plot, place, plot->top, place, plot->bottom, 0.5, GRID);
			plot_text(plot, place, plot->bottom + SIZE + 2, CHART_CENTRE, words);
		} else {
			plot_line(plot, plot->left, place, plot->right, place, 0.5, GRID);
			plot_text(plot, plot->left - 3, place + SIZE / 3, CHART_RIGHT, words);
		}
	}
}

static void ground(struct plot *plot)
{
	if (plot->lying)
		plot_line(plot, plot->left, plot->top, plot->left, plot->bottom, 0.8, INK);
	else
		plot_line(plot, plot->left, plot->bottom, plot->right, plot->bottom, 0.8, INK);
}

/* ---- the rows' names ---- */

static size_t labels_step(const struct plot *plot)
{
	if (plot->lying || (plot->table->columns[plot->chart->label].unit == REPORT_DAY && plot->n <= 31))
		return 1;
	return MAX((plot->n + LABELS - 1) / LABELS, (size_t)1);
}

/* Letters of a label: below an upright chart no more than stand beside one another. */
static size_t label_most(const struct plot *plot)
{
	const double room = plot_slot(plot) * (double)labels_step(plot);

	return plot->lying ? NAME_MOST : MAX((size_t)(room / plot_text_width("x")), (size_t)3);
}

/* What stands below a day is its number: the month is in the title. */
static char *label(const struct plot *plot, size_t row)
{
	const enum report_unit unit = plot->table->columns[plot->chart->label].unit;
	char words[FORMAT_TEXT], *text, *space;

	text = letters_clean(
	    format_cell(plot_cell(plot, row, plot->chart->label), unit, plot->english, true, words),
	    unit == REPORT_TEXT ? label_most(plot) : NAME_MOST);
	for (space = text; space && (space = strchr(space, '\n')); space++)
		*space = ' ';
	space = text && unit == REPORT_DAY ? strchr(text, ' ') : NULL;
	if (space)
		*space = '\0';
	return text;
}

static double labels_width(struct plot *plot)
{
	double most = 0;

	for (size_t row = 0; row < plot->n; row++) {
		_cleanup_(freep) char *words = label(plot, row);
		const double wide = words ? plot_text_width(words) : 0;

		most = MAX(most, wide);
	}
	return most + 5;
}

static void labels(struct plot *plot)
{
	const double slot = plot_slot(plot);

	for (size_t row = 0; row < plot->n; row += labels_step(plot)) {
		_cleanup_(freep) char *words = label(plot, row);
		const double at = ((double)row + 0.5) * slot;

		if (!words)
			plot->error = -ENOMEM;
		else if (plot->lying)
			plot_text(plot, plot->left - 4, plot->top + at + SIZE / 3, CHART_RIGHT, words);
		else
			plot_text(plot, plot->left + at, plot->bottom + SIZE + 2, CHART_CENTRE, words);
	}
}

/* ---- all of it ---- */

static void lay_out(struct plot *plot)
{
	const struct chart *out = plot->out;

	plot->top = MARGIN + legend(plot, false) * (SIZE + 3) + 2 * MARGIN;
	plot->right = out->width - 4 * MARGIN;
	plot->bottom = MAX(out->height - MARGIN - SIZE - 4, plot->top + 1);
	plot->left = MARGIN + (plot->lying ? labels_width(plot) : axis_width(plot));
	plot->left = MIN(plot->left, out->width / 2);
}

static void draw(struct plot *plot)
{
	if (!plot->n) {
		plot_text(plot, plot->out->width / 2, plot->out->height / 2, CHART_CENTRE,
			  plot->english ? "No data" : "Tidak ada data");
		return;
	}
	legend(plot, true);
	value_axis(plot);
	if (plot->chart->kind == REPORT_LINES)
		plot_lines(plot);
	else
		plot_bars(plot);
	labels(plot);
	ground(plot);
}

static const struct report_table *table_of(const struct report_section *section,
					   const struct report_chart *chart)
{
	const struct report_block *block =
	    chart->table < section->n_blocks ? &section->blocks[chart->table] : NULL;

	return block && block->kind == REPORT_TABLE && chart->label < block->table.n_columns ? &block->table
											     : NULL;
}

static bool is_sound(const struct report_table *table, const struct report_chart *chart)
{
	if (!table || table->facts || chart->n_series == 0 || chart->n_series > ELEMENTS(chart->series))
		return false;
	for (size_t i = 0; i < chart->n_series; i++)
		if (chart->series[i] >= table->n_columns ||
		    table->columns[chart->series[i]].unit == REPORT_TEXT)
			return false;
	return true;
}

bool chart_is_lying(const struct report_section *section, const struct report_chart *chart)
{
	const struct report_table *table = table_of(section, chart);

	return table && table->columns[chart->label].unit == REPORT_TEXT && chart->kind != REPORT_LINES;
}

int chart_make(const struct report_section *section, const struct report_chart *chart, bool english,
	       double width, double height, struct chart **out)
{
	_cleanup_(chart_freep) struct chart *made = NULL;
	struct plot plot = {.chart = chart, .english = english, .table = table_of(section, chart)};

	if (!is_sound(plot.table, chart))
		return -EINVAL;
	made = calloc(1, sizeof(*made));
	if (!made)
		return -ENOMEM;
	made->width = width;
	made->height = height;
	plot.out = made;
	plot.n = chart->most ? MIN(chart->most, plot.table->n_rows) : plot.table->n_rows;
	plot.lying = chart_is_lying(section, chart);
	scale(&plot);
	lay_out(&plot);
	draw(&plot);
	if (plot.error)
		return plot.error;
	*out = made;
	made = NULL;
	return 0;
}

struct chart *chart_free(struct chart *chart)
{
	for (size_t i = 0; chart && i < chart->n; i++)
		free(chart->marks[i].text);
	if (chart)
		free(chart->marks);
	free(chart);
	return NULL;
}
