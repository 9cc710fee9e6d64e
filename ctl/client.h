/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One question to the daemon's control socket, and its answer.
 */
#include <jansson.h>
#include "../lib/message.h"

struct answer {
	enum control_status status;
	json_t *json; /* the document of DONE and CHANGES; NULL where the daemon gave none */
	char *text;   /* otherwise what it says against it */
};

void answer_clear(struct answer *answer);
/* 0; -errno: nobody answers below `run_directory`. Steals `request` (NULL: -ENOMEM). The daemon is asked to
 * answer in the language of the terminal. */
int client_call(const char *run_directory, json_t *request, struct answer *out);
/* The same, and -ETIMEDOUT after `msec`: for who can do without. */
int client_call_within(const char *run_directory, json_t *request, int msec, struct answer *out);
