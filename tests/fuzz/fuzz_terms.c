/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the documents that the ledger keeps of what was agreed, and as what the daemon tells
 * gerbang-watch: JSON of another version, or of another's hand. The first byte chooses. What is read is
 * within bounds and owned, whatever was missing.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_terms.c \
 *	policy/terms_read.c watch/settings.c lib/addr.c lib/log.c -ljansson -o fuzz_terms
 *   ./fuzz_terms -max_total_time=60 -max_len=4096 tests/fuzz/corpus/terms
 */
#include "../../policy/terms.h"
#include "../../watch/settings.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void try_uplink(const char *text, size_t length)
{
	struct terms_uplink uplink = {0};

	(void)length;
	if (terms_read_uplink(text, &uplink) == 0)
		check(uplink.headroom_percent <= 100);
}

static void try_contract(const char *text, size_t length)
{
	struct policy_contract contract = {0};

	(void)length;
	if (terms_read_contract(text, &contract) < 0)
		return;
	check(contract.monthly_rupiah >= 0);
	terms_contract_clear(&contract);
}

static void try_office(const char *text, size_t length)
{
	struct terms_office office = {0};

	(void)length;
	if (terms_read_office(text, &office) < 0)
		return;
	check(office.name && office.budget_code && office.budget_rupiah >= 0);
	terms_office_clear(&office);
}

static void try_zone(const char *text, size_t length)
{
	struct terms_zone zone = {0};

	(void)length;
	if (terms_read_zone(text, &zone) < 0)
		return;
	check(zone.name && zone.open && zone.not_during);
	terms_zone_clear(&zone);
}

static void try_settings(const char *text, size_t length)
{
	struct settings *settings = NULL;
	int r = settings_read(text, length, &settings);

	check(r == 0 || r == -EBADMSG || r == -ENOMEM);
	if (r < 0)
		return;
	check(settings->probe_usec >= SETTINGS_PROBE_MIN_USEC &&
	      settings->probe_usec <= SETTINGS_PROBE_MAX_USEC);
	check(memchr(settings->uplink, '\0', sizeof(settings->uplink)) != NULL);
	for (size_t i = 0; i < settings->n_zones; i++)
		check(settings_zone(settings, settings->zones[i].device) != NULL);
	settings_free(settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static void (*const ways[])(const char *text, size_t length) = {try_uplink, try_contract, try_office,
									try_zone, try_settings};
	char *text;

	if (length == 0)
		return 0;
	text = malloc(length);
	if (!text)
		return 0;
	memcpy(text, bytes + 1, length - 1);
	text[length - 1] = '\0';
	ways[bytes[0] % (sizeof(ways) / sizeof(ways[0]))](text, length - 1);
	free(text);
	return 0;
}
