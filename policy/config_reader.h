/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * How the configuration is read, for the config_*.c files alone: a key is a row of a table (config_tables.c),
 * a kind judges and stores one value (config_values.c), a group is a table of keys and a check of what they
 * say together. Everything goes on after a fault, so that one pass finds them all; memory running out is kept
 * in `error`. A row that has a fault is stored as far as it goes: rows and settings keep the same indexes.
 */
#include <libconfig.h>
#include "../lib/cleanup.h"
#include "config.h"
#include "config_source.h"

struct config_note { /* a fault or warning before it is sorted into the report */
	char *text;
	unsigned line; /* of the whole source */
	size_t order;
};
struct config_notes {
	struct config_note *rows;
	size_t n;
};
struct config_tally { /* one warning for many places */
	const char *name, *text;
	const config_setting_t *first;
	unsigned count;
};

struct config_reader {
	struct policy *policy;
	struct config_source *source;
	const char *path, *copy; /* config_load_copy()'s; NULL: every file is read where it is */
	struct config_notes faults, warnings;
	struct config_tally tallies[32];
	size_t n_tallies;
	bool zone_set; /* the time zone is the site's */
	int error;     /* 0 or -ENOMEM */
};

struct config_key;
struct config_kind {
	int type; /* CONFIG_TYPE_x that a value has to be, or CONFIG_TYPE_NONE where read() judges it */
	const char *rule; /* "must be ..." */
	/* Stores the value in the row at `base`. 0, -EINVAL (the rule is broken), or 1: the fault is reported
	 * already. */
	int (*read)(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		    void *base);
};

enum { KEY_REQUIRED = 1 }; /* of config_key.flags, or-ed */
struct config_key {
	const char *name;
	const struct config_kind *kind;
	size_t to, count_to; /* offsets in the group's row; the second of a list's length */
	unsigned flags;
	const char *fallback; /* the default as a person would write it */
	int64_t least, most;  /* bounds of a number, or of a list's or text's length */
	const void *more;     /* words, group, or element: see the kind */
};
struct config_group {
	const struct config_key *keys;
	size_t n_keys, size;
	void (*check)(struct config_reader *r, config_setting_t *group, void *row); /* or NULL */
};
struct config_element { /* of a list of plain values */
	size_t size;
	struct config_key key;
};
struct config_word {
	const char *word;
	int value;
};

/* config_tables.c */
extern const struct config_group config_top;

/* config_walk.c */
void config_read_group(struct config_reader *r, config_setting_t *setting, const struct config_group *group,
		       void *row);
/* 0 where the setting is a list or array whose length is within bounds; else the fault is reported and it
 * is 1. */
int config_list_length(struct config_reader *r, config_setting_t *setting, int64_t least, int64_t most);
void *config_alloc(struct config_reader *r, size_t n, size_t size);

/* The place of a value in its group's row. */
#define CONFIG_AT(type, base, key) ((type *)((char *)(base) + (key)->to))
int config_keep(char **to, const char *text); /* 0 or -ENOMEM */
/* config_names.c: a name of RFC 1123; RFC 3986's characters; 1 to 65535 in `length` digits. */
bool config_is_host(const char *text);
bool config_is_url_text(const char *text);
bool config_is_port(const char *text, size_t length, unsigned *out);
/* config_window.c: "mon-thu,sat", and "HH:MM" from 00:00 to 24:00 as a minute. *text is behind it then; or -EINVAL. */
int config_days(const char **text, bool out[static 7]);
int config_minute(const char **text);

#define CONFIG_RATE_RULE                                                                                     \
	"a rate such as \"40 Mbit\" (bit, kbit, Mbit, Gbit; a multiple of 8 bit/s, 8 bit to 100 Gbit)"
/* config_values.c, config_names.c, config_window.c, config_uplink.c, config_services.c,
 * config_evidence.c, config_contract.c, config_check.c */
extern const struct config_kind config_text, config_id, config_host, config_url, config_file, config_folder,
    config_directory, config_device, config_one_device, config_rate, config_rate_pair, config_volume,
    config_duration, config_latency, config_number, config_permille, config_flag, config_choice,
    config_choice_flag, config_choices, config_link, config_services, config_office_prefix, config_language,
    config_date, config_address, config_prefix, config_schedule, config_zone_name, config_group_kind,
    config_rows, config_list, config_holiday_files, config_windows, config_mail_server, config_test_server,
    config_web_server, config_mailbox, config_clock_time, config_weekdays, config_retention,
    config_split;

