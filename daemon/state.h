/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * STATE_DIRECTORY/state.json: what must survive a restart and cannot be read from the kernel or the
 * configuration: the class slots of offices and zones, and the overrides. Overrides of a rehearsal are
 * neither read nor written: those of the real clock that are in the file stay in it.
 */
#include "override.h"

struct state {
	char *path;
	struct overrides kept; /* in rehearsal: the real ones */
	bool failed;	       /* said once */
};

/* Never fails but for memory: a file that cannot be used is moved aside, said, and nothing is known then. */
int state_load(const char *directory, struct slots *slots, struct overrides *overrides, struct state *out);
/* Atomic. A failure is said once and stops nothing. */
void state_save(struct state *state, const struct slots *slots, const struct overrides *overrides);
void state_clear(struct state *state);
