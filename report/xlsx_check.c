// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether a workbook that was just written is whole. The library writes each part into a temporary file first
 * and does not look whether all of it arrived: on a full disk a sheet would end in the middle, in a file that
 * looks well. So each part is read once more, to its closing tag. It judges our own file, not others'.
 */
#include <errno.h>
#include <string.h>
#include <zlib.h>
#include "xlsx.h"

#define LOCAL_HEADER 0x04034B50u /* APPNOTE 4.3.7 */
#define CENTRAL_HEADER 0x02014B50u
#define END_RECORD 0x06054B50u
#define END_SIZE 22
#define TAIL 64 /* bytes of a part's end that are kept */

static uint32_t number(const unsigned char *at, unsigned bytes)
{
	uint32_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static int read_all(const char *path, unsigned char **out, size_t *size)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	_cleanup_(freep) unsigned char *bytes = NULL;
	long length;

	if (!file || fseek(file, 0, SEEK_END) < 0 || (length = ftell(file)) < 0 ||
	    fseek(file, 0, SEEK_SET) < 0)
		return -errno;
	bytes = malloc((size_t)length + 1);
	if (!bytes)
		return -ENOMEM;
	if (fread(bytes, 1, (size_t)length, file) != (size_t)length)
		return -EIO;
	*size = (size_t)length;
	*out = bytes;
	bytes = NULL;
	return 0;
}

/* The last bytes of what comes out. */
static bool unpack_tail(const unsigned char *packed, uint32_t size, char tail[static TAIL + 1])
{
	z_stream stream = {.next_in = (unsigned char *)packed, .avail_in = size};
	char piece[16384];
	size_t kept = 0, keep;
	int r;

	if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
		return false;
	do {
		stream.next_out = (unsigned char *)piece;
		stream.avail_out = sizeof(piece);
		r = inflate(&stream, Z_NO_FLUSH);
		size_t got = sizeof(piece) - stream.avail_out;

		keep = got >= TAIL ? 0 : MIN(kept, TAIL - got);
		memmove(tail, tail + kept - keep, keep);
		kept = keep + MIN(got, (size_t)TAIL);
		memcpy(tail + keep, piece + got - (kept - keep), kept - keep);
	} while (r == Z_OK);
	inflateEnd(&stream);
	tail[kept] = '\0';
	return r == Z_STREAM_END;
}

/* XML ends with the closing tag of what its second tag opened: the roots of a workbook's parts. */
static bool is_closed(const char *tail)
{
	static const char *const ends[] = {
	    "</worksheet>",	   "</workbook>", "</sst>",	 "</styleSheet>",   "</Types>",
	    "</Relationships>",	   "</a:theme>",  "</xdr:wsDr>", "</c:chartSpace>", "</Properties>",
	    "</cp:coreProperties>"};
	size_t length = strlen(tail);

	while (length > 0 && (tail[length - 1] == '\n' || tail[length - 1] == '\r'))
		length--;
	for (size_t i = 0; i < ELEMENTS(ends); i++) {
		size_t end = strlen(ends[i]);

		if (length >= end && memcmp(tail + length - end, ends[i], end) == 0)
			return true;
	}
	return false;
}

/* One part, by its line in the list; returns the size of that line, 0 where anything is wrong. */
static size_t check_part(const unsigned char *file, size_t size, size_t at)
{
	char tail[TAIL + 1] = "";
	size_t line, data;
	uint32_t local, packed;

	if (at + 46 > size || number(file + at, 4) != CENTRAL_HEADER)
		return 0;
	line = 46 + number(file + at + 28, 2) + number(file + at + 30, 2) + number(file + at + 32, 2);
	local = number(file + at + 42, 4);
	packed = number(file + at + 20, 4);
	if (local + 30ul > size || number(file + local, 4) != LOCAL_HEADER ||
	    number(file + at + 10, 2) != Z_DEFLATED)
		return 0;
	data = local + 30ul + number(file + local + 26, 2) + number(file + local + 28, 2);
	if (data + packed > size || !unpack_tail(file + data, packed, tail) || !is_closed(tail))
		return 0;
	return line;
}

int xlsx_check(const char *path)
{
	_cleanup_(freep) unsigned char *file = NULL;
	size_t size = 0, at, line;
	unsigned parts;
	int r = read_all(path, &file, &size);

	if (r < 0)
		return r;
	if (size < END_SIZE || number(file + size - END_SIZE, 4) != END_RECORD)
		return -EIO;
	parts = number(file + size - END_SIZE + 10, 2);
	at = number(file + size - END_SIZE + 16, 4);
	for (; parts > 0; parts--, at += line) {
		line = check_part(file, size, at);
		if (line == 0)
			return -EIO;
	}
	return 0;
}
