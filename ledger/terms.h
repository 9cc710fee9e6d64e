/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What was agreed when: the terms (rates, quotas, names, the contract) under which bytes were counted, so that a month can be judged
 * by what was valid in it, whatever is configured today. A row for each change of one subject's terms, written by gerbangd when it
 * loads a configuration; sealed in the chain as events are. The ledger does not know what a document says (../policy/terms.h does).
 * Errors as in ledger.h; durable.
 */
#include "evidence.h"

enum ledger_terms_kind { LEDGER_TERMS_SITE = 1, LEDGER_TERMS_UPLINK, LEDGER_TERMS_CONTRACT, LEDGER_TERMS_OFFICE, LEDGER_TERMS_ZONE };
#define LEDGER_TERMS_MAX 65536u

struct ledger_terms {
	int64_t id; /* out */
	int64_t wall_usec; /* from when on it is valid */
	enum ledger_terms_kind kind;
	char of[LEDGER_ID];   /* an office's or zone's id, else "" */
	const char *document; /* JSON, sorted keys, compact; "": from now on there is no such office, zone or contract */
};
/* 1: these are the terms already, nothing is written. -EINVAL: no kind, an office or zone without id, longer than LEDGER_TERMS_MAX. */
int ledger_terms_put(struct ledger *ledger, const struct ledger_terms *terms);
/* Every row valid from before `until_wall_usec`, oldest first (by time, then id); `document` is the caller's only during the call. */
int ledger_terms(struct ledger *ledger, int64_t until_wall_usec, int (*seen)(const struct ledger_terms *terms, void *userdata),
		 void *userdata);
/* Those that are valid at the end, one a subject, by kind and id; those that ended with "" are left out. */
int ledger_terms_last(struct ledger *ledger, int (*seen)(const struct ledger_terms *terms, void *userdata), void *userdata);
