// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: the last good configuration lies in the state directory and the daemon's socket in the run directory,
 * and it is the edited file that says where those are. A file with a fault in its syntax must still lead
 * there, so as much of it is understood here as that needs, and nothing else.
 */
#include <string.h>
#include "../lib/cleanup.h"
#include "config.h"
#include "config_source.h"

#define TEXT_MOST (4u << 20)
#define PATH_MOST 80u /* as config_directory has it */

/* Behind the word `name` and its = or :, at the beginning of a setting; NULL: none before `end`. */
static const char *setting(const char *at, const char *end, const char *name)
{
	const char *word = at;

	while ((word = strstr(word, name)) && word < end) {
		const char *before = word, *behind = word + strlen(name);

		while (before > at && (before[-1] == ' ' || before[-1] == '\t'))
			before--;
		word = behind;
		behind += strspn(behind, " \t\r\n");
		if ((before == at || strchr("\n;,{", before[-1])) && (*behind == '=' || *behind == ':'))
			return behind + 1 + strspn(behind + 1, " \t\r\n");
	}
	return NULL;
}

char *config_scan_text(const char *text, const char *key)
{
	const char *group = setting(text, text + strlen(text), "paths"), *end, *value, *close;
	size_t length;

	if (!group || *group != '{')
		return NULL;
	end = strchr(group, '}');
	value = setting(group + 1, end ? end : group + strlen(group), key);
	if (!value || *value != '"')
		return NULL;
	value++;
	close = strpbrk(value, "\"\n");
	length = close ? (size_t)(close - value) : 0;
	if (!length || *close != '"' || *value != '/' || length > PATH_MOST ||
	    memmem(value, length, "/../", 4))
		return NULL;
	return strndup(value, length);
}

char *config_scan_path(const char *path, const char *key)
{
	_cleanup_(freep) char *text = NULL;
	size_t length;

	return config_file_read(path, TEXT_MOST, &text, &length) < 0 ? NULL : config_scan_text(text, key);
}
