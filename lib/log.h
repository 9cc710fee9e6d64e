/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Log lines to standard error, one line a call, with the journal's priority prefix (sd-daemon(3))
 * when standard error is the journal. Levels:
 *   ERROR    something that an admin must act on; the sentence says what
 *   WARNING  works, but not as configured
 *   NOTICE   a change of state that an admin wants to find again (phase, zone, peer, repair)
 *   INFO     start-up facts, one line a decision
 *   DEBUG    off unless GERBANG_DEBUG is set
 * Never log a secret, and nothing of a guest but the MAC of a live session at DEBUG.
 */
#include "cleanup.h"
#include <syslog.h>

void log_open(const char *program);
void log_line(int priority, const char *format, ...) _printf_(2, 3);

#define log_error(...) log_line(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
