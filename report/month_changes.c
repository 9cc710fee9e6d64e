/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an office that was added, renamed or given another guarantee in the middle of a month explains its own
 * figures. So each difference between two terms is said, with its day, what it was and what it became.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>

/* A volume or money of 0 is none: it was not agreed. */
enum field_type { FIELD_TEXT, FIELD_NUMBER, FIELD_VOLUME, FIELD_MONEY, FIELD_OVER };
static const struct field {
	const char *what;
	enum field_type type;
	size_t at;
} fields[] = {
    {"name", FIELD_TEXT, offsetof(struct terms_office, name)},
    {"budget_code", FIELD_TEXT, offsetof(struct terms_office, budget_code)},
    {"budget", FIELD_MONEY, offsetof(struct terms_office, budget_rupiah)},
    {"guaranteed.down", FIELD_NUMBER, offsetof(struct terms_office, inside.guaranteed.down_bps)},
    {"guaranteed.up", FIELD_NUMBER, offsetof(struct terms_office, inside.guaranteed.up_bps)},
    {"ceiling.down", FIELD_NUMBER, offsetof(struct terms_office, inside.ceiling.down_bps)},
    {"ceiling.up", FIELD_NUMBER, offsetof(struct terms_office, inside.ceiling.up_bps)},
    {"outside.guaranteed.down", FIELD_NUMBER, offsetof(struct terms_office, outside.guaranteed.down_bps)},
    {"outside.guaranteed.up", FIELD_NUMBER, offsetof(struct terms_office, outside.guaranteed.up_bps)},
    {"outside.ceiling.down", FIELD_NUMBER, offsetof(struct terms_office, outside.ceiling.down_bps)},
    {"outside.ceiling.up", FIELD_NUMBER, offsetof(struct terms_office, outside.ceiling.up_bps)},
    {"quota", FIELD_VOLUME, offsetof(struct terms_office, quota_bytes)},
    {"over", FIELD_OVER, offsetof(struct terms_office, throttle)},
};

#define NUMBER_TEXT 24
/* As text: the field's own, or in `buffer`. */
static const char *text_of(const struct terms_office *terms, const struct field *field,
			   char buffer[static NUMBER_TEXT])
{
	const void *value = (const char *)terms + field->at;
	const char *text;

	switch (field->type) {
	case FIELD_TEXT:
		text = *(const char *const *)value;
		return text ? text : "";
	case FIELD_VOLUME:
		if (*(const uint64_t *)value == 0)
			return "";
		__attribute__((fallthrough));
	case FIELD_NUMBER:
		snprintf(buffer, NUMBER_TEXT, "%ju", (uintmax_t) * (const uint64_t *)value);
		break;
	case FIELD_MONEY:
		if (*(const int64_t *)value == 0)
			return "";
		snprintf(buffer, NUMBER_TEXT, "%jd", (intmax_t) * (const int64_t *)value);
		break;
	case FIELD_OVER:
		return *(const bool *)value ? "throttle" : "notice";
	}
	return buffer;
}

static int say(struct report_office *office, int32_t day, const char *what, const char *from, const char *to)
{
	struct report_change *more =
	    reallocarray(office->changes, office->n_changes + 1, sizeof(*office->changes));

	if (!more)
		return -ENOMEM;
	office->changes = more;
	more = &office->changes[office->n_changes++];
	*more = (struct report_change){day, strdup(what), strdup(from), strdup(to)};
	return more->what && more->from && more->to ? 0 : -ENOMEM;
}

static int compare_terms(struct report_office *office, int32_t day, const struct terms_office *from,
			 const struct terms_office *to)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ELEMENTS(fields); i++) {
		char before[NUMBER_TEXT], after[NUMBER_TEXT];
		const char *old = text_of(from, &fields[i], before), *new = text_of(to, &fields[i], after);

		if (strcmp(old, new) != 0)
			r = say(office, day, fields[i].what, old, new);
	}
	return r;
}

static const char *name_of(const struct report_office *office, const struct version *version)
{
	return version->office.name && version->office.name[0] ? version->office.name : office->id;
}

static int compare_versions(struct report_office *office, int32_t day, const struct version *from,
			    const struct version *to)
{
	bool was = from && !from->gone, is = !to->gone;

	if (was && is)
		return compare_terms(office, day, &from->office, &to->office);
	if (was)
		return say(office, day, "office", name_of(office, from), "");
	return is ? say(office, day, "office", "", name_of(office, to)) : 0;
}

int month_changes(const struct member *member, const struct span *span, struct report_office *office)
{
	const struct lineage *lineage = member->lineage;
	int r = 0;

	for (size_t i = 0; lineage && r == 0 && i < lineage->n; i++) {
		const struct version *version = &lineage->versions[i];

		if (version->wall_usec >= span_begin(span) && version->wall_usec < span_end(span))
			r = compare_versions(office, span_local_day(version->wall_usec),
					     i > 0 ? version - 1 : NULL, version);
	}
	return r;
}
