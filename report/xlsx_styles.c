// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How the workbook's cells look, and which number stands in one. The formats name the report's language, so
 * that a date has its month's name in it whatever the machine that opens it speaks.
 */
#include <time.h>
#include "xlsx.h"

#define INK 0x1A1A1A
#define LINE 0xD0D5D9
#define HEAD 0xE9EEF2
#define SUM 0xF4F6F8
#define EPOCH 25569 /* 1970-01-01 in days since 1899-12-30 */

/* 0421: Indonesian; 0409: English ([MS-LCID]). */
static const char *const number_formats[2][REPORT_UNITS] = {
    {[REPORT_COUNT] = "[$-421]#,##0",
     [REPORT_BYTES] = "[$-421]#,##0.00",
     [REPORT_BPS] = "[$-421]#,##0.00",
     [REPORT_PERCENT] = "[$-421]0.00\\ %",
     [REPORT_RUPIAH] = "[$-421]\"Rp\"#,##0.00;[$-421]-\"Rp\"#,##0.00",
     [REPORT_DAY] = "[$-421]d mmm yyyy",
     [REPORT_MONTH] = "[$-421]mmmm yyyy",
     [REPORT_TIME] = "[$-421]d mmm yyyy hh\\.mm\\.ss",
     [REPORT_SECONDS] = "[h]:mm:ss"},
    {[REPORT_COUNT] = "[$-409]#,##0",
     [REPORT_BYTES] = "[$-409]#,##0.00",
     [REPORT_BPS] = "[$-409]#,##0.00",
     [REPORT_PERCENT] = "[$-409]0.00\\ %",
     [REPORT_RUPIAH] = "[$-409]\"Rp\"#,##0.00;[$-409]-\"Rp\"#,##0.00",
     [REPORT_DAY] = "[$-409]d mmm yyyy",
     [REPORT_MONTH] = "[$-409]mmmm yyyy",
     [REPORT_TIME] = "[$-409]d mmm yyyy hh:mm:ss",
     [REPORT_SECONDS] = "[h]:mm:ss"},
};

const char *xlsx_number_format(enum report_unit unit, bool english)
{
	return unit < REPORT_UNITS ? number_formats[english][unit] : NULL;
}

/* The first day of a month, since 1970 (proleptic Gregorian calendar). */
static int64_t first_day(int64_t month)
{
	int64_t year = month / 12 - (month % 12 < 2), shifted = (month % 12 + 10) % 12, era;

	era = (year >= 0 ? year : year - 399) / 400;
	year -= era * 400;
	return era * 146097 + year * 365 + year / 4 - year / 100 + (153 * shifted + 2) / 5 - 719468;
}

static double local_days(int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm;

	if (!localtime_r(&at, &tm))
		return 0;
	return (double)(seconds + tm.tm_gmtoff) / 86400 + EPOCH;
}

double xlsx_number(int64_t value, enum report_unit unit)
{
	switch (unit) {
	case REPORT_BYTES:
		return (double)value / 1e9;
	case REPORT_BPS:
		return (double)value / 1e6;
	case REPORT_PERCENT:
		return (double)value / 1e4;
	case REPORT_DAY:
		return (double)(value + EPOCH);
	case REPORT_MONTH:
		return (double)(first_day(value) + EPOCH);
	case REPORT_TIME:
		return local_days(value);
	case REPORT_SECONDS:
		return (double)value / 86400;
	case REPORT_TEXT:
	case REPORT_COUNT:
	case REPORT_RUPIAH:
	case REPORT_UNITS:
		break;
	}
	return (double)value;
}

static lxw_format *plain(struct xlsx *x, double size)
{
	lxw_format *format = workbook_add_format(x->book);

	if (!format) {
		x->error = x->error ? x->error : -ENOMEM;
		return NULL;
	}
	format_set_font_size(format, size);
	format_set_font_color(format, INK);
	format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
	return format;
}

static lxw_format *bold(struct xlsx *x, double size)
{
	lxw_format *format = plain(x, size);

	if (format)
		format_set_bold(format);
	return format;
}

static lxw_format *wrapped(lxw_format *format)
{
	if (format)
		format_set_text_wrap(format);
	return format;
}

static lxw_format *lined(lxw_format *format, uint8_t border)
{
	if (!format)
		return NULL;
	format_set_bottom(format, LXW_BORDER_THIN);
	format_set_bottom_color(format, LINE);
	format_set_top(format, border);
	format_set_top_color(format, border == LXW_BORDER_THIN ? INK : LINE);
	return format;
}

static lxw_format *filled(lxw_format *format, lxw_color_t colour)
{
	if (!format)
		return NULL;
	format_set_pattern(format, LXW_PATTERN_SOLID);
	format_set_bg_color(format, colour);
	return format;
}

static lxw_format *of_value(struct xlsx *x, enum xlsx_role role, enum report_unit unit)
{
	lxw_format *format = role == XLSX_SUM ? bold(x, 11) : plain(x, 11);
	const char *number = xlsx_number_format(unit, x->document->english);
	bool left = unit == REPORT_TEXT || role == XLSX_FACT;

	lined(format, role == XLSX_SUM ? LXW_BORDER_THIN : LXW_BORDER_NONE);
	if (role == XLSX_SUM)
		filled(format, SUM);
	if (!format)
		return NULL;
	format_set_align(format, left ? LXW_ALIGN_LEFT : LXW_ALIGN_RIGHT);
	if (number)
		format_set_num_format(format, number);
	else
		format_set_text_wrap(format);
	if (unit == REPORT_TEXT && role != XLSX_FACT)
		format_set_indent(format, 1);
	return format;
}

static lxw_format *of_head(struct xlsx *x, uint8_t align)
{
	lxw_format *format = wrapped(filled(lined(bold(x, 11), LXW_BORDER_THIN), HEAD));

	if (!format)
		return NULL;
	format_set_align(format, LXW_ALIGN_VERTICAL_BOTTOM);
	format_set_align(format, align);
	if (align == LXW_ALIGN_LEFT)
		format_set_indent(format, 1);
	return format;
}

static lxw_format *coloured(lxw_format *format, lxw_color_t colour)
{
	if (format)
		format_set_font_color(format, colour);
	return format;
}

void xlsx_styles_make(struct xlsx *x)
{
	struct xlsx_styles *styles = &x->styles;

	for (int role = 0; role < XLSX_ROLES; role++)
		for (int unit = 0; unit < REPORT_UNITS; unit++)
			styles->value[role][unit] = of_value(x, (enum xlsx_role)role, (enum report_unit)unit);
	styles->title = coloured(bold(x, 16), 0x14405E);
	styles->subtitle = plain(x, 11);
	styles->mark = coloured(bold(x, 11), 0x8A0F0F);
	styles->heading = bold(x, 13);
	styles->paragraph = wrapped(plain(x, 11));
	styles->note = coloured(wrapped(plain(x, 9)), 0x3D444A);
	styles->table_title = bold(x, 12);
	styles->head_text = of_head(x, LXW_ALIGN_LEFT);
	styles->head_number = of_head(x, LXW_ALIGN_RIGHT);
	styles->what = wrapped(lined(plain(x, 11), LXW_BORDER_NONE));
	styles->link = coloured(plain(x, 11), 0x0B4A75);
	if (styles->link)
		format_set_underline(styles->link, LXW_UNDERLINE_SINGLE);
}
