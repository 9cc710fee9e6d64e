/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A local time as a person types it for the daemon.
 */
#define WHEN_TEXT 32

/* "YYYY-MM-DD HH:MM[:SS]" as it is, "HH:MM[:SS]" with today's date. 0 or -EINVAL, said. */
int when_read(const char *run_directory, const char *typed, char out[static WHEN_TEXT]);
