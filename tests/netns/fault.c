/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded before the shaper's own libraries (LD_PRELOAD), to fail one of its system calls or to have the
 * kernel refuse one of its messages, while it works on a plan: from the moment that it has read APPLY to its
 * answer. Which one is told through a file that it maps (GERBANG_FAULT), so that it makes no call of its own
 * later and no sandbox notices. It must never be part of what is installed.
 *
 * A refused message is really refused: its type becomes one that no kernel knows, and the answer gets the
 * error that was asked for.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define APPLY 1 /* MESSAGE_APPLY */
#define MESSAGE_MAX (4u << 20)

/* As test_undo.py has it. */
enum fault { REFUSE, SEND, RECEIVE, SOCKET, OPEN, READ, WRITE, MEMORY, FAULTS };
struct control {
	uint32_t fault, nth; /* nth from 1; 0: none fails, all are counted */
	int32_t error;
	uint32_t fired;
	uint32_t counts[FAULTS];
	uint32_t persistent; /* and every one behind it */
};

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static struct control *control;
static bool at_work;
static char copy[MESSAGE_MAX] __attribute__((aligned(8)));
static bool refused; /* something, by a type that it does not know */

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("GERBANG_FAULT");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *map =
	    fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		close(fd);
	control = map == MAP_FAILED ? NULL : map;
}

static bool fails(enum fault fault)
{
	if (!control || !at_work)
		return false;
	control->counts[fault]++;
	if (control->fault != fault || !control->nth ||
	    (control->persistent ? control->counts[fault] < control->nth
				 : control->counts[fault] != control->nth))
		return false;
	control->fired++;
	errno = control->error;
	return true;
}

#define REAL(name)                                                                                           \
	static __typeof__(&name) real;                                                                       \
	if (!real)                                                                                           \
	real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* ---- messages ---- */

static bool is_netlink(int fd)
{
	struct sockaddr address = {0};
	socklen_t length = sizeof(address);

	return getsockname(fd, &address, &length) == 0 && address.sa_family == AF_NETLINK;
}

/* Of both families: what is neither a question nor an envelope. */
static bool changes(const struct nlmsghdr *message)
{
	const unsigned kind = message->nlmsg_type & 0xff;

	if (message->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES)
		return kind % 3 != 1 || kind == 25; /* NEW, GET, DEL in threes */
	if (message->nlmsg_type >> 8 == 0)
		return message->nlmsg_type >= RTM_BASE && (message->nlmsg_type & 3) != 2 &&
		       message->nlmsg_flags & (NLM_F_CREATE | NLM_F_ACK | NLM_F_ECHO | NLM_F_REQUEST) &&
		       !(message->nlmsg_type == NFNL_MSG_BATCH_BEGIN ||
			 message->nlmsg_type == NFNL_MSG_BATCH_END);
	return false;
}

static void spoil(size_t length)
{
	for (size_t at = 0; at + sizeof(struct nlmsghdr) <= length;) {
		struct nlmsghdr *message = (void *)(copy + at);

		if (message->nlmsg_len < sizeof(*message))
			return;
		if (changes(message) && fails(REFUSE)) {
			refused = true;
			message->nlmsg_type = message->nlmsg_type >> 8 ? message->nlmsg_type | 0xff : 0xfe;
		}
		at += NLMSG_ALIGN(message->nlmsg_len);
	}
}

EXPORT ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to,
		      socklen_t to_length)
{
	REAL(sendto);
	if (!control || !at_work || length > sizeof(copy) || !is_netlink(fd))
		return real(fd, bytes, length, flags, to, to_length);
	if (fails(SEND))
		return -1;
	memcpy(copy, bytes, length);
	spoil(length);
	return real(fd, copy, length, flags, to, to_length);
}

static void see_answer(struct msghdr *header, ssize_t n)
{
	char *bytes = header->msg_iov[0].iov_base;

	for (ssize_t at = 0; n - at >= (ssize_t)sizeof(struct nlmsghdr);) {
		struct nlmsghdr *message = (void *)(bytes + at);
		struct nlmsgerr *error = NLMSG_DATA(message);

		if (message->nlmsg_len < sizeof(*message))
			return;
		if (message->nlmsg_type == NLMSG_ERROR && refused &&
		    (error->error == -EOPNOTSUPP || error->error == -EINVAL))
			error->error = -control->error;
		at += NLMSG_ALIGN(message->nlmsg_len);
	}
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *header, int flags)
{
	uint16_t type;
	ssize_t n;

	REAL(recvmsg);
	if (control && at_work && is_netlink(fd)) {
		if (fails(RECEIVE))
			return -1;
		n = real(fd, header, flags);
		see_answer(header, n);
		return n;
	}
	n = real(fd, header, flags);
	if (control && n >= (ssize_t)sizeof(type) && !is_netlink(fd)) {
		memcpy(&type, header->msg_iov[0].iov_base, sizeof(type));
		at_work = type == APPLY;
		refused = false;
	}
	return n;
}

EXPORT ssize_t sendmsg(int fd, const struct msghdr *header, int flags)
{
	REAL(sendmsg);
	if (control && !is_netlink(fd))
		at_work = false;
	return real(fd, header, flags);
}

/* ---- the rest ---- */

EXPORT int socket(int domain, int type, int protocol)
{
	REAL(socket);
	return fails(SOCKET) ? -1 : real(domain, type, protocol);
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode = 0;

	REAL(open);
	if (flags & O_CREAT) {
		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		va_end(arguments);
	}
	return fails(OPEN) ? -1 : real(path, flags, mode);
}

EXPORT ssize_t read(int fd, void *bytes, size_t length)
{
	REAL(read);
	return fails(READ) ? -1 : real(fd, bytes, length);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t length)
{
	REAL(write);
	/* the log may be written */
	return fd > 2 && fails(WRITE) ? -1 : real(fd, bytes, length);
}

EXPORT void *malloc(size_t size)
{
	return fails(MEMORY) ? NULL : __libc_malloc(size);
}

EXPORT void *calloc(size_t n, size_t size)
{
	return fails(MEMORY) ? NULL : __libc_calloc(n, size);
}

EXPORT void *realloc(void *old, size_t size)
{
	return fails(MEMORY) ? NULL : __libc_realloc(old, size);
}

EXPORT void *reallocarray(void *old, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return fails(MEMORY) ? NULL : __libc_realloc(old, bytes);
}
