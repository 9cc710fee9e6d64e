// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents back into terms. They were written by some version of this program and are read years later: what
 * is missing or of another kind reads as nothing, and never stops a report.
 */
#include "terms.h"
#include <errno.h>
#include <string.h>
#include <jansson.h>
#include "../lib/cleanup.h"

static json_t *parse(const char *document)
{
	json_t *object = document ? json_loads(document, 0, NULL) : NULL;

	if (object && !json_is_object(object)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

/* Never negative, never more than `most`. */
static int64_t number(const json_t *object, const char *key, int64_t most)
{
	return CLAMP((int64_t)json_integer_value(json_object_get(object, key)), (int64_t)0, most);
}

static char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return strdup(value ? value : "");
}

static struct policy_rate rate(const json_t *object, const char *key)
{
	const json_t *pair = json_object_get(object, key);

	return (struct policy_rate){.down_bps = (uint64_t)number(pair, "down_bps", INT64_MAX),
				    .up_bps = (uint64_t)number(pair, "up_bps", INT64_MAX)};
}

static struct policy_share share(const json_t *object, const char *key)
{
	const json_t *pair = json_object_get(object, key);

	return (struct policy_share){.guaranteed = rate(pair, "guaranteed"),
				     .ceiling = rate(pair, "ceiling")};
}

int terms_read_uplink(const char *document, struct terms_uplink *out)
{
	_cleanup_(json_decrefp) json_t *object = parse(document);

	if (!object)
		return -EINVAL;
	*out = (struct terms_uplink){.rate = {.down_bps = (uint64_t)number(object, "download_bps", INT64_MAX),
					      .up_bps = (uint64_t)number(object, "upload_bps", INT64_MAX)},
				     .headroom_percent = (unsigned)number(object, "headroom_percent", 100)};
	return 0;
}

/* ---- the contract ---- */

static void read_split(const json_t *split, unsigned percent[POLICY_SPLITS])
{
	static const char *const keys[POLICY_SPLITS] = {"equal", "guaranteed", "delivered", "p95"};
	unsigned sum = 0;

	for (size_t i = 0; i < POLICY_SPLITS; i++)
		sum += percent[i] = (unsigned)number(split, keys[i], 100);
	if (sum == 100)
		return;
	memset(percent, 0,
	       POLICY_SPLITS * sizeof(*percent)); /* a document that says nothing: as by default */
	percent[POLICY_SPLIT_GUARANTEED] = 100;
}

static int read_refunds(const json_t *rows, struct policy_contract *contract)
{
	const size_t n = json_array_size(rows);

	contract->refunds = calloc(MAX(n, (size_t)1), sizeof(*contract->refunds));
	if (!contract->refunds)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(rows, i);

		contract->refunds[i] =
		    (struct policy_refund){.below_permille = (unsigned)number(row, "below_permille", 1000),
					   .percent = (unsigned)number(row, "percent", 100)};
	}
	contract->n_refunds = n;
	return 0;
}

int terms_read_contract(const char *document, struct policy_contract *out)
{
	_cleanup_(json_decrefp) json_t *object = parse(document);
	struct policy_contract contract = {0};
	int r;

	if (!object)
		return -EINVAL;
	contract.provider = text(object, "provider");
	contract.number = text(object, "number");
	contract.monthly_rupiah = number(object, "monthly_rupiah", INT64_MAX);
	contract.budget_rupiah = number(object, "budget_rupiah", INT64_MAX);
	contract.from_day = (int32_t)number(object, "from_day", INT32_MAX);
	contract.to_day = (int32_t)number(object, "to_day", INT32_MAX);
	contract.sla_permille = (unsigned)number(object, "sla_permille", 1000);
	read_split(json_object_get(object, "split"), contract.split_percent);
	r = read_refunds(json_object_get(object, "refunds"), &contract);
	if (r < 0 || !contract.provider || !contract.number) {
		terms_contract_clear(&contract);
		return -ENOMEM;
	}
	*out = contract;
	return 0;
}

void terms_contract_clear(struct policy_contract *contract)
{
	free(contract->provider);
	free(contract->number);
	free(contract->refunds);
	*contract = (struct policy_contract){0};
}

/* ---- offices and zones ---- */

int terms_read_office(const char *document, struct terms_office *out)
{
	_cleanup_(json_decrefp) json_t *object = parse(document);
	struct terms_office office = {0};
	const char *over;

	if (!object)
		return -EINVAL;
	over = json_string_value(json_object_get(object, "over"));
	office.name = text(object, "name");
	office.budget_code = text(object, "budget_code");
	office.budget_rupiah = number(object, "budget_rupiah", INT64_MAX);
	office.inside = share(object, "inside");
	office.outside = share(object, "outside");
	office.quota_bytes = (uint64_t)number(object, "quota_bytes", INT64_MAX);
	office.throttle = over && strcmp(over, "throttle") == 0;
	if (!office.name || !office.budget_code) {
		terms_office_clear(&office);
		return -ENOMEM;
	}
	*out = office;
	return 0;
}

void terms_office_clear(struct terms_office *office)
{
	free(office->name);
	free(office->budget_code);
	*office = (struct terms_office){0};
}

int terms_read_zone(const char *document, struct terms_zone *out)
{
	_cleanup_(json_decrefp) json_t *object = parse(document);
	struct terms_zone zone = {0};

	if (!object)
		return -EINVAL;
	zone.name = text(object, "name");
	zone.open = text(object, "open");
	zone.not_during = text(object, "not_during");
	zone.share.guaranteed = rate(object, "guaranteed");
	zone.share.ceiling = rate(object, "ceiling");
	zone.client = rate(object, "client");
	if (!zone.name || !zone.open || !zone.not_during) {
		terms_zone_clear(&zone);
		return -ENOMEM;
	}
	*out = zone;
	return 0;
}

void terms_zone_clear(struct terms_zone *zone)
{
	free(zone->name);
	free(zone->open);
	free(zone->not_during);
	*zone = (struct terms_zone){0};
}
