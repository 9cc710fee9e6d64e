// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages of cards with marks to cut along. Codes are worth time online: the file is its owner's alone from its
 * first byte, and is there whole or not at all.
 */
#include "sheet.h"
#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../lib/cleanup.h"
#include "card.h"

#define PAGE_WIDTH (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define ACROSS 2
#define DOWN 5
#define CARDS (ACROSS * DOWN) /* of a page */
#define LEFT ((PAGE_WIDTH - ACROSS * CARD_WIDTH) / 2)
#define TOP ((PAGE_HEIGHT - DOWN * CARD_HEIGHT) / 2)
#define MARK (4 * MM)

struct sheet {
	const char *site;
	enum card_language language;
	const json_t *vouchers;
	unsigned pages;
};

/* ---- a page ---- */

static void line(cairo_t *cr, double x, double y, double dx, double dy)
{
	cairo_move_to(cr, x, y);
	cairo_rel_line_to(cr, dx, dy);
}

/* Outside of the cards long enough to lay a ruler, between them small crosses. */
static void draw_marks(cairo_t *cr)
{
	for (int i = 0; i <= ACROSS; i++) {
		line(cr, LEFT + i * CARD_WIDTH, TOP - MARK, 0, MARK - 1);
		line(cr, LEFT + i * CARD_WIDTH, PAGE_HEIGHT - TOP + MARK, 0, 1 - MARK);
	}
	for (int j = 0; j <= DOWN; j++) {
		line(cr, LEFT - MARK, TOP + j * CARD_HEIGHT, MARK - 1, 0);
		line(cr, PAGE_WIDTH - LEFT + MARK, TOP + j * CARD_HEIGHT, 1 - MARK, 0);
	}
	for (int i = 1; i < ACROSS; i++) {
		for (int j = 1; j < DOWN; j++) {
			line(cr, LEFT + i * CARD_WIDTH - MARK / 2, TOP + j * CARD_HEIGHT, MARK, 0);
			line(cr, LEFT + i * CARD_WIDTH, TOP + j * CARD_HEIGHT - MARK / 2, 0, MARK);
		}
	}
	cairo_set_line_width(cr, 0.4);
	cairo_stroke(cr);
}

/* The batches of a page, each once, in the order of its cards. */
static size_t batches_of(const struct sheet *sheet, unsigned page, json_int_t out[static CARDS])
{
	size_t n = 0;

	for (unsigned i = 0; i < CARDS; i++) {
		const json_t *voucher = json_array_get(sheet->vouchers, page * CARDS + i);
		json_int_t batch = json_integer_value(json_object_get(voucher, "batch"));
		size_t known = 0;

		while (known < n && out[known] != batch)
			known++;
		if (voucher && known == n)
			out[n++] = batch;
	}
	return n;
}

/* "Kumpulan 3, 4 dan 7, halaman 1 dari 2": so that a stack of paper can be sorted. */
static void draw_foot(cairo_t *cr, const struct sheet *sheet, unsigned page)
{
	static const struct {
		const char *one, *many, *last, *page;
	} forms[CARD_LANGUAGES] = {{"Kumpulan", "Kumpulan", " dan ", ", halaman %u dari %u"},
				   {"Batch", "Batches", " and ", ", page %u of %u"}};
	json_int_t batches[CARDS];
	size_t n = batches_of(sheet, page, batches), length;
	char text[CARDS * 28 + CARD_TEXT]; /* ten numbers of 64 bits, each with what is between */

	length = (size_t)snprintf(text, sizeof(text), "%s ",
				  n > 1 ? forms[sheet->language].many : forms[sheet->language].one);
	for (size_t i = 0; i < n; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%lld",
					   i == 0	? ""
					   : i == n - 1 ? forms[sheet->language].last
							: ", ",
					   (long long)batches[i]);
	snprintf(text + length, sizeof(text) - length, forms[sheet->language].page, page + 1, sheet->pages);
	card_text(cr, LEFT + MARK, PAGE_HEIGHT - TOP + 2 * MM, ACROSS * CARD_WIDTH, 1, "sans 7", text);
}

static void draw_page(cairo_t *cr, const struct sheet *sheet, unsigned page)
{
	for (unsigned i = 0; i < CARDS; i++) {
		const json_t *voucher = json_array_get(sheet->vouchers, page * CARDS + i);

		if (!voucher)
			break;
		cairo_save(cr);
		cairo_translate(cr, LEFT + i % ACROSS * CARD_WIDTH, TOP + i / ACROSS * CARD_HEIGHT);
		card_draw(cr, sheet->site, sheet->language, voucher);
		cairo_restore(cr);
	}
	draw_marks(cr);
	draw_foot(cr, sheet, page);
	cairo_show_page(cr);
}

/* ---- the file ---- */

struct output {
	int fd, error;
};

static cairo_status_t write_all(void *closure, const unsigned char *data, unsigned int length)
{
	struct output *output = closure;

	while (length > 0) {
		ssize_t n = write(output->fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			output->error = -errno;
			return CAIRO_STATUS_WRITE_ERROR;
		}
		data += n;
		length -= (unsigned int)n;
	}
	return CAIRO_STATUS_SUCCESS;
}

static int draw_sheet(const struct sheet *sheet, struct output *output)
{
	cairo_surface_t *surface =
	    cairo_pdf_surface_create_for_stream(write_all, output, PAGE_WIDTH, PAGE_HEIGHT);
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, sheet->site);
	for (unsigned page = 0; page < sheet->pages && cairo_status(cr) == CAIRO_STATUS_SUCCESS; page++)
		draw_page(cr, sheet, page);
	status = cairo_status(cr);
	cairo_destroy(cr);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (output->error)
		return output->error;
	return status == CAIRO_STATUS_SUCCESS ? 0 : status == CAIRO_STATUS_NO_MEMORY ? -ENOMEM : -EIO;
}

static int write_file(const struct sheet *sheet, int fd)
{
	struct output output = {.fd = fd};
	int r = draw_sheet(sheet, &output);

	if (r == 0 && fsync(fd) < 0 && errno != EINVAL)
		r = -errno;
	return r;
}

int sheet_write(const char *path, const char *site, const char *language, const json_t *vouchers,
		unsigned *pages)
{
	struct sheet sheet = {
	    .site = site ? site : "",
	    .language = language && strcmp(language, "en") == 0 ? CARD_EN : CARD_ID,
	    .vouchers = vouchers,
	    .pages = (unsigned)((json_array_size(vouchers) + CARDS - 1) / CARDS),
	};
	_cleanup_(closep) int fd = -1;
	char temporary[PATH_MAX];
	int r = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);

	if (r < 0 || (size_t)r >= sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC); /* 0600 */
	if (fd < 0)
		return -errno;
	r = write_file(&sheet, fd);
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	else
		*pages = sheet.pages;
	return r;
}
