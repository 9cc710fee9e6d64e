// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of a refusal: place, key, rule, value. Values come from the file and are never trusted: control
 * characters and broken UTF-8 do not reach a terminal or a journal, and no line grows without bound.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include "config_reader.h"

enum { NOTES_MOST = 1000, PATH_MOST = 256, VALUE_MOST = 64 };

/* The length of the UTF-8 character at `text` (RFC 3629), or 0 for a control character or anything that is
 * none. */
static size_t character(const unsigned char *text)
{
	size_t length = *text < 0x80 ? 1 : *text >= 0xf0 ? 4 : *text >= 0xe0 ? 3 : 2;
	uint32_t code;

	if (length == 1)
		return *text >= ' ' && *text != 0x7f;
	if (*text < 0xc2 || *text > 0xf4)
		return 0;
	code = *text & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	if (code < 0xa0 || (length == 3 && (code < 0x800 || (code >= 0xd800 && code < 0xe000))) ||
	    (length == 4 && (code < 0x10000 || code > 0x10ffff)))
		return 0;
	return length;
}

bool config_is_text(const char *text)
{
	size_t n;

	for (; *text; text += n) {
		n = character((const unsigned char *)text);
		if (n == 0)
			return false;
	}
	return true;
}

const char *config_quote(const char *value, char text[static CONFIG_GOT])
{
	size_t used = 0, n;

	text[used++] = '"';
	for (; *value; value += MAX(n, (size_t)1)) {
		if (used > VALUE_MOST) {
			memcpy(text + used, "...", 3);
			used += 3;
			break;
		}
		n = character((const unsigned char *)value);
		memcpy(text + used, n ? value : "?", MAX(n, (size_t)1));
		used += MAX(n, (size_t)1);
	}
	text[used++] = '"';
	text[used] = '\0';
	return text;
}

const char *config_got(const config_setting_t *setting, char text[static CONFIG_GOT])
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_STRING:
		return config_quote(config_setting_get_string(setting), text);
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		snprintf(text, CONFIG_GOT, "\"%lld\"", config_setting_get_int64(setting));
		break;
	case CONFIG_TYPE_FLOAT:
		snprintf(text, CONFIG_GOT, "\"%.12g\"", config_setting_get_float(setting));
		break;
	case CONFIG_TYPE_BOOL:
		snprintf(text, CONFIG_GOT, "\"%s\"", config_setting_get_bool(setting) ? "true" : "false");
		break;
	case CONFIG_TYPE_GROUP:
		snprintf(text, CONFIG_GOT, "a group");
		break;
	default:
		snprintf(text, CONFIG_GOT, "a list of %d", config_setting_length(setting));
	}
	return text;
}

static const char *row_id(const config_setting_t *setting)
{
	const char *id = NULL;

	if (config_setting_is_group(setting))
		config_setting_lookup_string(setting, "id", &id);
	return id && *id && strlen(id) <= 32 &&
		       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id)
		   ? id
		   : NULL;
}

/* "offices.dinkes.prefixes[0]": rows by their id where they have one. */
static size_t key_path(const config_setting_t *setting, char text[static PATH_MOST])
{
	const config_setting_t *parent = config_setting_parent(setting);
	const char *name = config_setting_name(setting);
	size_t used;
	int n;

	text[0] = '\0';
	if (!parent)
		return 0;
	used = key_path(parent, text);
	if (!name)
		name = row_id(setting);
	if (name)
		n = snprintf(text + used, PATH_MOST - used, "%s%s", used ? "." : "", name);
	else
		n = snprintf(text + used, PATH_MOST - used, "[%d]", config_setting_index(setting));
	return MIN(used + (size_t)MAX(n, 0), (size_t)PATH_MOST - 1);
}

/* Of the setting or, where a default was filled in, of what it stands in. */
static unsigned text_line(const config_setting_t *setting)
{
	while (setting && !config_setting_source_line(setting))
		setting = config_setting_parent(setting);
	return setting ? config_setting_source_line(setting) : 1;
}

static void keep_note(struct config_reader *r, struct config_notes *notes, unsigned line, char *text)
{
	struct config_note *grown = text ? realloc(notes->rows, (notes->n + 1) * sizeof(*grown)) : NULL;

	if (!grown) {
		r->error = -ENOMEM;
		free(text);
		return;
	}
	grown[notes->n] = (struct config_note){.text = text, .line = line, .order = notes->n};
	notes->rows = grown;
	notes->n++;
}

/* A thousand lines are enough for anybody; the last says that there are more. */
static void note(struct config_reader *r, struct config_notes *notes, unsigned line, char *text)
{
	if (notes->n < NOTES_MOST) {
		keep_note(r, notes, line, text);
		return;
	}
	free(text);
	if (notes->n == NOTES_MOST)
		keep_note(r, notes, UINT_MAX, strdup("there are more faults than these"));
}

