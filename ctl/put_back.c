// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: root's files are written from what another program says. So a name may only lead below the
 * configuration's folder, through no symbolic link, and nothing is ever written over: the former file is
 * always there beside the new one.
 */
#include "put_back.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"
#include "values.h"
#include "words.h"

#define NAME_MOST 512
#define KEPT ".before-rollback"

/* ---- names ---- */

/* "a.conf", "theme/logo.png": no step upward, nothing empty, nothing hidden. */
static bool is_below(const char *name)
{
	if (!*name || *name == '/' || strlen(name) > NAME_MOST)
		return false;
	for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL) {
		size_t length = strcspn(part, "/");

		if (length == 0 || *part == '.')
			return false;
	}
	return true;
}

/* The directory of `name`, step by step, so that no link leads out of `folder`. A descriptor, or -errno. */
static int open_directory(const char *folder, const char *name)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char part[NAME_MOST + 1];

	for (const char *slash = strchr(name, '/'); fd >= 0 && slash; slash = strchr(name, '/')) {
		int next;

		snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		if (mkdirat(fd, part, 0755) < 0 && errno != EEXIST)
			next = -1;
		else
			next = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		fd = next;
		name = slash + 1;
	}
	return fd < 0 ? -errno : fd;
}

/* ---- contents ---- */

struct bytes {
	char *data;
	size_t length;
};

static void bytes_clear(struct bytes *bytes)
{
	free(bytes->data);
}

static int contents_of(const json_t *file, struct bytes *out)
{
	const json_t *text = json_object_get(file, "text");
	const char *encoded = json_string_value(json_object_get(file, "base64"));
	size_t length = text ? json_string_length(text) : encoded ? strlen(encoded) : 0;

	if (!text && !encoded)
		return -EBADMSG;
	out->data = malloc(length + 1);
	if (!out->data)
		return -ENOMEM;
	out->length = length;
	if (text)
		memcpy(out->data, json_string_value(text), length);
	else if (sodium_base642bin((unsigned char *)out->data, length + 1, encoded, length, NULL,
				   &out->length, NULL, sodium_base64_VARIANT_ORIGINAL) < 0)
		return -EBADMSG;
	return 0;
}

static bool read_equals(int fd, const struct bytes *bytes)
{
	char buffer[8192];
	size_t at = 0;
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
		if ((size_t)n > bytes->length - at || memcmp(buffer, bytes->data + at, (size_t)n) != 0)
			return false;
		at += (size_t)n;
	}
	return n == 0 && at == bytes->length;
}

