/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A configuration file and everything that it includes as one text, and which file and line each line came
 * from. libconfig would end the process on an @include of a directory, does not name an include that is
 * missing, and takes a number of more than 32 bits modulo 2^32; so the text that it gets is made here.
 */
#include <stddef.h>

struct config_source_span { /* from line `first` of the text on: line `line` of file `file` and what follows
			       it */
	unsigned first, line;
	size_t file;
};
struct config_source {
	char *text;
	size_t length, room;
	unsigned lines;
	char **files;
	size_t n_files;
	struct config_source_span *spans;
	size_t n_spans;
};

struct config_reader;
/* 0, 1: a fault is reported, or -ENOMEM. */
int config_source_read(struct config_reader *r, const char *path, struct config_source *out);
void config_source_clear(struct config_source *source);
const char *config_source_place(const struct config_source *source, unsigned text_line, unsigned *line);
/* `name` as seen from the directory of `beside`: malloc'd or NULL. */
char *config_source_beside(const char *beside, const char *name);
/* Another file that was read beside the text. 0 or -ENOMEM. */
int config_source_add(struct config_source *source, const char *path);
/* Hands the names over; nothing is to be placed any more. */
void config_source_files(struct config_source *source, char ***files, size_t *n);
/* At most `most` bytes of a regular file, NUL-terminated, malloc'd. 0, -errno; -EFBIG, -ENOTSUP: not a
 * regular file. */
int config_file_read(const char *path, size_t most, char **text, size_t *length);
/* Where `r` reads a file (config_load_copy()): malloc'd or NULL. */
char *config_path_by(const struct config_reader *r, const char *path);
/* The same, from there. */
int config_file_read_by(const struct config_reader *r, const char *path, size_t most, char **text, size_t *length);
