// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads a .mo file. It exists because libintl's language is the process's, not the request's. The file is
 * ours, yet every offset in it is checked once, at reading, so that a damaged one is refused whole and no
 * lookup can leave it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include "catalogue.h"

#define MAGIC 0x950412deu
#define SIZE_MAX_MO (1u << 20) /* the portal's own catalogue has some 20 kB */

struct text {
	uint32_t length, offset;
};

struct header {
	uint32_t magic, revision, n, originals, translations;
};

struct catalogue {
	uint32_t n;
	struct text *originals, *translations; /* originals in the order of strcmp() */
	size_t size;
	char *bytes;
};

static int read_all(int fd, char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = read(fd, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EBADMSG;
		bytes += n;
		size -= (size_t)n;
	}
	return 0;
}

static int read_file(const char *path, struct catalogue **out)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(catalogue_freep) struct catalogue *catalogue = NULL;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(struct header) || st.st_size > SIZE_MAX_MO)
		return -EBADMSG;
	catalogue = calloc(1, sizeof(*catalogue));
	if (!catalogue)
		return -ENOMEM;
	catalogue->size = (size_t)st.st_size;
	catalogue->bytes = malloc(catalogue->size);
	if (!catalogue->bytes)
		return -ENOMEM;
	r = read_all(fd, catalogue->bytes, catalogue->size);
	if (r < 0)
		return r;
	*out = catalogue;
	catalogue = NULL;
	return 0;
}

/* A copy of a table of texts: in the file it need not be aligned. Each must lie inside, and end where it
 * says. */
static struct text *read_texts(const struct catalogue *catalogue, uint32_t offset)
{
	size_t size = catalogue->n * sizeof(struct text);
	_cleanup_(freep) struct text *texts = malloc(size + 1);
	struct text *checked;

	if (!texts || offset > catalogue->size || size > catalogue->size - offset)
		return NULL;
	memcpy(texts, catalogue->bytes + offset, size);
	for (uint32_t i = 0; i < catalogue->n; i++) {
		if (texts[i].offset >= catalogue->size ||
		    texts[i].length >= catalogue->size - texts[i].offset ||
		    catalogue->bytes[texts[i].offset + texts[i].length] != '\0')
			return NULL;
	}
	checked = texts;
	texts = NULL;
	return checked;
}

static const char *original(const struct catalogue *catalogue, uint32_t i)
{
	return catalogue->bytes + catalogue->originals[i].offset;
}

static bool in_order(const struct catalogue *catalogue)
{
	for (uint32_t i = 1; i < catalogue->n; i++) {
		if (strcmp(original(catalogue, i - 1), original(catalogue, i)) >= 0)
			return false;
	}
	return true;
}

int catalogue_read(const char *path, struct catalogue **out)
{
	_cleanup_(catalogue_freep) struct catalogue *catalogue = NULL;
	struct header header;
	int r = read_file(path, &catalogue);

	if (r < 0)
		return r;
	memcpy(&header, catalogue->bytes, sizeof(header));
	if (header.magic != MAGIC || header.revision >> 16 > 1 ||
	    header.n > catalogue->size / sizeof(struct text))
		return -EBADMSG;
	catalogue->n = header.n;
	catalogue->originals = read_texts(catalogue, header.originals);
	catalogue->translations = read_texts(catalogue, header.translations);
	if (!catalogue->originals || !catalogue->translations || !in_order(catalogue))
		return -EBADMSG;
	*out = catalogue;
	catalogue = NULL;
	return 0;
}

const char *catalogue_find(const struct catalogue *catalogue, const char *english)
{
	uint32_t from = 0, to = catalogue->n;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		int order = strcmp(english, original(catalogue, middle));

		if (order == 0) {
			const struct text *found = &catalogue->translations[middle];

			return found->length > 0 ? catalogue->bytes + found->offset : NULL;
		}
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return NULL;
}

struct catalogue *catalogue_free(struct catalogue *catalogue)
{
	if (!catalogue)
		return NULL;
	free(catalogue->originals);
	free(catalogue->translations);
	free(catalogue->bytes);
	free(catalogue);
	return NULL;
}
