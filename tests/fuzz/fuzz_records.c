/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what lies in the state directory, and may have been written by another version or by another's
 * hand: the meta.json of a history's entry, the names and the "current" in the history's folder, state.json,
 * and rows of the ledger's terms and month records. The first byte chooses. What is read is within bounds and
 * ends; no name leads to a file outside of the entry; what is swept away was in the folder.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_records.c \
 *	daemon/history_bundle.c daemon/history_disk.c daemon/history_meta.c daemon/history_store.c \
 *	daemon/override.c daemon/state.c policy/*.c ledger/*.c lib/addr.c lib/clock.c lib/code.c \
 *	lib/plan.c lib/plan_codec.c lib/plan_diff.c lib/units.c \
 *	-lconfig -lical -ljansson -lsodium -lsqlite3 -lm -o fuzz_records
 *   ./fuzz_records -max_total_time=60 -max_len=4096 tests/fuzz/corpus/records
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include "../../daemon/history_meta.h"
#include "../../daemon/history_store.h"
#include "../../daemon/state.h"
#include "../../ledger/month.h"
#include "../../ledger/terms.h"
#include "../../lib/cleanup.h"
#include "../../policy/terms.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define OUTSIDE "not of the entry"
#define MONTH 202611

static char top[64]; /* "secret", "history", "ledger" */

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* What would be logged goes nowhere. */
void log_line(int priority _unused_, const char *format, ...)
{
	char line[4096];
	va_list arguments;

	va_start(arguments, format);
	check(vsnprintf(line, sizeof(line), format, arguments) >= 0);
	va_end(arguments);
}

/* ---- files ---- */

static const char *at(const char *name)
{
	static char paths[4][512];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

static bool put(const char *name, const void *bytes, size_t length)
{
	_cleanup_(closep) int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);

	return fd >= 0 && write(fd, bytes, length) == (ssize_t)length;
}

static void check_secret(void)
{
	_cleanup_(closep) int fd = open(at("secret"), O_RDONLY | O_NOFOLLOW);
	char text[64];

	check(fd >= 0 && read(fd, text, sizeof(text)) == (ssize_t)strlen(OUTSIDE));
}

static int remove_one(const char *path, const struct stat *st _unused_, int type _unused_,
		      struct FTW *ftw _unused_)
{
	return remove(path);
}

static void fresh_history(void)
{
	nftw(at("history"), remove_one, 8, FTW_DEPTH | FTW_PHYS);
	check(mkdir(at("history"), 0700) == 0 && mkdir(at("history/000001"), 0700) == 0);
	check(mkdir(at("history/000001/files"), 0700) == 0 &&
	      mkdir(at("history/000001/files/theme"), 0700) == 0);
	check(put("history/000001/files/gerbang.conf", "site", 4));
	check(put("history/000001/files/theme/logo.png", "png", 3));
}

/* ---- a meta.json ---- */

static void try_meta(const char *text, size_t length)
{
	_cleanup_(bundle_clear) struct bundle bundle = {0};
	_cleanup_(json_decrefp) json_t *meta = NULL, *sums = NULL;
	struct history_entry entry;

	fresh_history();
	check(put("history/000001/meta.json", text, length));
	meta = store_meta_read(at("history"), 1);
	if (!meta)
		return;
	history_meta_parse(meta, &entry);
	check(memchr(entry.who, '\0', sizeof(entry.who)) && memchr(entry.text, '\0', sizeof(entry.text)));
	check(*history_origin_name(entry.origin) && *history_state_name(entry.state));
	sums = history_meta_sums(meta);
	history_meta_bundle(at("history"), 1, &bundle);
	for (size_t i = 0; i < bundle.n; i++)
		check(bundle.rows[i].length <= 4 && strlen(bundle.rows[i].sum) == 64);
	json_decref(history_meta(&entry));
}

/* ---- a folder: a name a line, "current" holds the last ---- */

static void try_names(const char *text, size_t length)
{
	_cleanup_(freep) char *copy = strndup(text, length);
	_cleanup_(freep) uint64_t *numbers = NULL;
	char path[256], *rest = copy, *line;
	long n;

	fresh_history();
	check(copy != NULL);
	for (unsigned i = 0; i < 32 && (line = strsep(&rest, "\n"));) {
		if (!*line || strlen(line) > 100 || strchr(line, '/') || !strcmp(line, ".") ||
		    !strcmp(line, ".."))
			continue;
		snprintf(path, sizeof(path), "history/%s", line);
		if (i++ % 3 == 0)
			(void)mkdir(at(path), 0700);
		else if (i % 3 == 0)
			(void)!symlink("../secret", at(path));
		else
			put(path, line, strlen(line));
		put("history/current", line, strlen(line));
	}
	if (store_open(at("history")) < 0)
		return;
	check_secret();
	n = store_numbers(at("history"), &numbers);
	check(n >= 1);
	for (long i = 0; i < n; i++) {
		check(numbers[i] > 0 && (i == 0 || numbers[i - 1] < numbers[i]));
		store_is_committed(at("history"), numbers[i]);
		json_decref(store_meta_read(at("history"), numbers[i]));
	}
	store_current(at("history"));
	for (long i = 0; i < n; i++)
		store_remove(at("history"), numbers[i]);
	check_secret();
}

