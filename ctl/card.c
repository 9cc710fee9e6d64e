// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a visitor gets in the hand: where it is good for, the code in big type and as a QR code, until when,
 * and how much. It is read in the sun and copied by thumb, so black on white and nothing that is not needed.
 */
#include "card.h"
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#define PADDING (3.5 * MM)
#define QR_SIDE (33 * MM)
#define QR_QUIET 4 /* modules of white around it, ISO/IEC 18004 */
#define CODE_FONT "monospace bold 23"
#define CODE_TOP (17 * MM)
#define FOOT_TOP (33 * MM) /* below the QR code, where the names above are short */

enum line {
	LINE_EVERYWHERE,
	LINE_UNTIL,
	LINE_TIME,
	LINE_DATA,
	LINE_DEVICE,
	LINE_DEVICES,
	LINE_SCAN,
	LINE_TYPE,
	LINES
};

static const char *const lines[LINES][CARD_LANGUAGES] = {
    [LINE_EVERYWHERE] = {"Semua lokasi", "Every location"},
    [LINE_UNTIL] = {"Berlaku sampai %s", "Valid until %s"},
    [LINE_TIME] = {"Waktu daring %s", "%s online"},
    [LINE_DATA] = {"Data %s", "Data %s"},
    [LINE_DEVICE] = {"%s perangkat", "%s device"},
    [LINE_DEVICES] = {"%s perangkat", "%s devices"},
    [LINE_SCAN] = {"Sambungkan ke Wi-Fi, lalu pindai kode QR atau ketik kodenya di halaman yang terbuka.",
		   "Connect to the Wi-Fi, then scan the QR code or type the code on the page that opens."},
    [LINE_TYPE] = {"Sambungkan ke Wi-Fi, lalu ketik kodenya di halaman yang terbuka.",
		   "Connect to the Wi-Fi, then type the code on the page that opens."},
};

/* ---- text ---- */

/* One paragraph, in points of the page whatever a screen would have. */
static PangoLayout *layout_new(cairo_t *cr, const char *font, const char *text)
{
	PangoLayout *layout = pango_cairo_create_layout(cr);
	PangoFontDescription *description = pango_font_description_from_string(font);

	pango_cairo_context_set_resolution(pango_layout_get_context(layout), 72);
	pango_layout_context_changed(layout);
	pango_layout_set_font_description(layout, description);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	pango_layout_set_text(layout, text, -1);
	pango_font_description_free(description);
	return layout;
}

double card_text(cairo_t *cr, double x, double y, double width, int n, const char *font, const char *text)
{
	PangoLayout *layout = layout_new(cr, font, text);
	int height;

	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_height(layout, -n);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_get_size(layout, NULL, &height);
	cairo_move_to(cr, x, y);
	pango_cairo_show_layout(cr, layout);
	g_object_unref(layout);
	return y + (double)height / PANGO_SCALE;
}

/* A code is never cut: where the machine's font is wide it becomes smaller. The y below it. */
static double draw_code(cairo_t *cr, double x, double y, double width, const char *code)
{
	PangoLayout *layout = layout_new(cr, CODE_FONT, code);
	int natural, height;
	double scale;

	pango_layout_get_size(layout, &natural, &height);
	scale = natural > width * PANGO_SCALE ? width * PANGO_SCALE / natural : 1;
	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, scale, scale);
	cairo_move_to(cr, 0, 0);
	pango_cairo_show_layout(cr, layout);
	cairo_restore(cr);
	g_object_unref(layout);
	return y + scale * height / PANGO_SCALE;
}

/* ---- the QR code ---- */

static void draw_modules(cairo_t *cr, const QRcode *code, double x, double y, double side)
{
	double module = side / (code->width + 2 * QR_QUIET);

	for (int row = 0; row < code->width; row++) {
		for (int from = 0, to; from < code->width; from = to + 1) {
			const unsigned char *modules = code->data + row * code->width;

			for (to = from; to < code->width && modules[to] & 1; to++)
				;
			if (to > from)
				cairo_rectangle(cr, x + (QR_QUIET + from) * module,
						y + (QR_QUIET + row) * module, (to - from) * module, module);
		}
	}
	cairo_fill(cr); /* all at once: no seams between rows */
}