static int write_all(int fd, const struct bytes *bytes)
{
	for (size_t at = 0; at < bytes->length;) {
		ssize_t n = write(fd, bytes->data + at, bytes->length - at);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* ---- one file ---- */

/* 0; 1: it is there with just these bytes; -errno. */
static int look(struct put_back_file *file, const struct bytes *bytes)
{
	_cleanup_(closep) int fd =
	    openat(file->directory, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	file->mode = 0644;
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	file->was_there = true;
	file->mode = st.st_mode & 07777;
	file->uid = st.st_uid;
	file->gid = st.st_gid;
	return (size_t)st.st_size == bytes->length && read_equals(fd, bytes);
}

static int write_fresh(const struct put_back_file *file, const struct bytes *bytes)
{
	_cleanup_(closep) int fd = -1;

	unlinkat(file->directory, file->fresh, 0); /* of one that was interrupted */
	fd = openat(file->directory, file->fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchown(fd, file->uid, file->gid) < 0 || fchmod(fd, file->mode) < 0)
		return -errno;
	return write_all(fd, bytes);
}

static int file_names(struct put_back_file *file, const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash ? slash + 1 : name;

	file->path = strdup(name);
	file->name = strdup(base);
	if (!file->path || !file->name || asprintf(&file->kept, "%s" KEPT, base) < 0 ||
	    asprintf(&file->fresh, ".%s.rollback", base) < 0)
		return -ENOMEM;
	return 0;
}

static void file_clear(struct put_back_file *file)
{
	if (file->directory >= 0 && file->fresh)
		unlinkat(file->directory, file->fresh, 0); /* where it did not come into place */
	closep(&file->directory);
	free(file->path);
	free(file->name);
	free(file->kept);
	free(file->fresh);
	*file = (struct put_back_file){.directory = -1};
}

/* Beside its place, if it differs. 0, 1: nothing to do, -errno. */
static int prepare(const char *folder, const json_t *row, struct put_back_file *file)
{
	_cleanup_(bytes_clear) struct bytes bytes = {0};
	int r = contents_of(row, &bytes);

	if (r == 0)
		r = file_names(file, value_text(row, "name"));
	if (r < 0)
		return r;
	file->directory = open_directory(folder, value_text(row, "name"));
	if (file->directory < 0)
		return file->directory;
	r = look(file, &bytes);
	return r == 0 ? write_fresh(file, &bytes) : r;
}

static int take_place(struct put_back_file *file)
{
	if (file->was_there) {
		if (unlinkat(file->directory, file->kept, 0) < 0 && errno != ENOENT)
			return -errno;
		if (linkat(file->directory, file->name, file->directory, file->kept, 0) < 0)
			return -errno;
	}
	if (renameat(file->directory, file->fresh, file->directory, file->name) < 0)
		return -errno;
	file->in_place = true;
	return fsync(file->directory) < 0 ? -errno : 0;
}

/* ---- all ---- */

static int say_failed(const char *name, int error)
{
	complain(WORD_NOT_PUT_BACK, name, strerror(-error));
	return error;
}

/* Twice the same place, or one where the former file of another goes: that one would be lost. */
static bool is_taken(const json_t *files, size_t n, const char *name)
{
	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *other = value_text(json_array_get(files, i), "name");
		size_t length = strlen(other);

		if ((i < n && strcmp(other, name) == 0) ||
		    (strncmp(other, name, length) == 0 && strcmp(name + length, KEPT) == 0))
			return true;
	}
	return false;
}

static int prepare_all(const json_t *files, struct put_back *put)
{
	const json_t *row;
	size_t i;

	json_array_foreach(files, i, row)
	{
		struct put_back_file *file = &put->files[put->n];
		const char *name = value_text(row, "name");
		int r;

		*file = (struct put_back_file){.directory = -1};
		if (!is_below(name) || is_taken(files, i, name)) {
			complain(WORD_STRANGE_NAME, name);
			return -EBADMSG;
		}
		put->n++;
		r = prepare(put->folder, row, file);
		if (r < 0)
			return say_failed(name, r);
		if (r > 0)
			file_clear(&put->files[--put->n]);
	}
	return 0;
}

static int take_places(struct put_back *put)
{
	for (size_t i = 0; i < put->n; i++) {
		int r = take_place(&put->files[i]);

		if (r < 0) {
			say_failed(put->files[i].path, r);
			put_back_undo(put);
			return r;
		}
	}
	return 0;
}

int put_back(const char *config_path, const json_t *files, struct put_back *out)
{
	_cleanup_(freep) char *copy = strdup(config_path);
	int r;

	*out = (struct put_back){.files = calloc(json_array_size(files) + 1, sizeof(*out->files))};
	out->folder = copy ? strdup(dirname(copy)) : NULL;
	if (!out->files || !out->folder)
		return say_failed(config_path, -ENOMEM);
	r = prepare_all(files, out);
	return r < 0 ? r : take_places(out);
}

void put_back_undo(struct put_back *put)
{
	int r = 0;

	for (size_t i = put->n; i-- > 0;) {
		struct put_back_file *file = &put->files[i];

		if (!file->in_place)
			continue;
		if (file->was_there)
			r = renameat(file->directory, file->kept, file->directory, file->name);
		else
			r = unlinkat(file->directory, file->name, 0);
		if (r < 0)
			say_failed(file->path, -errno);
		file->in_place = r < 0;
		fsync(file->directory);
	}
	if (r == 0 && put->n)
		complain(WORD_FOLDER_AS_IT_WAS, put->folder);
}

void put_back_say(const struct put_back *put)
{
	for (size_t i = 0; i < put->n; i++) {
		const struct put_back_file *file = &put->files[i];

		if (file->was_there)
			printf(word(WORD_PUT_BACK), file->path, file->kept);
		else
			printf(word(WORD_PUT_BACK_NEW), file->path);
		putchar('\n');
	}
}

void put_back_clear(struct put_back *put)
{
	for (size_t i = 0; put->files && i < put->n; i++)
		file_clear(&put->files[i]);
	free(put->files);
	free(put->folder);
	*put = (struct put_back){0};
}
