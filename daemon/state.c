/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a class keeps its slot for ever, and a person's word outlives a power cut. The file is replaced, never
 * written in place; a full disk or a damaged file must cost a line in the log and nothing else.
 */
#include "state.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"

#define STATE_VERSION 1
#define STATE_BYTES_MAX (4 << 20)

/* ---- reading ---- */

static int read_slot(struct slots *slots, const json_t *row)
{
	const char *id = json_string_value(row);

	if (!id || strlen(id) >= sizeof(slots->ids[0]) || slots->n >= PLAN_SLOTS)
		return -EINVAL;
	memset(slots->ids[slots->n], 0, sizeof(slots->ids[0]));
	memcpy(slots->ids[slots->n++], id, strlen(id));
	return 0;
}

static int read_slots(const json_t *document, struct slots *out)
{
	const json_t *array = json_object_get(document, "slots"), *row;
	struct slots slots = {0};
	size_t i;

	if (!json_is_array(array))
		return -EINVAL;
	slots.ids = calloc(json_array_size(array) + 1, sizeof(*slots.ids));
	if (!slots.ids)
		return -ENOMEM;
	json_array_foreach(array, i, row)
	{
		if (read_slot(&slots, row) < 0) {
			slots_clear(&slots);
			return -EINVAL;
		}
	}
	*out = slots;
	return 0;
}

static int read_override(struct overrides *overrides, const json_t *row)
{
	const char *kind_text = json_string_value(json_object_get(row, "kind"));
	const char *id = json_string_value(json_object_get(row, "id"));
	const char *until = json_string_value(json_object_get(row, "until"));
	int64_t until_usec = json_integer_value(json_object_get(row, "until_usec"));
	int kind = kind_text ? override_kind_parse(kind_text) : -EINVAL;

	if (kind < 0 || !id || !*id || strlen(id) > 32 || (until && until_usec <= 0))
		return -EINVAL;
	return overrides_set(overrides, (enum override_kind)kind, id, until_usec);
}

static int read_overrides(const json_t *document, struct overrides *out)
{
	const json_t *array = json_object_get(document, "overrides"), *row;
	struct overrides overrides = {0};
	size_t i;
	int r = 0;

	if (!json_is_array(array))
		return -EINVAL;
	json_array_foreach(array, i, row)
	{
		r = read_override(&overrides, row);
		if (r < 0) {
			overrides_clear(&overrides);
			return r;
		}
	}
	*out = overrides;
	return 0;
}

static int parse(const char *path, struct slots *slots, struct overrides *overrides)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	json_error_t error;
	struct stat stat;
	int r;

	if (!file)
		return -errno;
	if (fstat(fileno(file), &stat) < 0 || !S_ISREG(stat.st_mode) || stat.st_size > STATE_BYTES_MAX)
		return -EFBIG;
	document = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
	if (json_integer_value(json_object_get(document, "version")) != STATE_VERSION)
		return -EINVAL;
	r = read_slots(document, slots);
	if (r < 0)
		return r;
	r = read_overrides(document, overrides);
	if (r < 0)
		slots_clear(slots);
	return r;
}

static void move_aside(const char *path, int error)
{
	_cleanup_(freep) char *aside = NULL;
	struct tm local = clock_local(clock_now().wall_usec);
	char when[32];

	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &local);
	if (asprintf(&aside, "%s.corrupt-%s", path, when) < 0)
		aside = NULL;
	if (aside && rename(path, aside) >= 0)
		log_error("%s cannot be used (%s): moved to %s, going on without it: overrides are forgotten",
			  path, strerror(-error), aside);
	else
		log_error("%s cannot be used (%s): going on without it: overrides are forgotten", path,
			  strerror(-error));
}

int state_load(const char *directory, struct slots *slots, struct overrides *overrides, struct state *out)
{
	struct state state = {0};
	int r;

	if (asprintf(&state.path, "%s/state.json", directory) < 0)
		return -ENOMEM;
	r = parse(state.path, slots, overrides);
	if (r < 0 && r != -ENOENT)
		move_aside(state.path, r);
	if (clock_is_rehearsal()) {
		state.kept = *overrides;
		*overrides = (struct overrides){0};
	}
	*out = state;
	return 0;
}

/* ---- writing ---- */

static json_t *slots_json(const struct slots *slots)
{
	json_t *array = json_array();

	for (size_t i = 0; i < slots->n; i++)
		json_array_append_new(array, json_string(slots->ids[i]));
	return array;
}

static json_t *override_json(const struct override *row)
{
	json_t *object = json_pack("{s:s, s:s}", "kind", override_name(row->kind), "id", row->id);
	char text[CLOCK_TEXT];

	if (!row->until_wall_usec)
		return object;
	json_object_set_new(object, "until_usec", json_integer(row->until_wall_usec));
	json_object_set_new(object, "until", json_string(clock_text(row->until_wall_usec, text)));
	return object;
}

static json_t *overrides_json(const struct overrides *overrides)
{
	json_t *array = json_array();

	for (size_t i = 0; i < overrides->n; i++)
		json_array_append_new(array, override_json(&overrides->rows[i]));
	return array;
}

static int write_file(const char *path, const json_t *document)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0)
		return -errno;
	errno = EIO;
	if (json_dumpfd(document, fd, JSON_INDENT(1)) < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

static void sync_directory(const char *path)
{
	_cleanup_(freep) char *directory = strdup(path);
	_cleanup_(closep) int fd = -1;
	char *slash = directory ? strrchr(directory, '/') : NULL;

	if (!slash)
		return;
	*slash = '\0';
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		fsync(fd);
}

static int replace_file(const char *path, const json_t *document)
{
	_cleanup_(freep) char *fresh = NULL;
	int r;

	if (asprintf(&fresh, "%s.new", path) < 0) {
		fresh = NULL;
		return -ENOMEM;
	}
	r = write_file(fresh, document);
	if (r >= 0 && rename(fresh, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(fresh);
	else
		sync_directory(path);
	return r;
}

void state_save(struct state *state, const struct slots *slots, const struct overrides *overrides)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	int r = -ENOMEM;

	document = json_pack("{s:i, s:o, s:o}", "version", STATE_VERSION, "slots", slots_json(slots),
			     "overrides", overrides_json(clock_is_rehearsal() ? &state->kept : overrides));
	if (document)
		r = replace_file(state->path, document);
	if (r < 0 && !state->failed)
		log_error("%s cannot be written (%s): overrides and class slots will not survive a restart",
			  state->path, strerror(-r));
	if (r >= 0 && state->failed)
		log_notice("%s is written again", state->path);
	state->failed = r < 0;
}

void state_clear(struct state *state)
{
	free(state->path);
	overrides_clear(&state->kept);
	*state = (struct state){0};
}
