// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the uplink costs, among whom it is split, what the provider owes when it fails, and what the monthly
 * report looks like. Money is whole rupiah and percentages are whole: nothing here is rounded.
 */
#include <errno.h>
#include <string.h>
#include "config_reader.h"

/* ---- contract.split: one name, or several with percentages ---- */

static const char *const keys[POLICY_SPLITS] = {
    [POLICY_SPLIT_EQUAL] = "equal",
    [POLICY_SPLIT_GUARANTEED] = "guaranteed",
    [POLICY_SPLIT_DELIVERED] = "delivered",
    [POLICY_SPLIT_P95] = "p95",
};

/* The key that a text names, or -EINVAL. */
static int key_of(const config_setting_t *setting)
{
	const char *text = setting && config_setting_type(setting) == CONFIG_TYPE_STRING
			       ? config_setting_get_string(setting)
			       : "";

	for (int i = 0; i < POLICY_SPLITS; i++)
		if (!strcmp(text, keys[i]))
			return i;
	return -EINVAL;
}

struct split_row {
	char *by;
	unsigned percent;
};
static const struct config_key split_keys[] = {
    {"by", &config_text, offsetof(struct split_row, by), .flags = KEY_REQUIRED},
    {"percent", &config_number, offsetof(struct split_row, percent), sizeof(unsigned), .flags = KEY_REQUIRED,
     .least = 1, .most = 100},
};
static const struct config_group split_row = {split_keys, ELEMENTS(split_keys), sizeof(struct split_row),
					      NULL};

static void read_part(struct config_reader *r, config_setting_t *element, unsigned percent[POLICY_SPLITS])
{
	struct split_row row = {0};
	config_setting_t *by;
	int key;

	if (!config_setting_is_group(element)) {
		config_fault(r, element, "must be a group { by = \"equal\"; percent = 30; }");
		return;
	}
	config_read_group(r, element, &split_row, &row);
	by = config_setting_get_member(element, "by");
	key = key_of(by);
	if (by && key < 0)
		config_fault(r, by, "must be one of \"equal\", \"guaranteed\", \"delivered\", \"p95\"");
	else if (by && percent[key])
		config_fault(r, by, "must not be listed twice");
	else if (by)
		percent[key] = row.percent;
	free(row.by);
}

static int read_parts(struct config_reader *r, config_setting_t *setting, unsigned percent[POLICY_SPLITS])
{
	const size_t before = r->faults.n;
	unsigned sum = 0;
	char got[32];

	if (config_list_length(r, setting, 1, POLICY_SPLITS))
		return 1;
	for (unsigned i = 0; i < (unsigned)config_setting_length(setting); i++)
		read_part(r, config_setting_get_elem(setting, i), percent);
	for (size_t i = 0; i < POLICY_SPLITS; i++)
		sum += percent[i];
	snprintf(got, sizeof(got), "\"%u\"", sum);
	if (sum != 100 && r->faults.n == before)
		config_fault_got(r, setting, NULL, got, "must have percents that add up to 100");
	return 1;
}

static int read_split(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		      void *base)
{
	unsigned *percent = CONFIG_AT(unsigned, base, key);
	int one = key_of(setting);

	if (config_setting_is_list(setting))
		return read_parts(r, setting, percent);
	if (one < 0)
		return -EINVAL;
	percent[one] = 100;
	return 0;
}

const struct config_kind config_split = {CONFIG_TYPE_NONE,
					 "must be one of \"equal\", \"guaranteed\", \"delivered\", \"p95\", "
					 "or a list of ( { by; percent; }, ... )",
					 read_split};

/* ---- the contract ---- */

void config_check_order(struct config_reader *r, config_setting_t *group, int32_t from_day, int32_t to_day)
{
	config_setting_t *to = config_setting_get_member(group, "to");

	if (from_day && to_day && from_day > to_day)
		config_fault(r, to ? to : group, "must not be before from");
}

static int by_bound(const void *a, const void *b)
{
	const struct policy_refund *one = a, *other = b;

	return (one->below_permille < other->below_permille) - (one->below_permille > other->below_permille);
}

/* The worse the line, the more is owed; and nothing where the contract's level is met. */
static void check_refunds(struct config_reader *r, config_setting_t *group, struct policy_contract *contract)
{
	config_setting_t *refunds = config_setting_get_member(group, "refunds");

	if (!refunds || !contract->n_refunds)
		return;
	qsort(contract->refunds, contract->n_refunds, sizeof(*contract->refunds), by_bound);
	if (contract->refunds[0].below_permille > contract->sla_permille)
		config_fault_got(r, refunds, NULL, NULL, "must not be owed where the level of sla is met");
	for (size_t i = 1; i < contract->n_refunds; i++) {
		if (contract->refunds[i].below_permille == contract->refunds[i - 1].below_permille ||
		    contract->refunds[i].percent <= contract->refunds[i - 1].percent) {
			config_fault_got(r, refunds, NULL, NULL,
					 "must owe more percent, the lower the availability is");
			return;
		}
	}
}

void config_check_contract(struct config_reader *r, config_setting_t *group, void *row)
{
	struct policy *policy = row;

	config_check_order(r, group, policy->contract.from_day, policy->contract.to_day);
	check_refunds(r, group, &policy->contract);
}

/* ---- the report ---- */

void config_check_report(struct config_reader *r, config_setting_t *group, void *row)
{
	struct policy *policy = row;
	config_setting_t *mail = config_setting_get_member(group, "mail");

	if (!policy->report.formats)
		policy->report.formats = POLICY_FORMAT_PDF | POLICY_FORMAT_XLSX;
	if (!mail)
		policy->report.mail = policy->mail.server != NULL;
	else if (policy->report.mail && !policy->mail.server)
		config_fault(r, mail, "needs mail");
}
