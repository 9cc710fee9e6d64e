/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever loses the key makes strangers of all known devices, so it is never overwritten, and half a key
 * is never taken for one.
 */
#include "key.h"
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"

#define KEY_FILE "ledger.key"
#define KEY_FILE_NEW "ledger.key.new"
#define KEY_MODE 0600

static int check_file(int fd, size_t size)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode) || status.st_size != (off_t)size)
		return -EIO;
	return (status.st_mode & 077) && fchmod(fd, KEY_MODE) < 0 ? -errno : 0;
}

static int read_key(int at, uint8_t *key, size_t size)
{
	_cleanup_(closep) int fd = openat(at, KEY_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n;
	int r;

	if (fd < 0)
		return errno == ELOOP ? -EIO : -errno;
	r = check_file(fd, size);
	if (r < 0)
		return r;
	n = read(fd, key, size);
	if (n < 0)
		return -errno;
	return n == (ssize_t)size ? 0 : -EIO;
}

static int write_new(int at, const uint8_t *key, size_t size)
{
	_cleanup_(closep) int fd =
	    openat(at, KEY_FILE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, KEY_MODE);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, key, size);
	if (n < 0)
		return -errno;
	if (n != (ssize_t)size)
		return -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

/* What was left half-made by a process that died goes first. A link appears whole, and never over another
 * file. */
static int make_key(int at, uint8_t *key, size_t size)
{
	int r;

	if (unlinkat(at, KEY_FILE_NEW, 0) < 0 && errno != ENOENT)
		return -errno;
	randombytes_buf(key, size);
	r = write_new(at, key, size);
	if (r == 0 && linkat(at, KEY_FILE_NEW, at, KEY_FILE, 0) < 0)
		r = -errno;
	unlinkat(at, KEY_FILE_NEW, 0);
	if (r < 0)
		return r == -EFBIG || r == -EDQUOT ? -ENOSPC : r;
	return fsync(at) < 0 ? -errno : 0;
}

int key_open(const char *directory, uint8_t *key, size_t size)
{
	_cleanup_(closep) int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (at < 0)
		return -errno;
	r = read_key(at, key, size);
	return r == -ENOENT ? make_key(at, key, size) : r;
}

int key_read(const char *directory, uint8_t *key, size_t size)
{
	_cleanup_(closep) int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return at < 0 ? -errno : read_key(at, key, size);
}
