/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What evidence has yet to bring into the ledger: outages that began and ended, minutes of availability, probes by target. It keeps them while the
 * ledger cannot be written, and never writes one twice.
 */
#include "minutes.h"

#define EVIDENCE_OUTAGES 32
#define EVIDENCE_DAYS 4

struct evidence_rows {
	struct ledger_outage outages[EVIDENCE_OUTAGES]; /* oldest first; id 0: not begun in the ledger. The last may be open */
	unsigned n_outages;
	struct evidence_day {
		struct ledger_availability sum;
		struct ledger_target targets[OUTAGE_TARGETS];
		unsigned n_targets;
	} days[EVIDENCE_DAYS];
	unsigned n_days;
};

void evidence_rows_began(struct evidence_rows *rows, enum ledger_outage_cause cause, int64_t wall_usec);
void evidence_rows_ended(struct evidence_rows *rows, int64_t wall_usec);
void evidence_rows_adopt(struct evidence_rows *rows, const struct ledger_outage *outage); /* open in the ledger already */
void evidence_rows_minute(struct evidence_rows *rows, const struct ledger_availability *minute, const struct minute *raw,
			  const struct addr *targets, size_t n_targets);
/* 0, or what the ledger says: all that is not written stays. */
int evidence_rows_save(struct evidence_rows *rows, struct ledger *ledger);
