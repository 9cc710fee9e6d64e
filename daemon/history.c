/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: nobody should have to remember what the configuration was yesterday, and no apply may leave a machine
 * that does not know what it ran. What is applied is read back from what was written, so an entry is what ran
 * and not what the edited files were a moment later.
 */
#include "history.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "history_meta.h"
#include "history_room.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"

DEFINE_CLEANUP(struct policy *, policy_free)

/* ---- reading ---- */

static bool is_there(const struct history *history, uint64_t number)
{
	char path[STORE_PATH];
	struct stat st;

	return stat(store_files(history->directory, number, path), &st) >= 0 && S_ISDIR(st.st_mode);
}

int history_load(const struct history *history, uint64_t number, struct policy **out,
		 struct config_report *report)
{
	const char *zone = getenv("TZ");
	_cleanup_(freep) char *before = zone ? strdup(zone) : NULL;
	char path[STORE_PATH];
	int r;

	if (number == HISTORY_EDITED)
		r = config_load(history->config_path, out, report);
	else
		r = config_load_copy(history->config_path, store_files(history->directory, number, path), out,
				     report);
	if (before)
		clock_zone_set(before);
	return r;
}

int history_policy(const struct history *history, uint64_t number, struct policy **out,
		   struct config_report *report)
{
	*report = (struct config_report){0};
	if (number != HISTORY_EDITED && !is_there(history, number))
		return -ENOENT;
	return history_load(history, number, out, report);
}

int history_gather(const struct history *history, const struct config_report *report, struct bundle *out)
{
	int r = 0;

	for (size_t i = 0; i < report->n_files && r >= 0; i++) {
		const char *path = report->files[i], *name = config_below(history->config_path, path);

		r = bundle_read(out, name ? name : path, path, !name);
		if (r == -EEXIST)
			r = 0;
	}
	return r;
}

/* ---- writing ---- */

void history_failed(struct history *history, int error)
{
	if (error < 0)
		snprintf(history->error, sizeof(history->error), "%s: %s", history->directory,
			 strerror(-error));
	else
		history->error[0] = '\0';
}

/* Above every number that was ever seen: none is used twice. */
static long next_number(const struct history *history, uint64_t *out)
{
	_cleanup_(freep) uint64_t *numbers = NULL;
	long n = store_numbers(history->directory, &numbers);

	if (n >= 0)
		*out = MAX(n ? numbers[n - 1] : 0, history->current) + 1;
	return n;
}

int history_write(struct history *history, const struct history_entry *about, const struct bundle *bundle,
		  uint64_t *number)
{
	struct history_entry entry = *about;
	_cleanup_(json_decrefp) json_t *meta = NULL;
	int r = store_open(history->directory);

	if (r >= 0)
		r = (int)MIN(next_number(history, &entry.number), 0L);
	if (r >= 0) {
		entry.state = HISTORY_PENDING;
		entry.wall_usec = clock_now().wall_usec;
		meta = history_meta(&entry);
		r = meta ? bundle_sums(bundle, meta) : -ENOMEM;
	}
	if (r >= 0)
		r = store_put(history->directory, entry.number, bundle, meta);
	history_failed(history, r);
	if (r < 0)
		return r;
	json_decref(history->pending_sums);
	history->pending_sums = history_meta_sums(meta);
	*number = history->pending = entry.number;
	return 0;
}

/* What was written may be less than what was read, where somebody edits meanwhile. */
static int write_and_load(struct history *history, const struct history_entry *about,
			  const struct bundle *bundle, struct policy **out, uint64_t *number)
{
	struct config_report report = {0};
	int r = history_write(history, about, bundle, number);

	if (r < 0)
		return r;
	r = history_load(history, *number, out, &report);
	config_report_clear(&report);
	if (r == 0)
		return 0;
	store_remove(history->directory, *number);
	history->pending = 0;
	return r < 0 ? r : -ESTALE;
}

int history_prepare(struct history *history, const struct history_entry *about, struct policy **out,
		    struct config_report *report, uint64_t *number)
{
	_cleanup_(bundle_clear) struct bundle bundle = {0};
	_cleanup_(policy_freep) struct policy *edited = NULL;
	_cleanup_(json_decrefp) json_t *sums = NULL;
	int r;

	*report = (struct config_report){0};
	if (history->pending)
		return -EBUSY;
	r = history_load(history, HISTORY_EDITED, &edited, report);
	if (r)
		return r;
	r = history_gather(history, report, &bundle);
	if (r < 0)
		return r == -ENOENT ? -ESTALE : r;
	sums = json_object();
	r = sums ? bundle_sums(&bundle, sums) : -ENOMEM;
	if (r < 0)
		return r;
	if (history->current && json_equal(sums, history->sums)) {
		*number = history->current;
		*out = edited;
		edited = NULL;
		return -EALREADY;
	}
	return write_and_load(history, about, &bundle, out, number);
}

/* ---- what becomes of it ---- */

static void rewrite_meta(const struct history *history, uint64_t number, enum history_state state,
			 const char *why)
{
	_cleanup_(json_decrefp) json_t *meta = store_meta_read(history->directory, number);

	if (!meta)
		return;
	json_object_set_new(meta, "state", json_string(history_state_name(state)));
	json_object_set_new(meta, "text", json_string(why));
	store_meta_write(history->directory, number, meta);
}

