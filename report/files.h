/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The report's files in a directory: each is written beside its place and moved there whole (mode 0644, the directory 0755 where it is made), so that a full disk or a
 * kill leaves the former file. Names: gerbang-2026-11.pdf, .xlsx, .html, gerbang-2026-11-offices.csv (a table each),
 * gerbang-2026-11-open.json, gerbang-2026-11-open-offices.csv, gerbang-2026-11-open-dictionary.csv.
 */
#include "document.h"

struct report_files { char **names; size_t n; /* in the order in which they were written */ char failed[300]; /* which, and why */ };
/* `formats`: enum policy_format, or-ed. `open`: the open data besides (or alone, with formats 0). Makes the last directory of the path where it is missing. 0 or -errno. */
int report_files_write(const struct report_document *document, const char *directory, unsigned formats, bool open, struct report_files *out);
void report_files_clear(struct report_files *files);