/* A text, or NULL where memory ran out. */
static _printf_(1, 0) char *text_of(const char *format, va_list arguments)
{
	char *text = NULL;

	return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

static char *note_text(struct config_reader *r, const config_setting_t *setting, const char *sub,
		       const char *rule, const char *got)
{
	char path[PATH_MOST], *text = NULL;
	unsigned line;
	const char *file = config_source_place(r->source, text_line(setting), &line);

	key_path(setting, path);
	if (asprintf(&text, "%s:%u: %s%s%s: %s%s%s", file, line, path, *path && sub ? "." : "",
		     sub ? sub : "", rule, got ? ", got " : "", got ? got : "") < 0)
		return NULL;
	return text;
}

void config_fault_got(struct config_reader *r, const config_setting_t *setting, const char *sub,
		      const char *got, const char *format, ...)
{
	_cleanup_(freep) char *rule = NULL;
	char value[CONFIG_GOT];
	va_list arguments;

	va_start(arguments, format);
	rule = text_of(format, arguments);
	va_end(arguments);
	note(r, &r->faults, text_line(setting),
	     rule ? note_text(r, setting, sub, rule, got ? got : config_got(setting, value)) : NULL);
}

void config_fault(struct config_reader *r, const config_setting_t *setting, const char *format, ...)
{
	_cleanup_(freep) char *rule = NULL;
	va_list arguments;

	va_start(arguments, format);
	rule = text_of(format, arguments);
	va_end(arguments);
	if (rule)
		config_fault_got(r, setting, NULL, NULL, "%s", rule);
	else
		r->error = -ENOMEM;
}

void config_fault_line(struct config_reader *r, const config_setting_t *setting, const char *file,
		       unsigned line, const char *format, ...)
{
	_cleanup_(freep) char *rule = NULL;
	char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	rule = text_of(format, arguments);
	va_end(arguments);
	note(r, &r->faults, setting ? text_line(setting) : 0,
	     rule && asprintf(&text, "%s:%u: %s", file, line, rule) >= 0 ? text : NULL);
}

void config_warn(struct config_reader *r, const config_setting_t *setting, const char *format, ...)
{
	_cleanup_(freep) char *rule = NULL;
	va_list arguments;

	va_start(arguments, format);
	rule = text_of(format, arguments);
	va_end(arguments);
	note(r, &r->warnings, text_line(setting), rule ? note_text(r, setting, NULL, rule, NULL) : NULL);
}

void config_warn_tally(struct config_reader *r, const config_setting_t *setting, const char *name,
		       const char *text)
{
	struct config_tally *tally = r->tallies;

	while (tally < r->tallies + r->n_tallies && (strcmp(tally->name, name) || strcmp(tally->text, text)))
		tally++;
	if (tally == r->tallies + ELEMENTS(r->tallies))
		return; /* there are fewer names than rows: see config_tables.c */
	if (tally->count++ == 0) {
		tally->name = name;
		tally->text = text;
		tally->first = setting;
		r->n_tallies++;
	}
}

static int by_place(const void *a, const void *b)
{
	const struct config_note *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void hand_over(struct config_reader *r, struct config_notes *notes, char ***out, size_t *n)
{
	char **texts = calloc(notes->n + 1, sizeof(*texts));

	if (notes->n)
		qsort(notes->rows, notes->n, sizeof(*notes->rows), by_place);
	for (size_t i = 0; i < notes->n; i++) {
		if (texts)
			texts[i] = notes->rows[i].text;
		else
			free(notes->rows[i].text);
	}
	if (!texts)
		r->error = -ENOMEM;
	*n = texts ? notes->n : 0;
	*out = texts;
	free(notes->rows);
	*notes = (struct config_notes){0};
}

void config_tallies(struct config_reader *r)
{
	for (size_t i = 0; i < r->n_tallies; i++) {
		struct config_tally *tally = &r->tallies[i];

		if (tally->count > 1)
			config_warn(r, tally->first, "%s (and %u more)", tally->text, tally->count - 1);
		else
			config_warn(r, tally->first, "%s", tally->text);
	}
}

void config_notes_take(struct config_reader *r, const config_setting_t *setting, struct config_reader *from)
{
	struct config_notes *notes[][2] = {{&r->faults, &from->faults}, {&r->warnings, &from->warnings}};

	for (size_t i = 0; i < ELEMENTS(notes); i++) {
		if (notes[i][1]->n)
			qsort(notes[i][1]->rows, notes[i][1]->n, sizeof(*notes[i][1]->rows), by_place);
		for (size_t j = 0; j < notes[i][1]->n; j++)
			note(r, notes[i][0], text_line(setting), notes[i][1]->rows[j].text);
		free(notes[i][1]->rows);
		*notes[i][1] = (struct config_notes){0};
	}
	r->error = r->error ? r->error : from->error;
}

void config_report_fill(struct config_reader *r, struct config_report *report)
{
	hand_over(r, &r->faults, &report->faults, &report->n_faults);
	hand_over(r, &r->warnings, &report->warnings, &report->n_warnings);
}

void config_report_clear(struct config_report *report)
{
	for (size_t i = 0; i < report->n_faults; i++)
		free(report->faults[i]);
	for (size_t i = 0; i < report->n_warnings; i++)
		free(report->warnings[i]);
	for (size_t i = 0; i < report->n_files; i++)
		free(report->files[i]);
	free(report->files);
	free(report->faults);
	free(report->warnings);
	*report = (struct config_report){0};
}
