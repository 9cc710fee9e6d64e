/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a password that everybody on the machine can read is none, and it is better that a notice waits than
 * that nobody notices.
 */
#include "secret.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"

static int check(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return st.st_mode & S_IRWXO ? -EPERM : 0;
}

int secret_read(const char *path, struct secret *out)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int r = fd < 0 ? -errno : check(fd);
	ssize_t n;

	if (r < 0)
		return r;
	n = read(fd, out->bytes, sizeof(out->bytes));
	if (n < 0)
		return -errno;
	while (n > 0 && (out->bytes[n - 1] == '\n' || out->bytes[n - 1] == '\r'))
		n--;
	if (n == 0 || n > SECRET_MOST || memchr(out->bytes, '\0', (size_t)n) ||
	    memchr(out->bytes, '\n', (size_t)n)) {
		secret_wipe(out);
		return -EINVAL;
	}
	out->bytes[n] = '\0';
	out->length = (size_t)n;
	return 0;
}

const char *secret_error(int error)
{
	if (error == -EPERM)
		return "must not be readable to others";
	if (error == -EINVAL)
		return "must be a file of one line";
	return strerror(-error);
}

void secret_wipe(struct secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}
