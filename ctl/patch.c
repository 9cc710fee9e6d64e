// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: the review says what an edit means, the patch what was typed. Compares texts that are given to it; no
 * repository, no file.
 */
#include "patch.h"
#include <git2.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "values.h"
#include "words.h"

DEFINE_CLEANUP(git_patch *, git_patch_free)

static const json_t *find_file(const json_t *files, const char *name)
{
	const json_t *file;
	size_t i;

	json_array_foreach(files, i, file)
	{
		if (strcmp(value_text(file, "name"), name) == 0)
			return file;
	}
	return NULL;
}

static const char *text_of(const json_t *file, size_t *length)
{
	const json_t *text = json_object_get(file, "text");

	*length = json_string_length(text);
	return json_string_value(text);
}

static json_t *unified(const char *name, const json_t *from, const json_t *to)
{
	_cleanup_(git_patch_freep) git_patch *patch = NULL;
	git_diff_options options = GIT_DIFF_OPTIONS_INIT;
	git_buf buffer = {0};
	size_t n_from, n_to;
	const char *a = text_of(from, &n_from), *b = text_of(to, &n_to);
	json_t *text = NULL;

	options.flags = GIT_DIFF_FORCE_TEXT;
	if (git_patch_from_buffers(&patch, a, n_from, name, b, n_to, name, &options) == 0 &&
	    git_patch_to_buf(&buffer, patch) == 0)
		text = json_stringn(buffer.ptr, buffer.size);
	git_buf_dispose(&buffer);
	return text;
}

static bool is_bytes(const json_t *file)
{
	return json_object_get(file, "base64") != NULL;
}

static bool differ(const json_t *from, const json_t *to)
{
	return !from || !to || !json_equal(from, to);
}

static int add(json_t *patches, const char *name, const json_t *from, const json_t *to)
{
	json_t *patch;

	if (!differ(from, to))
		return 0;
	patch = is_bytes(from) || is_bytes(to) ? json_null() : unified(name, from, to);
	return json_array_append_new(patches, json_pack("{ss,so}", "file", name, "patch", patch));
}

json_t *patch_files(const json_t *from, const json_t *to)
{
	json_t *patches = json_array();
	const json_t *file;
	size_t i;
	int r = git_libgit2_init() < 0 ? -1 : 0;

	json_array_foreach(to, i, file)
	{
		const char *name = value_text(file, "name");

		if (r == 0)
			r = add(patches, name, find_file(from, name), file);
	}
	json_array_foreach(from, i, file)
	{
		const char *name = value_text(file, "name");

		if (r == 0 && !find_file(to, name))
			r = add(patches, name, file, NULL);
	}
	git_libgit2_shutdown();
	if (r == 0)
		return patches;
	json_decref(patches);
	return NULL;
}

/* A terminal must not be told anything but text: what a file holds is shown, its control characters are not.
 */
static void print_line(const char *line, size_t length)
{
	enum colour colour = *line == '+'   ? COLOUR_GOOD
			     : *line == '-' ? COLOUR_BAD
			     : *line == '@' ? COLOUR_QUIET
					    : COLOUR_NONE;

	fputs(colour_start(colour), stdout);
	for (size_t i = 0; i < length; i++)
		putchar((unsigned char)line[i] < ' ' && line[i] != '\t' ? '?' : line[i]);
	fputs(colour_end(colour), stdout);
	putchar('\n');
}

void patch_print(const json_t *file)
{
	const char *text = json_string_value(json_object_get(file, "patch"));

	if (!text) {
		printf(word(WORD_BINARY), value_text(file, "file"));
		putchar('\n');
		return;
	}
	while (*text) {
		size_t length = strcspn(text, "\n");

		print_line(text, length);
		text += length + (text[length] == '\n');
	}
}
