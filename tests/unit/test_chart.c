// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves where a chart's marks are: nothing leaves its paper whatever the values are, bars are as long as
 * their values, what is not known is a hole, series are told apart without colour, and a chart of what is no
 * table is refused.
 */
#include "../../report/chart.h"
#include <check.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#define WIDTH 480.0
#define HEIGHT 200.0
#define DAY 20758 /* 2026-11-01 */

struct made {
	struct report_document *document;
	struct chart *chart;
};

/* A table: a day or a name, and values; INT64_MIN: not known. */
static struct report_document *document_of(enum report_unit label, enum report_unit unit, size_t rows,
					   size_t series, const int64_t *values)
{
	struct report_build build = {.document = calloc(1, sizeof(struct report_document))};
	struct report_column columns[5] = {{.key = "label", .title = (char *)"Nama", .unit = label}};
	char name[100];

	for (size_t i = 1; i < 5; i++)
		columns[i] =
		    (struct report_column){.key = "value", .title = (char *)"Unduh (GB)", .unit = unit};
	build_section(&build, "a", "A", "A");
	build_table(
	    &build,
	    &(struct report_table){
		.key = "t", .title = (char *)"T", .columns = columns, .n_columns = 1 + series, .group = -1});
	for (size_t row = 0; row < rows; row++) {
		struct report_cell cells[5];

		snprintf(name, sizeof(name), "Dinas yang namanya panjang sekali nomor %zu", row);
		cells[0] = label == REPORT_TEXT ? cell_text(name) : cell(DAY + (int64_t)row);
		for (size_t i = 0; i < series; i++)
			cells[1 + i] =
			    cell_if(values[row * series + i] != INT64_MIN, values[row * series + i]);
		build_row(&build, cells, 1 + series);
	}
	ck_assert_int_eq(build.error, 0);
	return build.document;
}

static struct made make(enum report_chart_kind kind, enum report_unit label, enum report_unit unit,
			size_t rows, size_t series, const int64_t *values)
{
	struct made made = {.document = document_of(label, unit, rows, series, values)};
	const struct report_chart chart = {
	    .kind = kind, .title = (char *)"T", .series = {1, 2, 3, 4}, .n_series = series};

	ck_assert_int_eq(chart_make(&made.document->sections[0], &chart, false, WIDTH, HEIGHT, &made.chart),
			 0);
	return made;
}

static void unmake(struct made *made)
{
	chart_free(made->chart);
	report_document_free(made->document);
}

static void ck_inside(const struct chart *chart)
{
	for (size_t i = 0; i < chart->n; i++) {
		const struct chart_mark *mark = &chart->marks[i];
		const double x = mark->kind == CHART_BOX    ? mark->x + mark->x2
				 : mark->kind == CHART_LINE ? mark->x2
							    : mark->x,
			     y = mark->kind == CHART_BOX    ? mark->y + mark->y2
				 : mark->kind == CHART_LINE ? mark->y2
							    : mark->y;

		ck_assert(isfinite(mark->x) && isfinite(mark->y) && isfinite(x) && isfinite(y));
		ck_assert(mark->x >= 0 && mark->y >= 0 && x >= 0 && y >= 0);
		ck_assert(mark->x <= WIDTH && mark->y <= HEIGHT && x <= WIDTH && y <= HEIGHT);
		if (mark->kind == CHART_BOX)
			ck_assert(mark->x2 >= 0 && mark->y2 >= 0);
	}
}

static bool has_text(const struct chart *chart, const char *text)
{
	for (size_t i = 0; i < chart->n; i++)
		if (chart->marks[i].kind == CHART_TEXT && !strcmp(chart->marks[i].text, text))
			return true;
	return false;
}

/* The boxes after the legend's, in the order of rows and series. */
static size_t bars_of(const struct chart *chart, size_t series, const struct chart_mark **out, size_t most)
{
	size_t n = 0, skip = series;

	for (size_t i = 0; i < chart->n; i++)
		if (chart->marks[i].kind == CHART_BOX && !(skip && skip--) && n < most)
			out[n++] = &chart->marks[i];
	return n;
}

