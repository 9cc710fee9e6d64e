/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One compiled gettext catalogue (a .mo file; format: GNU gettext manual, "The Format of GNU MO Files"), read
 * whole.
 */
#include "../lib/cleanup.h"

struct catalogue;

/* 0; -errno of the file; -EBADMSG: not a catalogue of this machine's byte order whose every text lies inside
 * it. */
int catalogue_read(const char *path, struct catalogue **out);
/* The translation, or NULL where there is none or an empty one. */
const char *catalogue_find(const struct catalogue *catalogue, const char *english);
struct catalogue *catalogue_free(struct catalogue *catalogue);
DEFINE_CLEANUP(struct catalogue *, catalogue_free)
