/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an entry has to say by itself who applied it, when and why, so that it can be read with nothing but an
 * editor, years later. What somebody else wrote into the file must not make this program read outside of its
 * folder.
 */
#include "history_meta.h"
#include <errno.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"

static const char *const origins[HISTORY_ORIGINS] = {"apply", "rollback", "boot"};
static const char *const states[HISTORY_STATES] = {"pending", "good", "refused", "expired"};

const char *history_origin_name(enum history_origin origin)
{
	return origins[origin];
}

const char *history_state_name(enum history_state state)
{
	return states[state];
}

static unsigned find(const char *const *names, unsigned n, const json_t *value)
{
	const char *text = json_string_value(value);

	for (unsigned i = 0; text && i < n; i++)
		if (!strcmp(names[i], text))
			return i;
	return 0;
}

json_t *history_meta(const struct history_entry *entry)
{
	char wall[CLOCK_TEXT];

	return json_pack("{s:I, s:s, s:I, s:s, s:s, s:I, s:s, s:I, s:s}", "number", (json_int_t)entry->number,
			 "wall", clock_text(entry->wall_usec, wall), "wall_usec",
			 (json_int_t)entry->wall_usec, "who", entry->who, "origin", origins[entry->origin],
			 "of", (json_int_t)entry->of, "state", states[entry->state], "confirm_until_usec",
			 (json_int_t)entry->confirm_until_wall_usec, "text", entry->text);
}

static void text_of(const json_t *meta, const char *key, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(meta, key));

	snprintf(out, size, "%s", text ? text : "");
}

void history_meta_parse(const json_t *meta, struct history_entry *out)
{
	struct history_entry entry = {
	    .number = (uint64_t)json_integer_value(json_object_get(meta, "number")),
	    .wall_usec = json_integer_value(json_object_get(meta, "wall_usec")),
	    .of = (uint64_t)json_integer_value(json_object_get(meta, "of")),
	    .confirm_until_wall_usec = json_integer_value(json_object_get(meta, "confirm_until_usec")),
	    .origin = (enum history_origin)find(origins, HISTORY_ORIGINS, json_object_get(meta, "origin")),
	    .state = (enum history_state)find(states, HISTORY_STATES, json_object_get(meta, "state")),
	};

	text_of(meta, "who", entry.who, sizeof(entry.who));
	text_of(meta, "text", entry.text, sizeof(entry.text));
	*out = entry;
}

json_t *history_meta_sums(const json_t *meta)
{
	return json_pack("{s:O?, s:O?}", "files", json_object_get(meta, "files"), "outside",
			 json_object_get(meta, "outside"));
}

/* `folder` ends with a slash: what does not lie below it is nobody's file. */
static int read_named(struct bundle *bundle, const char *folder, const char *name)
{
	_cleanup_(freep) char *path = NULL;

	if (asprintf(&path, "%s%s", folder, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	return config_below(folder, path) ? bundle_read(bundle, name, path, 0) : -EINVAL;
}

int history_meta_bundle(const char *directory, uint64_t number, struct bundle *out)
{
	_cleanup_(json_decrefp) json_t *meta = store_meta_read(directory, number);
	char files[STORE_PATH], folder[STORE_PATH + 1];
	const char *name;
	json_t *sum;
	int r = meta ? 0 : -ENOENT;

	snprintf(folder, sizeof(folder), "%s/", store_files(directory, number, files));
	json_object_foreach(json_object_get(meta, "files"), name, sum)
	{
		r = read_named(out, folder, name);
		if (r < 0)
			break;
	}
	return r;
}
