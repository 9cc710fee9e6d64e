// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * In which language a reader's screen reader is to speak. The library that draws has no word for it, so the
 * catalogue is written once more behind the finished file (ISO 32000-1, 7.5.6), as whoever annotates a PDF
 * does. A file of another form than expected is left as it is: it lacks a language, nothing else.
 */
#include <errno.h>
#include <string.h>
#include "pdf.h"

struct tail {
	unsigned root, size, info;
	size_t xref;
	const char *catalogue; /* what stands between << and >> */
	size_t length;
};

/* The last place of `words`, or NULL. */
static const char *last(const char *bytes, size_t size, const char *words)
{
	const char *found = NULL, *at = bytes, *end = bytes + size;

	while ((at = memmem(at, (size_t)(end - at), words, strlen(words))))
		found = at++;
	return found;
}

static bool read_tail(const char *bytes, size_t size, struct tail *out)
{
	const char *trailer = last(bytes, size, "\ntrailer\n"), *start = last(bytes, size, "\nstartxref\n"),
		   *end;
	char object[40];

	if (!trailer || !start || sscanf(start, " startxref %zu", &out->xref) != 1 ||
	    sscanf(trailer, " trailer << /Size %u /Root %u 0 R /Info %u 0 R", &out->size, &out->root,
		   &out->info) != 3)
		return false;
	snprintf(object, sizeof(object), "\n%u 0 obj\n<<", out->root);
	out->catalogue = last(bytes, size, object);
	if (!out->catalogue)
		return false;
	out->catalogue += strlen(object);
	end = memmem(out->catalogue, (size_t)(bytes + size - out->catalogue), ">>\nendobj", 9);
	out->length = end ? (size_t)(end - out->catalogue) : 0;
	return end != NULL;
}

/* The title, not the file's name, is what a window is called. */
int pdf_language(FILE *file, const char *bytes, size_t size, const char *language)
{
	struct tail tail = {0};
	int head, body;

	if (!read_tail(bytes, size, &tail))
		return 0;
	head = fprintf(file, "%u 0 obj\n<<", tail.root);
	if (head < 0 || fwrite(tail.catalogue, 1, tail.length, file) != tail.length)
		return -EIO;
	body = fprintf(file, "   /Lang (%s)\n   /ViewerPreferences << /DisplayDocTitle true >>\n>>\nendobj\n",
		       language);
	if (body < 0)
		return -EIO;
	return fprintf(file,
		       "xref\n%u 1\n%010zu 00000 n \ntrailer\n<< /Size %u\n   /Root %u 0 R\n   /Info %u 0 R\n"
		       "   /Prev %zu\n>>\nstartxref\n%zu\n%%%%EOF\n",
		       tail.root, size, tail.size, tail.root, tail.info, tail.xref,
		       size + (size_t)head + tail.length + (size_t)body) < 0
		   ? -EIO
		   : 0;
}
