// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a file to a policy: source, syntax, tables, conflicts. libconfig stops here and in config_*.c; whoever
 * asks for a policy gets one that is sound, or the list of what is wrong with the file. It must never leave a
 * refused file's time zone behind.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include "config_reader.h"
#include "holidays.h"

DEFINE_CLEANUP(struct policy *, policy_free)

/* The text of a line of the source, for a syntax error. */
static const char *quote_line(const struct config_source *source, unsigned line, char got[static CONFIG_GOT])
{
	_cleanup_(freep) char *copy = NULL;
	const char *at = source->text ? source->text : "";

	while (--line > 0 && (at = strchr(at, '\n')))
		at++;
	at = at ? at + strspn(at, " \t") : "";
	copy = strndup(at, strcspn(at, "\r\n"));
	return config_quote(copy ? copy : "", got);
}

static void refuse_syntax(struct config_reader *r, const config_t *tree)
{
	unsigned at = (unsigned)MAX(config_error_line(tree), 1), line;
	const char *file = config_source_place(r->source, at, &line), *text = config_error_text(tree);
	char got[CONFIG_GOT];

	config_fault_line(
	    r, NULL, file, line,
	    "syntax: must be as libconfig has it (%s, in this line or at the end of the one before), got %s",
	    text ? text : "unknown error", quote_line(r->source, at, got));
}

/* libconfig 1.5 dies of an allocation that is refused (its parser's nodes are not looked at), so it is asked
 * beforehand whether there will be room for them. */
static bool has_room(const struct config_source *source)
{
	void *room = malloc(8 * source->length + (1u << 20));

	free(room);
	return room != NULL;
}

void config_read_source(struct config_reader *r, const struct config_group *group, void *row,
			void (*more)(struct config_reader *r, config_setting_t *root))
{
	config_t tree;

	if (!has_room(r->source)) {
		r->error = -ENOMEM;
		return;
	}
	config_init(&tree);
	if (config_read_string(&tree, r->source->text) == CONFIG_TRUE) {
		config_setting_t *root = config_root_setting(&tree);

		config_read_group(r, root, group, row);
		if (!r->error && more)
			more(r, root);
		config_tallies(r);
	} else {
		refuse_syntax(r, &tree);
	}
	config_destroy(&tree);
}

/* The zone is the process's, so a refused file gives the earlier one back. */
static void zone_restore(const char *zone)
{
	if (zone)
		setenv("TZ", zone, 1);
	else
		unsetenv("TZ");
	tzset();
}

int config_load_copy(const char *path, const char *copy, struct policy **out, struct config_report *report)
{
	_cleanup_(policy_freep) struct policy *policy = calloc(1, sizeof(*policy));
	_cleanup_(config_source_clear) struct config_source source = {0};
	_cleanup_(freep) char *zone = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
	struct config_reader r = {.policy = policy, .source = &source, .path = path, .copy = copy};
	int result;

	*report = (struct config_report){0};
	if (!policy || (getenv("TZ") && !zone))
		return -ENOMEM;
	result = config_source_read(&r, path, &source);
	if (result == 0)
		config_read_source(&r, &config_top, policy, config_check_all);
	else if (result < 0)
		r.error = result;
	config_report_fill(&r, report);
	config_source_files(&source, &report->files, &report->n_files);
	if (r.zone_set && (r.error || report->n_faults))
		zone_restore(zone);
	if (r.error)
		return r.error;
	if (report->n_faults)
		return 1;
	*out = policy;
	policy = NULL;
	return 0;
}

int config_load(const char *path, struct policy **out, struct config_report *report)
{
	return config_load_copy(path, NULL, out, report);
}

/* Where a fault in a holiday file is reported from. */
struct holiday_file {
	struct config_reader *r;
	config_setting_t *setting;
	const char *path;
};

static void holiday_fault(void *context, unsigned line, const char *rule, const char *value)
{
	const struct holiday_file *file = context;
	char got[CONFIG_GOT];

	config_fault_line(file->r, file->setting, file->path, line, "%s, got %s", rule,
			  config_quote(value, got));
}

static int append_holidays(struct policy *policy, struct policy_holiday *days, size_t n)
{
	struct policy_holiday *grown;

	grown = reallocarray(policy->holidays, policy->n_holidays + n + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	memcpy(grown + policy->n_holidays, days, n * sizeof(*days));
	policy->holidays = grown;
	policy->n_holidays += n;
	return 0;
}

static int read_holiday_text(struct holiday_file *file, const char *text)
{
	struct policy_holiday *days;
	size_t n;
	int error = holidays_parse(text, &days, &n, holiday_fault, file);

	if (error)
		return error;
	error = append_holidays(file->r->policy, days, n);
	for (size_t i = 0; error && i < n; i++)
		free(days[i].name);
	free(days);
	return error;
}

static int read_holiday_file(struct config_reader *r, config_setting_t *setting)
{
	_cleanup_(freep) char *path = NULL;
	_cleanup_(freep) char *text = NULL;
	struct holiday_file file = {r, setting, NULL};
	unsigned line;
	size_t length;
	int error;

	path =
	    config_source_beside(config_source_place(r->source, config_setting_source_line(setting), &line),
				 config_setting_get_string(setting));
	if (!path)
		return -ENOMEM;
	file.path = path;
	if (config_source_add(r->source, path) < 0)
		return -ENOMEM;
	if (r->policy->n_holidays > 2 * HOLIDAYS_DAYS_MOST) {
		config_fault(r, setting, "must not bring more than 8192 days in all");
		return 1;
	}
	error = config_file_read_by(r, path, HOLIDAYS_BYTES_MOST, &text, &length);
	if (error == -ENOMEM)
		return error;
	if (error < 0 || memchr(text, '\0', length)) {
		config_fault(r, setting, "must be a readable text file of at most 1 MB, beside this one");
		return 1;
	}
	return read_holiday_text(&file, text);
}

static int read_holiday_files(struct config_reader *r, config_setting_t *setting,
			      const struct config_key *key, _unused_ void *base)
{
	int error = config_list_length(r, setting, key->least, key->most);

	for (unsigned i = 0; error == 0 && i < (unsigned)config_setting_length(setting); i++) {
		config_setting_t *element = config_setting_get_elem(setting, i);

		if (config_setting_type(element) != CONFIG_TYPE_STRING)
			config_fault(r, element, "must be the name of a file");
		else
			error = MIN(read_holiday_file(r, element), 0);
	}
	return error;
}

const struct config_kind config_holiday_files = {CONFIG_TYPE_LIST, "must be a list, ( \"holidays.ics\" )",
						 read_holiday_files};
