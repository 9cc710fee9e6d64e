// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Walks libconfig's tree along the tables: unknown keys, missing keys, defaults, lists. It knows no key by
 * name and judges no value. It must never stop at a fault.
 */
#include <errno.h>
#include <string.h>
#include "config_reader.h"

void *config_alloc(struct config_reader *r, size_t n, size_t size)
{
	void *rows = calloc(MAX(n, (size_t)1), size);

	if (!rows)
		r->error = -ENOMEM;
	return rows;
}

int config_list_length(struct config_reader *r, config_setting_t *setting, int64_t least, int64_t most)
{
	int n = config_setting_length(setting);

	if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
		config_fault(r, setting, "must be a list in ( )");
	else if (n < least || n > most)
		config_fault(r, setting, "must be a list of %lld to %lld", (long long)least, (long long)most);
	else
		return 0;
	return 1;
}

/* Damerau-Levenshtein distance (restricted) of short words, for "did you mean". */
static unsigned distance(const char *a, const char *b)
{
	enum { MOST = 32 };
	unsigned row[3][MOST + 1], *before = row[0], *last = row[1], *now = row[2], *spare;
	size_t n = strlen(a), m = strlen(b);

	if (n > MOST || m > MOST)
		return MOST;
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned)j;
	memset(before, 0, sizeof(row[0]));
	for (size_t i = 1; i <= n; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = MIN(MIN(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = MIN(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

static const char *nearest(const char *name, const struct config_group *group)
{
	const char *best = NULL;
	unsigned least = 3, d;

	for (size_t i = 0; i < group->n_keys; i++) {
		d = distance(name, group->keys[i].name);
		if (d < least && d < strlen(group->keys[i].name)) {
			least = d;
			best = group->keys[i].name;
		}
	}
	return best;
}

static bool known(const char *name, const struct config_group *group)
{
	for (size_t i = 0; i < group->n_keys; i++)
		if (!strcmp(group->keys[i].name, name))
			return true;
	return false;
}

static void check_names(struct config_reader *r, config_setting_t *setting, const struct config_group *group)
{
	char got[CONFIG_GOT];

	for (unsigned i = 0; i < (unsigned)config_setting_length(setting); i++) {
		const config_setting_t *member = config_setting_get_elem(setting, i);
		const char *name = config_setting_name(member), *meant;

		if (known(name, group))
			continue;
		meant = nearest(name, group);
		config_quote(name, got);
		if (meant)
			config_fault_got(r, member, NULL, got, "must be a known key (did you mean \"%s\"?)",
					 meant);
		else
			config_fault_got(r, member, NULL, got, "must be a known key");
	}
}

/* A default is a value that nobody typed: it goes the same way as one that somebody did. */
static config_setting_t *fill_in(struct config_reader *r, config_setting_t *group,
				 const struct config_key *key)
{
	int type = key->kind->type == CONFIG_TYPE_NONE ? CONFIG_TYPE_STRING : key->kind->type,
	    ok = CONFIG_FALSE;
	config_setting_t *setting = config_setting_add(group, key->name, type);

	if (!setting || type == CONFIG_TYPE_GROUP)
		ok = setting != NULL;
	else if (type == CONFIG_TYPE_STRING)
		ok = config_setting_set_string(setting, key->fallback);
	else if (type == CONFIG_TYPE_BOOL)
		ok = config_setting_set_bool(setting, !strcmp(key->fallback, "true"));
	else if (type == CONFIG_TYPE_INT)
		ok = config_setting_set_int(setting, atoi(key->fallback));
	else if (type == CONFIG_TYPE_LIST)
		ok = config_setting_set_string_elem(setting, -1, key->fallback) != NULL;
	if (!ok)
		r->error = -ENOMEM;
	return ok ? setting : NULL;
}

static bool type_fits(const config_setting_t *setting, int type)
{
	switch (type) {
	case CONFIG_TYPE_NONE:
		return true;
	case CONFIG_TYPE_INT:
		return config_setting_type(setting) == CONFIG_TYPE_INT ||
		       config_setting_type(setting) == CONFIG_TYPE_INT64;
	case CONFIG_TYPE_LIST:
		return config_setting_is_list(setting) || config_setting_is_array(setting);
	default:
		return config_setting_type(setting) == type;
	}
}

static void read_value(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		       void *base)
{
	int result = type_fits(setting, key->kind->type) ? key->kind->read(r, setting, key, base) : -EINVAL;

	if (result == -ENOMEM)
		r->error = result;
	else if (result < 0)
		config_fault(r, setting, "%s", key->kind->rule);
}

static void read_key(struct config_reader *r, config_setting_t *group, const struct config_key *key,
		     void *row)
{
	config_setting_t *setting = config_setting_get_member(group, key->name);

	if (!setting && key->flags & KEY_REQUIRED)
		config_fault_got(r, group, key->name, "nothing", "must be given");
	if (!setting && key->fallback)
		setting = fill_in(r, group, key);
	if (setting)
		read_value(r, setting, key, row);
}

void config_read_group(struct config_reader *r, config_setting_t *setting, const struct config_group *group,
		       void *row)
{
	check_names(r, setting, group);
	for (size_t i = 0; i < group->n_keys && !r->error; i++)
		read_key(r, setting, &group->keys[i], row);
	if (group->check && !r->error)
		group->check(r, setting, row);
}

static int read_sub_group(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
			  void *base)
{
	config_read_group(r, setting, key->more, (char *)base + key->to);
	return 0;
}

/* The rows are counted before they are read, so that whatever fails frees them. */
static char *new_rows(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		      void *base, size_t size)
{
	char *rows;

	if (config_list_length(r, setting, key->least, key->most))
		return NULL;
	rows = config_alloc(r, (size_t)config_setting_length(setting), size);
	if (!rows)
		return NULL;
	*(void **)((char *)base + key->to) = rows;
	*(size_t *)((char *)base + key->count_to) = (size_t)config_setting_length(setting);
	return rows;
}

static int read_rows(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		     void *base)
{
	const struct config_group *group = key->more;
	char *rows = new_rows(r, setting, key, base, group->size);

	for (unsigned i = 0; rows && i < (unsigned)config_setting_length(setting); i++) {
		config_setting_t *element = config_setting_get_elem(setting, i);

		if (config_setting_is_group(element))
			config_read_group(r, element, group, rows + i * group->size);
		else
			config_fault(r, element, "must be a group in { }");
	}
	return 1;
}

static int read_list(struct config_reader *r, config_setting_t *setting, const struct config_key *key,
		     void *base)
{
	const struct config_element *element = key->more;
	char *rows = new_rows(r, setting, key, base, element->size);

	for (unsigned i = 0; rows && i < (unsigned)config_setting_length(setting); i++)
		read_value(r, config_setting_get_elem(setting, i), &element->key, rows + i * element->size);
	return 1;
}

const struct config_kind config_group_kind = {CONFIG_TYPE_GROUP, "must be a group in { }", read_sub_group};
const struct config_kind config_rows = {CONFIG_TYPE_LIST, "must be a list of groups, ( { ... }, { ... } )",
					read_rows};
const struct config_kind config_list = {CONFIG_TYPE_LIST, "must be a list, ( \"...\", \"...\" )", read_list};
