/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of messages. What a type's length is, whether it brings a memfd, and which of its fields are text
 * is said here once, for sender and receiver alike. Nothing may come out of message_receive() that does not
 * fit its row.
 */
#include "message.h"
#include "cleanup.h"
#include <errno.h>
#include <string.h>

struct text_field {
	size_t offset, size;
};

struct message_row {
	const char *name;
	size_t size;
	bool blob;
	struct text_field texts[6]; /* size 0 ends */
};

#define TEXT(type, field)                                                                                    \
	{                                                                                                    \
		offsetof(struct type, field), sizeof(((struct type *)0)->field)                              \
	}
#define PLAIN(text)                                                                                          \
	{                                                                                                    \
		.name = text, .size = sizeof(struct message_plain)                                           \
	}
#define PLAIN_BLOB(text)                                                                                     \
	{                                                                                                    \
		.name = text, .size = sizeof(struct message_plain), .blob = true                             \
	}
#define SESSION(text)                                                                                        \
	{                                                                                                    \
		.name = text, .size = sizeof(struct message_session), .texts = {                             \
			TEXT(message_session, session.device)                                                \
		}                                                                                            \
	}

static const struct message_row message_rows[MESSAGE_TYPES] = {
    [MESSAGE_APPLY] = PLAIN_BLOB("apply"),
    [MESSAGE_TRY] = PLAIN_BLOB("try"),
    [MESSAGE_TRIED] = PLAIN_BLOB("tried"),
    [MESSAGE_SETTLED] = PLAIN("settled"),
    [MESSAGE_READ] = PLAIN("read"),
    [MESSAGE_COUNT] = PLAIN("count"),
    [MESSAGE_SESSION_ADD] = SESSION("session add"),
    [MESSAGE_SESSION_CHANGE] = SESSION("session change"),
    [MESSAGE_SESSION_REMOVE] = SESSION("session remove"),
    [MESSAGE_RESULT] = {.name = "result",
			.size = sizeof(struct message_result),
			.texts = {TEXT(message_result, text), TEXT(message_result, leaf),
				  TEXT(message_result, leaf_reason), TEXT(message_result, download)}},
    [MESSAGE_STATE] = PLAIN_BLOB("state"),
    [MESSAGE_COUNTERS] = PLAIN_BLOB("counters"),
    [MESSAGE_DRIFT] = PLAIN("drift"),
    [MESSAGE_ALARM] = {.name = "alarm",
		       .size = sizeof(struct message_alarm),
		       .texts = {TEXT(message_alarm, text)}},
    [MESSAGE_GARDEN] = {.name = "garden",
			.size = sizeof(struct message_garden),
			.texts = {TEXT(message_garden, device)}},
    [MESSAGE_PORTAL_SETTINGS] = PLAIN_BLOB("portal settings"),
    [MESSAGE_GUEST] = {.name = "guest",
		       .size = sizeof(struct message_guest),
		       .texts = {TEXT(message_guest, name), TEXT(message_guest, secret),
				 TEXT(message_guest, cookie)}},
    [MESSAGE_GUEST_STATE] = {.name = "guest state",
			     .size = sizeof(struct message_guest_state),
			     .texts = {TEXT(message_guest_state, zone), TEXT(message_guest_state, zone_name),
				       TEXT(message_guest_state, opens_text),
				       TEXT(message_guest_state, closes_text),
				       TEXT(message_guest_state, outage_text),
				       TEXT(message_guest_state, code)}},
    [MESSAGE_WATCH_SETTINGS] = PLAIN_BLOB("watch settings"),
    [MESSAGE_WATCH_EVENT] = {.name = "watch event",
			     .size = sizeof(struct message_watch_event),
			     .texts = {TEXT(message_watch_event, device), TEXT(message_watch_event, name)}},
    [MESSAGE_WATCH_LATENCY] = PLAIN_BLOB("watch latency"),
    [MESSAGE_WATCH_TALK] = PLAIN_BLOB("watch talk"),
    [MESSAGE_WATCH_TALKERS] = PLAIN_BLOB("watch talkers"),
    [MESSAGE_CONTROL] = PLAIN_BLOB("control"),
    [MESSAGE_COURIER] = PLAIN_BLOB("courier"),
    [MESSAGE_COURIER_DONE] = PLAIN_BLOB("courier done"),
    [MESSAGE_CONTROL_RESULT] = {.name = "control result",
				.size = sizeof(struct message_control_result),
				.blob = true},
};

static const struct message_row *row_of(unsigned type)
{
	return type < ELEMENTS(message_rows) && message_rows[type].size ? &message_rows[type] : NULL;
}

const char *message_name(enum message_type type)
{
	const struct message_row *row = row_of(type);

	return row ? row->name : "unknown message";
}

static bool texts_end(const struct message_row *row, const union message *message)
{
	for (size_t i = 0; i < ELEMENTS(row->texts) && row->texts[i].size; i++)
		if (!memchr((const char *)message + row->texts[i].offset, '\0', row->texts[i].size))
			return false;
	return true;
}

int message_send(int fd, enum message_type type, union message *message, int passed_fd)
{
	const struct message_row *row = row_of(type);

	if (!row || row->blob != (passed_fd >= 0) || !texts_end(row, message))
		return -EINVAL;
	message->header.type = (uint16_t)type;
	message->header.version = MESSAGE_VERSION;
	message->header.length = (uint32_t)row->size;
	return wire_send(fd, message, row->size, passed_fd);
}

static bool message_valid(const union message *message, size_t length, bool has_fd)
{
	const struct message_row *row;

	if (length < sizeof(message->header))
		return false;
	row = row_of(message->header.type);
	return row && message->header.version == MESSAGE_VERSION && message->header.length == length &&
	       row->size == length && row->blob == has_fd && texts_end(row, message);
}

/* It may hold a password, and the stack outlives the call. */
static void wipe(union message *message)
{
	explicit_bzero(message, sizeof(*message));
}

int message_receive(int fd, union message *message, int *passed_fd)
{
	_cleanup_(closep) int came = -1;
	_cleanup_(wipe) union message received = {0};
	ssize_t n;

	if (passed_fd)
		*passed_fd = -1;
	n = wire_receive(fd, &received, sizeof(received), &came);
	if (n == -EMSGSIZE)
		return -EBADMSG;
	if (n <= 0)
		return (int)n;
	if (!message_valid(&received, (size_t)n, came >= 0) || (came >= 0 && !passed_fd))
		return -EBADMSG;
	*message = received;
	if (passed_fd) {
		*passed_fd = came;
		came = -1;
	}
	return 1;
}
