/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an answer must find its request at once, and a lost connection must find them all. Nothing here speaks
 * to anybody.
 */
#include "requests.h"
#include <stdlib.h>
#include "../lib/cleanup.h"

void requests_init(struct requests *requests)
{
	*requests = (struct requests){.next_id = 1};
	TAILQ_INIT(&requests->sent);
	TAILQ_INIT(&requests->waiting);
}

struct request *requests_add(struct requests *requests, enum message_type type, int blob)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request) {
		closep(&blob);
		return NULL;
	}
	request->id = requests->next_id++;
	request->type = type;
	request->blob = blob;
	TAILQ_INSERT_TAIL(&requests->waiting, request, link);
	requests->n_waiting++;
	return request;
}

struct request *requests_next(const struct requests *requests)
{
	return TAILQ_FIRST(&requests->waiting);
}

/* Those that read the whole kernel, and may have to wait for such a one. */
static bool is_long(const struct request *request)
{
	return request->type == MESSAGE_APPLY || request->type == MESSAGE_TRY;
}

void requests_sent(struct requests *requests, struct request *request, int64_t now_mono_usec)
{
	TAILQ_REMOVE(&requests->waiting, request, link);
	requests->n_waiting--;
	TAILQ_INSERT_TAIL(&requests->sent, request, link);
	HASH_ADD(hh, requests->by_id, id, sizeof(request->id), request);
	requests->n_sent++;
	requests->n_apply += is_long(request);
	request->sent_usec = now_mono_usec;
	closep(&request->blob);
	request->blob = -1;
}

const struct request *requests_oldest(const struct requests *requests)
{
	return TAILQ_FIRST(&requests->sent);
}

struct request *requests_take(struct requests *requests, uint64_t id)
{
	struct request *request;

	HASH_FIND(hh, requests->by_id, &id, sizeof(id), request);
	if (!request)
		return NULL;
	HASH_DEL(requests->by_id, request);
	TAILQ_REMOVE(&requests->sent, request, link);
	requests->n_sent--;
	requests->n_apply -= is_long(request);
	return request;
}

void requests_take_all(struct requests *requests, struct request_list *out)
{
	HASH_CLEAR(hh, requests->by_id);
	TAILQ_INIT(out);
	TAILQ_CONCAT(out, &requests->sent, link);
	TAILQ_CONCAT(out, &requests->waiting, link);
	requests->n_sent = requests->n_waiting = requests->n_apply = 0;
}

void request_free(struct request *request)
{
	closep(&request->blob);
	free(request);
}
