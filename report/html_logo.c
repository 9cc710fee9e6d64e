// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The letterhead's logo inside the page, so that the page is one file. It is the administrator's picture and
 * a decoration: what is no PNG, or too large, is left out, and the report is complete without it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "html.h"

#define LOGO_MOST ((off_t)1 << 20)
static const unsigned char png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

/* Bytes of a regular file that begins as a PNG does; 0: none. */
static size_t logo_read(const char *path, unsigned char **out)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	_cleanup_(freep) unsigned char *bytes = NULL;
	struct stat status;
	ssize_t size;

	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > LOGO_MOST)
		return 0;
	bytes = malloc((size_t)status.st_size + 1);
	if (!bytes)
		return 0;
	size = read(fd, bytes, (size_t)status.st_size);
	if (size < (ssize_t)sizeof(png) || memcmp(bytes, png, sizeof(png)) != 0)
		return 0;
	*out = bytes;
	bytes = NULL;
	return (size_t)size;
}

/* RFC 4648. */
static void put_base64(FILE *out, const unsigned char *bytes, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < size; i += 3) {
		size_t left = size - i;
		unsigned group = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
				 (left > 2 ? bytes[i + 2] : 0);

		putc(digits[group >> 18], out);
		putc(digits[group >> 12 & 63], out);
		putc(left > 1 ? digits[group >> 6 & 63] : '=', out);
		putc(left > 2 ? digits[group & 63] : '=', out);
	}
}

void html_logo(FILE *out, const char *path)
{
	_cleanup_(freep) unsigned char *bytes = NULL;
	size_t size = path ? logo_read(path, &bytes) : 0;

	if (size == 0)
		return;
	fputs("<img alt=\"\" src=\"data:image/png;base64,", out);
	put_base64(out, bytes, size);
	fputs("\">\n", out);
}
