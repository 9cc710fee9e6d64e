/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What server.c, which has the socket, and plans.c, which has what is done with a plan, know of each other. Nobody else includes this.
 */
#include "apply.h"
#include "collect.h"
#include "drift.h"
#include "server.h"
#include "tidy.h"
#include "../lib/message.h"

#define COUNTING_MAX 16

struct server {
	struct kernel *kernel;
	struct bounds *bounds;
	struct drift *drift;
	struct tidy *tidy;
	struct collect *collect;
	uint64_t counting[COUNTING_MAX]; /* who waits for the collection that runs */
	size_t n_counting;
	sd_event *event;
	sd_event_source *listening, *peer;
	int listen_fd, fd; /* fd: of the peer, -1 */
	int64_t logged_usec;
	char *path;
	struct plan last; /* what the daemon had applied, as it sent it; no rows: nothing yet */
};

int server_result(struct server *server, uint64_t id, int error, unsigned operations, const char *text);
int server_blob(struct server *server, enum message_type type, uint64_t id, const void *bytes, size_t length);
void server_drop_broken(struct plan *plan); /* sessions whose elements disagree: they are none */

int plans_apply(struct server *server, const union message *message, int blob);
int plans_try(struct server *server, const union message *message, int blob);
int plans_settled(struct server *server, const union message *message, int blob);
/* With no daemon to ask: the last plan once more, with the guests and gates that the kernel has. */
void plans_repair(struct server *server);