START_TEST(bars_are_as_long_as_their_values)
{
	const int64_t values[] = {10000000000, 20000000000, 0, 40000000000};
	struct made made = make(REPORT_BARS, REPORT_DAY, REPORT_BYTES, 4, 1, values);
	const struct chart_mark *bars[4];

	ck_assert_uint_eq(bars_of(made.chart, 1, bars, 4), 3); /* nothing is no bar */
	ck_assert_double_eq_tol(bars[1]->y2, 2 * bars[0]->y2, 0.01);
	ck_assert_double_eq_tol(bars[2]->y2, 4 * bars[0]->y2, 0.01);
	ck_assert_double_eq_tol(bars[0]->y + bars[0]->y2, bars[2]->y + bars[2]->y2, 0.01); /* one ground */
	ck_assert(has_text(made.chart, "0") && has_text(made.chart, "40") && has_text(made.chart, "10"));
	ck_assert(has_text(made.chart, "1") && has_text(made.chart, "4"));
	ck_assert(has_text(made.chart, "Unduh (GB)"));
	ck_inside(made.chart);
	unmake(&made);
}
END_TEST

START_TEST(a_stack_is_the_sum)
{
	const int64_t values[] = {10, 30, 20, 20};
	struct made made = make(REPORT_STACK, REPORT_TEXT, REPORT_COUNT, 2, 2, values);
	const struct chart_mark *bars[4];

	ck_assert_uint_eq(bars_of(made.chart, 2, bars, 4), 4);
	ck_assert_double_eq_tol(bars[0]->x + bars[0]->x2, bars[1]->x, 0.01); /* one behind the other */
	ck_assert_double_eq_tol(bars[1]->x2, 3 * bars[0]->x2, 0.01);
	ck_assert_double_eq_tol(bars[1]->x + bars[1]->x2, bars[3]->x + bars[3]->x2, 0.01);
	ck_assert(bars[2]->y >= bars[0]->y + bars[0]->y2); /* they lie, one below the other */
	ck_assert(has_text(made.chart, "Dinas yang namanya panjang sekali…"));
	ck_inside(made.chart);
	unmake(&made);
}
END_TEST

static size_t lines_coloured(const struct chart *chart, unsigned rgb)
{
	size_t n = 0;

	for (size_t i = 0; i < chart->n; i++)
		n += chart->marks[i].kind == CHART_LINE && chart->marks[i].rgb == rgb;
	return n;
}

START_TEST(what_is_not_known_is_a_hole)
{
	const int64_t known[] = {5, 5, 5, 5, 5}, hole[] = {5, 5, INT64_MIN, 5, 5};
	struct made whole = make(REPORT_LINES, REPORT_DAY, REPORT_COUNT, 5, 1, known),
		    broken = make(REPORT_LINES, REPORT_DAY, REPORT_COUNT, 5, 1, hole);
	const unsigned rgb = 0x0072b2;

	ck_assert_uint_eq(lines_coloured(whole.chart, rgb), 1 + 4); /* the legend's, and between five days */
	ck_assert_uint_eq(lines_coloured(broken.chart, rgb), 1 + 2);
	ck_inside(broken.chart);
	unmake(&whole);
	unmake(&broken);
}
END_TEST

START_TEST(any_values_stay_on_the_paper)
{
	const int64_t values[] = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, -5,	 INT64_MIN + 1,
				  0,	     1,		INT64_MIN, INT64_MIN, INT64_MIN, INT64_MIN,
				  INT64_MAX, 3,		7,	   -INT64_MAX};

	for (int kind = REPORT_BARS; kind <= REPORT_STACK; kind++)
		for (int unit = REPORT_COUNT; unit < REPORT_UNITS; unit++)
			for (int named = 0; named < 2; named++) {
				struct made made =
				    make((enum report_chart_kind)kind, named ? REPORT_TEXT : REPORT_DAY,
					 (enum report_unit)unit, 4, 4, values);

				ck_inside(made.chart);
				unmake(&made);
			}
}
END_TEST