static void trim(const struct history *history)
{
	_cleanup_(freep) uint64_t *numbers = NULL;
	long n = store_numbers(history->directory, &numbers), left = n;

	for (long i = 0; i < n && left > (long)HISTORY_KEPT; i++) {
		if (numbers[i] == history->current || numbers[i] == history->pending)
			continue;
		store_remove(history->directory, numbers[i]);
		left--;
	}
}

int history_good(struct history *history)
{
	uint64_t number = history->pending;
	int r = number ? store_commit(history->directory, number) : -ENOENT;

	if (r < 0) {
		history_failed(history, r);
		return r;
	}
	history->current = number;
	history->pending = 0;
	json_decref(history->sums);
	history->sums = history->pending_sums;
	history->pending_sums = NULL;
	history->look.known = false;
	rewrite_meta(history, number, HISTORY_GOOD, "");
	trim(history);
	return 0;
}

void history_drop(struct history *history, enum history_state state, const char *why)
{
	uint64_t number = history->pending;

	if (!number)
		return;
	history->pending = 0;
	json_decref(history->pending_sums);
	history->pending_sums = NULL;
	rewrite_meta(history, number, state, why);
	trim(history);
}

/* ---- what is there ---- */

uint64_t history_current(const struct history *history)
{
	return history->current;
}

uint64_t history_pending(const struct history *history)
{
	return history->pending;
}

const char *history_error(const struct history *history)
{
	return history->error[0] ? history->error : NULL;
}

int history_entry(const struct history *history, uint64_t number, struct history_entry *out)
{
	_cleanup_(json_decrefp) json_t *meta = NULL;
	struct history_entry entry = {0};

	if (!number || !is_there(history, number))
		return -ENOENT;
	meta = store_meta_read(history->directory, number);
	history_meta_parse(meta, &entry);
	entry.number = number;
	if (store_is_committed(history->directory, number)) {
		entry.state = HISTORY_GOOD;
		entry.text[0] = '\0';
	} else if (number == history->pending) {
		entry.state = HISTORY_PENDING;
	} else if (entry.state != HISTORY_REFUSED && entry.state != HISTORY_EXPIRED) {
		entry.state = HISTORY_EXPIRED;
		snprintf(entry.text, sizeof(entry.text), "gerbangd ended before it was good");
	}
	*out = entry;
	return 0;
}

long history_list(const struct history *history, struct history_entry **out)
{
	_cleanup_(freep) uint64_t *numbers = NULL;
	long n = store_numbers(history->directory, &numbers), rows = 0;
	struct history_entry *list;

	if (n == -ENOENT)
		n = 0;
	if (n < 0)
		return n;
	list = calloc((size_t)n + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	while (n--)
		rows += history_entry(history, numbers[n], &list[rows]) >= 0;
	*out = list;
	return rows;
}

int history_files(const struct history *history, uint64_t number,
		  int (*file)(void *userdata, const char *name, const char *bytes, size_t length),
		  void *userdata)
{
	_cleanup_(bundle_clear) struct bundle bundle = {0};
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct config_report report = {0};
	int r;

	if (number == HISTORY_EDITED) {
		r = history_load(history, number, &policy, &report);
		r = r < 0 ? r : history_gather(history, &report, &bundle);
		config_report_clear(&report);
	} else {
		r = history_meta_bundle(history->directory, number, &bundle);
	}
	for (size_t i = 0; i < bundle.n && r >= 0; i++)
		if (!bundle.rows[i].outside)
			r = file(userdata, bundle.rows[i].name, bundle.rows[i].bytes, bundle.rows[i].length);
	return MIN(r, 0);
}

/* ---- life ---- */

static char *absolute(const char *path)
{
	_cleanup_(freep) char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	char *whole = NULL;

	if (*path == '/')
		return strdup(path);
	return here && asprintf(&whole, "%s/%s", here, path) >= 0 ? whole : NULL;
}

static int make_folders(const char *directory, const char *folder)
{
	if (mkdir(directory, 0700) < 0 &&
	    errno != EEXIST) /* a rehearsal's: the state directory itself is there */
		return -errno;
	return store_open(folder);
}

int history_new(const char *directory, const char *config_path, struct history **out)
{
	struct history *history = calloc(1, sizeof(*history));
	int r;

	if (!history)
		return -ENOMEM;
	if (asprintf(&history->directory, "%s/history", directory) < 0)
		history->directory = NULL;
	history->config_path = absolute(config_path);
	if (!history->directory || !history->config_path) {
		history_free(history);
		return -ENOMEM;
	}
	r = make_folders(directory, history->directory);
	history_failed(history, r);
	if (r < 0)
		log_error(
		    "the history of configurations cannot be written (%s): nothing can be applied until "
		    "it can",
		    history->error);
	history->current = store_current(history->directory);
	*out = history;
	return 0;
}

struct history *history_free(struct history *history)
{
	if (!history)
		return NULL;
	for (size_t i = 0; i < history->look.n_files; i++)
		free(history->look.files[i]);
	free(history->look.files);
	json_decref(history->sums);
	json_decref(history->pending_sums);
	free(history->directory);
	free(history->config_path);
	free(history);
	return NULL;
}
