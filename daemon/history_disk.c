/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: "written" means that it is there when power comes back, and that needs the file, its folder, and
 * checking all of the answers. It must never follow a link out of the folder that it removes.
 */
#include "history_disk.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"

int disk_write(const char *path, const char *bytes, size_t length)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t done = 0;

	if (fd < 0)
		return -errno;
	while (done < length) {
		ssize_t n = write(fd, bytes + done, length - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int disk_parents(const char *path, size_t from)
{
	_cleanup_(freep) char *parent = strdup(path);

	if (!parent)
		return -ENOMEM;
	for (char *slash = strchr(parent + from, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(parent, 0700) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return 0;
}

int disk_sync(const char *folder)
{
	_cleanup_(closep) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* Calls `what` with the path of each row of a folder; 0 or the first error. */
static int each(const char *folder, int (*what)(const char *path))
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	int r = dir ? 0 : -errno;

	while (dir && r >= 0 && (entry = readdir(dir))) {
		_cleanup_(freep) char *path = NULL;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0) {
			path = NULL;
			r = -ENOMEM;
		} else {
			r = what(path);
		}
	}
	if (dir)
		closedir(dir);
	return r;
}

static int sync_below(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? disk_sync_tree(path) : 0;
}

int disk_sync_tree(const char *folder)
{
	int r = each(folder, sync_below);

	return r < 0 ? r : disk_sync(folder);
}

/* What was renamed stands, even where the folder cannot be synchronised: that is said, and is no failure,
 * since it cannot be taken back either. */
int disk_rename(const char *from, const char *to, const char *folder)
{
	int r;

	if (rename(from, to) < 0)
		return -errno;
	r = disk_sync(folder);
	if (r < 0)
		log_warning("%s: may not survive a power cut: %s", to, strerror(-r));
	return 0;
}

static int remove_one(const char *path)
{
	disk_remove(path);
	return 0;
}

void disk_remove(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		unlink(path);
		return;
	}
	each(path, remove_one);
	unlinkat(AT_FDCWD, path, AT_REMOVEDIR); /* the sandbox knows no rmdir() */
}
