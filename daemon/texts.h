/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The sentences that the daemon composes for people at the command line, in both languages. "{}" stands for a
 * value, in the order that the comment beside the key names. Log lines are English and not here; so are the
 * faults of a configuration, which the policy library words.
 */
#include <jansson.h>
#include <stdint.h>

enum language { LANGUAGE_ID, LANGUAGE_EN, LANGUAGES };

enum text {
	TEXT_NO_MEMORY,
	/* what is wrong with a request */
	TEXT_NOT_OBJECT,
	TEXT_NOT_COMMAND, /* command */
	TEXT_NOT_TEXT,	  /* key, value */
	TEXT_NOT_TIME,	  /* key, value */
	TEXT_NOT_NUMBER,  /* key, least, most, value */
	TEXT_NOT_WITHIN,  /* key, least, most, value: in human units */
	TEXT_NOT_ZONE,	  /* key, value */
	TEXT_NOT_OFFICE,  /* key, value */
	TEXT_NOT_GUEST,	  /* value */
	TEXT_NOT_FUTURE,  /* time */
	TEXT_TOO_MANY,
	/* what the kernel has not got yet */
	TEXT_SHAPER_AWAY,
	TEXT_TRIED_AGAIN, /* why */
	/* zones and offices */
	TEXT_UNTIL, /* time */
	TEXT_UNTIL_AUTO,
	TEXT_ZONE_OPENED,	    /* zone, until */
	TEXT_ZONE_BORROWS,	    /* zone, until, guarantee down, up */
	TEXT_ZONE_CLOSED,	    /* zone, until */
	TEXT_ZONE_AUTO_OPEN,	    /* zone */
	TEXT_ZONE_AUTO_CLOSED,	    /* zone */
	TEXT_OVERTIME,		    /* office, time */
	TEXT_OVERTIME_YIELDS,	    /* office, time, zones */
	TEXT_OVERTIME_DOES_NOT_FIT, /* office, time, sum down, up, uplink down, up */
	TEXT_OFFICE_AUTO,	    /* office */
	/* guests */
	TEXT_KICKED,	 /* guest */
	TEXT_NO_SESSION, /* guest */
	TEXT_NOT_KICKED, /* why */
	TEXT_NO_KICKING,
	/* the clock */
	TEXT_CLOCK_MOVED, /* time */
	TEXT_NO_REHEARSAL,
	/* apply */
	TEXT_APPLIED, /* changes, number */
	TEXT_APPLIED_NOTHING, /* number */
	TEXT_APPLIED_UNTIL, /* number, time */
	TEXT_AFTER_RESTART, /* key, number */
	TEXT_NOT_APPLIED,	/* why */
	TEXT_NOT_APPLIED_STAYS, /* why */
	TEXT_NOT_APPLIED_LOST,	/* why */
	TEXT_NO_CLASS_LEFT,
	TEXT_NEEDS_RESTART, /* key */
	TEXT_APPLY_RUNS,
	TEXT_APPLY_WAITS, /* number, time left */
	TEXT_NOT_RECORDED, /* why */
	TEXT_EDITED_MEANWHILE,
	TEXT_CONFIRMED, /* number */
	TEXT_NOT_CONFIRMED, /* why */
	TEXT_NOTHING_WAITS,
	TEXT_NO_HISTORY, /* number, why */
	/* who may what */
	TEXT_NOT_ROLE, /* command, group */
	/* how many: the one, the many */
	TEXT_CHANGE,   /* number */
	TEXT_CHANGES,  /* number */
	TEXT_VOUCHER,  /* number */
	TEXT_VOUCHERS, /* number */
	TEXT_SESSION,  /* number */
	TEXT_SESSIONS, /* number */
	/* vouchers, accounts, devices */
	TEXT_NO_LEDGER,
	TEXT_NOT_WRITTEN, /* why */
	TEXT_ZONE_OR_ALL,
	TEXT_NO_SUCH_LOGIN,	     /* zone, way in */
	TEXT_NO_SUCH_LOGIN_ANYWHERE, /* way in */
	TEXT_VOUCHERS_MADE,	     /* vouchers, batch, zone, until */
	TEXT_VOUCHERS_MADE_ALL,	     /* vouchers, batch, until */
	TEXT_NOT_CODE,		     /* value */
	TEXT_NO_VOUCHER,	     /* code */
	TEXT_VOUCHER_REVOKED,	     /* code, sessions */
	TEXT_VOUCHER_REVOKED_BEFORE, /* code, sessions */
	TEXT_NOT_NAME,		     /* value */
	TEXT_NOT_PASSWORD,
	TEXT_ACCOUNT_MADE,    /* name */
	TEXT_ACCOUNT_TAKEN,   /* name */
	TEXT_NO_ACCOUNT,      /* name */
	TEXT_ACCOUNT_REMOVED, /* name, sessions */
	TEXT_NOT_MAC,	      /* value */
	TEXT_FORGOTTEN,	      /* MAC */
	TEXT_FORGOT_NOTHING,  /* MAC */
	/* who talks */
	TEXT_WATCH_AWAY,
	/* quotas and the account */
	TEXT_NO_ACCOUNT_BOOK,
	TEXT_NOT_LINE,		/* key, most, value */
	TEXT_NO_QUOTA,		/* office */
	TEXT_NOT_SO_FAR,	/* most */
	TEXT_EXEMPTED,		/* office, time, exemption */
	TEXT_EXEMPTED_NOTICE,	/* office, time, exemption */
	TEXT_NO_EXEMPTION,	/* exemption */
	TEXT_EXEMPTION_REVOKED, /* exemption, office */
	TEXT_NOT_KIND,		/* value */
	TEXT_NOT_DAY,		/* key, value */
	TEXT_DAY_TO_COME,	/* value */
	TEXT_CORRECTS_NOTHING,
	TEXT_CORRECTS_TOO_MUCH, /* office or zone, day */
	TEXT_CORRECTED,		/* office or zone, day, bytes down, up */
	/* the report by mail */
	TEXT_NOT_MONTH, /* value */
	TEXT_NO_MAIL,
	TEXT_NO_REPORT,	   /* directory, why */
	TEXT_REPORT_TAKEN, /* month */
	TEXT_REPORT_WAITS, /* month */
	TEXTS
};

const char *text_of(enum language language, enum text key);
/* "id" or "en"; `otherwise` where `name` is neither (or NULL). */
enum language language_find(const char *name, enum language otherwise);
const char *language_name(enum language language);

/* The values of a text: TEXT_VALUES(), TEXT_VALUES(zone->id, until). */
#define TEXT_VALUES(...) ((const char *const[]){__VA_ARGS__ __VA_OPT__(, ) NULL})
/* The text with its values; malloc'd, NULL: memory. */
char *text_fill(enum language language, enum text key, const char *const values[]);
/* "1 session", "2 sessions": for a sentence; `many` is the next key. malloc'd, NULL: memory. */
char *text_count(enum language language, enum text one, int64_t n);
json_t *text_json(enum language language, enum text key, const char *const values[]);
