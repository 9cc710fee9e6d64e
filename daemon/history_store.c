/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: power may fail between any two lines here. An entry appears by one rename of its folder and becomes
 * good by one rename of its commit; whatever lies about under another name is nobody's and is swept away. It
 * must never write into a file that somebody may be reading.
 */
#include "history_store.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "history_disk.h"
#include "../lib/cleanup.h"

#define META_BYTES_MAX (1 << 20)

static const char *entry_path(const char *directory, uint64_t number, const char *below,
			      char path[static STORE_PATH])
{
	snprintf(path, STORE_PATH, "%s/%06" PRIu64 "%s", directory, number, below);
	return path;
}

static const char *file_path(const char *directory, const char *name, char path[static STORE_PATH])
{
	if (!directory || snprintf(path, STORE_PATH, "%s/%s", directory, name) < 0)
		path[0] = '\0';
	return path;
}

const char *store_files(const char *directory, uint64_t number, char path[static STORE_PATH])
{
	return entry_path(directory, number, "/files", path);
}

/* ---- reading ---- */

/* A number and nothing else, as this program writes it. 0: no number. */
static uint64_t number_of(const char *text)
{
	char again[32];
	uint64_t number = strtoull(text, NULL, 10);

	snprintf(again, sizeof(again), "%06" PRIu64, number);
	return strcmp(again, text) ? 0 : number;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* 0 or -ENOMEM. */
static int append(uint64_t **numbers, long n, uint64_t number)
{
	uint64_t *grown = reallocarray(*numbers, (size_t)n + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	grown[n] = number;
	*numbers = grown;
	return 0;
}

long store_numbers(const char *directory, uint64_t **out)
{
	_cleanup_(freep) uint64_t *numbers = NULL;
	const struct dirent *entry;
	DIR *dir = opendir(directory);
	long n = 0;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		uint64_t number = number_of(entry->d_name);

		r = number ? append(&numbers, n, number) : 0;
		n += number && r == 0;
	}
	closedir(dir);
	if (r < 0)
		return r;
	if (n)
		qsort(numbers, (size_t)n, sizeof(*numbers), by_number);
	*out = numbers;
	numbers = NULL;
	return n;
}

uint64_t store_current(const char *directory)
{
	char path[STORE_PATH], text[32] = "";
	_cleanup_(fclosep) FILE *file = NULL;

	file = fopen(file_path(directory, "current", path), "re");
	if (!file || !fgets(text, sizeof(text), file))
		return 0;
	text[strcspn(text, "\n")] = '\0';
	return number_of(text);
}

int store_is_committed(const char *directory, uint64_t number)
{
	char path[STORE_PATH];
	struct stat st;

	return stat(entry_path(directory, number, "", path), &st) >= 0 &&
	       lstat(entry_path(directory, number, ".commit", path), &st) < 0 && errno == ENOENT;
}

json_t *store_meta_read(const char *directory, uint64_t number)
{
	char path[STORE_PATH];
	_cleanup_(fclosep) FILE *file = fopen(entry_path(directory, number, "/meta.json", path), "re");
	struct stat st;

	if (!file || fstat(fileno(file), &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > META_BYTES_MAX)
		return NULL;
	return json_loadf(file, JSON_REJECT_DUPLICATES, NULL);
}

/* ---- writing ---- */

static int write_json(const char *path, const json_t *document)
{
	_cleanup_(freep) char *text = json_dumps(document, JSON_INDENT(1));

	return text ? disk_write(path, text, strlen(text)) : -ENOMEM;
}

int store_meta_write(const char *directory, uint64_t number, const json_t *meta)
{
	char folder[STORE_PATH], fresh[STORE_PATH], path[STORE_PATH];
	int r;

	entry_path(directory, number, "", folder);
	r = write_json(entry_path(directory, number, "/meta.json.new", fresh), meta);
	if (r >= 0)
		r = disk_rename(fresh, entry_path(directory, number, "/meta.json", path), folder);
	if (r < 0)
		unlink(fresh);
	return r;
}

/* `name` is relative and has no "..": config_below() made it. */
static int write_one(const char *folder, const struct bundle_file *file)
{
	_cleanup_(freep) char *path = NULL;
	int r;

	if (asprintf(&path, "%s/%s", folder, file->name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = disk_parents(path, strlen(folder) + 1);
	return r < 0 ? r : disk_write(path, file->bytes, file->length);
}

static int write_entry(const char *folder, const struct bundle *bundle, const json_t *meta)
{
	char path[STORE_PATH + 16];
	int r = mkdir(folder, 0700) < 0 ? -errno : 0;

	snprintf(path, sizeof(path), "%s/files", folder);
	if (r >= 0 && mkdir(path, 0700) < 0)
		r = -errno;
	for (size_t i = 0; r >= 0 && i < bundle->n; i++)
		if (!bundle->rows[i].outside)
			r = write_one(path, &bundle->rows[i]);
	if (r >= 0)
		r = disk_sync_tree(path);
	snprintf(path, sizeof(path), "%s/meta.json", folder);
	if (r >= 0)
		r = write_json(path, meta);
	return r < 0 ? r : disk_sync(folder);
}

/* The commit first: an entry without one is good. */
int store_put(const char *directory, uint64_t number, const struct bundle *bundle, const json_t *meta)
{
	char fresh[STORE_PATH], path[STORE_PATH], commit[STORE_PATH], text[32];
	int r;

	file_path(directory, ".new", fresh);
	snprintf(text, sizeof(text), "%06" PRIu64 "\n", number);
	disk_remove(fresh);
	r = write_entry(fresh, bundle, meta);
	if (r >= 0)
		r = disk_write(entry_path(directory, number, ".commit", commit), text, strlen(text));
	if (r >= 0)
		r = disk_sync(directory);
	if (r >= 0)
		r = disk_rename(fresh, entry_path(directory, number, "", path), directory);
	if (r >= 0)
		return 0;
	disk_remove(fresh);
	store_remove(directory, number);
	return r;
}

int store_commit(const char *directory, uint64_t number)
{
	char commit[STORE_PATH], current[STORE_PATH];

	file_path(directory, "current", current);
	return disk_rename(entry_path(directory, number, ".commit", commit), current, directory);
}

/* It is gone in one step; its commit goes last, or what is left would look good. */
void store_remove(const char *directory, uint64_t number)
{
	char path[STORE_PATH], old[STORE_PATH];

	file_path(directory, ".old", old);
	disk_remove(old);
	if (rename(entry_path(directory, number, "", path), old) < 0 && errno != ENOENT)
		return;
	disk_remove(old);
	unlink(entry_path(directory, number, ".commit", path));
}

/* Commits of entries that never appeared. */
static void sweep_commits(const char *directory)
{
	char path[STORE_PATH], name[32];
	const struct dirent *entry;
	DIR *dir = opendir(directory);
	struct stat st;

	while (dir && (entry = readdir(dir))) {
		const char *dot = strchr(entry->d_name, '.');

		if (!dot || dot == entry->d_name || strcmp(dot, ".commit") ||
		    dot - entry->d_name >= (ptrdiff_t)sizeof(name))
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(dot - entry->d_name), entry->d_name);
		if (number_of(name) && stat(entry_path(directory, number_of(name), "", path), &st) < 0 &&
		    errno == ENOENT)
			unlink(entry_path(directory, number_of(name), ".commit", path));
	}
	if (dir)
		closedir(dir);
}

int store_open(const char *directory)
{
	char path[STORE_PATH];

	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return -errno;
	disk_remove(file_path(directory, ".new", path));
	disk_remove(file_path(directory, ".old", path));
	sweep_commits(directory);
	return access(directory, W_OK | X_OK) < 0 ? -errno : 0;
}
