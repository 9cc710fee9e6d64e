/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the portal says, in its two languages. A text is plain text, never markup; "{}" stands for a value, in
 * the order that the comment beside the key names.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum language { LANGUAGE_ID, LANGUAGE_EN, LANGUAGES };

enum text {
	TEXT_LANGUAGE_NAME,
	TEXT_PUBLIC_WIFI,
	TEXT_WELCOME,	 /* zone */
	TEXT_OFFER,	 /* length of a session */
	TEXT_OPEN_UNTIL, /* time */
	TEXT_AGREE,
	TEXT_TERM_LAW,
	TEXT_TERM_SHARE, /* rate down, rate up */
	TEXT_TERM_RECORD,
	TEXT_TERM_LOCK,
	TEXT_LOGIN,
	TEXT_ONLINE,
	TEXT_TIME_LEFT,
	TEXT_ONLINE_ADVICE,
	TEXT_CLOSES,
	TEXT_SPEED,
	TEXT_USED,
	TEXT_DOWN_UP, /* down, up */
	TEXT_LOGOUT,
	TEXT_CLOSED,
	TEXT_CLOSED_WHERE, /* zone */
	TEXT_OPENS,
	TEXT_OPENS_UNKNOWN,
	TEXT_CLOSED_ADVICE,
	TEXT_WAIT,
	TEXT_WAIT_ADVICE,
	TEXT_BUSY,
	TEXT_BUSY_ADVICE,
	TEXT_UNKNOWN,
	TEXT_UNKNOWN_ADVICE,
	TEXT_MISSING,
	TEXT_MISSING_ADVICE,
	TEXT_METHOD,
	TEXT_METHOD_ADVICE,
	TEXT_REFUSED,
	TEXT_REFUSED_ADVICE,
	TEXT_BACK,
	TEXT_RETRY,
	TEXTS
};

const char *text_of(enum language language, enum text key);
const char *language_code(enum language language);	  /* "id", "en": for lang= */
bool language_find(const char *code, enum language *out); /* exactly "id" or "en" */
/* RFC 9110, 12.5.4: the language of ours that the browser likes best, or `otherwise` where it names neither.
 */
enum language language_accept(const char *header, enum language otherwise);

#define TEXT_VALUE 64
/* "1 jam 59 menit": hours and minutes, or seconds below one minute. */
const char *text_duration(enum language language, int64_t seconds, char out[static TEXT_VALUE]);
/* "10 Mbit/s", "1,24 GB": with the language's decimal sign. */
const char *text_rate(enum language language, uint64_t bps, char out[static TEXT_VALUE]);
const char *text_volume(enum language language, uint64_t bytes, char out[static TEXT_VALUE]);
/* An instant as the daemon says it: `local` "2026-11-24 16:00" at `wall_usec`, seen at `now_usec` (0:
 * unknown). The date is left out when it is today. Empty where `local` is not such a time. */
const char *text_moment(enum language language, const char *local, int64_t wall_usec, int64_t now_usec,
			char out[static TEXT_VALUE]);
