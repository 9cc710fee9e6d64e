/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * meta.json of an entry: {"number", "wall" (RFC 3339), "wall_usec", "who", "origin", "of", "state", "confirm_until_usec", "text",
 * "files": {name: SHA-256}, "outside": {path: SHA-256}}. Its "state" is for readers of the file; whether an entry is good is told by its
 * commit alone (history.h).
 */
#include "history.h"
#include "history_store.h"

json_t *history_meta(const struct history_entry *entry); /* without files; NULL: memory */
void history_meta_parse(const json_t *meta, struct history_entry *out); /* what makes no sense is left empty */
json_t *history_meta_sums(const json_t *meta); /* {"files", "outside"}, a new reference */
/* The files that a meta.json names, as they lie below NUMBER/files. 0 or -errno. */
int history_meta_bundle(const char *directory, uint64_t number, struct bundle *out);
