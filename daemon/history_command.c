/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what was applied when and by whom, and what the files were, is asked from the command line; nothing is
 * changed here.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "commands.h"
#include "daemon.h"
#include "history.h"
#include "reload.h"
#include "../lib/clock.h"

/* ---- rows ---- */

static json_t *number_json(uint64_t number)
{
	return number ? json_integer((json_int_t)number) : json_null();
}

static json_t *time_json(int64_t wall_usec)
{
	char text[CLOCK_TEXT];

	return wall_usec ? json_string(clock_text(wall_usec, text)) : json_null();
}

static json_t *edited_json(struct history *history)
{
	char text[HISTORY_FAULT];
	enum history_edited edited = history_edited(history, text);

	return json_pack("{s:s, s:s}", "state", history_edited_name(edited), "text", text);
}

static json_t *entry_json(const struct history_entry *entry)
{
	return json_pack("{s:I, s:o, s:s, s:s, s:o, s:s, s:o, s:s}", "number", (json_int_t)entry->number,
			 "when", time_json(entry->wall_usec), "who", entry->who, "origin",
			 history_origin_name(entry->origin), "of", number_json(entry->of), "state",
			 history_state_name(entry->state), "confirm_until",
			 time_json(entry->confirm_until_wall_usec), "text", entry->text);
}

json_t *reload_json(struct daemon *daemon)
{
	struct history *history = daemon->history;
	int64_t left = reload_left_usec(daemon->reload);

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s?}", "number", number_json(history_current(history)),
			 "pending", number_json(history_pending(history)), "confirm_until",
			 time_json(left < 0 ? 0 : clock_now().wall_usec + left), "left_usec",
			 left < 0 ? json_null() : json_integer(left), "edited", edited_json(history), "error",
			 history_error(history));
}

void command_history(const struct ticket *ticket, const json_t *request _unused_)
{
	struct history *history = ticket->daemon->history;
	_cleanup_(freep) struct history_entry *rows = NULL;
	json_t *entries = json_array();
	long n = history_list(history, &rows);

	for (long i = 0; i < n; i++)
		json_array_append_new(entries, entry_json(&rows[i]));
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:o, s:o, s:o, s:s?, s:o}", "current", number_json(history_current(history)),
			       "pending", number_json(history_pending(history)), "edited",
			       edited_json(history), "error", history_error(history), "entries", entries));
}

/* ---- files ---- */

static int add_file(void *userdata, const char *name, const char *bytes, size_t length)
{
	json_t *files = userdata, *text = json_stringn(bytes, length); /* NULL: not UTF-8 */
	_cleanup_(freep) char *encoded = NULL;

	if (text && !memchr(bytes, '\0', length))
		return json_array_append_new(files, json_pack("{s:s, s:o}", "name", name, "text", text)) < 0
			   ? -ENOMEM
			   : 0;
	json_decref(text);
	encoded = malloc(sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL));
	if (!encoded)
		return -ENOMEM;
	sodium_bin2base64(encoded, sodium_base64_ENCODED_LEN(length, sodium_base64_VARIANT_ORIGINAL),
			  (const unsigned char *)bytes, length, sodium_base64_VARIANT_ORIGINAL);
	return json_array_append_new(files, json_pack("{s:s, s:s}", "name", name, "base64", encoded)) < 0
		   ? -ENOMEM
		   : 0;
}

void command_history_files(const struct ticket *ticket, const json_t *request)
{
	json_t *files;
	char entry[24];
	int64_t number;
	int r;

	if (!control_number(ticket, request, "number", 0, INT64_C(1000000000), &number))
		return;
	files = json_array();
	r = history_files(ticket->daemon->history, (uint64_t)number, add_file, files);
	if (r < 0) {
		json_decref(files);
		snprintf(entry, sizeof(entry), "%jd", (intmax_t)number);
		control_refuse(ticket, TEXT_NO_HISTORY, entry, strerror(-r));
		return;
	}
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:I, s:o}", "number", (json_int_t)number, "files", files));
}