/* config_check.c: what several keys say together */
void config_check_rate(struct config_reader *r, config_setting_t *group, const char *name,
		       const struct policy_rate *rate, const struct policy_rate *most, const char *limit);
void config_check_share(struct config_reader *r, config_setting_t *group, void *row);
void config_check_quota(struct config_reader *r, config_setting_t *group, void *row);
void config_check_period(struct config_reader *r, config_setting_t *group, void *row);
void config_check_schedule(struct config_reader *r, config_setting_t *group, void *row);
void config_check_office(struct config_reader *r, config_setting_t *group, void *row);
/* Why a network is not for offices nor guests (IANA special-purpose registries), or NULL. */
const char *config_special_range(const struct prefix *network);
/* config_uplink.c */
void config_check_adjust(struct config_reader *r, config_setting_t *group, void *row);
void config_check_uplink(struct config_reader *r, config_setting_t *group, void *row);
/* config_evidence.c */
void config_check_mail(struct config_reader *r, config_setting_t *group, void *row);
void config_check_test(struct config_reader *r, config_setting_t *root);
void config_check_notify(struct config_reader *r, config_setting_t *root);
/* config_contract.c: who pays what, and what is written of it */
void config_check_contract(struct config_reader *r, config_setting_t *group, void *row);
void config_check_report(struct config_reader *r, config_setting_t *group, void *row);
/* From and to of a group: in this order. */
void config_check_order(struct config_reader *r, config_setting_t *group, int32_t from_day, int32_t to_day);
/* config_contest.c: what an office's services say to each other */
void config_check_services(struct config_reader *r, config_setting_t *group,
			   const struct policy_office *office);
/* config_guests.c: zones, portal, resolvers */
void config_check_dhcp(struct config_reader *r, config_setting_t *group, void *row);
void config_check_zone(struct config_reader *r, config_setting_t *group, void *row);
void config_check_portal(struct config_reader *r, config_setting_t *group, void *row);
void config_check_guests(struct config_reader *r, config_setting_t *root);
/* config_theme.c: the folder portal.theme, or the look without one; `setting`: portal.theme or NULL */
void config_read_theme(struct config_reader *r, config_setting_t *setting);
/* config_conflict.c: what rows say to each other */
void config_check_all(struct config_reader *r, config_setting_t *root);

/* config_report.c. A fault is "FILE:LINE: KEY: rule, got VALUE". `sub`: a key below the setting, or NULL.
 * `got`: NULL for the setting's own value. config_fault_line() gives the place itself; `setting`, or NULL,
 * only sorts it. */
void config_fault(struct config_reader *r, const config_setting_t *setting, const char *rule, ...)
    _printf_(3, 4);
void config_fault_got(struct config_reader *r, const config_setting_t *setting, const char *sub,
		      const char *got, const char *rule, ...) _printf_(5, 6);
void config_fault_line(struct config_reader *r, const config_setting_t *setting, const char *file,
		       unsigned line, const char *format, ...) _printf_(5, 6);
void config_warn(struct config_reader *r, const config_setting_t *setting, const char *format, ...)
    _printf_(3, 4);
/* Counted under (name, text): one warning with the first place and the number of others. Both must outlive
 * the reader. */
void config_warn_tally(struct config_reader *r, const config_setting_t *setting, const char *name,
		       const char *text);
/* The value in quotes, or what it is: "a group", "a list of 3". */
#define CONFIG_GOT 100
const char *config_got(const config_setting_t *setting, char text[static CONFIG_GOT]);
const char *config_quote(const char *value, char text[static CONFIG_GOT]);
/* Parses r->source, reads `group` into `row`, then whatever `more` (or NULL) says of the whole. */
void config_read_source(struct config_reader *r, const struct config_group *group, void *row,
			void (*more)(struct config_reader *r, config_setting_t *root));
/* Makes warnings of the tallies, while the tree is there. */
void config_tallies(struct config_reader *r);
/* What another reader found, at the place of `setting`. */
void config_notes_take(struct config_reader *r, const config_setting_t *setting, struct config_reader *from);
/* Hands the notes over, sorted by place. */
void config_report_fill(struct config_reader *r, struct config_report *report);
bool config_is_text(const char *text); /* UTF-8 without control characters */
