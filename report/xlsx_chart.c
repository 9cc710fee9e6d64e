// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A chart that the spreadsheet draws itself, from the cells of its table: whoever changes a figure sees it
 * move. Colours are those that the colour-blind tell apart (Okabe and Ito 2008).
 */
#include "format.h"
#include "letters.h"
#include "xlsx.h"

static const lxw_color_t colours[] = {0x0072B2, 0xE69F00, 0x009E73, 0x56B4E9};
#define TITLE_LETTERS 200

/* Names of places, bars lie: there is room for a long name. */
static uint8_t kind_of(const struct report_table *table, const struct report_chart *chart)
{
	bool names = table->columns[chart->label].unit == REPORT_TEXT;

	switch (chart->kind) {
	case REPORT_BARS:
		return names ? LXW_CHART_BAR : LXW_CHART_COLUMN;
	case REPORT_STACK:
		return names ? LXW_CHART_BAR_STACKED : LXW_CHART_COLUMN_STACKED;
	case REPORT_LINES:
		break;
	}
	return LXW_CHART_LINE;
}

static void colour(lxw_chart_series *series, size_t i, bool line)
{
	lxw_chart_line stroke = {.color = colours[i % ELEMENTS(colours)], .width = 2.25};
	lxw_chart_fill fill = {.color = colours[i % ELEMENTS(colours)]};

	if (line)
		chart_series_set_line(series, &stroke);
	else
		chart_series_set_fill(series, &fill);
}

/* A title that begins with "=" would be taken for a reference to a cell. */
static void name(struct xlsx *x, lxw_chart *native, const char *title)
{
	_cleanup_(freep) char *clean = letters_clean(title ? title : "", TITLE_LETTERS);
	_cleanup_(freep) char *safe = NULL;
	lxw_chart_font font = {.bold = LXW_TRUE, .size = 12};

	if (!clean || asprintf(&safe, "%s%s", clean[0] == '=' ? " " : "", clean) < 0) {
		safe = NULL;
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	chart_title_set_name(native, safe);
	chart_title_set_name_font(native, &font);
}

static void add_series(struct xlsx *x, lxw_chart *native, const struct xlsx_place *place,
		       const struct report_table *table, const struct report_chart *chart, size_t i)
{
	const char *sheet = x->plan->sheets[place->sheet].name;
	lxw_chart_series *series = chart_add_series(native, NULL, NULL);
	lxw_row_t first = xlsx_table_first(table, place->row);
	lxw_col_t label = (lxw_col_t)chart->label, column = (lxw_col_t)chart->series[i];
	size_t rows = table->group >= 0 ? report_group_end(table, 0) : table->n_rows;

	if (!series) {
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	if (chart->most)
		rows = MIN(rows, chart->most);
	chart_series_set_categories(series, sheet, first, label, first + (lxw_row_t)rows - 1, label);
	chart_series_set_values(series, sheet, first, column, first + (lxw_row_t)rows - 1, column);
	chart_series_set_name_range(series, sheet, first - 1, column);
	colour(series, i, chart->kind == REPORT_LINES);
}

/* Without years on the axis: all is of one month. */
static void dress(lxw_chart *native, const struct report_table *table, const struct report_chart *chart,
		  bool english)
{
	enum report_unit label = table->columns[chart->label].unit,
			 value = table->columns[chart->series[0]].unit;
	bool lying = label == REPORT_TEXT && chart->kind != REPORT_LINES;
	/* Of lying bars the library's y axis is that of the names. */
	lxw_chart_axis *names = lying ? native->y_axis : native->x_axis,
		       *values = lying ? native->x_axis : native->y_axis;

	if (label == REPORT_DAY)
		chart_axis_set_num_format(names, "d");
	else if (label != REPORT_TEXT)
		chart_axis_set_num_format(names, xlsx_number_format(label, english));
	if (lying) {
		chart_axis_set_reverse(names);
		chart_axis_set_label_position(values, LXW_CHART_AXIS_LABEL_POSITION_HIGH);
	}
	if (xlsx_number_format(value, english))
		chart_axis_set_num_format(values, xlsx_number_format(value, english));
	chart_legend_set_position(native, LXW_CHART_LEGEND_BOTTOM);
}

static bool is_drawable(const struct report_section *section, const struct report_chart *chart)
{
	const struct report_table *table;

	if (chart->table >= section->n_blocks || section->blocks[chart->table].kind != REPORT_TABLE)
		return false;
	table = &section->blocks[chart->table].table;
	if (table->facts || table->n_rows == 0 || chart->n_series == 0 || chart->label >= table->n_columns)
		return false;
	for (size_t i = 0; i < chart->n_series; i++)
		if (chart->series[i] >= table->n_columns)
			return false;
	return true;
}

void xlsx_chart(struct xlsx *x, size_t section, size_t block)
{
	const struct report_section *from = &x->document->sections[section];
	const struct report_chart *chart = &from->blocks[block].chart;
	const struct xlsx_place *at = &x->plan->places[section][block], *place;
	const struct report_table *table;
	lxw_chart_options options = {.x_scale = 1.5, .y_scale = 1.2};
	_cleanup_(freep) char *description = NULL;
	lxw_chart *native;

	if (!is_drawable(from, chart))
		return;
	table = &from->blocks[chart->table].table;
	place = &x->plan->places[section][chart->table];
	native = workbook_add_chart(x->book, kind_of(table, chart));
	description = letters_clean(chart->description ? chart->description : "", XLSX_LETTERS);
	if (!native || !description) {
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	for (size_t i = 0; i < chart->n_series; i++)
		add_series(x, native, place, table, chart, i);
	name(x, native, chart->title);
	dress(native, table, chart, x->document->english);
	options.description = description;
	xlsx_note(x,
		  worksheet_insert_chart_opt(x->plan->sheets[at->sheet].paper, at->row, 0, native, &options));
}
