/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The requests of shaper.c, from being made to being answered: those that wait to be sent, in order, and
 * those sent, by id. Owns them, and their descriptors.
 */
#include <sys/queue.h>
#include <uthash.h>
#include "shaper.h"

struct request {
	TAILQ_ENTRY(request) link;
	uint64_t id;
	enum message_type type;
	struct plan_session session; /* of SESSION_* */
	struct message_garden garden; /* of GARDEN */
	int blob;
	int64_t sent_usec;
	shaper_done done;
	void *userdata;
	uint64_t tag;
	UT_hash_handle hh; /* of those sent */
};
TAILQ_HEAD(request_list, request);

struct requests {
	struct request_list sent, waiting;
	struct request *by_id;
	unsigned n_sent, n_waiting, n_apply; /* n_apply: APPLYs and TRYs among the sent */
	uint64_t next_id;
};

void requests_init(struct requests *requests);
/* A new one at the end of those that wait; takes `blob`. NULL: no memory. */
struct request *requests_add(struct requests *requests, enum message_type type, int blob);
/* The next to be sent, or NULL; requests_sent() once that is done. */
struct request *requests_next(const struct requests *requests);
void requests_sent(struct requests *requests, struct request *request, int64_t now_mono_usec);
const struct request *requests_oldest(const struct requests *requests); /* of those sent, or NULL */
/* Takes out the one that this answers (the caller frees it), or NULL. */
struct request *requests_take(struct requests *requests, uint64_t id);
/* Takes out all, sent and waiting; the caller frees them. */
void requests_take_all(struct requests *requests, struct request_list *out);
void request_free(struct request *request);
