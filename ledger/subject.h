/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who is metered, as a small number: rows are many, names are few. A number is never given to somebody else.
 */
#include "metering.h"
#include "store.h"

#define SUBJECT_BITS 16
#define SUBJECT_MAX 65535

int subject_judge(enum ledger_subject kind, const char id[static LEDGER_ID]); /* 0 or -EINVAL */
int subject_find(struct ledger *ledger, enum ledger_subject kind, const char *id,
		 int64_t *number); /* -ENOENT */
int subject_make(struct ledger *ledger, enum ledger_subject kind, const char *id, int64_t *number);

/* All of them, by number: for whoever walks through rows. */
struct subject {
	int64_t kind; /* as the file has it; 0: no subject has this number */
	char id[LEDGER_ID];
};
struct subjects {
	struct subject *by_number;
	size_t n; /* one more than the highest number */
};
int subjects_load(struct ledger *ledger, struct subjects *out);
void subjects_done(struct subjects *subjects);
const struct subject *subject_at(const struct subjects *subjects, int64_t number); /* or NULL */
#define SUBJECT_TEXT (LEDGER_ID + 16)
const char *subject_text(const struct subject *subject,
			 char text[static SUBJECT_TEXT]); /* "office dinkes"; NULL: "nobody" */
