/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the command line says to people, in the language of their terminal (LC_ALL, LC_MESSAGES, LANG):
 * Indonesian for "id", English for everything else. The daemon answers in the same language: client.c asks it
 * to. Keys, identifiers and states of JSON are the same in both.
 */
#include "../lib/cleanup.h"

enum words_language { WORDS_EN, WORDS_ID, WORDS_LANGUAGES };

enum word {
	WORD_USAGE,
	WORD_COMMANDS,
	WORD_OPTIONS,
	WORD_MORE_HELP,
	WORD_NOT_YET,
	WORD_UNKNOWN_COMMAND, /* word */
	WORD_DID_YOU_MEAN,    /* name */
	WORD_UNKNOWN_OPTION,  /* option */
	WORD_NOT_FOR,	      /* option, command */
	WORD_NEEDS_VALUE,     /* option */
	WORD_MISSING,	      /* command, argument */
	WORD_TOO_MANY,	      /* command, word */
	WORD_NEEDS_COMMAND,
	WORD_NEEDS_OPTION,  /* command, option */
	WORD_BAD_TIME,	    /* value */
	WORD_BAD_DURATION,  /* value */
	WORD_BAD_DAYS,	    /* value */
	WORD_LATER,	    /* name */
	WORD_UNREACHABLE,   /* run directory, why */
	WORD_NO_PERMISSION, /* run directory */
	WORD_NO_ANSWER,
	WORD_STRANGE_ANSWER,
	WORD_DEFAULT_RUN, /* file, run directory */
	WORD_REFUSED,	  /* file */
	WORD_OK,
	WORD_OFFICES,
	WORD_ZONES,
	WORD_SCHEDULES,
	WORD_HOLIDAYS,
	WORD_WARNINGS,
	WORD_MEMORY,
	WORD_DONE,
	WORD_TIME,
	WORD_REHEARSAL,
	WORD_PHASE,
	WORD_PHASE_OFFICE,
	WORD_PHASE_PUBLIC,
	WORD_NEXT_CHANGE,
	WORD_NO_CHANGE,
	WORD_OVERRIDE,
	WORD_UNTIL,
	WORD_ZONE_OPENED,
	WORD_ZONE_CLOSED,
	WORD_OVERTIME,
	WORD_SHAPER,
	WORD_SHAPER_AWAY,
	WORD_UPLINK,
	WORD_UP,
	WORD_DOWN,
	WORD_DOWN_SINCE, /* time */
	WORD_UNANSWERED, /* time */
	WORD_LEDGER,
	WORD_LEDGER_AWAY, /* why */
	WORD_CONFLICTS,
	WORD_LAST_BELOW,
	WORD_CONFLICT,
	WORD_DOES,
	WORD_TAKES_GATEWAY,
	WORD_TAKES_MAC,
	WORD_TAKES_ADDRESS,
	WORD_SHARES_MAC,
	WORD_PLAYS_ROUTER,
	WORD_REDIRECTS,
	WORD_PLAYS_DHCP,
	WORD_LEAF,
	WORD_DOWNLOAD,
	WORD_UPLOAD,
	WORD_UNITS,
	WORD_OFFICE,
	WORD_ZONE,
	WORD_OTHER,
	WORD_OWN,
	WORD_UNATTRIBUTED,
	WORD_STATE,
	WORD_INSIDE,
	WORD_OUTSIDE,
	WORD_THROTTLED,
	WORD_OPEN,
	WORD_CLOSED,
	WORD_GUARANTEED,
	WORD_CEILING,
	WORD_NOW,
	WORD_DELIVERED,
	WORD_MONTH,
	WORD_OF,
	WORD_SESSIONS,
	WORD_NEXT,
	WORD_DEVICE,
	WORD_ADDRESS,
	WORD_LOGIN,
	WORD_STARTED,
	WORD_LEFT,
	WORD_RECEIVED,
	WORD_SENT,
	WORD_NO_SESSIONS,
	WORD_CHANGES,
	WORD_SITE,
	WORD_BAD_VOLUME,       /* value */
	WORD_BAD_COUNT,	       /* option, most, value */
	WORD_DURATION_OUTSIDE, /* option, least, most, value */
	WORD_VOLUME_OUTSIDE,   /* option, least, most, value */
	WORD_BAD_TEXT,	       /* option or argument */
	WORD_PASSWORD,
	WORD_PASSWORD_AGAIN,
	WORD_PASSWORDS_DIFFER,
	WORD_PASSWORD_LONG,
	WORD_NO_PASSWORD,
	WORD_NOTHING_TO_PRINT,
	WORD_NOT_PRINTED, /* file, why */
	WORD_PRINTED,	  /* file, vouchers (long long), word, pages (long long), word */
	WORD_VOUCHER,
	WORD_VOUCHERS,
	WORD_PAGE,
	WORD_PAGES,
	WORD_EVERY,
	WORD_CODE,
	WORD_BATCH,
	WORD_VALID_TO,
	WORD_DATA_LEFT,
	WORD_DEVICES,
	WORD_UNUSED,
	WORD_IN_USE,
	WORD_SPENT,
	WORD_EXPIRED,
	WORD_REVOKED,
	WORD_NO_VOUCHERS,
	WORD_NAME,
	WORD_SESSION,
	WORD_DAILY,
	WORD_TODAY,
	WORD_CREATED,
	WORD_NO_ACCOUNTS,
	WORD_WHOSE,
	WORD_NOBODY_TALKS,
	WORD_TALKERS, /* time, machines (zu), seconds, percent of packets */
	WORD_QUIT,
	WORD_ADJUSTED,
	WORD_ALARM,
	WORD_GIVES,
	WORD_SINCE, /* time */
	WORD_PROVIDER,
	WORD_PROBES, /* ms, ms (double) */
	WORD_QUEUE,
	WORD_QUEUED_ON, /* device */
	WORD_OVERHEAD, /* bytes (long long) */
	WORD_RATE_NOW,
	WORD_TO_INTERNET,
	WORD_OUR_QUEUE,
	WORD_OWN_NETWORK,
	WORD_SLOW_IS,
	WORD_NOWHERE,
	WORD_LATENCY_UNITS,
	WORD_HIGH,
	WORD_NORMAL,
	WORD_LOW,
	WORD_SLOW_PROVIDER,
	WORD_SLOW_QUEUE,
	WORD_SLOW_OFFICE,
	WORD_PROBE_WELL,
	WORD_PROBE_LATE,
	WORD_PROBE_UNSURE,
	WORD_PROBE_SILENT,
	WORD_LEAF_NO_CAKE,
	WORD_LEAF_NO_FQ,
	WORD_LEAF_BEST,
	WORD_LEAF_SAID,
	WORDS
};

void words_open(void);
enum words_language words_language(void);
const char *words_language_name(void); /* "id" or "en" */
const char *word(enum word word);

/* "gerbang: ...", on standard error. */
void complain(enum word format, ...);
