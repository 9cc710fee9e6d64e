/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sockets between our programs. The peer may be anybody who can reach the path: a message counts only if
 * it is whole, its sender is the user who connected, and it carries at most one descriptor. Nothing here
 * waits, and no descriptor of a refused message may stay open.
 */
#include "wire.h"
#include "cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* Room for a burst of answers to a peer that is busy; the system's limit may give less. */
#define SEND_BUFFER (1 << 20)
#define BACKLOG 64

static int socket_open(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

static void send_buffer_enlarge(int fd)
{
	const int size = SEND_BUFFER;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static int address_fill(const char *path, struct sockaddr_un *out)
{
	size_t length = strlen(path);

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (length == 0)
		return -EINVAL;
	if (length >= sizeof(out->sun_path))
		return -ENAMETOOLONG;
	memcpy(out->sun_path, path, length);
	return 0;
}

static int connect_to(int fd, const struct sockaddr_un *address)
{
	return connect(fd, (const void *)address, sizeof(*address)) < 0 ? -errno : 0;
}

/* Removes a socket that nobody listens on; anything else at this path is not ours to remove. */
static int stale_remove(const struct sockaddr_un *address)
{
	_cleanup_(closep) int fd = -1;
	struct stat st;
	int r;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EADDRINUSE;
	fd = socket_open();
	if (fd < 0)
		return fd;
	r = connect_to(fd, address);
	if (r != -ECONNREFUSED)
		return r == -EACCES ? r : -EADDRINUSE;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* Every message then says who sent it: see sender_is_peer(). Accepted sockets inherit it. */
static int credentials_ask(int fd)
{
	const int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ? -errno : 0;
}

int wire_listen(const char *path, mode_t mode)
{
	struct sockaddr_un address;
	_cleanup_(closep) int fd = -1;
	int r, listening;

	r = address_fill(path, &address);
	if (r < 0)
		return r;
	r = stale_remove(&address);
	if (r < 0)
		return r;
	fd = socket_open();
	if (fd < 0)
		return fd;
	r = credentials_ask(fd);
	if (r < 0)
		return r;
	/* Before bind(), so that it is never wider than asked; after it, because the umask may have cut it.
	 */
	if (fchmod(fd, mode) < 0 || bind(fd, (void *)&address, sizeof(address)) < 0 ||
	    chmod(path, mode) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	listening = fd;
	fd = -1;
	return listening;
}

int wire_accept(int fd)
{
	int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (peer < 0)
		return -errno;
	send_buffer_enlarge(peer);
	return peer;
}

int wire_connect(const char *path)
{
	struct sockaddr_un address;
	int r = address_fill(path, &address), fd;

	if (r < 0)
		return r;
	fd = socket_open();
	if (fd < 0)
		return fd;
	send_buffer_enlarge(fd);
	r = connect_to(fd, &address);
	if (r < 0) {
		close(fd);
		return r;
	}
	return fd;
}

int wire_peer(int fd, uid_t *uid, gid_t *gid, pid_t *pid)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		return -errno;
	if (uid)
		*uid = peer.uid;
	if (gid)
		*gid = peer.gid;
	if (pid)
		*pid = peer.pid;
	return 0;
}

int wire_send(int fd, const void *message, size_t length, int passed_fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec part = {.iov_base = (void *)message, .iov_len = length};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t n;

	if (length == 0) /* would read as an end of file */
		return -EINVAL;
	if (length > WIRE_MESSAGE_MAX)
		return -EMSGSIZE;
	if (passed_fd >= 0) {
		header.msg_control = control.bytes;
		header.msg_controllen = sizeof(control.bytes);
		*CMSG_FIRSTHDR(&header) = (struct cmsghdr){
		    .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&header)), &passed_fd, sizeof(passed_fd));
	}
	do
		n = sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

/* What came beside a message. */
struct ancillary {
	int fd; /* the first; -1 */
	bool more_fds;
	bool has_sender;
	struct ucred sender;
};

static void rights_take(const struct cmsghdr *c, struct ancillary *out)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
		if (out->fd < 0) {
			out->fd = fd;
			continue;
		}
		close(fd);
		out->more_fds = true;
	}
}

static void ancillary_take(struct msghdr *header, struct ancillary *out)
{
	*out = (struct ancillary){.fd = -1, .more_fds = header->msg_flags & MSG_CTRUNC};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_RIGHTS) {
			rights_take(c, out);
		} else if (c->cmsg_type == SCM_CREDENTIALS && c->cmsg_len == CMSG_LEN(sizeof(out->sender))) {
			memcpy(&out->sender, CMSG_DATA(c), sizeof(out->sender));
			out->has_sender = true;
		}
	}
}

/* A connection made by one user and handed on to another speaks for neither. */
static bool sender_is_peer(int fd, const struct ancillary *ancillary)
{
	uid_t uid = 0;

	return !ancillary->has_sender ||
	       (wire_peer(fd, &uid, NULL, NULL) == 0 && uid == ancillary->sender.uid);
}

static int message_judge(int fd, const struct msghdr *header, const struct ancillary *ancillary)
{
	if (header->msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (ancillary->more_fds)
		return -EBADMSG;
	return sender_is_peer(fd, ancillary) ? 0 : -EPERM;
}

ssize_t wire_receive(int fd, void *message, size_t size, int *passed_fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec part = {.iov_base = message, .iov_len = size};
	struct msghdr header = {.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = control.bytes,
				.msg_controllen = sizeof(control.bytes)};
	struct ancillary ancillary;
	_cleanup_(closep) int came = -1;
	ssize_t n;
	int r;

	if (passed_fd)
		*passed_fd = -1;
	do
		n = recvmsg(fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	ancillary_take(&header, &ancillary);
	came = ancillary.fd;
	if (n == 0)
		return 0;
	r = message_judge(fd, &header, &ancillary);
	if (r < 0)
		return r;
	if (passed_fd) {
		*passed_fd = came;
		came = -1;
	}
	return n;
}

#define BLOB_SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

int wire_blob(const void *bytes, size_t length)
{
	_cleanup_(closep) int fd = memfd_create("gerbang", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r, sealed;

	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes, length);
	if (r < 0)
		return r;
	if (fcntl(fd, F_ADD_SEALS, BLOB_SEALS) < 0)
		return -errno;
	sealed = fd;
	fd = -1;
	return sealed;
}

/* By position: the offset is shared with the sender. */
static int read_all(int fd, char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length) {
		ssize_t n = pread(fd, bytes + at, length - at, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += (size_t)n;
	}
	return 0;
}

int wire_blob_read(int fd, size_t max, void **bytes, size_t *length)
{
	int seals = fcntl(fd, F_GET_SEALS), r;
	_cleanup_(freep) char *buffer = NULL;
	struct stat st;

	/* Only a memfd has seals at all: no other file can make us wait here. */
	if (seals < 0 || (seals & BLOB_SEALS) != BLOB_SEALS)
		return -EPERM;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	buffer = malloc((size_t)st.st_size + 1);
	if (!buffer)
		return -ENOMEM;
	r = read_all(fd, buffer, (size_t)st.st_size);
	if (r < 0)
		return r;
	buffer[st.st_size] = '\0';
	*length = (size_t)st.st_size;
	*bytes = buffer;
	buffer = NULL;
	return 0;
}