START_TEST(an_axis_has_few_round_lines)
{
	for (int64_t most = 1; most < INT64_MAX / 64; most = most * 3 + 1) {
		struct made made = make(REPORT_BARS, REPORT_DAY, REPORT_COUNT, 1, 1, &most);
		size_t n = lines_coloured(made.chart, 0xd8d8d8);

		ck_assert_uint_ge(n, 2);
		ck_assert_uint_le(n, 6);
		unmake(&made);
	}
}
END_TEST

static double linear(unsigned part)
{
	const double c = part / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* CIE 1976 L*, 0 to 100. */
static double lightness(unsigned rgb)
{
	const double y = 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) +
			 0.0722 * linear(rgb & 0xff);

	return 116 * cbrt(y) - 16;
}

START_TEST(series_are_told_apart_without_colour)
{
	const int64_t values[] = {1, 2, 3, 4};
	struct made made = make(REPORT_BARS, REPORT_DAY, REPORT_COUNT, 1, 4, values);
	const struct chart_mark *bars[4];

	ck_assert_uint_eq(bars_of(made.chart, 4, bars, 4), 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_double_lt(lightness(bars[i]->rgb), 75); /* seen on white */
		for (size_t j = 0; j < i; j++)
			ck_assert_double_ge(fabs(lightness(bars[i]->rgb) - lightness(bars[j]->rgb)), 10);
	}
	ck_assert_double_ge(fabs(lightness(bars[0]->rgb) - lightness(bars[1]->rgb)), 20);
	unmake(&made);
}
END_TEST

START_TEST(nothing_is_said)
{
	struct made made = make(REPORT_BARS, REPORT_DAY, REPORT_COUNT, 0, 1, NULL);

	ck_assert(has_text(made.chart, "Tidak ada data"));
	unmake(&made);
}
END_TEST

START_TEST(only_the_first_so_many)
{
	const int64_t values[] = {9, 8, 7, 6, 5};
	struct report_document *document = document_of(REPORT_TEXT, REPORT_COUNT, 5, 1, values);
	const struct report_chart chart = {.kind = REPORT_BARS, .series = {1}, .n_series = 1, .most = 2};
	const struct chart_mark *bars[5];
	struct chart *made;

	ck_assert_int_eq(chart_make(&document->sections[0], &chart, true, WIDTH, HEIGHT, &made), 0);
	ck_assert_uint_eq(bars_of(made, 1, bars, 5), 2);
	chart_free(made);
	report_document_free(document);
}
END_TEST

START_TEST(what_is_no_table_is_refused)
{
	const int64_t value = 1;
	struct report_document *document = document_of(REPORT_DAY, REPORT_COUNT, 1, 1, &value);
	const struct report_chart wrong[] = {
	    {.series = {1}, .n_series = 1, .table = 1},
	    {.series = {2}, .n_series = 1},
	    {.series = {1}, .n_series = 0},
	    {.series = {1}, .n_series = 5},
	    {.series = {1}, .n_series = 1, .label = 2},
	};
	struct chart *made;

	for (size_t i = 0; i < ELEMENTS(wrong); i++)
		ck_assert_int_eq(chart_make(&document->sections[0], &wrong[i], false, WIDTH, HEIGHT, &made),
				 -EINVAL);
	document->sections[0].blocks[0].table.columns[1].unit = REPORT_TEXT;
	ck_assert_int_eq(chart_make(&document->sections[0],
				    &(struct report_chart){.series = {1}, .n_series = 1}, false, WIDTH,
				    HEIGHT, &made),
			 -EINVAL);
	report_document_free(document);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chart");
	TCase *tcase = tcase_create("chart");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, bars_are_as_long_as_their_values);
	tcase_add_test(tcase, a_stack_is_the_sum);
	tcase_add_test(tcase, what_is_not_known_is_a_hole);
	tcase_add_test(tcase, any_values_stay_on_the_paper);
	tcase_add_test(tcase, an_axis_has_few_round_lines);
	tcase_add_test(tcase, series_are_told_apart_without_colour);
	tcase_add_test(tcase, nothing_is_said);
	tcase_add_test(tcase, only_the_first_so_many);
	tcase_add_test(tcase, what_is_no_table_is_refused);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