static void draw_qr(cairo_t *cr, const char *url, double x, double y, double side)
{
	QRcode *code = QRcode_encodeString8bit(url, 0, QR_ECLEVEL_M);

	if (!code)
		return;
	draw_modules(cr, code, x, y, side);
	QRcode_free(code);
}

/* ---- what it is good for ---- */

static const char *text_of(const json_t *voucher, const char *key)
{
	return json_string_value(json_object_get(voucher, key));
}

static const char *zone_of(const json_t *voucher, enum card_language language)
{
	const char *name = text_of(voucher, "zone_name"), *id = text_of(voucher, "zone");

	return name ? name : id ? id : lines[LINE_EVERYWHERE][language];
}

/* Adds a part to "A \xc2\xb7 B". */
__attribute__((format(printf, 3, 0))) static void add_part(char *out, size_t size, const char *format,
							   const char *value)
{
	size_t length = strlen(out);

	if (length)
		length += (size_t)snprintf(out + length, size - length, " \xc2\xb7 ");
	if (length < size)
		snprintf(out + length, size - length, format, value);
}

static void limits_of(const json_t *voucher, enum card_language language, char *out, size_t size)
{
	const json_t *seconds = json_object_get(voucher, "time_seconds"),
		     *bytes = json_object_get(voucher, "data_bytes");
	const json_t *devices = json_object_get(voucher, "devices");
	char text[CARD_TEXT];

	out[0] = '\0';
	if (json_is_integer(seconds))
		add_part(out, size, lines[LINE_TIME][language],
			 card_duration(json_integer_value(seconds), language, text));
	if (json_is_integer(bytes))
		add_part(out, size, lines[LINE_DATA][language],
			 card_volume(json_integer_value(bytes), language, text));
	if (!json_is_integer(devices))
		return;
	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(devices));
	add_part(out, size, lines[json_integer_value(devices) == 1 ? LINE_DEVICE : LINE_DEVICES][language],
		 text);
}

static void draw_foot(cairo_t *cr, double y, enum card_language language, const json_t *voucher)
{
	double width = CARD_WIDTH - 2 * PADDING;
	char until[CARD_TEXT], text[4 * CARD_TEXT];

	snprintf(text, sizeof(text), lines[LINE_UNTIL][language],
		 card_time(text_of(voucher, "valid_until"), language, until));
	y = card_text(cr, PADDING, y, width, 1, "sans bold 8", text);
	limits_of(voucher, language, text, sizeof(text));
	if (*text)
		y = card_text(cr, PADDING, y + 1, width, 2, "sans 8", text);
	card_text(cr, PADDING, y + 3, width, 2, "sans 6.5",
		  lines[text_of(voucher, "url") ? LINE_SCAN : LINE_TYPE][language]);
}

void card_draw(cairo_t *cr, const char *site, enum card_language language, const json_t *voucher)
{
	const char *url = text_of(voucher, "url"), *code = text_of(voucher, "code");
	double width = CARD_WIDTH - 2 * PADDING - (url ? QR_SIDE - PADDING : 0), y;

	y = card_text(cr, PADDING, PADDING, width, 2, "sans 7.5", site);
	y = card_text(cr, PADDING, y + 2, width, 2, "sans bold 10", zone_of(voucher, language));
	y = draw_code(cr, PADDING, y + 3 > CODE_TOP ? y + 3 : CODE_TOP, width, code ? code : "");
	if (url)
		draw_qr(cr, url, CARD_WIDTH - QR_SIDE, 0, QR_SIDE);
	draw_foot(cr, y + 3 > FOOT_TOP ? y + 3 : FOOT_TOP, language, voucher);
}
