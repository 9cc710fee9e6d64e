/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The folder of the history on the disk (history.h draws it), below the rules of what it means: whole files and whole entries, durable
 * once a function has answered 0. Each rename stays within the folder, as the sandbox allows no other.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_PATH 512

/* One file of a configuration, in memory. */
struct bundle_file {
	char *name; /* below the folder: relative; elsewhere: its path */
	char *bytes;
	size_t length;
	char sum[65]; /* SHA-256 */
	int outside; /* 1: not in the folder */
};
struct bundle {
	struct bundle_file *rows;
	size_t n, bytes;
};
/* Adds a file that was read from `path`. 0; -EEXIST: it is there already; -EFBIG: too much of it; -errno. */
int bundle_read(struct bundle *bundle, const char *name, const char *path, int outside);
/* {"files": {name: sum}, "outside": {path: sum}} into `meta`. */
int bundle_sums(const struct bundle *bundle, json_t *meta);
void bundle_clear(struct bundle *bundle);

/* Makes the folder if need be and removes what a crash has left half made. 0 or -errno. */
int store_open(const char *directory);
/* Writes files and meta as NUMBER/, with its commit beside it. After any failure nothing of it is left. */
int store_put(const char *directory, uint64_t number, const struct bundle *bundle, const json_t *meta);
int store_commit(const char *directory, uint64_t number); /* `current` is NUMBER from now on, or -errno and nothing has changed */
int store_is_committed(const char *directory, uint64_t number); /* 1, 0 */
int store_meta_write(const char *directory, uint64_t number, const json_t *meta);
json_t *store_meta_read(const char *directory, uint64_t number); /* NULL: none that makes sense */
uint64_t store_current(const char *directory);			 /* 0: none */
void store_remove(const char *directory, uint64_t number);
/* Numbers, smallest first; malloc'd. How many, or -errno. */
long store_numbers(const char *directory, uint64_t **out);
/* NUMBER/files, where the copies are. */
const char *store_files(const char *directory, uint64_t number, char path[static STORE_PATH]);
