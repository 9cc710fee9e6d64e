/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A command line once it is understood, and the commands that it may name. A command is a row of the table in
 * command.c.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/message.h"
#include "words.h"

enum option {
	OPTION_CONFIG,
	OPTION_JSON,
	OPTION_AT,
	OPTION_DAYS,
	OPTION_UNTIL,
	OPTION_FOR,
	OPTION_ZONE,
	OPTION_CONFIRM,
	OPTION_ALL_ZONES,
	OPTION_COUNT,
	OPTION_VALID,
	OPTION_TIME,
	OPTION_DATA,
	OPTION_DEVICES,
	OPTION_BATCH,
	OPTION_OUTPUT,
	OPTION_SESSION,
	OPTION_DAILY,
	OPTION_OFFICE,
	OPTION_ONCE,
	OPTION_MONTH,
	OPTION_SINCE,
	OPTION_BY,
	OPTION_HOSTS,
	OPTION_LENDING,
	OPTION_BUSY,
	OPTION_DETAIL,
	OPTION_CSV,
	OPTION_REHEARSAL,
	OPTION_DAY,
	OPTION_DOWN,
	OPTION_UP,
	OPTION_REASON,
	OPTION_KIND,
	OPTION_FORMAT,
	OPTION_LANGUAGE,
	OPTION_OPEN,
	OPTION_DUE,
	OPTION_OPS,
	OPTION_HELP,
	OPTION_VERSION,
	OPTIONS
};
#define BIT(option) (UINT64_C(1) << (option))

#define WORDS_MAX 8

struct invocation;

struct command {
	const char *name;      /* "zone open": one or two words */
	const char *arguments; /* as the help writes them: "ID [--for DURATION]" */
	unsigned n_words;      /* that must follow the name, exactly */
	bool words_optional;   /* or fewer of them; then the command itself judges */
	const char *missing;   /* what to ask for when they do not: "ID" */
	uint64_t options;      /* BIT(OPTION_...), beside --help, -c */
	int (*run)(const struct invocation *invocation);
	const char *help[WORDS_LANGUAGES];   /* one line */
	const char *detail[WORDS_LANGUAGES]; /* more of it, or NULL */
};

struct invocation {
	const struct command *command;
	const char *words[WORDS_MAX]; /* behind the command's name */
	size_t n_words;
	const char *values[OPTIONS]; /* of the options given; "" for those without a value */
};

const struct command *command_table(size_t *n);

/* Each returns an enum control_status: the exit status. */
int command_check(const struct invocation *invocation);
int command_plan(const struct invocation *invocation);
int command_schedule(const struct invocation *invocation);
int command_apply(const struct invocation *invocation);
int command_status(const struct invocation *invocation);
int command_zone_open(const struct invocation *invocation);
int command_zone_close(const struct invocation *invocation);
int command_zone_auto(const struct invocation *invocation);
int command_office_inside(const struct invocation *invocation);
int command_office_auto(const struct invocation *invocation);
int command_rehearse(const struct invocation *invocation);
int command_sessions(const struct invocation *invocation);
int command_kick(const struct invocation *invocation);
int command_top(const struct invocation *invocation);
int command_voucher_create(const struct invocation *invocation);
int command_voucher_list(const struct invocation *invocation);
int command_voucher_revoke(const struct invocation *invocation);
int command_voucher_sheet(const struct invocation *invocation);
int command_account_add(const struct invocation *invocation);
int command_account_list(const struct invocation *invocation);
int command_account_remove(const struct invocation *invocation);
int command_forget(const struct invocation *invocation);
int command_usage(const struct invocation *invocation);
int command_uplink(const struct invocation *invocation);
int command_verify(const struct invocation *invocation);
int command_ledger(const struct invocation *invocation);
int command_ledger_correct(const struct invocation *invocation);
int command_quota(const struct invocation *invocation);
int command_quota_exempt(const struct invocation *invocation);
int command_quota_revoke(const struct invocation *invocation);
int command_report(const struct invocation *invocation);
int command_log(const struct invocation *invocation);
int command_history(const struct invocation *invocation);
int command_diff(const struct invocation *invocation);
int command_confirm(const struct invocation *invocation);
int command_rollback(const struct invocation *invocation);
