/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local protocol: packets of any bytes, with and without a descriptor, through a real socket pair into
 * message_receive(). What it accepts is of a known type, exactly as long as it says, ends its texts, and can
 * be sent on; what it refuses leaves no descriptor open. Packets are cut from the input by a length byte each:
 * the first bit says whether a descriptor comes along, and a byte below 64 after it makes the packet a
 * well-formed message of that type with the input laid over its body.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *	tests/fuzz/fuzz_message.c lib/message.c lib/wire.c -o fuzz_message
 *   ./fuzz_message -max_total_time=60 -max_len=4096 tests/fuzz/corpus/message
 */
#include "../../lib/cleanup.h"
#include "../../lib/message.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static unsigned open_descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned n = 0;

	check(directory);
	while (readdir(directory))
		n++;
	closedir(directory);
	return n;
}

/* The exact size of a type is message.c's own knowledge: found by trying, once. */
static size_t size_of(unsigned type)
{
	static size_t sizes[MESSAGE_TYPES];
	int pair[2], fd = -1;
	union message message = {0}, out;

	if (type >= MESSAGE_TYPES || sizes[type])
		return type < MESSAGE_TYPES ? sizes[type] : 0;
	check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	fd = wire_blob("x", 1);
	if (message_send(pair[0], type, &message, -1) == 0 || message_send(pair[0], type, &message, fd) == 0)
		sizes[type] = message.header.length;
	(void)out;
	close(pair[0]);
	close(pair[1]);
	close(fd);
	return sizes[type];
}

/* A packet of `bytes`; or a message of a type with them in its body. */
static size_t make(const uint8_t *bytes, size_t length, union message *out)
{
	size_t size = length > 0 && bytes[0] < 64 ? size_of(bytes[0] % MESSAGE_TYPES) : 0;

	memset(out, 0, sizeof(*out));
	if (size == 0) {
		memcpy(out, bytes, MIN(length, sizeof(*out)));
		return MIN(length, sizeof(*out));
	}
	out->header.type = bytes[0] % MESSAGE_TYPES;
	out->header.version = MESSAGE_VERSION;
	out->header.length = (uint32_t)size;
	memcpy((char *)out + sizeof(out->header), bytes + 1, MIN(length - 1, size - sizeof(out->header)));
	return size;
}

static void check_accepted(const union message *message, int fd)
{
	union message copy = *message;
	int pair[2];

	check(message->header.version == MESSAGE_VERSION && message->header.length <= sizeof(*message));
	check(strcmp(message_name(message->header.type), "unknown message") != 0);
	check(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	check(message_send(pair[0], message->header.type, &copy, fd) == 0);
	check(memcmp(&copy, message, message->header.length) == 0);
	close(pair[0]);
	close(pair[1]);
}

static void one_packet(const int pair[2], const uint8_t *bytes, size_t length, bool with_fd)
{
	_cleanup_(closep) int blob = with_fd ? wire_blob(bytes, length) : -1, came = -1;
	union message message, received;
	size_t size = make(bytes, length, &message);
	int r;

	if (size == 0 || wire_send(pair[0], &message, size, blob) < 0)
		return;
	r = message_receive(pair[1], &received, &came);
	check(r == 1 || r == -EBADMSG);
	check(r == 1 || came < 0);
	if (r == 1)
		check_accepted(&received, came);
	check(message_receive(pair[1], &received, NULL) == -EAGAIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static unsigned before;
	int pair[2];

	size_of(MESSAGE_APPLY);
	before = open_descriptors();
	check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) == 0);
	while (length > 1) {
		size_t n = MIN((size_t)(bytes[0] >> 1) * 8, length - 1);

		one_packet(pair, bytes + 1, n, bytes[0] & 1);
		bytes += n + 1;
		length -= n + 1;
	}
	close(pair[0]);
	check(message_receive(pair[1], &(union message){0}, NULL) == 0);
	close(pair[1]);
	check(open_descriptors() == before);
	return 0;
}
