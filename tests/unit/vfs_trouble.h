/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A file system in trouble, below SQLite and above the real one: every write, sync, truncation and deletion is a step that
 * is counted, and at a chosen step it fails, stops half-way, or the machine loses its power.
 */
#include <stdbool.h>

enum trouble_kind {
	TROUBLE_NONE,
	TROUBLE_FAIL,	  /* this step says EIO, once; of a write the first half is done */
	TROUBLE_FAIL_ALL, /* this and every later one, until trouble_over() */
	TROUBLE_FULL,	  /* no room: SQLITE_FULL, until trouble_over() */
	TROUBLE_KILL,	  /* SIGKILL before the step; of a write the first half is done */
	TROUBLE_POWER	  /* SIGKILL, and what was not synced is lost: all of it, or (odd steps) the earlier half of it */
};
void trouble_install(void); /* becomes the default file system of this process */
void trouble_at(unsigned step, enum trouble_kind kind); /* counts from 1 from now on */
void trouble_over(void);
unsigned trouble_steps(void); /* so far */
bool trouble_met(void);
