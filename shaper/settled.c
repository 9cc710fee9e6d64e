/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two folders, of which one is valid: the other is emptied, filled, made durable, and named. Power that fails
 * leaves the one or the other. It must never follow a name out of the folder, and never believe a folder that
 * others can write to.
 */
#include "settled.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define CURRENT "current"
#define DEPTH_MAX 4

static const char *const places[] = {"a", "b"};

/* The valid folder's index, or -ENOENT. */
static int read_current(int state)
{
	_cleanup_(closep) int fd = openat(state, CURRENT, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char name = '\0';

	if (fd < 0)
		return -errno;
	if (read(fd, &name, 1) != 1)
		return -ENOENT;
	for (size_t i = 0; i < ELEMENTS(places); i++)
		if (places[i][0] == name)
			return (int)i;
	return -ENOENT;
}

static int open_state(const char *state)
{
	int fd = open(state, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* ---- reading ---- */

int settled_load(const char *state, const char *path, struct allowance **out)
{
	_cleanup_(closep) int fd = open_state(state);
	char copy[PATH_MAX];
	uid_t owner = 0;
	int current = fd < 0 ? fd : read_current(fd), r;

	if (current < 0)
		return 1;
	(void)privilege_uid(USER_SHAPER, &owner);
	if (snprintf(copy, sizeof(copy), "%s/%s", state, places[current]) >= (int)sizeof(copy))
		return -ENAMETOOLONG;
	r = allowance_check_owner(state, owner);
	if (r == 0)
		r = allowance_check_owner(copy, owner);
	if (r == 0)
		r = allowance_load(path, copy, owner, out);
	if (r != 0)
		log_warning("%s: the configuration that was settled last cannot be used", copy);
	return r == 0 ? 0 : 1;
}

/* ---- emptying ---- */

static int empty(int parent, const char *name, unsigned depth);

static int remove_one(int folder, const char *name, unsigned depth)
{
	int r;

	if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	r = empty(folder, name, depth + 1);
	if (r == 0 && unlinkat(folder, name, AT_REMOVEDIR) < 0)
		r = -errno;
	return r;
}

static int empty(int parent, const char *name, unsigned depth)
{
	int fd =
	    depth > DEPTH_MAX ? -1 : openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!folder) {
		r = depth > DEPTH_MAX ? -ELOOP : -errno;
		closep(&fd);
		return r;
	}
	while (r == 0 && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_one(fd, entry->d_name, depth);
	closedir(folder);
	return r;
}

/* ---- writing ---- */

static int write_bytes(int folder, const char *name, const char *bytes, size_t length)
{
	_cleanup_(closep) int fd =
	    openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno != EINTR)
			return -errno;
		bytes += MAX(n, 0);
		length -= (size_t)MAX(n, 0);
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* The folders on the way to a file, made; the last of them, open. `name` is config_below()'s: never upwards.
 */
static int open_way(int folder, const char *name, const char **last)
{
	int fd = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	const char *slash;

	while (fd >= 0 && (slash = strchr(name, '/'))) {
		char part[NAME_MAX + 1];
		int next;

		if (slash - name > NAME_MAX) {
			close(fd);
			return -ENAMETOOLONG;
		}
		snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		if (mkdirat(fd, part, 0700) < 0 && errno != EEXIST) {
			close(fd);
			return -errno;
		}
		next = openat(fd, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		(void)fsync(fd);
		close(fd);
		fd = next;
		name = slash + strspn(slash, "/");
	}
	*last = name;
	return fd < 0 ? -errno : fd;
}

static int write_file(int folder, const struct allowance_file *file)
{
	const char *name;
	_cleanup_(closep) int fd = open_way(folder, file->name, &name);
	int r = fd < 0 ? fd : write_bytes(fd, name, file->bytes, file->length);

	return r == 0 && fsync(fd) < 0 ? -errno : r;
}

static int fill(int state, const char *place, const struct allowance *limits)
{
	_cleanup_(closep) int folder = -1;
	int r;

	if (mkdirat(state, place, 0700) < 0 && errno != EEXIST)
		return -errno;
	r = empty(state, place, 0);
	if (r < 0)
		return r;
	folder = openat(state, place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	for (size_t i = 0; i < limits->n_files && r == 0; i++)
		r = write_file(folder, &limits->files[i]);
	return r == 0 && fsync(folder) < 0 ? -errno : r;
}

static int name_current(int state, const char *place)
{
	int r = write_bytes(state, CURRENT ".new", place, 1);

	if (r < 0)
		return r;
	if (renameat(state, CURRENT ".new", state, CURRENT) < 0 || fsync(state) < 0)
		return -errno;
	return 0;
}

int settled_write(const char *state, const struct allowance *limits)
{
	_cleanup_(closep) int fd = open_state(state);
	const char *place;
	int r;

	if (fd < 0)
		return fd;
	place = places[read_current(fd) == 0 ? 1 : 0];
	r = fill(fd, place, limits);
	return r < 0 ? r : name_current(fd, place);
}
