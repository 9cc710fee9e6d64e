// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The arms in the letterhead. They are the administrator's picture and a decoration: what is no PNG, or too
 * large, is left out, and the report is complete without it. It never makes a page heavy: a picture is
 * brought to what a printer can show.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "pdf.h"

#define FILE_MOST ((off_t)1 << 20)
#define SIDE_MOST 4096 /* of the picture, in its own points */
#define DOTS 4.0       /* 288 a inch */
#define HEADER 24      /* bytes: the signature, the first chunk's head, width and height */

struct png {
	unsigned char *bytes;
	size_t size, at;
};

static unsigned big_endian(const unsigned char *bytes)
{
	return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

static bool is_sound(const struct png *png)
{
	static const unsigned char signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

	return png->size >= HEADER && memcmp(png->bytes, signature, sizeof(signature)) == 0 &&
	       big_endian(png->bytes + 16) - 1 < SIDE_MOST && big_endian(png->bytes + 20) - 1 < SIDE_MOST;
}

static bool png_read(const char *path, struct png *out)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat status;
	ssize_t size;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_MOST)
		return false;
	out->bytes = malloc((size_t)status.st_size + 1);
	size = out->bytes ? read(fd, out->bytes, (size_t)status.st_size) : -1;
	out->size = size > 0 ? (size_t)size : 0;
	return is_sound(out);
}

static cairo_status_t png_next(void *closure, unsigned char *data, unsigned length)
{
	struct png *png = closure;

	if (length > png->size - png->at)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, png->bytes + png->at, length);
	png->at += length;
	return CAIRO_STATUS_SUCCESS;
}

/* NULL: leave it out. */
static cairo_surface_t *picture(const char *path)
{
	struct png png = {0};
	cairo_surface_t *surface = NULL;

	if (png_read(path, &png))
		surface = cairo_image_surface_create_from_png_stream(png_next, &png);
	free(png.bytes);
	if (surface && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS) {
		cairo_surface_destroy(surface);
		surface = NULL;
	}
	return surface;
}

static cairo_surface_t *scaled(cairo_surface_t *from, double by)
{
	const int wide = (int)(cairo_image_surface_get_width(from) * by),
		  high = (int)(cairo_image_surface_get_height(from) * by);
	cairo_surface_t *small = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, MAX(wide, 1), MAX(high, 1));
	cairo_t *cr = cairo_create(small);

	cairo_scale(cr, by, by);
	cairo_set_source_surface(cr, from, 0, 0);
	cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
	cairo_paint(cr);
	cairo_destroy(cr);
	return small;
}

static void place(struct pdf *pdf, cairo_surface_t *surface, double x, double y, double height)
{
	const double by = height / cairo_image_surface_get_height(surface);

	cairo_save(pdf->cr);
	cairo_translate(pdf->cr, x, y);
	cairo_scale(pdf->cr, by, by);
	cairo_set_source_surface(pdf->cr, surface, 0, 0);
	cairo_paint(pdf->cr);
	cairo_restore(pdf->cr);
}

double pdf_logo(struct pdf *pdf, double x, double y, double height)
{
	cairo_surface_t *surface = pdf->document->logo ? picture(pdf->document->logo) : NULL, *small;
	double wide, by;

	if (!surface)
		return 0;
	wide = height * cairo_image_surface_get_width(surface) / cairo_image_surface_get_height(surface);
	if (wide > 2 * height) { /* a banner is no coat of arms, and would leave the lines no room */
		height *= 2 * height / wide;
		wide =
		    height * cairo_image_surface_get_width(surface) / cairo_image_surface_get_height(surface);
	}
	by = height * DOTS / cairo_image_surface_get_height(surface);
	if (pdf->paint && by < 1) {
		small = scaled(surface, by);
		cairo_surface_destroy(surface);
		surface = small;
	}
	if (pdf->paint)
		place(pdf, surface, x, y, height);
	cairo_surface_destroy(surface);
	return wide;
}
