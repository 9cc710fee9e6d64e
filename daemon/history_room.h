/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the files of the history share (history*.c alone).
 */
#include "history.h"
#include "history_store.h"

struct history {
	char *directory, *config_path; /* the second absolute */
	uint64_t current, pending;
	json_t *sums;	      /* of the configuration that is good: what edited files are held against; NULL: nothing is known */
	json_t *pending_sums;
	char error[200];      /* "": it can be written */
	struct { /* the last look at the edited files */
		char **files;
		size_t n_files;
		uint64_t signature; /* of their inodes and times */
		enum history_edited edited;
		char text[HISTORY_FAULT];
		bool known;
	} look;
};

/* Everything that a report names, read. 0, -errno. */
int history_gather(const struct history *history, const struct config_report *report, struct bundle *out);
/* config_load() or, of an entry, config_load_copy(); the process's time zone stays as it was. */
int history_load(const struct history *history, uint64_t number, struct policy **out, struct config_report *report);
/* Writes the bundle as a new pending entry. */
int history_write(struct history *history, const struct history_entry *about, const struct bundle *bundle, uint64_t *number);
void history_failed(struct history *history, int error); /* keeps it for history_error(); 0: it works again */
