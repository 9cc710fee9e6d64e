/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * `gerbang report`: one month of the site's ledger into files. Both of its forms (asked for, or due) meet in report_write().
 */
#include "../report/files.h"
#include "site.h"

struct report_request {
	const struct site *site; /* with a policy */
	int32_t month;		 /* year x 12 + month - 1 */
	unsigned formats;	 /* enum policy_format, or-ed */
	bool open, english;
	bool closed; /* only a month that is closed */
	const char *directory;
};

enum report_outcome { REPORT_WRITTEN, REPORT_NOTHING /* the ledger has nothing of that month */, REPORT_NOT_CLOSED, REPORT_FAILED /* said */ };
struct report_made { bool provisional; struct report_files files; };
/* *out is to be cleared (report_files_clear()) whatever comes of it. */
enum report_outcome report_write(const struct report_request *request, struct report_made *out);

/* `gerbang report --due`. An enum control_status. */
int report_due(const struct invocation *invocation, const struct site *site);
