// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line's end of the control socket. The daemon's word is judged like a stranger's: lengths, seals
 * and JSON are checked before anything is believed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "client.h"
#include "words.h"

#define ANSWER_MSEC 60000 /* an `apply` of a large site, on a slow machine */
#define SEND_MSEC 5000

void answer_clear(struct answer *answer)
{
	json_decref(answer->json);
	free(answer->text);
	*answer = (struct answer){0};
}

static int wait_for(int fd, short events, int msec)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int r;

	do
		r = poll(&poll_fd, 1, msec);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	return r == 0 ? -ETIMEDOUT : 0;
}

static int send_request(int fd, const json_t *request)
{
	_cleanup_(freep) char *text = json_dumps(request, JSON_COMPACT);
	_cleanup_(closep) int blob = -1;
	union message message = {.header.id = 1};
	int r;

	if (!text)
		return -ENOMEM;
	blob = wire_blob(text, strlen(text));
	explicit_bzero(text, strlen(text)); /* there may be a password in it */
	if (blob < 0)
		return blob;
	r = message_send(fd, MESSAGE_CONTROL, &message, blob);
	if (r != -EAGAIN)
		return r;
	r = wait_for(fd, POLLOUT, SEND_MSEC);
	return r < 0 ? r : message_send(fd, MESSAGE_CONTROL, &message, blob);
}

static int read_answer(int blob, enum control_status status, struct answer *out)
{
	_cleanup_(freep) char *text = NULL;
	json_t *json = NULL;
	size_t length;
	int r = wire_blob_read(blob, MESSAGE_JSON_MAX, (void **)&text, &length);

	if (r < 0)
		return r;
	if (status == CONTROL_DONE || status == CONTROL_CHANGES) {
		json = json_loadb(text, length, JSON_DECODE_ANY, NULL);
		if (!json && length > 0)
			return -EBADMSG;
	}
	*out = (struct answer){.status = status, .json = json, .text = json ? NULL : text};
	if (!json)
		text = NULL;
	return 0;
}

static int receive_answer(int fd, int msec, struct answer *out)
{
	union message message;
	_cleanup_(closep) int blob = -1;
	int r;

	do {
		r = wait_for(fd, POLLIN, msec);
		if (r < 0)
			return r;
		r = message_receive(fd, &message, &blob);
	} while (r == -EAGAIN);
	if (r <= 0)
		return r < 0 ? r : -ECONNRESET;
	if (message.header.type != MESSAGE_CONTROL_RESULT || message.header.id != 1)
		return -EBADMSG;
	return read_answer(blob, message.control_result.status, out);
}

static int connect_daemon(const char *run_directory)
{
	char path[108];
	int r = snprintf(path, sizeof(path), "%s/%s", run_directory, MESSAGE_SOCKET_CONTROL);

	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	return wire_connect(path);
}

int client_call_within(const char *run_directory, json_t *request, int msec, struct answer *out)
{
	_cleanup_(closep) int fd = -1;
	int r;

	if (!request)
		return -ENOMEM;
	json_object_set_new(request, "language", json_string(words_language_name()));
	fd = connect_daemon(run_directory);
	r = fd < 0 ? fd : send_request(fd, request);
	json_decref(request);
	return r < 0 ? r : receive_answer(fd, msec, out);
}

int client_call(const char *run_directory, json_t *request, struct answer *out)
{
	return client_call_within(run_directory, request, ANSWER_MSEC, out);
}
