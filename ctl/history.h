/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Configurations that were applied: questions to the daemon; its history.h has the form of their answers.
 */
#include <jansson.h>
#include "ask.h"
#include "client.h"

/* An answer for further use. 0, or the exit status: said. `*out` is the caller's to clear in any case. */
int history_ask(const struct invocation *invocation, const char *run_directory, json_t *request, struct answer *out);
/* The files of an entry, or of the edited ones (0): the answer of "history-files". */
int history_files(const struct invocation *invocation, const char *run_directory, json_int_t number,
		  struct answer *out);
/* 1 and more. 0, or CONTROL_USAGE: said. */
int history_number(const char *typed, json_int_t *out);
