/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A question to the daemon and what becomes of its answer. All return an enum control_status: the exit
 * status.
 */
#include <jansson.h>
#include "client.h"
#include "command.h"

typedef void (*ask_renderer)(const json_t *document);

/* Steals `request`. */
int ask(const struct invocation *invocation, json_t *request, ask_renderer render);
int ask_below(const struct invocation *invocation, const char *run_directory, json_t *request,
	      ask_renderer render);
/* {"command": `command`, `key`: the word typed}. */
int ask_about(const struct invocation *invocation, const char *command, const char *key, ask_renderer render);
/* An answer that is there: shows it, or what the daemon says against it. */
int ask_show_answer(const struct invocation *invocation, const struct answer *answer, ask_renderer render);
/* NULL: no memory. */
int ask_show(const struct invocation *invocation, const json_t *document, ask_renderer render);
int ask_unreachable(const char *run_directory, int error); /* says why */
int ask_no_memory(void);
const char *ask_config(const struct invocation *invocation); /* the configuration's path */
