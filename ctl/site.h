/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Where a command that only reads the ledger reads: the site that the configuration describes, its clock, and its ledger,
 * opened beside a running daemon or without one.
 */
#include "../ledger/chain.h"
#include "../policy/policy.h"
#include "command.h"

struct site {
	struct policy *policy; /* NULL: the configuration is refused; identifiers then stand for names */
	char *state_directory, *run_directory, *ledger_directory;
	bool rehearsal;
	int64_t now_wall_usec; /* the rehearsal's where it is one */
	struct ledger *ledger;
};

/* The process's time zone becomes the site's. 0, or the exit status: said. site_close() in either case. */
int site_open(const struct invocation *invocation, struct site *out);
void site_close(struct site *site);
/* 0, or CONTROL_REFUSED where `r` is negative: says that the ledger could not be read, and why. */
int site_judge(const struct site *site, int r);

const char *site_name(const struct site *site, enum ledger_subject kind, const char *id); /* or NULL */
bool site_knows(const struct site *site, enum ledger_subject kind, const char *id);
/* "office", "zone", "own", "unattributed", "uplink" */
const char *whose_kind(enum ledger_subject kind);