/* ---- state.json ---- */

static void try_state(const char *text, size_t length)
{
	struct slots slots = {0};
	struct overrides overrides = {0};
	struct state state = {0};

	fresh_history();
	check(put("history/state.json", text, length));
	check(state_load(at("history"), &slots, &overrides, &state) == 0);
	slots_clear(&slots);
	overrides_clear(&overrides);
	state_clear(&state);
}

/* ---- rows of the ledger ---- */

static struct ledger *ledger;
static sqlite3 *database;

static bool run(const char *sql, const json_t *row)
{
	sqlite3_stmt *statement = NULL;
	bool done;

	check(sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK);
	for (int i = 0; i < sqlite3_bind_parameter_count(statement); i++) {
		const json_t *value = json_array_get(row, (size_t)i);

		if (json_is_string(value))
			sqlite3_bind_text(statement, i + 1, json_string_value(value),
					  (int)json_string_length(value), SQLITE_TRANSIENT);
		else if (value)
			sqlite3_bind_int64(statement, i + 1, json_integer_value(value));
	}
	done = sqlite3_step(statement) == SQLITE_DONE;
	sqlite3_finalize(statement);
	return done;
}

static void insert(const json_t *document, const char *key, const char *sql)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(document, key), i, row) if (i < 8) run(sql, row);
}

static int on_terms(const struct ledger_terms *terms, _unused_ void *userdata)
{
	struct policy_contract contract = {0};
	struct terms_uplink uplink = {0};
	struct terms_office office = {0};
	struct terms_zone zone = {0};

	check(memchr(terms->of, '\0', sizeof(terms->of)) != NULL);
	terms_read_uplink(terms->document, &uplink);
	if (terms_read_contract(terms->document, &contract) == 0)
		terms_contract_clear(&contract);
	if (terms_read_office(terms->document, &office) == 0)
		terms_office_clear(&office);
	if (terms_read_zone(terms->document, &zone) == 0)
		terms_zone_clear(&zone);
	return 0;
}

static void check_month(void)
{
	struct ledger_month_record *record = NULL;

	if (ledger_month(ledger, MONTH, &record) < 0)
		return;
	for (size_t i = 0; i < record->n_rates; i++)
		check(memchr(record->rates[i].id, '\0', sizeof(record->rates[i].id)) != NULL);
	for (size_t i = 0; i < record->n_visits; i++)
		check(memchr(record->visits[i].zone, '\0', sizeof(record->visits[i].zone)) != NULL);
	ledger_month_free(record);
}

static void try_ledger(const char *text, size_t length)
{
	static const char record[] = "INSERT INTO month_record VALUES (202611, ?, ?, ?, NULL)";
	static const char rate[] = "INSERT INTO month_rate VALUES (202611, ?, ?, ?, ?, ?, ?, ?, ?)";
	static const char visits[] = "INSERT INTO month_visits VALUES (202611, ?, ?, ?, ?, ?, ?, ?)";
	static const char terms[] = "INSERT INTO terms VALUES (NULL, ?, ?, ?, ?, NULL)";
	static const char *const empty[] = {"DELETE FROM terms", "DELETE FROM month_visits",
					    "DELETE FROM month_rate", "DELETE FROM month_record"};
	json_t *document = json_loadb(text, length, JSON_ALLOW_NUL, NULL);

	if (!document)
		return;
	check(run("BEGIN", NULL));
	for (size_t i = 0; i < ELEMENTS(empty); i++)
		run(empty[i], NULL);
	insert(document, "record", record);
	insert(document, "rates", rate);
	insert(document, "visits", visits);
	insert(document, "terms", terms);
	check(run("COMMIT", NULL));
	json_decref(document);
	check_month();
	ledger_terms(ledger, INT64_MAX, on_terms, NULL);
	ledger_terms_last(ledger, on_terms, NULL);
}

/* ---- the input ---- */

static void remove_all(void)
{
	nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int LLVMFuzzerInitialize(int *argc _unused_, char ***argv _unused_)
{
	snprintf(top, sizeof(top), "%s/fuzz_records.XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	check(sodium_init() >= 0 && mkdtemp(top) != NULL);
	atexit(remove_all);
	check(put("secret", OUTSIDE, strlen(OUTSIDE)) && mkdir(at("ledger"), 0700) == 0);
	check(ledger_open(at("ledger"), &ledger) == 0);
	check(sqlite3_open(at("ledger/ledger.db"), &database) == SQLITE_OK);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static void (*const ways[])(const char *text, size_t length) = {try_meta, try_names, try_state,
									try_ledger};

	if (length)
		ways[bytes[0] % ELEMENTS(ways)]((const char *)bytes + 1, length - 1);
	check_secret();
	return 0;
}
